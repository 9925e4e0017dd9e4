"""Recording a meeting and its votes at the browser."""

from __future__ import annotations

import pytest

from delphi.services.rounds import cancel_round

STUDY = "/studies/small-study"
DAY = {"held_on-day": "17", "held_on-month": "2", "held_on-year": "2025"}
WHO = "6 panellists (2 of each group)"


@pytest.fixture
def over(small_study):
    """Sealed, and no round is left."""
    small_study.seal()
    for number in (1, 2):
        with small_study.work():
            cancel_round(
                study_id=small_study.id,
                number=number,
                reason="Not needed.",
                actor=small_study.lead,
                now=small_study.analysed_at,
            )
    return small_study


def test_a_meeting_is_recorded_and_its_votes_stand_beside_each_section(lead, over):
    lead.get(lead.get(f"{STUDY}/open-sections").links()["record the meeting and its votes"])
    page = lead.press("Record the meeting", 422, **{"Who came?": WHO})
    assert "day, the month and the year" in page.errors[0]
    page = lead.press("Record the meeting", **DAY)
    assert page.heading == "Meeting on Monday 17 February 2025"
    page = lead.press("Record this vote", 422, **{"What was voted on?": "Keep it", "For": "nine"})
    assert "whole number" in page.errors[0]
    assert page.field("What was voted on?").value.strip() == "Keep it"
    page = lead.press("Record this vote", For="9", Against="2", Abstained="1")
    assert page.row("First steps")[:2] == ["Keep it", "9 for, 2 against, 1 abstained."]
    assert "9 for, 2 against, 1 abstained." in lead.get(f"{STUDY}/open-sections").main
    assert "1 vote." in lead.get(f"{STUDY}/meetings").main


def test_before_the_rounds_are_over_the_page_says_so(lead, small_study):
    small_study.seal()
    page = lead.get(f"{STUDY}/meetings")
    assert "Round 1 is not over" in page.main
    assert "Record the meeting" not in page.buttons()


def test_another_meeting_is_not_there(lead, over):
    lead.get(f"{STUDY}/meetings/7", 404)
