"""A rule tried on made-up panels shows its thresholds: at them, just below them, and when panels differ."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.consensus.context import Need, needs_of
from delphi.consensus.library import PUBLISHED_RULES
from delphi.consensus.vocabulary import CriterionWords, Vocabulary
from delphi.domain.rule import Rule
from delphi.domain.setup.starting import STARTING_RULE
from delphi.domain.study_file import from_plain
from delphi.queries.rule_trial import SHARES, own_figures, trial_of
from tools.small_study import CRITERIA, small_plain

DAY = date(2026, 1, 7)


def rule_of(**parts):
    """75% of all and 70% of each panel, close from 60% of all; `parts` replace parts of the rule."""
    return Rule.model_validate({**STARTING_RULE, "fixed_on": DAY, **parts})


def tried(rule, **parts):
    file = from_plain(small_plain(**parts))
    return trial_of(rule, file.scale, file.structure, CRITERIA)


def figures(rule, **given):
    """What comes of figures that are written down for the small study."""
    file = from_plain(small_plain())
    words = {one.id: CriterionWords(one.label, one.statement) for one in file.criteria}
    named = {f"try.{name.replace('_', '.')}": value for name, value in given.items()}
    return own_figures(rule, Vocabulary(file.scale, file.structure, words), named)


def cell(trial, row, column):
    cells = dict(trial.rows)[row]
    return cells[trial.shares.index(column)].words


def test_outcomes_turn_at_the_thresholds():
    trial = tried(rule_of())
    assert trial.shares == SHARES
    assert cell(trial, 80, 70) == "Agreed", "75% of all and 70% of each panel"
    assert cell(trial, 75, 70) == "Close", "72.5% of all"
    assert cell(trial, 100, 60) == "Close", "80% of all, but one panel is outvoted"
    assert cell(trial, 60, 50) == "Not agreed"


def test_one_panel_makes_one_column():
    union = [{"id": "everybody", "label": "Everybody", "groups": ["users", "carers", "workers"]}]
    trial = tried(rule_of(), consensus_panels=union)
    assert trial.shares == ()
    assert [cells[0].words for _, cells in trial.rows] == ["Agreed"] * 3 + ["Close"] * 2 + ["Not agreed"]


def test_who_agrees_chooses_a_low_point_where_agreeing_is_low():
    points = [{"value": value, "label": str(value)} for value in range(1, 6)]
    trial = tried(rule_of(), scale={"id": "low", "points": points, "bands": {"agree": [1, 2]}})
    assert (trial.agrees, trial.others) == (1, 5)
    assert cell(trial, 100, 100) == "Agreed"


def test_a_rule_that_asks_for_many_is_tried_on_many():
    trial = tried(rule_of(min_ratings_per_panel=21))
    assert trial.n == 40
    assert cell(trial, 100, 100) == "Agreed"


@pytest.mark.parametrize("published", PUBLISHED_RULES, ids=lambda one: one.code)
def test_every_rule_of_the_library_can_be_tried(published):
    nine = {
        "id": "nine",
        "points": [{"value": value, "label": str(value)} for value in range(1, 10)],
        "bands": {"agree": [7, 8, 9]},
    }
    file = from_plain(small_plain(scale=nine))
    rule = published.make(DAY)
    trial = trial_of(rule, file.scale, file.structure, CRITERIA)
    # The average of a whole round's majorities cannot be made up from one section.
    assert cell(trial, 100, 100) == ("Not agreed" if Need.ROUND in needs_of(rule) else "Agreed")
    assert cell(trial, 50, 50) != "Agreed"


def test_a_rule_on_groups_is_tried_on_groups():
    share = {"statistic": "share", "band": "agree", "of": "each_group", "at_least": 75}
    rule = rule_of(outcomes=[{"outcome": "agreed", "when": share}, {"otherwise": "not_agreed"}])
    assert tried(rule).is_of_groups
    assert cell(tried(rule), 80, 80) == "Agreed"
    assert [row.label for row in figures(rule).rows] == [
        "People who use services",
        "Family members and carers",
        "Workers",
    ]


def test_own_figures_begin_with_four_of_five_who_agree():
    begun = figures(rule_of())
    assert begun.columns == ("1", "2", "3", "4", "5", "can’t say")
    assert [value for _, _, value in begun.rows[0].fields] == ["0", "0", "4", "8", "8", "0"]
    assert begun.found.words == "Agreed"
    assert "80% of all panel members (32 of 40)" in begun.reasons[0]


def test_own_figures_say_who_stands_in_the_way():
    found = figures(rule_of(), practice_5="0", practice_4="0", practice_1="20", experience_5="60")
    assert found.found.words == "Close"
    assert any("0% of the practice panel (0 of 24)" in one for one in found.reasons)
    assert len(found.reasons) == len(set(found.reasons))


def test_what_is_no_number_of_people_is_said_and_kept():
    found = figures(rule_of(), practice_5="a few")
    assert found.problem == "“a few” is not a number of people. Write whole numbers."
    assert (found.found, found.rows[1].fields[4][2]) == (None, "a few")


def test_what_made_up_figures_cannot_show_is_said():
    change = {"statistic": "pct_changed", "at_most": 15}
    rule = rule_of(outcomes=[{"outcome": "agreed", "when": change}, {"otherwise": "not_agreed"}])
    assert "about the round before cannot be tried" in figures(rule).limits[0]
    assert figures(rule_of()).limits == ()


def test_a_rule_that_differs_by_round_is_tried_in_the_round_that_is_asked_for():
    file = from_plain(small_plain())
    share = {"statistic": "share", "band": "agree", "at_least": 50}
    rule = rule_of(
        outcomes=[{"outcome": "agreed", "rounds": [2], "when": share}, {"otherwise": "not_agreed"}]
    )
    found = [trial_of(rule, file.scale, file.structure, CRITERIA, number) for number in (1, 2)]
    assert [cell(one, 80, 80) for one in found] == ["Not agreed", "Agreed"]
