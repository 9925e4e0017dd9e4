"""A round for which nothing is planned begins with what follows from the decisions."""

from __future__ import annotations

import pytest

from delphi.queries.plan_suggestion import suggested_items
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.decisions import decide, keep_agreed
from delphi.services.drafts import write_draft
from delphi.services.rounds import plan_round
from delphi.services.sections import add_section
from tools.small_team import Team, opened_team


@pytest.fixture
def team(small_study) -> Team:
    """The first section is kept; the second waits for a decision."""
    team = opened_team(small_study)
    small_study.close().analyse()
    team(keep_agreed, number=1)
    return team


def suggested(team, number: int = 2) -> dict[str, int]:
    with team.study.look():
        return suggested_items(study_of(team.study.id), round_of(team.study.id, number))


def test_a_section_that_is_rated_again_comes_with_its_draft(team):
    team(decide, number=1, section="next-steps", kind="rerate_unchanged", reason="Close.")
    assert suggested(team) == {"next-steps": 1}


def test_a_revised_section_comes_once_its_draft_is_begun(team):
    team(decide, number=1, section="next-steps", kind="revise")
    assert suggested(team) == {}
    team(write_draft, section="next-steps", texts={"standard": "# Next steps\n\nSlower.\n"})
    assert suggested(team) == {"next-steps": 2}


def test_a_new_section_comes_in_the_round_it_was_added_for(team):
    team(decide, number=1, section="next-steps", kind="remove", reason="Not needed.")
    team(add_section, code="pets", title="Pets", origin="Asked for.", added_in_round=2)
    team(write_draft, section="pets", texts={"standard": "# Pets\n\nThey belong.\n"})
    assert suggested(team) == {"pets": 1}


def test_a_plan_that_was_made_is_left_alone(team):
    team(decide, number=1, section="next-steps", kind="rerate_unchanged", reason="Close.")
    team(plan_round, number=2, items={"first-steps": 1})
    assert suggested(team) == {}
    assert suggested(team, 1) == {}
