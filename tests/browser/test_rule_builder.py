"""The rule is built from nothing with the keyboard alone, and what it says follows each part."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from delphi import clock
from delphi.domain.actors import Operator
from delphi.services.signing_in import make_sign_in_link
from tools.page_faults import faults_of

pytestmark = pytest.mark.browser

TOLD_WITHIN_MS = 8000


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def building(small_study, windows):
    """The lead on the page of the rule."""
    with small_study.work():
        link = make_sign_in_link(email="lead@small.example", base_url="", actor=Operator(), now=clock.now())
    window = windows.open().open(link).press("Sign in").at("Your studies")
    return window.open("/studies/small-study/settings/rule").at("When a section is agreed")


def test_a_rule_is_built_from_nothing_with_the_keyboard(building):
    page = building.page
    says, said = page.locator("[data-part=says]"), page.locator("[data-said]")
    focused = page.locator(":focus")

    def press(button):
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")

    press("Remove outcome 1")
    expect(focused).to_have_attribute("id", "add-outcome")
    expect(says).to_contain_text("No section could ever be")
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("id", "o.0.outcome")
    expect(said).to_have_text("Outcome 1 is added.")

    page.get_by_label("Number", exact=True).focus()
    page.keyboard.type("80")
    expect(says).to_contain_text("Agreed means: for every criterion, at least 80 of 100")
    expect(focused).to_have_attribute("id", "o.0.c.0.number")
    expect(said).to_contain_text("at least 80 of 100", timeout=TOLD_WITHIN_MS)
    page.keyboard.press("Enter")
    expect(building.page.get_by_role("heading", name="Saved.")).to_have_count(0)

    press("Add a condition to outcome 1")
    expect(focused).to_have_attribute("id", "o.0.c.1.statistic")
    focused.select_option("iqr")
    expect(page.get_by_text("points", exact=True)).to_be_visible()
    expect(focused).to_have_attribute("id", "o.0.c.1.statistic")
    page.get_by_label("Comparison").nth(1).select_option("at_most")
    page.get_by_label("Number", exact=True).nth(1).focus()
    page.keyboard.type("1")
    expect(says).to_contain_text("the interquartile range of all panel members is at most 1")
    assert not faults_of(page)

    page.get_by_label("The rule in your own words (if any)").fill("")
    press("Save this rule")
    building.sees("Saved.")
    expect(says).to_contain_text("is at most 1")
