"""Where the team's decisions leave the sections of a round."""

from __future__ import annotations

from delphi.extensions import db
from delphi.models.sections import Section
from delphi.queries.decisions import (
    decision_of,
    decisions_of_round,
    is_reopened,
    last_round_of,
    sections_to_decide,
    undecided_sections,
)
from delphi.queries.rounds import round_of
from delphi.queries.sections import section_of
from delphi.services.decisions import decide, reopen_section
from delphi.services.feedback import publish_feedback
from delphi.services.rounds import cancel_round
from tools.small_study import SECTIONS
from tools.small_team import Team, answer_and_decide

FIRST, SECOND = SECTIONS


def test_what_is_undecided_is_told_in_the_order_of_the_round(analysed):
    with analysed.study.look():
        assert [section.code for section in undecided_sections(round_of(analysed.study.id, 1))] == [
            FIRST,
            SECOND,
        ]
    analysed(decide, number=1, section=SECOND, kind="revise")
    with analysed.study.look():
        round_ = round_of(analysed.study.id, 1)
        assert [section.code for section in undecided_sections(round_)] == [FIRST]
        assert [decision.section.code for decision in decisions_of_round(round_.id)] == [SECOND]
        found = decision_of(round_.id, section_of(analysed.study.id, SECOND).id)
        assert found is not None
        assert found.kind == "revise"
        assert decision_of(round_.id, section_of(analysed.study.id, FIRST).id) is None


def test_an_introduction_needs_no_decision(analysed):
    with analysed.study.work():
        section_of(analysed.study.id, FIRST).kind = "introduction"
    with analysed.study.look():
        entries = sections_to_decide(round_of(analysed.study.id, 1))
        assert [entry.section.code for entry in entries] == [SECOND]


def test_the_last_round_of_a_section_brings_its_draft_and_decision(analysed):
    analysed(decide, number=1, section=SECOND, kind="revise")
    with analysed.study.work():
        db.session.add(Section(study_id=analysed.study.id, code="later", title="Later", position=3))
    with analysed.study.look():
        last = last_round_of(section_of(analysed.study.id, SECOND))
        assert last is not None
        assert (last.round.number, last.draft.number) == (1, 1)
        assert last.decision is not None
        assert last.decision.kind == "revise"
        undecided = last_round_of(section_of(analysed.study.id, FIRST))
        assert undecided is not None
        assert undecided.decision is None
        assert last_round_of(section_of(analysed.study.id, "later")) is None


def test_a_cancelled_round_is_no_section_s_last_round(opened):
    opened(cancel_round, number=1, reason="The funding ended.")
    with opened.study.look():
        assert last_round_of(section_of(opened.study.id, FIRST)) is None


def reopened(team: Team) -> bool:
    with team.study.look():
        section = section_of(team.study.id, FIRST)
        last = last_round_of(section)
        assert last is not None
        return is_reopened(section, last)


def test_only_a_kept_section_that_was_taken_up_again_counts_as_reopened(analysed):
    answer_and_decide(analysed)
    assert not reopened(analysed)
    analysed(publish_feedback, number=1)
    assert not reopened(analysed)
    analysed(reopen_section, section=FIRST, reason="The law changed.")
    assert reopened(analysed)
