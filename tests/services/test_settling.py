"""Once the rounds are over, what is still open gets its final place, true to what the panel said."""

from __future__ import annotations

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.queries.sections import section_of
from delphi.services.comments import review_comment
from delphi.services.decisions import decide, keep_agreed, reopen_section, sign_decisions
from delphi.services.dispositions import answer_comment
from delphi.services.feedback import publish_feedback
from delphi.services.rounds import cancel_round
from delphi.services.sections import add_section
from delphi.services.settling import settle_section
from delphi.services.studies import finish_study
from tools.small_study import SECTIONS
from tools.small_team import Team

AGREED, NOT_AGREED = SECTIONS
MEETING = {"section": NOT_AGREED, "kind": "report_no_agreement", "reason": "The meeting saw both sides."}


@pytest.fixture
def met(analysed) -> Team:
    """The second section went to a meeting; round 2 will not take place."""
    for comment_id in analysed.comment_ids.values():
        analysed(review_comment, comment_id=comment_id, state="shown")
        analysed(answer_comment, comment_id=comment_id, kind="noted", reason="Thank you.")
    analysed(keep_agreed, number=1)
    analysed(decide, number=1, section=NOT_AGREED, kind="take_to_meeting", reason="Talk it over.")
    analysed.sign(sign_decisions, number=1)
    analysed(publish_feedback, number=1)
    return analysed


@pytest.fixture
def over(met) -> Team:
    met(cancel_round, number=2, reason="One round was enough.")
    return met


def state(team, section: str) -> str:
    with team.study.look():
        return section_of(team.study.id, section).state.value


def test_a_section_that_went_to_a_meeting_ends_with_its_reason(over):
    over.refused(WrongState, "no final outcome", finish_study)
    over(settle_section, **MEETING)
    assert state(over, NOT_AGREED) == "no_agreement"
    assert over.events("section_without_agreement") == [
        (f"section:{NOT_AGREED}", '{"reason":"The meeting saw both sides."}')
    ]
    over(finish_study)


@pytest.mark.parametrize("kind", ["keep", "revise", "leave_out", "report_not_assessable", "nonsense"])
def test_no_final_place_contradicts_what_the_panel_said(over, kind):
    over.refused(InvalidInput, "Choose what is true", settle_section, **MEETING | {"kind": kind})


def test_a_final_place_needs_its_reason(over):
    over.refused(InvalidInput, "Say why", settle_section, **MEETING | {"reason": " "})


def test_nothing_is_settled_while_a_round_can_still_come(met):
    met.refused(WrongState, "Round 2 is not over", settle_section, **MEETING)


def test_a_settled_section_stays_where_it_is(over):
    over.refused(WrongState, "has its final place", settle_section, **MEETING | {"section": AGREED})


def test_a_section_that_was_never_put_can_only_be_removed(met):
    met(add_section, code="pets", title="Pets", origin="Asked for.", added_in_round=2)
    met(cancel_round, number=2, reason="No time.")
    met.refused(InvalidInput, "Choose what is true", settle_section, **MEETING | {"section": "pets"})
    met(settle_section, section="pets", kind="remove", reason="No round could put it.")
    assert state(met, "pets") == "removed"


def test_an_agreed_text_taken_up_in_vain_is_kept_after_all(met):
    met(reopen_section, section=AGREED, reason="A law changed.")
    met(cancel_round, number=2, reason="No time.")
    met(settle_section, section=AGREED, kind="keep", reason="The law did not change after all.")
    assert state(met, AGREED) == "agreed"


def test_only_who_decides_settles(over):
    over.refused(NotAllowed, "decide about sections", settle_section, **MEETING, actor=over.study.clerk)
