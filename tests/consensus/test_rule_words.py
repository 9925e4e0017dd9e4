"""What a rule says, and why it was met or missed: for every statistic, words and figures agree."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.assess import TestResult, assess_section
from delphi.consensus.bands import Share
from delphi.consensus.context import Context, EarlierItem, RoundItems
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.explain import explain
from delphi.consensus.vocabulary import FIGURE_WORDS, CriterionWords, Vocabulary
from delphi.consensus.words import rule_in_words
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.rule_numbers import write_number
from delphi.domain.scale import Scale, ScalePoint

NINE = Scale(
    id="nine",
    points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 10)),
    bands={"agree": (7, 8, 9)},
)
STRUCTURE = GroupStructure(
    groups=(Group("lived", "People with lived experience"), Group("staff", "Staff")),
    panels=(
        GroupUnion("experience", "Experience", ("lived",)),
        GroupUnion("delivery", "Delivery", ("staff",)),
    ),
    feedback_groups=(),
)
CRITERIA = {"clear": CriterionWords("Clear"), "useful": CriterionWords("Useful")}
VOCABULARY = Vocabulary(NINE, STRUCTURE, CRITERIA)
POINTS, SHARES = ["0", "1", "1.5", "2"], ["15", "200/3", "79.6"]
VALUES = {
    "mean": ["3", "6.5", "7"],
    "median": ["3", "6.5", "7"],
    "iqr": POINTS,
    "sd": POINTS,
    "mean_abs_dev_median": POINTS,
    "mad_median": POINTS,
    "cv": ["0.1", "0.3"],
    "cv_change": ["0", "0.1"],
    "disagreement_index": ["0.5", "1"],
    "agreement_a": ["0.25", "0.5"],
    "leik_consensus": ["0.5", "0.75"],
    "tastle_wierman": ["0.6"],
    "i_cvi": ["0.5", "0.78"],
    "kappa_modified": ["0.74"],
    "cvr": ["0.5"],
    "kappa_quadratic": ["0.75"],
    "share": SHARES,
    "net_change_pct": SHARES,
    "pct_changed": SHARES,
    "attrition_pct": SHARES,
    "polarization": ["0.1", "0.25"],
    "shannon_entropy_bits": ["1.5", "2"],
}
COUNTS = st.lists(st.integers(0, 9), min_size=9, max_size=9).map(lambda found: Histogram(1, tuple(found)))
PAIRS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=30)


@st.composite
def compared(draw: st.DrawFn) -> dict[str, Any]:
    statistic = draw(st.sampled_from(sorted(VALUES)))
    sets = ["pooled", "each_panel", "any_group", "group:staff"]
    sets += ["equal_groups"] if statistic in ("share", "mean", "i_cvi") else []
    test = {"statistic": statistic, "of": draw(st.sampled_from(sets))}
    if statistic in ("share", "i_cvi", "kappa_modified", "cvr"):
        test["band"] = draw(st.sampled_from(["agree", "disagree"]))
    if statistic != "attrition_pct":
        criteria = ["all", "any", ["clear"], {"at_least": 1}, {"at_least": 2, "of": ["clear", "useful"]}]
        test["criteria"] = draw(st.sampled_from(criteria))
    comparator = draw(st.sampled_from(["at_least", "more_than", "at_most", "below"]))
    return test | {comparator: draw(st.sampled_from(VALUES[statistic]))}


def rule_of(when: dict[str, Any], **extra: Any) -> Rule:
    outcomes = [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}]
    rule = {"text": "Words", "fixed_on": "2024-02-12", "min_ratings_per_panel": 1, "outcomes": outcomes}
    return Rule.model_validate(rule | extra)


@settings(max_examples=150, deadline=None)
@given(compared(), COUNTS, COUNTS, PAIRS, st.integers(0, 20))
def test_the_words_give_the_numbers_of_the_rule_and_the_side_that_was_found(
    test: dict[str, Any], lived: Histogram, staff: Histogram, pairs: list[tuple[int, int]], lost: int
) -> None:
    rule = rule_of(test)
    item = ItemCounts({"lived": lived, "staff": staff})
    half = len(pairs) // 2
    tables = {"lived": CrossTab.of_pairs(1, 9, pairs[:half]), "staff": CrossTab.of_pairs(1, 9, pairs[half:])}
    earlier = dict.fromkeys(CRITERIA, EarlierItem(item, tables))
    context = Context(RoundItems((item,)), earlier, True, {"lived": Share(lost, 20), "staff": Share(1, 20)})
    found = assess_section(rule, NINE, STRUCTURE, dict.fromkeys(CRITERIA, item), 2, context)
    said = rule_in_words(rule, VOCABULARY)[1]
    (limit,) = (value for key, value in test.items() if key in ("at_least", "more_than", "at_most", "below"))
    written = write_number(Fraction(limit))
    spoken = "2 of 3" if (limit, test["statistic"]) == ("200/3", "share") else str(written)
    assert spoken.replace("200/3", "66 2/3") in said
    if not found.tried:
        return
    explained = explain(found, rule, VOCABULARY)
    agreed = found.outcome.value == "agreed"
    assert bool(explained.met) == agreed
    assert bool(explained.missed) == (not agreed)
    (result,) = found.tests
    for sentence in (*explained.met, *explained.missed):
        figure, _, asked = sentence.partition("; the rule asks for ")
        if "there is no figure" in figure.lower():
            assert not agreed
            continue
        shown = shown_in(figure, result)
        if shown is None:
            continue
        passes = {
            "at_least": shown >= Fraction(limit),
            "more_than": shown > Fraction(limit),
            "at_most": shown <= Fraction(limit),
            "below": shown < Fraction(limit),
        }
        (comparator,) = passes.keys() & test.keys()
        assert passes[comparator] == agreed, sentence
        assert str(written) in asked or "66 2/3" in asked


def shown_in(figure: str, result: TestResult) -> Fraction | None:
    """The figure that a sentence prints; None for a mixed number or "just under"."""
    if "just " in figure or re.search(r"\d \d+/\d+%", figure):
        return None
    found = re.search(r"(-?\d+(?:\.\d+)?(?:/\d+)?)%", figure) or re.search(
        r" is (-?\d+(?:\.\d+)?(?:/\d+)?)", figure
    )
    assert found, (figure, result)
    return Fraction(found[1])


SAID = [
    (
        {"statistic": "mean", "at_least": 7},
        "for every criterion, the mean of all panel members is at least 7.",
    ),
    (
        {"statistic": "sd", "at_most": "1.5", "of": "each_panel"},
        "for every criterion, in each panel, the spread of the ratings (standard deviation) is at most 1.5.",
    ),
    (
        {"statistic": "i_cvi", "band": "agree", "at_least": "0.78"},
        "the content validity index (I-CVI) for 7 to 9, among all panel members, is at least 0.78.",
    ),
    (
        {"statistic": "share", "band": "agree", "of": "equal_groups", "at_least": 75},
        "with equal weight for each stakeholder group, at least 75 of 100 of those who gave a rating chose 7",
    ),
    (
        {"statistic": "apmo", "band": "agree", "is": "exceeded"},
        "of all panel members who gave a rating that chose 7 to 9 is more than the cut-off of the round",
    ),
    (
        {"statistic": "lawshe_critical", "band": "agree", "is": "reached"},
        "Lawshe's content validity ratio for 7 to 9, among all panel members, reaches its critical value.",
    ),
    (
        {"statistic": "rand_disagreement", "method": "third", "is": "absent"},
        "the RAND/UCLA method (a third of the ratings at each end) finds no disagreement in the ratings of",
    ),
    (
        {"statistic": "rand_agreement", "is": "present", "of": "any_group"},
        "at least one stakeholder group, the RAND/UCLA method (counts by panel size, BIOMED) finds agreement",
    ),
    (
        {"statistic": "net_change_pct", "below": 15},
        "the net change of answers since the round before, among all panel members, is below 15%.",
    ),
    (
        {"statistic": "attrition_pct", "at_most": 20, "of": "each_group"},
        "Agreed means: in each stakeholder group, the share of people lost since round 1 is at most 20%.",
    ),
    (
        {"statistic": "median", "at_least": 7, "criteria": {"at_least": 2}},
        "for at least 2 criteria, the median of all panel members is at least 7.",
    ),
    (
        {"statistic": "median", "at_least": 7, "criteria": {"at_least": 1, "of": ["clear", "useful"]}},
        "for at least 1 of “Clear” and “Useful”, the median",
    ),
]


@pytest.mark.parametrize(("when", "words"), SAID)
def test_each_statistic_has_its_words(when: dict[str, Any], words: str) -> None:
    assert words in rule_in_words(rule_of(when), VOCABULARY)[1]


def test_every_figure_has_a_name() -> None:
    assert VALUES.keys() <= FIGURE_WORDS.keys() | {"share"}


def test_limits_and_the_stop_rule_are_said_after_the_outcomes() -> None:
    stop = {"after_round": 3, "stable": {"statistic": "pct_changed", "below": 15}}
    said = rule_in_words(
        rule_of({"statistic": "mean", "at_least": 7}, most_ratings_per_draft=2, stop=stop), VOCABULARY
    )
    assert said[3:] == (
        "One draft is put to the panel at most twice; after that it is revised, or not rated again.",
        "A draft is not put to the panel again once its section is agreed or agreed to leave out, once round "
        "3 is over or once its answers are stable (for every criterion, the share of people who changed "
        "their answer since the round before, among all panel members, is below 15%).",
        "The study stops when no draft is to be put again.",
        "Movement is looked at only where the text is the same or comparable, and at least 10 people rated "
        "both times.",
        "Exact figures are compared; nothing is rounded first.",
    )


def test_a_group_without_ratings_is_named_beside_an_equal_weight() -> None:
    rule = rule_of({"statistic": "share", "band": "agree", "of": "equal_groups", "at_least": 75})
    no_panels = GroupStructure(STRUCTURE.groups, (), ())
    counts = ItemCounts({"lived": Histogram(1, (0,) * 9), "staff": Histogram(1, (0, 0, 0, 0, 3, 0, 7, 0, 0))})
    found = assess_section(rule, NINE, no_panels, {"clear": counts}, 1)
    (missed,) = explain(found, rule, Vocabulary(NINE, no_panels, CRITERIA)).missed
    assert missed == (
        "With equal weight for each stakeholder group (there is no rating by people with lived experience), "
        "70% agreed that it is “Clear”; the rule asks for at least 75%."
    )


@pytest.mark.parametrize("is_", ["reached", "exceeded"])
def test_a_share_beside_the_cut_off_of_the_round_is_shown_on_its_side(is_: str) -> None:
    rule = rule_of({"statistic": "apmo", "band": "agree", "is": is_})
    mine = ItemCounts(
        {"lived": Histogram(1, (199, 0, 0, 0, 0, 0, 401, 0, 0)), "staff": Histogram(1, (1,) + (0,) * 8)}
    )
    other = ItemCounts({"lived": Histogram(1, (0, 0, 0, 0, 1, 0, 2, 0, 0)), "staff": Histogram(1, (0,) * 9)})
    context = Context(RoundItems((mine, other)))
    found = assess_section(rule, NINE, STRUCTURE, {"clear": mine}, 1, context)
    words = explain(found, rule, VOCABULARY)
    (sentence,) = (*words.met, *words.missed)
    share, limit = (Fraction(one) for one in re.findall(r"(\d+(?:\.\d+)?)%", sentence))
    assert (share > limit) == (found.outcome.value == "agreed")
