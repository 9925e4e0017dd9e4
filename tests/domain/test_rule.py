"""The rule language: what it accepts, what it refuses, and that it is written in one way only."""

from __future__ import annotations

import doctest
import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from delphi.domain import rule_numbers
from delphi.domain.rule import Outcome, Rule, ShareTest, canonical, each_test, to_dict
from delphi.domain.rule_numbers import read_number, write_number


def share(**extra: Any) -> dict[str, Any]:
    return {"statistic": "share", "band": "agree", **extra}


def rule_with(*outcomes: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {
        "text": "Agreed means agreed.",
        "fixed_on": date(2024, 2, 12),
        "min_ratings_per_panel": 10,
        "outcomes": [*outcomes, {"otherwise": "not_agreed"}],
        **extra,
    }


def agreed(when: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"outcome": "agreed", "when": when, **extra}


CODES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)
NUMBERS = st.one_of(
    st.integers(-999, 999),
    st.decimals(-999, 999, places=3).map(str),
    st.tuples(st.integers(0, 999), st.integers(1, 999)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
)
WHOM = st.one_of(
    st.sampled_from(["pooled", "each_panel", "any_panel", "each_group", "any_group"]),
    st.builds("panel:{}".format, CODES),
    st.builds("group:{}".format, CODES),
)
SOME = st.integers(1, 9).map(lambda n: {"at_least": n}) | st.lists(CODES, min_size=1, unique=True).map(
    lambda codes: {"at_least": len(codes), "of": codes}
)
CRITERIA = st.one_of(
    st.sampled_from(["all", "any"]), st.lists(CODES, min_size=1, max_size=3, unique=True), SOME
)
COMPARED = st.one_of(
    st.fixed_dictionaries({name: NUMBERS}) for name in ("at_least", "more_than", "at_most", "below")
) | st.fixed_dictionaries({"at_least": NUMBERS, "below": NUMBERS})
CLASSES = st.sampled_from(["appropriate", "uncertain", "inappropriate"])
COMPARING = (
    *("share", "median", "iqr", "rand_ucla_class", "mean", "sd", "cv", "agreement_a", "leik_consensus"),
    *("i_cvi", "kappa_modified", "cvr", "net_change_pct", "kappa_quadratic", "attrition_pct"),
)
METHODS = st.sampled_from(["biomed", "third", "ipras", "size"])
NAMING = {
    "rand_disagreement": st.sampled_from(["present", "absent"]),
    "rand_agreement": st.sampled_from(["present", "absent"]),
    "lawshe_critical": st.sampled_from(["reached", "missed"]),
    "apmo": st.sampled_from(["reached", "exceeded"]),
}
STABLE = {"all": [{"statistic": "pct_changed", "below": 15}, {"statistic": "cv_change", "below": "0.2"}]}


@st.composite
def a_test(draw: st.DrawFn) -> dict[str, Any]:
    about: dict[str, Any] = {"of": draw(WHOM), "criteria": draw(CRITERIA)}
    statistic = draw(st.sampled_from([*COMPARING, *NAMING]))
    if statistic in ("share", "mean", "i_cvi"):
        about |= {"of": draw(st.one_of(WHOM, st.sampled_from(["equal_panels", "equal_groups"])))}
    if statistic == "attrition_pct":
        about.pop("criteria")
    if statistic in ("share", "i_cvi", "kappa_modified", "cvr", "apmo", "lawshe_critical"):
        about |= {"band": draw(CODES)}
    if statistic in NAMING:
        named = {"statistic": statistic} | about | {"is": draw(NAMING[statistic])}
        method = {"method": draw(METHODS)} if statistic == "rand_disagreement" else {}
        return named | method
    if statistic == "rand_ucla_class":
        classes = draw(st.one_of(CLASSES, st.lists(CLASSES, min_size=1, unique=True)))
        return (
            {"statistic": statistic, "method": draw(st.sampled_from(["biomed", "ipras", "size"]))}
            | about
            | {"is": classes}
        )
    return {"statistic": statistic} | about | draw(COMPARED)


CONDITIONS = st.recursive(
    a_test(),
    lambda inner: st.builds(
        lambda join, parts: {join: parts},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@st.composite
def any_rule(draw: st.DrawFn) -> Rule:
    clauses = [
        {
            "outcome": draw(st.sampled_from(["agreed", "agreed_to_leave_out", "close", "not_agreed"])),
            "when": draw(CONDITIONS),
            **draw(
                st.fixed_dictionaries(
                    {}, optional={"because": CODES, "label": st.just("Näher"), "rounds": st.just([1])}
                )
            ),
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    extra = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "source": st.just("Somebody 2016"),
                "denominator": st.sampled_from(["valid", "respondents"]),
                "quantile_type": st.sampled_from([2, 6, 7]),
                "half_medians": st.sampled_from(["higher", "middle"]),
                "most_ratings_per_draft": st.integers(1, 5),
                "stop": st.sampled_from([{"after_round": 3}, {"stable": STABLE}]),
            },
        )
    )
    return Rule.model_validate(rule_with(*clauses, **extra))


@settings(deadline=None)
@given(any_rule())
def test_a_rule_survives_writing_to_a_file_and_reading_back(rule: Rule) -> None:
    plain = yaml.safe_load(yaml.safe_dump(to_dict(rule), sort_keys=False))
    again = Rule.model_validate(plain)
    assert again == rule
    assert hash(again) == hash(rule)
    assert to_dict(again) == to_dict(rule)


@settings(deadline=None)
@given(any_rule())
def test_the_sealed_bytes_are_the_same_after_a_round_trip_and_hold_no_inexact_number(rule: Rule) -> None:
    sealed = canonical(rule)
    parsed = json.loads(sealed, parse_float=lambda text: pytest.fail(f"a float was sealed: {text}"))
    assert canonical(Rule.model_validate(parsed)) == sealed
    assert None not in parsed.values()


def test_the_sealed_bytes_of_a_known_rule_never_change() -> None:
    """These bytes stand on receipts: a change to the language must not change them."""
    rule = Rule.model_validate(
        rule_with(agreed({"all": [share(at_least="80.0"), share(of="each_panel", below="200/3")]}))
    )
    assert canonical(rule).decode() == (
        '{"denominator":"valid","fixed_on":"2024-02-12","half_medians":"higher","min_ratings_per_panel":10,'
        '"outcomes":[{"outcome":"agreed","when":{"all":[{"at_least":80,"band":"agree","criteria":"all",'
        '"of":"pooled","statistic":"share"},{"band":"agree","below":"200/3","criteria":"all",'
        '"of":"each_panel","statistic":"share"}]}},{"otherwise":"not_agreed"}],"quantile_type":7,'
        '"text":"Agreed means agreed."}'
    )


def test_two_writings_of_one_rule_are_sealed_alike() -> None:
    short = rule_with(agreed(share(at_least="79.60")))
    long = rule_with(agreed(share(at_least="398/5", of="pooled", criteria="all")), denominator="valid")
    assert canonical(Rule.model_validate(short)) == canonical(Rule.model_validate(long))


def test_a_rule_cannot_be_changed_after_it_was_read() -> None:
    rule = Rule.model_validate(rule_with(agreed(share(at_least=80))))
    with pytest.raises(ValidationError, match="frozen"):
        rule.min_ratings_per_panel = 1  # type: ignore[misc]


def test_a_threshold_is_compared_exactly() -> None:
    rule = Rule.model_validate(rule_with(agreed(share(at_least=80))))
    (test,) = each_test(rule.clauses[0].when)
    assert isinstance(test, ShareTest)
    assert test.holds(Fraction(80))
    assert not test.holds(Fraction(796, 10))
    assert not test.holds(Fraction(80) - Fraction(1, 10**12))


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"statistic": "mood", "at_least": 3}, "does not match any of the expected tags"),
        (share(at_least=79.6), 'write it in quotes, as "79.6"'),
        (share(at_least=True), "is not a number"),
        (share(at_least="eighty"), "is not a number"),
        (share(at_least="1e3"), "is not a number"),
        (share(at_least="1/0"), "is not a number"),
        (share(at_least="9" * 5000), "is not a number"),
        (share(), "compares with nothing"),
        (share(at_least=70, more_than=60), "keep one of them"),
        (share(at_most=70, below=60), "keep one of them"),
        (share(at_least=70, criteria=[]), "names no criterion"),
        (share(at_least=70, criteria=["clear", "clear"]), "twice"),
        (share(at_least=70, of="everybody"), "should match pattern"),
        (share(at_least=70, off="pooled"), "not permitted"),
        ({"statistic": "share", "at_least": 70}, "Field required"),
        ({"all": []}, "at least 1 item"),
        ({"all": [share(at_least=70)], "any": [share(at_least=70)]}, "not permitted"),
        ({"statistic": "rand_ucla_class", "method": "biomed", "is": "fine"}, "appropriate"),
        ({"statistic": "rand_ucla_class", "method": "biomed", "is": []}, "at least 1 item"),
        ({"statistic": "rand_disagreement", "method": "biomed", "is": "maybe"}, "present"),
        ({"statistic": "median", "at_least": 7, "of": "equal_groups"}, "said of a share, a mean or"),
        (
            {"statistic": "attrition_pct", "at_most": 9, "criteria": "any"},
            "about people and not about a crit",
        ),
        (share(at_least=70, criteria={"at_least": 3, "of": ["clear"]}), "asks for 3 criteria, but names 1"),
        (share(at_least=70, criteria={"at_least": 1, "of": ["clear", "clear"]}), "twice"),
        (share(at_least=70, criteria={"at_least": 0}), "greater than or equal to 1"),
        ({"statistic": "apmo", "band": "agree", "is": "reached", "at_least": 70}, "not permitted"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(when: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Rule.model_validate(rule_with(agreed(when)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcomes": [agreed(share(at_least=80))]}, 'must end with "otherwise"'),
        ({"outcomes": []}, "at least 1 item"),
        ({"outcomes": [{"otherwise": "close"}, {"otherwise": "close"}]}, "before the end"),
        ({"outcomes": [{"otherwise": "not_assessable"}]}, "Input should be"),
        ({"min_ratings_per_panel": 0}, "greater than or equal to 1"),
        ({"min_ratings_per_panel": True}, "valid integer"),
        ({"quantile_type": 5}, "2, 6 or 7"),
        ({"rounding": "none"}, "not permitted"),
        ({"most_ratings_per_draft": 0}, "greater than or equal to 1"),
        ({"stop": {}}, "says nothing"),
        ({"stop": {"stable": share(at_least=80)}}, "stops by stability only; 'share' belongs to an outcome"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Rule.model_validate(rule_with(agreed(share(at_least=80))) | change)


def test_one_rand_class_may_be_written_without_a_list() -> None:
    one = {"statistic": "rand_ucla_class", "method": "size", "is": "appropriate"}
    rule = Rule.model_validate(rule_with(agreed(one)))
    assert to_dict(rule)["outcomes"][0]["when"]["is"] == "appropriate"
    assert Rule.model_validate(rule_with(agreed(one | {"is": ["appropriate"]}))) == rule


def test_a_clause_may_count_in_some_rounds_only() -> None:
    clause = Rule.model_validate(rule_with(agreed(share(at_least=80), rounds=[1, 3]))).clauses[0]
    assert [clause.counts_in(number) for number in (1, 2, 3)] == [True, False, True]
    assert clause.outcome is Outcome.AGREED


@given(st.fractions(min_value=-999, max_value=999, max_denominator=999))
def test_a_number_is_read_as_it_was_written(value: Fraction) -> None:
    assert read_number(write_number(value)) == value
    assert isinstance(write_number(value), int | str)


def test_the_examples_in_the_text_of_exact_numbers_are_true() -> None:
    assert doctest.testmod(rule_numbers).failed == 0
