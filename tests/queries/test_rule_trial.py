"""A rule tried on made-up panels shows its thresholds: at them, just below them, and when panels differ."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.consensus.library import PUBLISHED_RULES
from delphi.domain.rule import Rule
from delphi.domain.setup.simple_rule import SimpleRule
from delphi.domain.study_file import from_plain
from delphi.queries.rule_trial import SHARES, trial_of
from tools.small_study import CRITERIA, small_plain

DAY = date(2026, 1, 7)


def tried(form, **parts):
    file = from_plain(small_plain(**parts))
    rule = Rule.model_validate({**form.plain(), "fixed_on": DAY})
    return trial_of(rule, file.scale, file.structure, CRITERIA)


def cell(trial, row, column):
    cells = dict(trial.rows)[row]
    return cells[trial.shares.index(column)].words


def test_outcomes_turn_at_the_thresholds():
    trial = tried(SimpleRule(of_all=75, of_each_panel=70, close_of_all=60))
    assert trial.shares == SHARES
    assert cell(trial, 80, 70) == "Agreed", "75% of all and 70% of each panel"
    assert cell(trial, 75, 70) == "Close", "72.5% of all"
    assert cell(trial, 100, 60) == "Close", "80% of all, but one panel is outvoted"
    assert cell(trial, 60, 50) == "Not agreed"


def test_one_panel_makes_one_column():
    union = [{"id": "everybody", "label": "Everybody", "groups": ["users", "carers", "workers"]}]
    trial = tried(SimpleRule(), consensus_panels=union)
    assert trial.shares == ()
    assert [cells[0].words for _, cells in trial.rows] == ["Agreed"] * 3 + ["Close"] * 2 + ["Not agreed"]


def test_a_rule_that_asks_for_many_is_tried_on_many():
    trial = tried(SimpleRule(min_ratings=21))
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
    trial = trial_of(published.make(DAY), file.scale, file.structure, CRITERIA)
    assert cell(trial, 100, 100) == "Agreed"
    assert cell(trial, 50, 50) != "Agreed"
