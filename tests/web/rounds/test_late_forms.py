"""Late forms at the browser: noted, held, admitted or not, and who decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.queries.rounds import round_of

ROUND = "/studies/small-study/rounds/1"


@pytest.fixture
def code(small_study):
    """Round 1 closed two days ago; somebody's form may still come."""
    small_study.seal().publish_drafts()
    small_study.join(2)
    today = clock.now().date()
    with small_study.work():
        round_ = round_of(small_study.id, 1)
        round_.opens_on, round_.closes_on = today - timedelta(days=20), today - timedelta(days=2)
        round_.reminders_on = []
    small_study.open(now=clock.now() - timedelta(days=20))
    small_study.close(now=clock.now() - timedelta(days=1))
    with small_study.look():
        return db.session.scalars(db.select(Panellist.code)).first()


def received(days=0):
    day = clock.now().date() + timedelta(days=days)
    return {f"received_on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def note(clerk, code, status=303, **more):
    clerk.get(ROUND)
    clerk.get(clerk.page.links()["Note a form that came late"])
    return clerk.press(
        "Hold this form",
        status,
        **{"Code on the form": code, "note": "Postmark of Friday."} | received() | more,
    )


def test_a_late_form_is_held_and_listed_until_somebody_decides(sign_in_as, code):
    page = note(sign_in_as("clerk"), code)
    assert f"The late form of {code} is held" in page.text
    assert "Postmark of Friday." in page.row(code)[0]
    assert page.row(code)[1:] == [f"Held Decide about the late form of {code}", "Nobody yet"]
    lead = sign_in_as("lead")
    lead.get(ROUND)
    page = lead.press("Analyse round 1", 409, **{"Every form is in": "yes"})
    assert "waits for a decision" in page.main


def test_a_form_is_refused_with_a_reason_and_the_page_says_by_whom(sign_in_as, code):
    note(sign_in_as("clerk"), code)
    lead = sign_in_as("lead")
    lead.get(lead.get(ROUND).links()[f"Decide about the late form of {code}"])
    page = lead.press("Do not admit this form", 422)
    assert "Say why it is not admitted" in page.errors[0]
    page = lead.press(
        "Do not admit this form", **{"Why is it not admitted?": "It came without its pages 2 and 3."}
    )
    assert page.row(code)[1].startswith("Not admitted It came without its pages 2 and 3.")
    assert page.row(code)[2].startswith("Sam Lead, ")


def test_a_held_form_is_admitted_by_entering_it(sign_in_as, code):
    clerk = sign_in_as("clerk")
    note(clerk, code)
    clerk.get(clerk.page.links()[f"Decide about the late form of {code}"])
    page = clerk.get(clerk.page.links()["Enter the form"])
    assert page.tree.get_element_by_id("received_on").value == received()["received_on-day"]
    page = clerk.press("Enter this form", late_reason="Postmarked in time.", **{"first-steps.clear": "4"})
    assert "Admitted Postmarked in time." in page.text
    assert "Kit Clerk, " in page.text


def test_a_form_that_came_in_time_is_not_held_and_what_was_typed_stays(sign_in_as, code):
    page = note(sign_in_as("clerk"), code, 422, **received(days=-3))
    assert "came in time" in page.errors[0]
    assert page.tree.get_element_by_id("note").value.strip() == "Postmark of Friday."
