"""A rule survives the form: taken apart, sent as fields and put together again, it is the same rule."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.library import PUBLISHED_RULES
from delphi.domain.rule import AnyTest, Rule
from delphi.domain.setup.rule_apart import take_apart
from delphi.domain.setup.rule_fields import fields_of, read_parts
from delphi.domain.setup.rule_parts import KeptPart, rule_seen
from delphi.domain.setup.rule_statistics import STATISTICS
from delphi.domain.setup.rule_together import put_together
from delphi.domain.setup.starting import STARTING_RULE

DAY = date(2026, 1, 7)
EITHER_WAY = ("statistic", "of", "criteria", "at_least", "more_than", "at_most", "below")


def through_the_form(rule):
    """The rule after a browser has sent its form unchanged."""
    asked = put_together(read_parts(fields_of(take_apart(rule))))
    assert not asked.problems
    return Rule.model_validate({**asked.plain, "fixed_on": rule.fixed_on})


def rule_with(when, **parts):
    outcomes = [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}]
    plain = {"text": "Words", "fixed_on": DAY, "min_ratings_per_panel": 5, "outcomes": outcomes}
    return Rule.model_validate({**plain, **parts})


def test_every_statistic_of_the_rule_language_has_a_row_that_asks_for_all_of_it():
    in_language = {}
    for test in get_args(AnyTest):
        fields = {field.alias or name for name, field in test.model_fields.items()}
        for statistic in get_args(test.model_fields["statistic"].annotation):
            in_language[statistic] = (fields - set(EITHER_WAY), "at_least" in fields)
    in_form = {
        one.key: ({setting.key for setting in one.settings}, one.compares) for one in STATISTICS.values()
    }
    assert in_form == in_language


def test_every_choice_of_the_form_is_one_of_the_rule_language():
    for test in get_args(AnyTest):
        for statistic in get_args(test.model_fields["statistic"].annotation):
            for setting in STATISTICS[statistic].settings:
                for option, _ in setting.options:
                    others = STATISTICS[statistic].settings
                    chosen = {one.key: one.options[0][0] for one in others if one.options}
                    plain = {"statistic": statistic, "band": "agree", **chosen, setting.key: option}
                    known = {field.alias or name for name, field in test.model_fields.items()}
                    plain = {key: value for key, value in plain.items() if key in known}
                    test.model_validate(plain | ({"at_least": 1} if "at_least" in known else {}))


@pytest.mark.parametrize("published", PUBLISHED_RULES, ids=lambda one: one.code)
def test_a_published_rule_is_built_of_parts_alone(published):
    rule = published.make(DAY)
    assert through_the_form(rule) == rule
    assert not any("kept" in name and value for name, value in fields_of(take_apart(rule)).items())


def test_the_rule_a_study_begins_with_is_built_of_parts_alone():
    rule = Rule.model_validate({**STARTING_RULE, "fixed_on": DAY})
    fields = fields_of(take_apart(rule))
    assert fields["o.0.c.0.number"] == "75"
    assert fields["o.0.c.1.of"] == "each_panel"
    assert through_the_form(rule) == rule


CODES = st.sampled_from(["agree", "disagree", "clear", "feasible", "a-b", "c_d"])
NUMBERS = st.one_of(st.integers(-99, 999), st.sampled_from(["79.6", "200/3", "-0.25"]))
WHOM = st.sampled_from(["pooled", "each_panel", "any_panel", "each_group", "any_group", "panel:x", "group:y"])
CRITERIA = st.one_of(
    st.sampled_from(["all", "any"]),
    st.lists(CODES, min_size=1, max_size=3, unique=True),
    st.fixed_dictionaries({"at_least": st.integers(1, 3)}),
    st.fixed_dictionaries({"at_least": st.just(1), "of": st.lists(CODES, min_size=1, unique=True)}),
)
LOWER, UPPER = st.sampled_from(["at_least", "more_than"]), st.sampled_from(["at_most", "below"])
COMPARED = st.one_of(
    st.dictionaries(LOWER, NUMBERS, min_size=1, max_size=1),
    st.dictionaries(UPPER, NUMBERS, min_size=1, max_size=1),
    st.builds(lambda a, x, b, y: {a: x, b: y}, LOWER, NUMBERS, UPPER, NUMBERS),
)


@st.composite
def a_test(draw: st.DrawFn, only: str = "") -> dict[str, Any]:
    rows = [one for one in STATISTICS.values() if not only or one.family == only]
    statistic = draw(st.sampled_from(rows))
    plain: dict[str, Any] = {"statistic": statistic.key, "of": draw(WHOM)}
    if statistic.can_weigh_equally:
        plain["of"] = draw(st.sampled_from([plain["of"], "equal_groups", "equal_panels"]))
    for setting in statistic.settings:
        values = st.sampled_from([value for value, _ in setting.options]) if setting.options else CODES
        several = st.lists(values, min_size=1, unique=True)
        plain[setting.key] = draw(several if setting.is_several else values)
    if statistic.is_of_criteria:
        plain["criteria"] = draw(CRITERIA)
    return plain | (draw(COMPARED) if statistic.compares else {})


def conditions(only: str = "") -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        a_test(only),
        lambda inner: st.builds(
            lambda join, parts: {join: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=6,
    )


OUTCOMES = st.sampled_from(["agreed", "agreed_to_leave_out", "close", "not_agreed"])
NAMES: dict[str, st.SearchStrategy[Any]] = {"because": CODES, "label": st.sampled_from(["Näher", " so "])}
ROUNDS = st.lists(st.integers(1, 9), min_size=1, max_size=3)


@st.composite
def any_rule(draw: st.DrawFn) -> Rule:
    clause = st.fixed_dictionaries(
        {"outcome": OUTCOMES, "when": conditions()}, optional={**NAMES, "rounds": ROUNDS}
    )
    last = st.fixed_dictionaries({"otherwise": OUTCOMES}, optional={"because": CODES})
    stop = st.one_of(
        st.fixed_dictionaries({"after_round": st.integers(1, 5)}),
        st.fixed_dictionaries({"stable": conditions("Change since the round before")}),
    )
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "source": st.just("Somebody 2016"),
                "denominator": st.sampled_from(["valid", "respondents"]),
                "quantile_type": st.sampled_from([2, 6, 7]),
                "half_medians": st.sampled_from(["higher", "middle"]),
                "most_ratings_per_draft": st.integers(1, 4),
                "stop": stop,
            },
        )
    )
    outcomes = [*draw(st.lists(clause, max_size=3)), draw(last)]
    plain = {"text": "Words", "fixed_on": DAY, "min_ratings_per_panel": draw(st.integers(1, 99))}
    return Rule.model_validate({**plain, **extra, "outcomes": outcomes})


@settings(max_examples=60, deadline=None)
@given(any_rule())
def test_any_rule_comes_back_from_the_form_as_it_went_in(rule):
    again = through_the_form(rule)
    assert again == rule
    assert rule_seen(again) == rule_seen(rule)
    assert take_apart(again) == take_apart(rule)


def test_what_is_nested_deeper_than_the_form_is_kept_as_it_is():
    share = {"statistic": "share", "band": "agree", "at_least": 75}
    deep = {"all": [share, {"any": [share, {"all": [share, {**share, "of": "each_panel"}]}]}]}
    parts = take_apart(rule_with(deep))
    group = parts.outcomes[0].parts[1]
    assert isinstance(group.parts[1], KeptPart)
    assert through_the_form(rule_with(deep)) == rule_with(deep)


def test_the_day_alone_makes_no_other_rule():
    rule = rule_with({"statistic": "median", "at_least": 4})
    assert rule_seen(rule) == rule_seen(rule.model_copy(update={"fixed_on": date(2027, 1, 1)}))
    assert rule_seen(rule) != rule_seen(rule_with({"statistic": "median", "at_least": 3}))
