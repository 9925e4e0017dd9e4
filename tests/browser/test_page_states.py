"""Pages that people get when something is wrong, missing or over: nothing is wrong with the pages themselves.

What the demo's story never does: cut links, empty forms, two devices, late answers, leaving, refusals. Axe
and the width of pages do not depend on the database, so this runs on SQLite alone.
"""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.domain.actors import Operator
from delphi.queries.panellists import panellist_of
from delphi.services import invitations, panel
from delphi.services.rounds import cancel_round
from delphi.services.signing_in import make_sign_in_link
from tools.new_version import publish_version
from tools.page_faults import faults_of
from tools.small_study import SmallStudy, small_plain
from tools.small_team import answer_and_decide, opened_team

pytestmark = pytest.mark.browser

STUDY = "/studies/small-study"
OURS = f"{STUDY}/taking-part"
CLEAR, FEASIBLE = "This section is easy to understand.", "This could be done in my area."


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def look():
    """Look at the page that is open: its first heading, and what is wrong with it. In the end nothing is."""
    found = {}

    def look_at(window, heading):
        window.at(heading)
        faults = faults_of(window.page)
        if faults:
            found[heading] = faults
        return window

    yield look_at
    assert not found


# --- Panellists -----------------------------------------------------------------------------------------


@pytest.fixture
def study(small_study, monkeypatch):
    """The small study in its open round 1, with nine people and a newcomer."""
    small_study.seal().publish_drafts()
    small_study.codes = small_study.join(3)
    common = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.imported_at}
    with small_study.work():
        newcomer = panel.register_panellist(name="New", email="new@panel.example", group="users", **common)
        small_study.newcomer = newcomer.code
    with small_study.work():
        invitations.invite(codes=[small_study.newcomer], **common)
    small_study.open()
    monkeypatch.setattr(clock, "now", lambda: small_study.answered_at)
    return small_study


def link_for(study, code):
    with study.work():
        person = panellist_of(study.id, code)
        return invitations.issue_link(panellist_id=person.id, now=study.answered_at)


@pytest.fixture
def come_in(study, windows):
    """Somebody of the panel at a browser, with their link just opened."""
    return lambda code: windows.open().open(link_for(study, code))


def forget_token(window):
    """What a browser without cookies, or a page from yesterday, sends."""
    window.page.evaluate("document.querySelector('main [name=csrf_token]').value = 'old'")
    return window


def test_nobody_knows_who_comes(study, windows, come_in, look):
    stranger = windows.open()
    look(stranger.open("/link/cut-in-half"), "This link does not work")
    look(stranger.open(OURS), "Please use your personal link")
    look(stranger.open("/nowhere"), "We cannot find this page")
    look(stranger.open("/code"), "Type your short code")
    stranger.press("Continue")
    look(stranger, "Type your short code")
    look(forget_token(come_in(study.codes[0])).press("Continue"), "Welcome back")


def test_mistakes_on_the_way_to_the_receipt(study, come_in, look):
    window = come_in(study.newcomer)
    look(window, "You are invited").press("Continue").at("Decide if").press("Agree and take part")
    window.sees("Please check 2 things")
    look(window, "Decide if you want").tick("I have read the information.", "I agree to take part.")
    window.press("Agree and take part").sees("Thank you. You are taking part.")
    look(window, "Your sections in round 1").press("Start: First steps").at("First steps")
    window.fill("What would you change?", "x" * 20_000).press("Save and continue").sees("Please check")
    look(window, "First steps").fill("What would you change?", "Less.").answer(CLEAR, "Agree")
    window.press("Save and continue").sees("has no answer")
    look(window, "First steps")
    look(forget_token(window).press("Save and continue"), "First steps")
    window.open(f"{OURS}/round-1/review").fill("Is anything missing?", "x" * 20_000).press("Send my answers")
    window.sees("Please check")
    look(window, "Check your answers").fill("Is anything missing?", "Money.").press("Send my answers")
    look(window, "Your answers are sent").open(OURS)
    look(window, "Your sections in round 1").open(f"{OURS}/round-1/review")
    look(window, "Check your answers")


def test_two_devices_and_too_late(study, come_in, look):
    first, second = (come_in(study.codes[0]).press("Continue") for _ in range(2))
    for window in (first, second):
        window.press("Start: First steps").at("First steps")
    second.answer(CLEAR, "Disagree").answer(FEASIBLE, "Agree").press("Save and continue").at("Next steps")
    first.answer(CLEAR, "Agree").press("Save and continue").sees("another device")
    look(first, "First steps").press("Save what is on this page").at("Next steps")
    second.answer(CLEAR, "Agree").fill("What would you change?", "As I type.")
    study.close()
    look(second.press("Save and continue"), "This could not be saved any more")
    look(second.open(OURS), "Round 1 has closed").press("Ask to send late answers")
    look(second, "Round 1 has closed")


def test_a_session_that_ends_while_somebody_types(study, come_in, look):
    window = come_in(study.codes[0]).press("Continue").press("Start: First steps").at("First steps")
    window.page.context.clear_cookies()
    window.fill("What would you change?", "Less of it.").press("Save and continue")
    look(window, "You are not signed in here any more")
    window.sees("Less of it.")


def test_a_new_version_of_the_consent_text(study, come_in, look):
    publish_version(study, now=study.answered_at)
    window = come_in(study.codes[0]).press("Continue").press("Agree and go on")
    look(window, "Something about the study has changed")


def test_leaving(study, come_in, look):
    for place, (choice, button, heading) in enumerate(
        (
            ("stop", "Stop taking part", "You have stopped taking part"),
            ("delete", "Stop and delete my answers", "Your answers are deleted"),
            ("contact", "Delete my contact details", "Your contact details are deleted"),
        )
    ):
        window = come_in(study.codes[place])
        link = window.page.url
        look(window.press("Continue").open(f"{OURS}/stop?choice={choice}").press(button), heading)
        if choice == "stop":
            look(window.open(link), "This link does not work")


def test_saying_no_and_finishing_on_a_device(study, come_in, look):
    window = come_in(study.newcomer).press("Continue").open(f"{OURS}/decline")
    look(window.press("I do not want to take part"), "Thank you for telling us")
    window = come_in(study.codes[0]).press("Continue").open(f"{OURS}/finish")
    look(window.press("Finish on this device"), "You have finished on this device")
    window = come_in(study.codes[0]).press("Continue").open(f"{OURS}/stop").press("Continue")
    look(window, "Stop taking part, or take a break")


def test_a_round_of_words_only(app, windows, monkeypatch, look):
    study = SmallStudy(app, rounds=[{**one, "kind": "comments"} for one in small_plain()["rounds"]])
    code = study.started(1)[0]
    monkeypatch.setattr(clock, "now", lambda: study.answered_at)
    window = windows.open().open(link_for(study, code)).press("Continue")
    look(window, "Your sections in round 1").press("Start: First steps")
    look(window, "First steps").fill("What would you change?", "Shorter.").press("Save and continue")
    look(window.at("Next steps").press("Save and continue"), "Check")
    look(window.press("Send my answers"), "Your")


# --- The team -------------------------------------------------------------------------------------------


@pytest.fixture
def team(small_study, monkeypatch):
    """Round 1 is open; six people have answered."""
    team = opened_team(small_study)
    monkeypatch.setattr(clock, "now", lambda: team.now)
    return team


@pytest.fixture
def come_as(team, windows):
    """Somebody of the team, signed in."""

    def come(who):
        with team.study.work():
            link = make_sign_in_link(
                email=f"{who}@small.example", base_url="", actor=Operator(), now=clock.now()
            )
        return windows.open().open(link)

    return come


def test_signing_in(team, windows, come_as, look):
    window = windows.open().open("/sign-in")
    look(window, "Sign in").press("Sign in")
    look(window, "Sign in")
    window = look(come_as("clerk"), "Sign in")
    link = window.page.url
    window.press("Sign in").at("Your studies")
    look(window.open("/studies?q=nothing"), "Your studies")
    look(window.open(f"{STUDY}/rule"), "The rule")
    look(window.open(f"{STUDY}/report"), "You may not do this")
    look(window.open("/studies/no-such-study"), "There is nothing here")
    look(window.open(link), "This cannot be done now")
    window.open("/your-account").fill("New password", "one").press("Save the password")
    look(window, "Your account")


def test_mistakes_of_the_team_while_a_round_is_open(team, come_as, look):
    lead = come_as("lead").press("Sign in").at("Your studies")
    lead.open("/studies/import").press("Set up the study")
    look(lead, "Import a study file")
    lead.send_file("The study file", "study.zip", b"not a zip", "application/zip").press("Set up the study")
    look(lead, "Import a study file")
    look(lead.open(f"{STUDY}/panel/new").press("Add this person"), "Add a person")
    look(lead.open(f"{STUDY}/panel/import").press("Look at the list"), "Import a list of people")
    for group, heading in (("nobody", "1 thing to correct"), ("carers", "Add 1 person")):
        lead.open(f"{STUDY}/panel/import")
        row = f"name,group,email\nBen,{group},b@panel.example\n"
        lead.send_file("The file", "people.csv", row.encode(), "text/csv").press("Look at the list")
        look(lead, heading)
    look(lead.open(f"{STUDY}/panel/people?q=nobody"), "The people on the panel")
    lead.open(f"{STUDY}/rounds/1").press("Extend the round")
    look(lead, "Round 1 is open").unfold("Close the round now").press("Close round 1")
    look(lead, "Round 1 is open")
    look(
        lead.open(f"{STUDY}/rounds/2").unfold("Move the dates").press("Move the dates"), "Round 2 is planned"
    )
    look(lead.open(f"{STUDY}/rule").unfold("Record a deviation").press("Record the deviation"), "The rule")
    look(lead.open(f"{STUDY}/settings/pictures").press("Add this picture"), "Pictures")
    look(lead.open(f"{STUDY}/rounds/new").press("Add this round"), "Add a round")
    look(lead.open(f"{STUDY}/settings/versions"), "Versions of information and consent")
    lead.open(f"{STUDY}/settings/consent/new-version").press("Publish the new version")
    look(lead, "Publish a new version")
    form = lead.open(f"{STUDY}/rounds/1/forms").page.locator("main option").nth(1).get_attribute("value")
    look(lead.open(f"{STUDY}/rounds/1/forms/{form}").press("Enter this form"), f"Form of {form}")


def test_mistakes_of_the_team_between_rounds(team, come_as, look):
    team.study.close()
    lead, second = (come_as(who).press("Sign in").at("Your studies") for who in ("lead", "second"))
    look(lead.open(f"{STUDY}/rounds/1").press("Analyse round 1"), "Round 1 is closed")
    look(lead.open(f"{STUDY}/rounds/1/late-forms/new").press("Hold this form"), "Note a form that came late")
    form = lead.page.locator("main option").nth(1).get_attribute("value")
    lead.open(f"{STUDY}/rounds/1/late-forms/{form}").press("Do not admit this form")
    look(lead, f"Late form of {form}").fill("Why is it not admitted?", "It came open.")
    look(lead.press("Do not admit this form"), "Round 1 is closed")
    look(lead.open(f"{STUDY}/comments/file"), "Comments as a file")
    team.study.analyse()
    look(lead.open(f"{STUDY}/rounds/1/comments").press("Save and go to the next"), "Comments: 3 left")
    look(lead.open(f"{STUDY}/rounds/1/comments?q=nothing"), "Comments: 3 left")
    look(lead.open(f"{STUDY}/rounds/1/decisions/next-steps").press("Save the decision"), "Next steps")
    look(lead.open(f"{STUDY}/report"), "Report")
    for window in (lead, second):
        window.open(f"{STUDY}/drafts/next-steps/next").at("Write draft 2")
        window.fill("Standard text", f"# Next steps\n\nBy {window is lead}.\n")
    look(lead, "Write draft 2").press("Save draft 2").at("Draft 2")
    look(second.press("Save draft 2"), "Somebody else changed this draft")
    second.open(f"{STUDY}/drafts/next-steps/2?view=edit").fill("Standard text", "")
    look(second.press("Save draft 2"), "Write draft 2")
    answer_and_decide(team)
    look(lead.open(f"{STUDY}/drafts/next-steps/for-round/2").press("Save"), "You said, we did")
    look(lead.open(f"{STUDY}/rounds/1/feedback"), "Publish the feedback of round 1")
    look(lead.open(f"{STUDY}/rounds/2"), "Round 2 is planned")
    second.page.context.clear_cookies()
    second.fill("Standard text", "Words of somebody signed out.").press("Save draft 2")
    look(second, "You are not signed in any more")


def test_a_meeting_after_the_rounds(small_study, windows, look):
    small_study.seal()
    for number in (1, 2):
        with small_study.work():
            cancel_round(
                study_id=small_study.id,
                number=number,
                reason="Not needed.",
                actor=small_study.lead,
                now=clock.now(),
            )
    with small_study.work():
        link = make_sign_in_link(email="lead@small.example", base_url="", actor=Operator(), now=clock.now())
    lead = windows.open().open(link).press("Sign in").at("Your studies")
    look(lead.open(f"{STUDY}/meetings").press("Record the meeting"), "Meetings after the rounds")
    lead.fill("Day", "17").fill("Month", "2").fill("Year", "2025").fill("Who came?", "6 panellists")
    look(lead.press("Record the meeting").press("Record this vote"), "Meeting on Monday 17 February 2025")
