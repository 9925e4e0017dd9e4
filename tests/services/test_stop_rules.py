"""Sealed limits hold: on ratings of one draft, on rounds, and where answers are stable without agreement."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from delphi.consensus.stopping import StoppedBy
from delphi.domain.actors import Operator
from delphi.domain.errors import WrongState
from delphi.domain.rule import Outcome
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.decisions_page import decision_form
from delphi.queries.next_step import next_step
from delphi.queries.results import newest_snapshot, outcomes_of_round
from delphi.queries.rounds import round_of
from delphi.services.analysis import analyse_round
from delphi.services.decisions import decide, sign_decisions
from delphi.services.deletion import stop_and_delete
from delphi.services.feedback import publish_feedback
from delphi.services.revisions import write_revision
from delphi.services.rounds import plan_round
from delphi.services.verification import verify_study
from tools.small_study import SECTIONS, SmallStudy, small_plain
from tools.small_team import Team, opened_team

AGREED, NOT_AGREED = SECTIONS
SECOND = datetime(2025, 3, 3, 0, 0, tzinfo=UTC)
ANSWERED = datetime(2025, 3, 5, 12, tzinfo=UTC)
CLOSED = datetime(2025, 3, 15, 0, 0, tzinfo=UTC)


def rule_with(*clauses: dict[str, Any], **settings: Any) -> dict[str, Any]:
    rule: dict[str, Any] = small_plain()["consensus_rule"]
    agreed, otherwise = rule["outcomes"]
    return rule | {"outcomes": [agreed, *clauses, otherwise]} | settings


def analysed_by(app, **settings: Any) -> Team:
    team = opened_team(SmallStudy(app, consensus_rule=rule_with(**settings)))
    team.study.close().analyse()
    return team


def test_a_draft_is_put_no_more_often_than_the_rule_allows_though_the_protocol_would(app):
    team = analysed_by(app, most_ratings_per_draft=1)
    once_more = {"number": 1, "section": NOT_AGREED, "reason": "Close."}
    team.refused(WrongState, "which is the limit", decide, kind="rerate_unchanged", **once_more)
    team(decide, kind="revise", **once_more)


def test_after_the_last_round_by_the_stop_rule_nothing_is_put_again(app):
    team = analysed_by(app, stop={"after_round": 1})
    once_more = {"number": 1, "section": NOT_AGREED, "reason": "Close."}
    for kind in ("rerate_unchanged", "revise"):
        team.refused(WrongState, "The stop rule ends the study after round 1", decide, kind=kind, **once_more)
    with team.study.look():
        found = outcomes_of_round(round_of(team.study.id, 1))
        assert {code: one.stop.stopped_by for code, one in found.items()} == {
            AGREED: StoppedBy.AGREED,
            NOT_AGREED: StoppedBy.LAST_ROUND,
        }
        form = decision_form(team.study.lead, 1, NOT_AGREED)
        assert "the stop rule ends the study after round 1" in form.left_out
        assert "rerate_unchanged" not in {choice.value for choice in form.choices}


def test_a_study_without_a_stop_rule_keeps_the_results_it_always_had(analysed):
    with analysed.study.look():
        content = json.loads(newest_snapshot(round_of(analysed.study.id, 1)).content)
        assert all("stop" not in section for section in content["sections"])


@pytest.fixture
def rerated(app) -> SmallStudy:
    """Twelve people rate both sections, then eleven of them the second again: one changed the answer."""
    dissent = {
        "outcome": "close",
        "because": "dissent",
        "when": {
            "all": [
                {"statistic": "pct_changed", "below": 15},
                {"statistic": "attrition_pct", "at_most": 20},
                {"statistic": "apmo", "band": "disagree", "is": "reached"},
            ]
        },
    }
    study = SmallStudy(
        app,
        protocol=small_plain()["protocol"] | {"max_rounds": 3, "max_ratings_per_draft": 3},
        consensus_rule=rule_with(dissent, stop={"stable": {"statistic": "pct_changed", "below": 15}}),
    )
    study.codes = study.started(4)
    for code in study.codes:
        study.save(code)
        study.save(code, section=NOT_AGREED, ratings={"clear": 2, "feasible": 2})
    study.close().analyse()
    common: dict[str, Any] = {"study_id": study.id, "actor": study.lead, "now": study.analysed_at}
    with study.work():
        decide(number=1, section=AGREED, kind="keep", **common)
        decide(number=1, section=NOT_AGREED, kind="rerate_unchanged", reason="Split.", **common)
    for signer in (study.lead, study.second):
        with study.work():
            sign_decisions(study_id=study.id, number=1, actor=signer, now=study.analysed_at)
    with study.work():
        publish_feedback(number=1, **common)
        write_revision(
            section=NOT_AGREED,
            for_round=2,
            kind="rerating",
            from_number=1,
            to_number=1,
            comparable="same",
            comparable_reason="Not a word was changed.",
            summary="The same draft.",
            changes=[],
            **common,
        )
        plan_round(number=2, items={NOT_AGREED: 1}, **common)
    study.open(2, now=SECOND)
    for place, code in enumerate(study.codes[1:]):
        value = 1 if place == 0 else 2
        ratings = {"clear": value, "feasible": value}
        study.save(code, section=NOT_AGREED, ratings=ratings, number=2, now=ANSWERED)
    study.close(2, now=CLOSED)
    with study.work():
        analyse_round(study_id=study.id, number=2, actor=study.lead, now=CLOSED)
    return study


def test_stable_answers_without_agreement_end_the_rating_of_a_draft_and_can_be_verified(rerated):
    with rerated.look():
        first = outcomes_of_round(round_of(rerated.id, 1))[NOT_AGREED]
        assert (first.outcome, first.stop.stopped_by) == (Outcome.NOT_AGREED, None)
        assert "there is no round before" in " ".join(first.stop.words)
        found = outcomes_of_round(round_of(rerated.id, 2))[NOT_AGREED]
        assert (found.outcome, found.because) == (Outcome.CLOSE, "dissent")
        assert found.stop.stopped_by is StoppedBy.STABLE
        said = " ".join((*found.met, *found.stop.words))
        assert "9% (11 people rated both times); the rule asks for below 15%" in said
        assert "8% of all panel members (1 of 12) who rated in round 1 did not rate in this round" in said
        assert "its answers are stable" in said
        study = db.session.get_one(Study, rerated.id)
        assert "By the stop rule nothing has to be rated again." in next_step(study, CLOSED).sentence
        form = decision_form(rerated.lead, 2, NOT_AGREED)
        assert "rerate_unchanged" not in {choice.value for choice in form.choices}
        assert "revise" in {choice.value for choice in form.choices}
    again = {"number": 2, "section": NOT_AGREED, "kind": "rerate_unchanged", "reason": "Once more."}
    with pytest.raises(WrongState, match="are stable, so the stop rule"), rerated.work():
        decide(study_id=rerated.id, actor=rerated.lead, now=CLOSED, **again)
    with rerated.look():
        assert verify_study(study_id=rerated.id, actor=Operator(), now=CLOSED).findings == ()


def test_a_deletion_takes_the_person_out_of_what_moved_too(rerated):
    with rerated.work():
        stop_and_delete(study_id=rerated.id, code=rerated.codes[2], actor=rerated.lead, now=CLOSED)
    with rerated.look():
        found = outcomes_of_round(round_of(rerated.id, 2))[NOT_AGREED]
        assert "(10 people rated both times)" in " ".join(found.stop.words)
        assert "(1 of 11) who rated in round 1" in " ".join(found.met)
        assert verify_study(study_id=rerated.id, actor=Operator(), now=CLOSED).findings == ()
