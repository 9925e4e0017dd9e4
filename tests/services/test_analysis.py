"""Results are computed after the close and kept for good; analysing again adds, and never replaces."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest

from delphi.domain.actors import Role, TeamMember
from delphi.domain.errors import NotAllowed, WrongState
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.snapshots import ResultSnapshot
from delphi.queries.results import ResultsAhead, results_ahead
from delphi.queries.rounds import round_of
from delphi.services import analysis, rounds
from delphi.services.analysis import analyse_round
from delphi.services.forms import FormPage, enter_form
from tools.small_study import SmallStudy


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    small_study.codes = small_study.started(1)
    for code in small_study.codes:
        small_study.save(code)
    return small_study


def analyse(study: SmallStudy, **given: Any) -> None:
    with study.work():
        analyse_round(
            **{"study_id": study.id, "number": 1, "actor": study.lead, "now": study.analysed_at} | given
        )


def kept(study: SmallStudy) -> list[tuple[int, str, str, str]]:
    with study.look():
        rows = db.session.scalars(db.select(ResultSnapshot).order_by(ResultSnapshot.number))
        return [(row.number, row.purpose, row.content, row.checksum) for row in rows]


def test_while_a_round_is_open_nobody_analyses_it(study):
    """No optional stopping (M21): a deadline must not move until the answer pleases."""
    for role in (Role.LEAD, Role.RESEARCHER, Role.ANALYST):
        with pytest.raises(WrongState, match="is open; close it before you analyse it"):
            analyse(study, actor=TeamMember(study.lead.account_id, study.id, frozenset({role})))
    with pytest.raises(WrongState, match="is planned"):
        analyse(study, number=2)
    assert kept(study) == []


def ahead(study: SmallStudy) -> ResultsAhead | None:
    with study.look():
        return results_ahead(study.id, 1)


def test_what_was_computed_before_anybody_had_to_wait_is_kept_as_it_is(study, monkeypatch):
    assert ahead(study) is None, "an open round is computed ahead of nothing (M21)"
    study.close()
    analyse(study)
    found = ahead(study)
    monkeypatch.setattr(analysis, "computed_results", lambda *_: pytest.fail("it was computed again"))
    analyse(study, ahead=found)
    (_, _, first, _), (_, _, again, _) = kept(study)
    assert again == first


def test_what_was_computed_ahead_is_computed_again_when_a_form_came_in_between(study):
    study.close()
    found = ahead(study)
    with study.work():
        enter_form(
            study_id=study.id,
            number=1,
            code=study.codes[0],
            pages={"next-steps": FormPage({"clear": 1})},
            received_on=date(2025, 2, 10),
            actor=study.clerk,
            now=study.analysed_at,
        )
    analyse(study, ahead=found)
    items = {f"{one['section']}/{one['criterion']}": one for one in json.loads(kept(study)[0][2])["items"]}
    assert items["next-steps/clear"]["counts"]["users"][0] == [1, 0, 0, 0, 0]


def test_a_cancelled_round_has_no_results(study):
    with study.work():
        rounds.cancel_round(
            study_id=study.id, number=1, reason="Why.", actor=study.lead, now=study.answered_at
        )
    with pytest.raises(WrongState, match="is cancelled"):
        analyse(study)


def test_a_closed_round_is_computed_once_and_its_snapshot_can_be_checked(study):
    study.close()
    analyse(study)
    [(number, purpose, content, checksum)] = kept(study)
    assert (number, purpose) == (1, "analysis")
    assert checksum == sha256(content.encode()).hexdigest()
    assert {"python", "numpy", "SQLAlchemy"} <= set(json.loads(content)["software"])
    with study.look():
        round_ = round_of(study.id, 1)
        assert (round_.state, round_.analysed_at) == (RoundState.ANALYSED, study.analysed_at)
        event = db.session.scalars(db.select(Event).where(Event.kind == "round_analysed")).one()
        assert json.loads(event.data) == {"snapshot": 1, "checksum": checksum}


def test_analysing_again_adds_a_snapshot_and_leaves_the_first_as_it_was(study):
    study.close()
    analyse(study)
    first = kept(study)[0]
    analyse(study, now=datetime(2025, 2, 20, tzinfo=UTC))
    study.publish(decision="report_not_assessable")
    analyse(study, now=datetime(2025, 3, 20, tzinfo=UTC))
    found = kept(study)
    assert found[0] == first
    assert [(number, purpose) for number, purpose, *_ in found] == [
        (1, "analysis"),
        (2, "again"),
        (3, "again"),
    ]
    assert len({checksum for *_, checksum in found}) == 1
    with study.look():
        assert round_of(study.id, 1).state == RoundState.PUBLISHED
        again = db.select(db.func.count()).select_from(Event).where(Event.kind == "round_analysed_again")
        assert db.session.scalar(again) == 2


def test_two_who_analyse_at_once_leave_two_whole_snapshots(study):
    study.close()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: analyse(study), range(2)))
    assert sorted((number, purpose) for number, purpose, *_ in kept(study)) == [(1, "analysis"), (2, "again")]


def test_a_form_that_is_being_entered_is_in_the_analysis(study):
    """It was accepted before the round was analysed, so it has to count; on PostgreSQL both run at once."""
    study.close()
    entered = threading.Event()

    def enter_slowly() -> None:
        with study.work():
            enter_form(
                study_id=study.id,
                number=1,
                code=study.codes[0],
                pages={"first-steps": FormPage({"clear": 1})},
                received_on=date(2025, 2, 14),
                actor=study.clerk,
                now=study.closed_at,
            )
            entered.set()
            time.sleep(0.3)

    with ThreadPoolExecutor(1) as pool:
        form = pool.submit(enter_slowly)
        assert entered.wait(10)
        analyse(study)
        form.result()
    item = json.loads(kept(study)[0][2])["items"][0]
    assert item["counts"]["users"][0] == [1, 0, 0, 0, 0]


def test_only_those_who_analyse_may(study):
    study.close()
    for actor in (study.clerk, TeamMember(study.lead.account_id, study.id, frozenset({Role.OBSERVER}))):
        with pytest.raises(NotAllowed):
            analyse(study, actor=actor)
    assert kept(study) == []
