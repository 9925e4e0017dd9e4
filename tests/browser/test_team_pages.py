"""The team's pages in a real browser: coming in by keyboard, and keys that can be off."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.domain.actors import Operator
from delphi.services.signing_in import make_sign_in_link
from tools.small_team import opened_team

pytestmark = pytest.mark.browser

STUDY = "/studies/small-study"


@pytest.fixture
def team(small_study):
    """Round 1 is analysed, with three comments to review."""
    team = opened_team(small_study)
    small_study.close().analyse()
    return team


@pytest.fixture
def signed_in(page, address, team):
    """The lead's browser, signed in by pressing the button of a link."""
    with team.study.work():
        link = make_sign_in_link(
            email="lead@small.example", base_url=address, actor=Operator(), now=clock.now()
        )
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="Your studies").wait_for()
    return page


def test_keys_review_a_comment_and_can_be_switched_off(signed_in, address):
    signed_in.goto(f"{address}{STUDY}/rounds/1/comments")
    signed_in.keyboard.press("s")
    assert signed_in.get_by_role("radio", name="Show", exact=True).is_checked()
    signed_in.get_by_label("Switch shortcuts off").check()
    signed_in.locator("h1").click()
    signed_in.keyboard.press("h")
    assert not signed_in.get_by_role("radio", name="Hold").is_checked()


def test_somebody_comes_in_by_link_with_nothing_but_the_keyboard(page, address, team):
    with team.study.work():
        link = make_sign_in_link(
            email="lead@small.example", base_url=address, actor=Operator(), now=clock.now()
        )
    page.goto(link)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Your studies").wait_for()
