"""A round's life in the browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.panellists import Panellist
from delphi.queries.rounds import round_of
from delphi.services.late_requests import ask_to_be_late

ROUND = "/studies/small-study/rounds/1"


@pytest.fixture
def planned(small_study):
    """Sealed, drafts published, people joined, round 1 planned from today for two weeks."""
    small_study.seal().publish_drafts()
    small_study.join(2)
    today = clock.now().date()
    with small_study.work():
        round_ = round_of(small_study.id, 1)
        round_.opens_on, round_.closes_on = today, today + timedelta(days=14)
        round_.reminders_on = []
    return small_study


@pytest.fixture
def opened(planned, lead):
    """The same, armed and opened by hand."""
    lead.get(ROUND)
    lead.press("Arm round 1")
    lead.press("Open round 1", **{"Open it now and tell the panel": "yes"})
    return planned


def in_days(days):
    day = clock.now().date() + timedelta(days=days)
    return {"closes_on-day": str(day.day), "closes_on-month": str(day.month), "closes_on-year": str(day.year)}


def test_what_is_missing_stands_on_the_page_before_the_round_can_be_armed(lead):
    page = lead.get(ROUND)
    assert page.heading == "Round 1 is planned: 2 things are missing"
    assert "has not been signed off" in page.row("First steps")[1]
    assert "Arm round 1" not in page.buttons()


def test_a_plan_leaves_a_section_out(lead, planned):
    lead.get(ROUND)
    lead.press("Save the plan", **{"Draft of Next steps": ""})
    with planned.look():
        assert round_of(planned.id, 1).planned_items == {"first-steps": 1}


def test_a_round_is_armed_and_opened_by_hand(lead, opened):
    page = lead.get(ROUND)
    assert page.heading == "Round 1 is open: 0 of 6 have finished"
    assert "No ratings are shown while a round is open" in page.text


def test_opening_by_hand_asks_first(lead, planned):
    lead.get(ROUND)
    lead.press("Arm round 1")
    assert lead.press("Open round 1", 422).errors == ["Tick that the round shall open now."]


def test_while_open_only_counts_are_visible(lead, opened):
    with opened.look():
        from delphi.queries.panellists import panel_of

        codes = [one.code for one in panel_of(opened.id)]
    opened.save(codes[0], comments={"change": "A very secret remark."}, now=clock.now())
    page = lead.get(ROUND)
    assert "A very secret remark" not in page.html
    assert "Agree" not in page.text.replace("Agreed", "")
    assert page.row("All")[-2:] == ["1", "5"]


def test_extending_needs_a_later_day_and_a_reason_and_keeps_what_was_typed(lead, opened):
    lead.get(ROUND)
    page = lead.press("Extend the round", 422, **in_days(20))
    assert "Say why" in page.errors[0]
    assert page.tree.get_element_by_id("closes_on-year").get("value") == in_days(20)["closes_on-year"]
    page = lead.press("Extend the round", 422, **{"closes_on-day": "first"})
    assert ["numbers" in page.errors[0], "Say why" in page.errors[1]] == [True, True], "both at once"
    page = lead.press(
        "Extend the round", 422, **in_days(3), **{"Why? This is printed in the report": "Post."}
    )
    assert "must be later" in page.errors[0]
    page = lead.press("Extend the round", 422, **{"closes_on-day": "first"})
    assert "as numbers" in page.errors[0]
    page = lead.press("Extend the round", **in_days(20))
    assert "“Post.”" in page.text


def test_closing_asks_first_and_then_takes_no_answer(lead, opened):
    lead.get(ROUND)
    assert lead.press("Close round 1", 422).errors == ["Tick that the round shall close now."]
    page = lead.press("Close round 1", **{"Accept no more answers from now on": "yes"})
    assert page.heading == "Round 1 is closed"


def test_closing_twice_is_said_and_changes_nothing(lead, opened):
    lead.get(ROUND)
    action, values = lead.page.form_of("Close round 1")
    values["sure-close"] = "yes"
    lead.post(action, **values)
    assert "cannot become closed" in lead.post(action, 409, **values).text


def test_a_closed_round_is_opened_again_with_a_reason(lead, opened):
    opened.close(now=clock.now())
    lead.get(ROUND)
    page = lead.press(
        "Open the round again", **in_days(15), **{"Why? This is printed in the report": "Snow."}
    )
    assert "is open" in page.heading
    assert "Snow." in lead.get("/studies/small-study/rule").row("Round 1 opened again")


def test_dates_are_moved_with_a_reason_once_the_study_is_sealed(lead, planned):
    lead.get(ROUND)
    opens = {key.replace("closes_on", "opens_on"): value for key, value in in_days(3).items()}
    page = lead.press("Move the dates", 422, **opens, **in_days(9))
    assert page.tree.get_element_by_id("opens_on").get("value") == opens["opens_on-day"]
    page = lead.press("Move the dates", **{"Why? This is printed in the report": "A holiday."})
    assert "is planned from" in page.text
    assert "A holiday." in lead.get("/studies/small-study/rule").main


def test_a_cancelled_round_says_why(lead, planned):
    lead.get(ROUND)
    assert lead.press("Cancel the round", 422).errors == ["Say why the round is cancelled."]
    assert lead.press("Cancel the round", **{"Why?": "No money."}).heading == "Round 1 is cancelled"


def test_a_form_on_paper_is_entered_by_the_clerk(sign_in_as, opened):
    clerk = sign_in_as("clerk")
    clerk.get(ROUND)
    page = clerk.get(f"{ROUND}/forms?code=")
    assert page.errors == ["Choose the code that is printed on the form."], (
        "nobody's form is chosen beforehand"
    )
    code = clerk.page.tree.get_element_by_id("code").value_options[1]
    page = clerk.get(f"{ROUND}/forms/{code}")
    today = {key.replace("closes_on", "received_on"): value for key, value in in_days(0).items()}
    answers = {
        "first-steps.clear": "5",
        "first-steps.feasible": "unable",
        "next-steps.change": "More pictures.",
    }
    page = clerk.press("Enter this form", 422, **answers)
    assert "as numbers" in page.errors[0]
    assert page.tree.xpath("//input[@name='first-steps.clear'][@checked]")[0].get("value") == "5"
    page = clerk.press("Enter this form", **today, **answers)
    assert f"The form of {code} is entered" in page.text
    assert page.row(code)[0] == "Paper"
    with opened.look():
        assert len(db.session.scalars(db.select(Rating)).all()) == 2
        assert db.session.scalars(db.select(Submission)).one().mode == "paper"


def test_a_late_form_needs_its_reason(sign_in_as, opened):
    with opened.work():
        round_ = round_of(opened.id, 1)
        round_.opens_on -= timedelta(days=20)
        round_.closes_on = clock.now().date() - timedelta(days=2)
    opened.close(now=clock.now())
    clerk = sign_in_as("clerk")
    clerk.get(f"{ROUND}/forms")
    code = clerk.page.tree.get_element_by_id("code").value_options[1]
    clerk.get(f"{ROUND}/forms/{code}")
    today = {key.replace("closes_on", "received_on"): value for key, value in in_days(0).items()}
    page = clerk.press("Enter this form", 422, **today, **{"first-steps.clear": "4"})
    assert "Say why it is admitted" in page.errors[0]
    page = clerk.press("Enter this form", late_reason="Postmarked in time.")
    assert page.row(code)[2] == "Late"
    assert "Admitted Postmarked in time." in page.text


def test_the_team_sees_who_asks_to_be_late_and_why(sign_in_as, opened):
    opened.close(now=clock.now())
    with opened.look():
        code = db.session.scalars(db.select(Panellist.code)).first()
    person = opened.person(code)
    with opened.work():
        ask_to_be_late(
            study_id=opened.id, number=1, code=code, reason="I was ill.", actor=person, now=clock.now()
        )
    clerk = sign_in_as("clerk")
    page = clerk.get(ROUND)
    assert page.row(code)[1:] == ["I was ill.", f"Decide about the late form of {code}"]
    page = clerk.get(page.links()[f"Decide about the late form of {code}"])
    assert "I was ill." in page.main
    assert clerk.get(page.links()["Enter the form"]).heading == f"Form of {code}"


def test_analysing_asks_whether_every_form_is_in(lead, opened):
    opened.close(now=clock.now())
    lead.get(ROUND)
    assert lead.press("Analyse round 1", 422).errors == ["Tick that every form is in."]
    assert "is analysed" in lead.press("Analyse round 1", **{"Every form is in": "yes"}).text


def test_a_round_of_another_number_is_not_there(lead, planned):
    lead.get("/studies/small-study/rounds/9", 404)
    lead.get(f"{ROUND}/forms/P00", 404)


def test_somebody_who_enters_forms_runs_no_rounds(sign_in_as, opened):
    clerk = sign_in_as("clerk")
    page = clerk.get(ROUND)
    assert "Close round 1" not in page.buttons()
    _, values = clerk.page.form_of("Sign out")
    clerk.post(f"{ROUND}/close", 403, **values | {"sure-close": "yes"})


def test_an_open_round_leads_to_the_reminders_and_says_who_is_left(lead, opened):
    page = lead.get(ROUND)
    assert "Remind 6 people" in page.main
    assert lead.get(page.links()["Look at the reminders"]).heading == "Remind 6 people by e-mail?"


def test_what_keeps_a_round_from_opening_leads_to_where_it_is_mended(lead, small_study):
    page = lead.get(ROUND)
    assert page.links()["Sign and seal the rule first"] == "/studies/small-study/rule"
    assert page.links()["Go to the draft of First steps"] == "/studies/small-study/drafts/first-steps"
    small_study.started(1)
    with small_study.work():
        round_of(small_study.id, 2).closes_on = clock.now().date() + timedelta(days=30)
    page = lead.get("/studies/small-study/rounds/2")
    assert page.links()["Go to round 1"] == ROUND


def test_a_cancelled_round_says_why_and_where_the_study_stands(lead, planned):
    lead.get(ROUND)
    page = lead.press("Cancel the round", **{"Why?": "The funding ended."})
    assert "The funding ended." in page.main
    assert "Where the study stands now" in page.main


def test_days_of_a_round_stand_as_a_picture_and_as_a_table(lead, small_study):
    small_study.started(1)
    page = lead.get(ROUND)
    assert page.tree.xpath("//main//*[name()='svg'][@role='img']")
    assert page.row("3 February")[0] == "0"
