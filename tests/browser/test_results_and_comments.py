"""Results and the bench of comments in a real browser: nothing for axe to find, keys, what scripts add."""

from __future__ import annotations

import pytest

from delphi.services.comments import review_comment
from delphi.services.themes import set_themes
from tools.page_faults import faults_of

pytestmark = pytest.mark.browser

ROUND = "/studies/small-study/rounds/1"


@pytest.fixture
def team(team):
    """Round 1 is analysed, with three comments; one is passed on, one has themes."""
    team(set_themes, comment_id=team.comment_ids["scores"], labels=["choice", "risk"])
    team(review_comment, comment_id=team.comment_ids["pets"], state="escalated", reason="risk")
    return team


def test_axe_finds_nothing_on_tables_lists_and_themes(signed_in, address):
    paths = (
        f"{ROUND}/results?view=groups",
        f"{ROUND}/results?view=not-rated",
        f"{ROUND}/results?view=moved&sort=difference",
        f"{ROUND}/results/next-steps",
        f"{ROUND}/comments?show=passed",
        f"{ROUND}/comments/1/same-answer",
        "/studies/small-study/themes",
    )
    found = {}
    for path in paths:
        signed_in.goto(f"{address}{path}")
        if faults := faults_of(signed_in):
            found[path] = faults
    assert not found


def test_keys_go_on_and_are_dead_while_typing(signed_in, address):
    signed_in.goto(f"{address}{ROUND}/comments")
    signed_in.keyboard.press("j")
    signed_in.get_by_text("“Scores again?”").wait_for()
    signed_in.keyboard.press("t")
    signed_in.keyboard.type("hold")
    assert signed_in.get_by_label("Themes", exact=True).input_value() == "hold"
    assert not signed_in.get_by_role("radio", name="Hold").is_checked()


def test_a_known_theme_is_put_in_and_taken_out_by_a_press(signed_in, address):
    signed_in.goto(f"{address}{ROUND}/comments")
    signed_in.get_by_text("Themes there are: 2").click()
    box = signed_in.get_by_label("Themes", exact=True)
    signed_in.get_by_role("button", name="risk").click()
    assert box.input_value() == "choice"
    signed_in.get_by_role("button", name="risk").click()
    assert box.input_value() == "choice, risk"


def test_what_holding_asks_for_opens_with_the_choice(signed_in, address):
    signed_in.goto(f"{address}{ROUND}/comments")
    assert not signed_in.get_by_label("Why").is_visible()
    signed_in.keyboard.press("h")
    assert signed_in.get_by_label("Why").is_visible()
