"""Another form of a text does not fall behind the standard text without somebody saying so (S37)."""

from __future__ import annotations

import pytest

from delphi.domain.errors import NotAllowed, NotFound, Stale, WrongState
from delphi.queries.sections import draft_of, outdated_variants, section_of
from delphi.services.drafts import propose_draft, publish_draft, sign_draft, write_draft
from delphi.services.variants import confirm_variant
from tools.small_study import SECTIONS
from tools.small_team import Team

FIRST = SECTIONS[0]
STANDARD, EASY = "# First steps\n\nBegin.\n", "# First steps\n\nJust begin.\n"
CHANGED = {"standard": "# First steps\n\nBegin with care.\n", "easy_read": EASY}
CHECK = {"section": FIRST, "number": 1, "variant": "easy_read"}


@pytest.fixture
def team(small_study) -> Team:
    """Draft 1 has an Easy Read text that was written with the standard text."""
    team = Team(small_study)
    team(write_draft, section=FIRST, number=1, revision=1, texts={"standard": STANDARD, "easy_read": EASY})
    return team


def behind(team, number: int = 1) -> list[str]:
    with team.study.look():
        return outdated_variants(draft_of(section_of(team.study.id, FIRST), number))


def change(team) -> None:
    team(write_draft, section=FIRST, number=1, revision=2, texts=CHANGED, unchecked=["easy_read"])


def test_a_form_that_was_given_with_its_text_is_in_step(team):
    assert behind(team) == []


def test_a_changed_text_leaves_a_form_behind_that_nobody_looked_at(team):
    change(team)
    assert behind(team) == ["easy_read"]
    team.refused(WrongState, "Easy Read may be out of date", propose_draft, section=FIRST, number=1)


def test_giving_it_again_says_that_somebody_looked(team):
    change(team)
    team(write_draft, section=FIRST, number=1, revision=3, texts=CHANGED)
    assert behind(team) == []


def test_saying_that_it_still_says_the_same_is_kept_with_its_event(team):
    change(team)
    team(confirm_variant, **CHECK, revision=3)
    assert behind(team) == []
    assert team.events("variant_checked") == [(f"draft:{FIRST}:1", '{"variant":"easy_read"}')]
    team(propose_draft, section=FIRST, number=1)


def test_taking_the_change_back_brings_it_back_in_step(team):
    change(team)
    back = CHANGED | {"standard": STANDARD}
    team(write_draft, section=FIRST, number=1, revision=3, texts=back, unchecked=["easy_read"])
    assert behind(team) == []


def test_the_next_draft_knows_what_was_checked_with_the_last(team):
    team(propose_draft, section=FIRST, number=1)
    team.sign(sign_draft, section=FIRST, number=1)
    team(publish_draft, section=FIRST, number=1)
    team(write_draft, section=FIRST, texts=CHANGED, unchecked=["easy_read"])
    assert behind(team, 2) == ["easy_read"]


def test_what_was_read_before_a_save_is_no_check(team):
    change(team)
    team.refused(Stale, "Read both texts again", confirm_variant, **CHECK, revision=2)


def test_only_a_form_that_is_there_and_being_written_is_checked(team):
    team.refused(NotFound, "no form", confirm_variant, **CHECK | {"variant": "script"}, revision=2)
    team.refused(NotFound, "no form", confirm_variant, **CHECK | {"variant": "standard"}, revision=2)
    team.refused(NotAllowed, "write drafts", confirm_variant, **CHECK, revision=2, actor=team.study.clerk)
    team(propose_draft, section=FIRST, number=1)
    team.refused(WrongState, "as they were checked", confirm_variant, **CHECK, revision=2)
