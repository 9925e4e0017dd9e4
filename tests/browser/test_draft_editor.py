"""Writing a draft in a real browser: the difference follows the typing, quietly, and nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from delphi import clock
from delphi.domain.actors import Operator
from delphi.services.signing_in import make_sign_in_link
from tools.page_faults import faults_of

pytestmark = pytest.mark.browser

NEXT = "/studies/small-study/drafts/first-steps/2/edit"
TEXT = "# First steps\n\nBegin with **one** tiny step, whenever you are ready.\n"
TOLD_WITHIN_MS = 8000


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def writing(windows, address, small_study):
    """The lead in the editor of draft 2; scripts on or off."""
    small_study.seal().publish_drafts()

    def write(width=1280, *, scripts=True):
        with small_study.work():
            link = make_sign_in_link(
                email="lead@small.example", base_url=address, actor=Operator(), now=clock.now()
            )
        window = windows.open(width, scripts=scripts).open(link)
        return window.press("Sign in").at("Your studies").open(NEXT).at("Write draft 2")

    return write


@pytest.mark.parametrize("width", [1280, 360])
def test_the_difference_follows_the_typing_without_moving_the_focus(writing, width):
    window = writing(width)
    window.fill("Standard text", TEXT)
    shown = window.page.locator("[data-variant=standard] [data-shown]")
    expect(shown.locator("ins", has_text="tiny")).to_have_count(1)
    expect(shown.locator("del", has_text="small")).to_have_count(1)
    assert window.page.evaluate("document.activeElement.name") == "text.standard"
    expect(window.page.get_by_role("button", name="Show the difference")).to_have_count(0)
    assert not faults_of(window.page)


def test_a_screen_reader_is_told_how_much_changed_once_the_typing_rests(writing):
    window = writing()
    window.fill("Standard text", TEXT)
    said = window.page.locator("[data-variant=standard] [role=status]")
    expect(said).to_contain_text("words added", timeout=TOLD_WITHIN_MS)
    expect(said).not_to_contain_text("Put in")


def test_a_form_of_the_text_that_is_added_is_drawn_too(writing):
    window = writing()
    window.page.get_by_text("Add Easy Read").click()
    window.fill("Easy Read", "# First steps\n\nJust begin.\n")
    expect(window.page.get_by_role("region", name="Easy Read, as it reads")).to_contain_text("Just begin.")


def test_without_a_connection_the_words_stay_and_the_page_says_so(writing):
    window = writing()
    window.page.context.set_offline(True)
    window.fill("Standard text", TEXT)
    window.sees("What you typed is still here.")
    window.page.context.set_offline(False)
    window.fill("Standard text", TEXT + "More.\n")
    expect(window.page.locator("[data-shown] ins", has_text="More")).to_have_count(1)


def test_leaving_with_unsaved_words_asks_first(writing):
    window = writing()
    asked = []
    window.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    window.page.get_by_label("Standard text", exact=True).press_sequentially("More. ")
    window.follow("Not now").at("Draft 1")
    assert asked == ["beforeunload"]
    window.open(NEXT).fill("Standard text", TEXT)
    window.press("Save draft 2").at("Draft 2")
    assert asked == ["beforeunload"]


def test_without_scripts_a_button_shows_the_difference(writing):
    window = writing(scripts=False)
    window.fill("Standard text", TEXT).press("Show the difference").at("Write draft 2")
    expect(window.page.locator("[data-shown] ins", has_text="tiny")).to_have_count(1)
    window.press("Save draft 2").at("Draft 2, against draft 1")
