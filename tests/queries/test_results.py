"""Results say who was asked, who answered and what came out; and they can be read back as they were kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from delphi.domain.errors import WrongState
from delphi.domain.rule import Outcome
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.results import (
    computed_results,
    item_key,
    newest_snapshot,
    outcomes_of_round,
    read_results,
    snapshots_of,
)
from delphi.queries.rounds import round_of
from delphi.services import answers, consent, leaving, panel, rounds
from delphi.services.forms import FormPage, enter_form
from tools.small_study import CONSENT, CRITERIA, GROUPS, SECTIONS, SmallStudy, small_plain


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    small_study.codes = small_study.started(2)
    return small_study


def response(study: SmallStudy) -> dict[str, dict[str, int]]:
    with study.look():
        computed = computed_results(db.session.get_one(Study, study.id), round_of(study.id, 1))
        found: dict[str, dict[str, int]] = computed["response"]
        return found


def act(study: SmallStudy, service: Any, **given: Any) -> None:
    with study.work():
        service(**{"study_id": study.id, "actor": study.lead, "now": study.answered_at} | given)


def test_each_section_comes_out_by_the_rule_and_says_why(study):
    for code in study.codes:
        study.save(code)
        study.save(code, section=SECTIONS[1], ratings={"clear": 2, "feasible": 4})
    study.close().analyse()
    with study.look():
        found = outcomes_of_round(round_of(study.id, 1))
        assert [found[section].outcome for section in SECTIONS] == [Outcome.AGREED, Outcome.NOT_AGREED]
        assert found[SECTIONS[0]].draft == 1
        assert found[SECTIONS[1]].missed


def test_too_few_ratings_are_an_outcome_and_not_an_error(study):
    study.save(study.codes[0])
    study.close().analyse()
    with study.look():
        found = outcomes_of_round(round_of(study.id, 1))
        assert {one.outcome for one in found.values()} == {Outcome.NOT_ASSESSABLE}


def test_what_was_kept_is_read_back_as_it_was_computed(study):
    study.save(study.codes[0], ratings={"clear": 5, "feasible": "unable"})
    study.close().analyse()
    with study.look():
        round_ = round_of(study.id, 1)
        [snapshot] = snapshots_of(round_)
        assert snapshot.id == newest_snapshot(round_).id
        results = read_results(snapshot)
        assert list(results.items) == [item_key(s, c) for s in SECTIONS for c in CRITERIA]
        users = results.items["first-steps/clear"].by_group["users"]
        assert (users.counts, users.n_unable, users.n_skipped) == ((0, 0, 0, 0, 1), 0, 0)
        kept = json.loads(snapshot.content)
        del kept["software"]
        assert kept == json.loads(json.dumps(computed_results(db.session.get_one(Study, study.id), round_)))


def test_a_round_that_was_not_analysed_has_no_results(study):
    with study.look(), pytest.raises(WrongState, match="has not been analysed yet"):
        newest_snapshot(round_of(study.id, 1))


def test_who_left_before_the_round_was_not_asked_and_who_left_during_it_was(small_study):
    small_study.seal().publish_drafts()
    users, carers = (codes := small_study.join(2))[:2], codes[2:4]
    act(small_study, leaving.stop, code=users[0], now=small_study.imported_at)
    small_study.open()
    act(small_study, leaving.stop, code=carers[0])
    small_study.close()
    assert [response(small_study)[group]["asked"] for group in GROUPS] == [1, 2, 2]


def test_who_joined_after_the_close_was_not_asked_unless_a_late_form_of_theirs_counts(small_study):
    small_study.seal().publish_drafts().open()
    with small_study.work():
        late = [
            panel.register_panellist(
                study_id=small_study.id,
                name=f"Late {number}",
                email=f"late{number}@panel.example",
                group="users",
                actor=small_study.lead,
                now=small_study.answered_at,
            ).code
            for number in range(2)
        ]
    small_study.close()
    after = datetime(2025, 2, 16, 9, tzinfo=UTC)
    for code in late:
        act(small_study, consent.give_consent, code=code, given=CONSENT, how="paper", now=after)
    assert response(small_study)["users"]["asked"] == 0
    act(
        small_study,
        enter_form,
        number=1,
        code=late[0],
        pages={"first-steps": FormPage({"clear": 4})},
        received_on=date(2025, 2, 16),
        late_reason="The post.",
        now=after,
    )
    assert {name: response(small_study)["users"][name] for name in ("asked", "took_part", "late")} == {
        "asked": 1,
        "took_part": 1,
        "late": 1,
    }


def test_how_people_answered_is_counted_by_group(study):
    first, second, third = study.codes[:3]
    study.save(first)
    act(study, answers.submit, number=1, code=first, actor=study.person(first))
    study.save(second)
    page = {"first-steps": FormPage({"clear": 4})}
    act(study, enter_form, number=1, code=third, pages=page, mode="phone", received_on=date(2025, 2, 5))
    study.close()
    users, carers = (response(study)[group] for group in GROUPS[:2])
    assert (users["asked"], users["took_part"], users["submitted"]) == (2, 2, 1)
    assert (carers["took_part"], carers["submitted"], carers["phone"]) == (1, 1, 1)


@pytest.mark.parametrize(("policy", "n"), [("counted", 2), ("not_counted", 1)])
def test_answers_that_were_never_sent_count_as_the_sealed_protocol_says(app, policy, n):
    study = SmallStudy(app, protocol=small_plain()["protocol"] | {"partial_submissions": policy})
    first, second = study.started(2)[:2]
    for code in (first, second):
        study.save(code)
    act(study, answers.submit, number=1, code=first, actor=study.person(first))
    study.close().analyse()
    with study.look():
        results = read_results(newest_snapshot(round_of(study.id, 1)))
        assert results.items["first-steps/clear"].by_group["users"].counts == (0, 0, 0, n, 0)
        assert results.response["users"]["took_part"] == 2


def test_where_only_respondents_are_asked_again_the_others_are_not_counted_as_asked(app):
    study = SmallStudy(app, protocol=small_plain()["protocol"] | {"missed_round_policy": "respondents_only"})
    first = study.started(1)[0]
    study.save(first)
    study.close().analyse().publish(decision="rerate_unchanged")
    act(study, rounds.plan_round, number=2, items={"first-steps": 1})
    study.open(2, now=datetime(2025, 3, 3, tzinfo=UTC)).close(2, now=datetime(2025, 3, 15, tzinfo=UTC))
    with study.look():
        computed = computed_results(db.session.get_one(Study, study.id), round_of(study.id, 2))
        assert [computed["response"][group]["asked"] for group in GROUPS] == [1, 0, 0]
