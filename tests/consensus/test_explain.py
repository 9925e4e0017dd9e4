"""Why a section met or missed its rule: the deciding figures, never contradicting the comparison."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.assess import assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.explain import Explanation, explain
from delphi.consensus.library import pooled_and_each_panel
from delphi.consensus.vocabulary import CriterionWords, Vocabulary, percent_in_words
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale, ScalePoint

STRUCTURE = GroupStructure(
    groups=(Group("lived", "Lived"), Group("staff", "Staff")),
    panels=(
        GroupUnion("experience", "People with lived experience and carers", ("lived",)),
        GroupUnion("delivery", "Practice and policy panel", ("staff",)),
    ),
    feedback_groups=(),
)
CRITERIA = {
    "clear": CriterionWords("Clear", "This section is easy to understand."),
    "appropriate": CriterionWords("Appropriate", "This section is respectful."),
}
RULE = pooled_and_each_panel(date(2024, 2, 12))


def scale(points: int) -> Scale:
    return Scale(
        id="scale",
        points=tuple(ScalePoint(value=v, label=f"Point {v}") for v in range(1, points + 1)),
        bands={"agree": (points - 1, points), "top": (points,)},
    )


def item(experience: tuple[int, int], delivery: tuple[int, int], points: int = 5) -> ItemCounts:
    def histogram(k: int, n: int) -> Histogram:
        return Histogram(1, (n - k, *(0,) * (points - 2), k))

    return ItemCounts({"lived": histogram(*experience), "staff": histogram(*delivery)})


def explained(rule: Rule, items: dict[str, ItemCounts], points: int = 5) -> Explanation:
    five = scale(points)
    found = assess_section(rule, five, STRUCTURE, items, 1)
    return explain(found, rule, Vocabulary(five, STRUCTURE, CRITERIA))


def rule_of(when: dict[str, Any], **extra: Any) -> Rule:
    outcomes = [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}]
    rule = {"text": "Words", "fixed_on": "2024-02-12", "min_ratings_per_panel": 1, "outcomes": outcomes}
    return Rule.model_validate(rule | extra)


def test_a_missed_panel_is_named_with_its_people_its_figure_and_what_was_asked() -> None:
    found = explained(RULE, {"clear": item((14, 15), (26, 26)), "appropriate": item((8, 15), (26, 26))})
    assert found.outcome == "Not agreed: the panels differ"
    (missed,) = found.missed
    assert missed == (
        "53% of people with lived experience and carers (8 of 15) agreed that it is respectful; "
        "the rule asks for at least 70%."
    )


def test_an_agreement_shows_the_figures_that_came_nearest_to_failing() -> None:
    found = explained(RULE, {"clear": item((15, 15), (26, 26)), "appropriate": item((11, 15), (25, 26))})
    assert found.outcome == "Agreed"
    assert found.missed == ()
    assert [sentence.split(";")[0] for sentence in found.met] == [
        "88% of all panel members (36 of 41) agreed that it is respectful",
        "73% of people with lived experience and carers (11 of 15) agreed that it is respectful",
    ]


def test_a_figure_just_below_the_threshold_is_never_rounded_up_to_it() -> None:
    found = explained(RULE, {"clear": item((398, 500), (398, 500))})
    assert found.outcome == "Close"
    assert found.missed[0].startswith("79.6% of all panel members (796 of 1000)")
    assert all("80% of" not in sentence for sentence in (*found.met, *found.missed))


def test_too_few_ratings_are_said_with_the_number_needed() -> None:
    found = explained(RULE, {"clear": item((9, 9), (0, 0))})
    assert found.outcome == "Not assessable"
    asked = "on “Clear”; the rule asks for at least 10."
    assert found.missed == (
        f"Only 9 ratings by people with lived experience and carers {asked}",
        f"No rating by the practice and policy panel {asked}",
    )
    assert explained(RULE, {}).missed == ("The section was not rated on any criterion.",)


EASY = "agreed that it is easy to understand"
SENTENCES = [
    (
        {"statistic": "median", "at_least": 4},
        "The median of all panel members on “Clear” is 1 (30 ratings); the rule asks for at least 4.",
    ),
    (
        {"statistic": "iqr", "below": "1.5"},
        (
            "The interquartile range of all panel members on “Clear” is 4 (30 ratings); "
            "the rule asks for below 1.5."
        ),
    ),
    (
        {"statistic": "share", "band": "top", "more_than": 50},
        "37% of all panel members (11 of 30) chose “Point 5” on “Clear”; the rule asks for more than 50%.",
    ),
    (
        {"statistic": "share", "band": "disagree", "at_most": 15},
        f"63% of all panel members (19 of 30) dis{EASY}; the rule asks for at most 15%.",
    ),
    (
        {"statistic": "share", "band": "agree", "of": "any_panel", "at_least": 50},
        (
            f"40% of people with lived experience and carers (4 of 10) {EASY}; "
            "the rule asks for at least 50% in at least one panel."
        ),
    ),
    (
        {"statistic": "share", "band": "agree", "criteria": "any", "at_least": "70.5"},
        (
            f"37% of all panel members (11 of 30) {EASY}; "
            "the rule asks for at least 70.5% for at least one criterion."
        ),
    ),
    (
        {"statistic": "share", "band": "agree", "criteria": ["appropriate"], "at_least": 50},
        "“Appropriate” was not asked about this section; the rule asks for at least 50%.",
    ),
]


@pytest.mark.parametrize(("when", "said"), SENTENCES)
def test_every_statistic_has_its_sentence(when: dict[str, Any], said: str) -> None:
    delivery = (9, 20) if when.get("of") == "any_panel" else (7, 20)
    assert said in explained(rule_of(when), {"clear": item((4, 10), delivery)}).missed


def test_a_rand_ucla_class_has_its_sentence() -> None:
    rule = rule_of({"statistic": "rand_ucla_class", "method": "biomed", "is": "appropriate"})
    (missed,) = explained(rule, {"clear": item((5, 10), (10, 20), 9)}, 9).missed
    assert missed == (
        "The RAND/UCLA method finds “Clear” uncertain for all panel members (30 ratings); "
        "the rule asks for appropriate."
    )


def test_a_group_of_nobody_is_said_to_have_no_figure() -> None:
    rule = rule_of({"statistic": "share", "band": "agree", "of": "group:lived", "at_least": 50})
    items = {"clear": item((0, 0), (7, 20))}
    no_panels = GroupStructure(STRUCTURE.groups, (), ())
    found = assess_section(rule, scale(5), no_panels, items, 1)
    said = explain(found, rule, Vocabulary(scale(5), no_panels, CRITERIA))
    assert said.missed == (
        "There is no figure for lived on “Clear” (nobody gave a rating); the rule asks for at least 50%.",
    )


@st.composite
def shares(draw: st.DrawFn) -> Fraction:
    n = draw(st.integers(1, 30_000))
    return Fraction(100 * draw(st.integers(0, n)), n)


@given(
    shares(), st.lists(st.sampled_from([15, 60, 70, 75, 80, Fraction(200, 3), Fraction("79.6")]), max_size=4)
)
def test_a_percentage_in_words_stands_on_the_same_side_of_every_threshold(
    value: Fraction, thresholds: list[Fraction]
) -> None:
    said = percent_in_words(value, [Fraction(threshold) for threshold in thresholds])
    exact = re.fullmatch(r"(?:(\d+) )?(\d+/\d+|\d+(?:\.\d+)?)%", said)
    assert exact, said
    shown = Fraction(exact[1] or 0) + Fraction(exact[2])
    assert abs(shown - value) <= Fraction(1, 2)
    for threshold in (*thresholds, 0, 100):
        assert (shown > threshold, shown == threshold) == (value > threshold, value == threshold)


def test_a_share_nearer_than_any_decimal_is_said_to_be_just_under() -> None:
    assert percent_in_words(Fraction(80) - Fraction(1, 10**9), [Fraction(80)]) == "just under 80%"
    assert percent_in_words(Fraction(1, 10**9)) == "just over 0%"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=4, max_size=4))
def test_missed_figures_fail_and_met_figures_pass_as_printed(counts: list[tuple[int, int]]) -> None:
    pairs = [(min(k, n), n) for k, n in counts]
    found = explained(RULE, {"clear": item(pairs[0], pairs[1]), "appropriate": item(pairs[2], pairs[3])})
    for sentences, passes in ((found.met, True), (found.missed, False)):
        for sentence in sentences:
            figures = re.match(r"([\d.]+)% of .*; the rule asks for at least (\d+)%\.", sentence)
            if figures:
                assert (Fraction(figures[1]) >= Fraction(figures[2])) is passes, sentence
    if found.outcome == "Agreed":
        assert found.missed == ()
    else:
        assert found.missed
