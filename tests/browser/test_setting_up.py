"""Setting a study up in a browser: its pages, in each of their states, with nothing wrong on any."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.domain.actors import Operator
from delphi.domain.setup.themes import DOCUMENTS, GROUPS, PROTOCOL, ROUNDS, SECTIONS
from delphi.services.signing_in import make_sign_in_link
from delphi.services.team import remove_member
from tools.page_faults import faults_of

pytestmark = pytest.mark.browser

SETTINGS = "/studies/good-sleep/settings"
ONE_OF_EACH_KIND = (DOCUMENTS, SECTIONS, GROUPS, PROTOCOL, ROUNDS)
"""Pages that together have every kind of field and row; the others are made of the same."""


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def come_in(small_study, windows):
    """Somebody of the small study's team at a browser."""

    def come(who, **how):
        with small_study.work():
            link = make_sign_in_link(
                email=f"{who}@small.example", base_url="", actor=Operator(), now=clock.now()
            )
        return windows.open(**how).open(link).press("Sign in").at("Your studies")

    return come


@pytest.fixture
def look():
    """Look at the page that is open: its first heading, and what is wrong with it. In the end nothing is."""
    found = {}

    def look_at(window, heading):
        window.at(heading)
        if faults := faults_of(window.page):
            found[heading] = faults
        return window

    yield look_at
    assert not found


def begin(window):
    window.open("/studies/new").fill("Title", "What helps people to sleep").fill("Short title", "Good sleep")
    window.fill("Telephone number for questions and worries", "01632 960 555").press("Begin the study")
    return window.at("Set the study up")


def test_a_study_is_begun_and_its_settings_are_well(come_in, look):
    window = come_in("lead")
    look(window.open("/studies/new").press("Begin the study"), "Start a new study")
    look(begin(window), "Set the study up")
    look(window.open("/studies/good-sleep"), "The study is being set up.")
    for theme in ONE_OF_EACH_KIND:
        look(window.open(f"{SETTINGS}/{theme.key}"), theme.title)
    look(window.open(f"{SETTINGS}/rule/library"), "Published rules")
    look(window.open("/studies/good-sleep/rule/rehearsal"), "What this rule would do")
    look(window.open(f"{SETTINGS}/people"), "1 person is in the study team")
    look(window.open(f"{SETTINGS}/look"), "Colour and logo")
    look(window.open(f"{SETTINGS}/sections/first-section"), "First section")


def test_mistakes_in_the_settings_and_what_is_shown_once(come_in, look):
    window = begin(come_in("lead"))
    window.open(f"{SETTINGS}/names").fill("Title", "").press("Save").sees("Nothing is saved yet")
    look(window, "Name and place")
    window.open(f"{SETTINGS}/look").fill("Colour", "#ffdd00").press("Save").sees("too light")
    look(window, "Colour and logo").fill("Colour", "#5b2a86").press("Try the colour first")
    look(window.sees("It is not saved yet."), "Colour and logo").press("Save").sees("Saved.")
    window.open(f"{SETTINGS}/people").fill("E-mail address", "new@small.example")
    window.fill("Name, for somebody who has no account yet", "Noor New")
    window.page.get_by_label("Observer").check()
    look(window.press("Add to the team"), "Noor New can sign in with this link")


def test_two_people_and_somebody_who_was_taken_out(come_in, small_study, look):
    lead, second = come_in("lead"), come_in("second")
    address = "/studies/small-study/settings/names"
    for window in (lead, second):
        window.open(address)
    lead.fill("Title", "The lead's title").press("Save").sees("Saved.")
    look(second.fill("Title", "Another title").press("Save"), "Both are kept")
    common = {"study_id": small_study.id, "actor": small_study.lead, "now": clock.now()}
    with small_study.work():
        remove_member(account_id=small_study.second.account_id, **common)
    look(second.press("Save mine over it"), "You are not in this team any more")
    small_study.seal()
    look(lead.open("/studies/small-study/settings/privacy"), "Small numbers and keeping data")


def test_a_study_is_set_up_on_a_phone_without_scripts(come_in):
    window = begin(come_in("lead", width=360, scripts=False))
    window.open(f"{SETTINGS}/sections").page.get_by_text("Add a section").click()
    window.page.get_by_role("group", name="New section").first.get_by_label("Title").fill("At night")
    window.press("Save").sees("Saved.")
    window.page.get_by_role("link", name="Write At night").click()
    window.at("At night").fill("Text", "# At night\n\nStay in bed.").press("Save the text")
    assert "Draft 1, working" in window.page.get_by_role("row", name="At night").inner_text()
