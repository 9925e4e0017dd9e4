"""The first round in a real browser: scripts off on a phone, scripts on at a desk."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.queries.answers import saved_page
from delphi.queries.panellists import panellist_of
from delphi.queries.round_outline import outline_of
from delphi.services import invitations, panel

pytestmark = pytest.mark.browser


@pytest.fixture
def study(small_study, monkeypatch):
    """The small study in its open round 1, with somebody who has not joined yet."""
    small_study.seal().publish_drafts()
    small_study.codes = small_study.join(3)
    with small_study.work():
        small_study.newcomer = panel.register_panellist(
            study_id=small_study.id,
            name="New Person",
            email="new@panel.example",
            group="users",
            actor=small_study.lead,
            now=small_study.imported_at,
        ).code
    with small_study.work():
        invitations.invite(
            study_id=small_study.id,
            codes=[small_study.newcomer],
            actor=small_study.lead,
            now=small_study.imported_at,
        )
    small_study.open()
    monkeypatch.setattr(clock, "now", lambda: small_study.answered_at)
    return small_study


@pytest.fixture
def link_of(study):
    """A new personal link for somebody."""

    def make(code):
        with study.work():
            person = panellist_of(study.id, code)
            return invitations.issue_link(panellist_id=person.id, now=study.answered_at)

    return make


def saved(study, code, section="first-steps"):
    with study.look():
        outline = outline_of(study.id, 1)
        person = study.person(code).panellist_id
        return saved_page(outline.round_id, person, outline.section(section))


def choose(page, statement, answer):
    page.get_by_role("group", name=statement).get_by_label(answer, exact=True).check()


def test_the_whole_first_round_on_a_phone_without_scripts(study, link_of, windows):
    page = windows.open(360, scripts=False).open(link_of(study.newcomer)).page
    page.get_by_role("button", name="Continue").click()
    for words in ("I have read the information.", "I agree to take part."):
        page.get_by_label(words).check()
    page.get_by_role("button", name="Agree and take part").click()
    assert "token" not in page.url
    page.get_by_role("button", name="Start: First steps").click()
    choose(page, "This section is easy to understand.", "Agree")
    page.get_by_label("What would you change?").fill("Say who helps.")
    page.get_by_role("button", name="Save and continue").click()
    assert page.get_by_role("alert").get_by_role("link").first.get_attribute("href") == "#rating-feasible"
    assert page.title().startswith("Error:")
    choose(page, "This could be done in my area.", "I can't say")
    page.get_by_role("button", name="Save and continue").click()
    choose(page, "This section is easy to understand.", "Strongly agree")
    choose(page, "This could be done in my area.", "Neither agree nor disagree")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Is anything missing?").fill("A word on money.")
    page.get_by_role("button", name="Send my answers").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your answers are sent"
    assert saved(study, study.newcomer).ratings == {"clear": 4, "feasible": "unable"}
    assert saved(study, study.newcomer).comments == {"change": "Say who helps."}


@pytest.fixture
def rating(study, link_of, windows):
    """A section's page at a desk, with scripts, for somebody who has joined."""
    page = windows.open().open(link_of(study.codes[0])).page
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Start: First steps").click()
    return page


def said(page, words):
    page.get_by_role("status").get_by_text(words).wait_for(timeout=5000)


def test_answers_are_saved_as_they_are_given(study, rating):
    choose(rating, "This section is easy to understand.", "Agree")
    said(rating, "1 of 2 answers saved at 12:00pm.")
    assert saved(study, study.codes[0]).ratings == {"clear": 4}
    rating.get_by_label("What would you change?").fill("As I type.")
    choose(rating, "This could be done in my area.", "Disagree")
    said(rating, "All answers saved at 12:00pm.")
    assert rating.locator("#saved svg").is_visible()
    rating.reload()
    assert rating.get_by_label("What would you change?").input_value() == "As I type."
    rating.get_by_role("button", name="Clear my answer").first.click()
    said(rating, "1 of 2 answers saved at 12:00pm.")
    assert saved(study, study.codes[0]).ratings == {"feasible": 2}
    assert saved(study, study.codes[0]).comments == {"change": "As I type."}


def test_saving_never_moves_the_focus(rating):
    choose(rating, "This section is easy to understand.", "Agree")
    rating.get_by_label("What would you change?").focus()
    said(rating, "1 of 2 answers saved")
    assert rating.evaluate("document.activeElement.id") == "comment-change"


def test_sending_the_form_waits_for_the_answer_that_is_being_saved(study, rating):
    held = []
    rating.route("**/answers", lambda route: held.append((route, route.fetch())))
    choose(rating, "This section is easy to understand.", "Agree")
    while not held:
        rating.wait_for_timeout(20)
    choose(rating, "This could be done in my area.", "Disagree")
    rating.get_by_role("button", name="Save and continue").click()
    rating.wait_for_timeout(200)
    route, response = held[0]
    route.fulfill(response=response)
    rating.get_by_role("heading", level=1, name="Next steps").wait_for()
    assert saved(study, study.codes[0]).ratings == {"clear": 4, "feasible": 2}


def test_without_a_connection_answers_stay_on_this_device(study, rating):
    # Only the saving fails: a whole window that comes back saves at once, before it can be loaded again.
    rating.route("**/answers", lambda route: route.abort("internetdisconnected"))
    choose(rating, "This section is easy to understand.", "Agree")
    said(rating, "Not saved: no connection.")
    assert saved(study, study.codes[0]).ratings == {}
    rating.reload()
    said(rating, "Not saved: no connection.")
    assert (
        rating.get_by_role("group", name="This section is easy")
        .get_by_label("Agree", exact=True)
        .is_checked()
    )
    rating.unroute("**/answers")
    rating.evaluate("window.dispatchEvent(new Event('online'))")
    said(rating, "1 of 2 answers saved at 12:00pm.")
    assert saved(study, study.codes[0]).ratings == {"clear": 4}
    assert rating.evaluate("Object.keys(localStorage).length") == 0


def test_two_devices_are_told_apart_and_both_texts_kept(study, link_of, windows, rating):
    other = windows.open(360).open(link_of(study.codes[0])).page
    other.get_by_role("button", name="Continue").click()
    other.get_by_role("button", name="Start: First steps").click()
    choose(other, "This section is easy to understand.", "Disagree")
    said(other, "1 of 2 answers saved")
    choose(rating, "This section is easy to understand.", "Agree")
    said(rating, "You also changed this section on another device.")
    rating.get_by_role("button", name="Save and continue").click()
    assert rating.get_by_text("On another device you answered: Disagree").is_visible()
    rating.get_by_role("button", name="Save what is on this page").click()
    assert saved(study, study.codes[0]).ratings["clear"] == 4


def test_finishing_on_a_device_leaves_nothing_there(study, rating):
    rating.context.set_offline(True)
    choose(rating, "This section is easy to understand.", "Agree")
    said(rating, "Not saved: no connection.")
    rating.context.set_offline(False)
    root = rating.url.partition("/round-1")[0]
    rating.goto(f"{root}/finish")
    rating.get_by_role("button", name="Finish on this device").click()
    rating.get_by_role("heading", name="You have finished on this device").wait_for()
    assert rating.evaluate("Object.keys(localStorage).length") == 0
