"""The team's pages in a real browser: coming in by keyboard, and keys that can be off."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

STUDY = "/studies/small-study"


def test_keys_review_a_comment_and_can_be_switched_off(signed_in, address):
    signed_in.goto(f"{address}{STUDY}/rounds/1/comments")
    signed_in.keyboard.press("s")
    assert signed_in.get_by_role("radio", name="Show", exact=True).is_checked()
    signed_in.get_by_label("Switch shortcuts off").check()
    signed_in.locator("h1").click()
    signed_in.keyboard.press("h")
    assert not signed_in.get_by_role("radio", name="Hold").is_checked()


def test_somebody_comes_in_by_link_with_nothing_but_the_keyboard(page, sign_in_link):
    page.goto(sign_in_link)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Your studies").wait_for()
