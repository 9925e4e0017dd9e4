"""Parts of a rule come, move and go by buttons; what cannot be read is said beside its field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from delphi.consensus.library import pooled_and_each_panel
from delphi.domain.errors import Problem
from delphi.domain.rule import Rule
from delphi.domain.setup.rule_apart import take_apart
from delphi.domain.setup.rule_fields import fields_of, read_parts
from delphi.domain.setup.rule_moves import moved
from delphi.domain.setup.rule_parts import SeveralPart
from delphi.domain.setup.rule_together import put_together

PARTS = take_apart(pooled_and_each_panel(date(2026, 1, 7)))


def names(parts):
    return [outcome.outcome for outcome in parts.outcomes]


def test_outcomes_move_up_and_down_and_out():
    down = moved(PARTS, "down:o.0")
    assert names(down.parts) == ["close", "agreed", "not_agreed"]
    assert (down.focus, down.said) == ("o.1.outcome", "Outcome 1 is outcome 2 now.")
    assert moved(down.parts, "up:o.1").parts == PARTS
    assert names(moved(PARTS, "remove:o.1").parts) == ["agreed", "not_agreed"]


def test_what_is_added_waits_for_its_number():
    added = moved(PARTS, "add:o.2")
    assert added.focus == "o.2.c.1.statistic"
    assert added.parts.outcomes[2].join == "all"
    assert put_together(added.parts).problems == [
        Problem("o.2.c.1.number", "Write the number that the figure is compared with.")
    ]
    assert moved(added.parts, "remove:o.2.c.1").parts == PARTS, "one condition needs no all or any"


def test_several_that_count_together_are_added_and_grow():
    group = moved(moved(PARTS, "add-group:o.0").parts, "add:o.0.c.2")
    assert group.focus == "o.0.c.2.c.1.statistic"
    held = group.parts.outcomes[0].parts[2]
    assert isinstance(held, SeveralPart)
    assert len(held.parts) == 2
    smaller = moved(group.parts, "remove:o.0.c.2.c.0").parts.outcomes[0].parts[2]
    assert isinstance(smaller, SeveralPart)
    assert moved(group.parts, "remove:o.0.c.2").parts == PARTS


def test_a_reason_to_stop_is_about_change_between_rounds():
    stopping = moved(PARTS, "add:stop").parts
    filled = read_parts(fields_of(stopping) | {"stop.c.0.number": "15", "stop_after": "3"})
    assert put_together(filled).plain["stop"] == {
        "after_round": 3,
        "stable": {
            "statistic": "pct_changed",
            "of": "pooled",
            "at_most": 15,
            "criteria": "all",
        },
    }
    assert moved(stopping, "remove:stop.c.0").parts == PARTS


def test_an_outcome_is_added_that_is_not_there_yet():
    added = moved(PARTS, "add-outcome")
    assert names(added.parts)[-1] == "agreed_to_leave_out"
    assert added.focus == "o.3.outcome"


BUTTONS = st.one_of(
    st.builds(
        "{}:{}".format,
        st.sampled_from(["add", "add-group", "remove", "up", "down", "show", "x"]),
        st.one_of(
            st.from_regex(r"o\.[0-9](\.c\.[0-9]){0,3}", fullmatch=True),
            st.sampled_from(["stop", "stop.c.0", "stop.c.9", "o", "", "o.-1", "o.٣", "stop.x"]),
        ),
    ),
    st.sampled_from(["add-outcome", "", "save"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(BUTTONS, max_size=12))
def test_no_button_breaks_or_loses_anything_else(buttons):
    parts = PARTS
    for button in buttons:
        parts = moved(parts, button).parts
        assert read_parts(fields_of(parts)) == parts
        put_together(parts)
    assert (parts.text, parts.settings, parts.otherwise) == (PARTS.text, PARTS.settings, PARTS.otherwise)


def test_numbers_are_read_as_people_write_them():
    fields = fields_of(PARTS) | {"o.0.c.0.number": "79,6 %", "o.0.c.1.number": "200/3"}
    when = put_together(read_parts(fields)).plain["outcomes"][0]["when"]["all"]
    assert [one["at_least"] for one in when] == ["79.6", "200/3"]


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("o.0.c.0.number", "", "Write the number"),
        ("o.0.c.0.number", "eighty", "“eighty” is not a number"),
        ("o.0.c.0.number", "٨٠", "is not a number"),
        ("min_ratings_per_panel", "", "whole number"),
        ("min_ratings_per_panel", "5.5", "is not a whole number"),
        ("stop_after", "soon", "is not a whole number"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(field, written, said):
    problems = put_together(read_parts(fields_of(PARTS) | {field: written})).problems
    assert [one.where for one in problems] == [field]
    assert said in problems[0].sentence


def test_criteria_have_to_be_ticked_or_counted():
    chosen = {"o.0.c.0.criteria": "named", "o.0.c.1.criteria": "some"}
    problems = put_together(read_parts(fields_of(PARTS) | chosen)).problems
    assert [one.where for one in problems] == ["o.0.c.0.criteria", "o.0.c.1.count"]


def test_an_outcome_without_conditions_is_not_a_rule():
    bare = moved(moved(PARTS, "remove:o.2.c.0").parts, "remove:o.2.c.0").parts
    assert [one.where for one in put_together(bare).problems] == ["o.2"]


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ("consensus_rule.outcomes[0].when.all[1].at_least", "o.0.c.1.number"),
        ("consensus_rule.outcomes[0].when.all[1].band", "o.0.c.1.band"),
        ("consensus_rule.outcomes[0].when.all[1]", "o.0.c.1"),
        ("consensus_rule.outcomes[2].when", "o.2.c.0"),
        ("consensus_rule.outcomes[3].otherwise", "otherwise"),
        ("consensus_rule.outcomes", "outcomes"),
        ("consensus_rule.min_ratings_per_panel", "min_ratings_per_panel"),
        ("consensus_rule.stop.after_round", "stop_after"),
        ("rounds[0].opens", ""),
    ],
)
def test_an_objection_finds_its_field(where, field):
    asked = put_together(PARTS)
    assert asked.beside_fields([Problem(where, "no")])[0].where == field


def test_an_objection_counts_outcomes_as_the_page_does():
    said = put_together(PARTS).beside_fields([Problem("", "met, outcome 1 above it is met too")])
    assert said[0].sentence == "Met, outcome 1 above it is met too"


@pytest.mark.parametrize("kept", ["{", "[]", '"x"', "[" * 100_000, '{"outcome": "agreed"}'])
def test_what_was_not_kept_by_us_is_refused_and_breaks_nothing(kept):
    asked = put_together(read_parts(fields_of(PARTS) | {"o.0.kept": kept}))
    with pytest.raises(ValidationError):
        Rule.model_validate({**asked.plain, "fixed_on": date(2026, 1, 7)})
