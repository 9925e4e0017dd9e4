"""A section that got its final place after the rounds stands there in the report, with the reason."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.models.decisions import Revision
from delphi.reports.sections import End
from delphi.reports.texts import compared
from delphi.services.decisions import reopen_section
from delphi.services.meetings import record_meeting, record_vote
from delphi.services.rounds import cancel_round
from delphi.services.settling import settle_section
from tools.small_study import SECTIONS

AGREED, NOT_AGREED = SECTIONS


def test_a_settled_section_ends_where_it_was_put_and_says_why(published, content_of):
    published(cancel_round, number=2, reason="One round was enough.")
    assert [one.end for one in content_of().findings] == [End.AGREED, End.UNDER_WAY]
    published(
        settle_section, section=NOT_AGREED, kind="report_no_agreement", reason="the meeting saw both sides"
    )
    finding = content_of().findings[1]
    assert finding.end == End.NO_AGREEMENT
    assert finding.last.reason.endswith("After the rounds it was settled: The meeting saw both sides.")


def test_the_votes_of_a_meeting_stand_beside_what_the_panel_said(published, content_of):
    published(cancel_round, number=2, reason="One round was enough.")
    before = content_of().findings[1].last
    published(record_meeting, held_on=date(2025, 2, 17), who="6 panellists (2 of each group)")
    published(
        record_vote,
        meeting_id=1,
        section=NOT_AGREED,
        question="Keep it as it stands",
        n_for=2,
        n_against=3,
        n_abstained=1,
        changes="shorter words",
    )
    last = content_of().findings[1].last
    assert last.outcome == before.outcome
    assert "“Keep it as it stands”: 2 for, 3 against, 1 abstained." in last.reason
    assert "Changes wanted: shorter words." in last.reason


def test_an_agreed_section_taken_up_in_vain_and_removed_is_told(published, content_of):
    published(reopen_section, section=AGREED, reason="A law changed.")
    published(cancel_round, number=2, reason="No time.")
    published(settle_section, section=AGREED, kind="remove", reason="The law forbids it now.")
    finding = content_of().findings[0]
    assert finding.end == End.TAKEN_OUT
    assert "The law forbids it now." in finding.last.reason


@pytest.mark.parametrize(
    ("change_class", "words"),
    [
        ("material", "Material change. Not comparable: the meaning changed"),
        (None, "Not comparable: the meaning changed"),
    ],
)
def test_the_class_of_a_change_stands_before_how_it_compares(change_class, words):
    assert compared(Revision(comparable="no", change_class=change_class)) == words
