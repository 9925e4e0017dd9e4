"""The figures of a rule at their edges: exactly on a threshold, and where there is no figure."""

from __future__ import annotations

from typing import Any

import pytest

from delphi.consensus.bands import Share
from delphi.consensus.context import Context, EarlierItem, Need, RoundItems, needs_of
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.measure import Figures, Measurement
from delphi.consensus.reasons import Reason
from delphi.consensus.rule_figures import figure_of
from delphi.domain.groups import Group, GroupStructure
from delphi.domain.rule import Rule, each_test
from delphi.domain.scale import Scale, ScalePoint

STRUCTURE = GroupStructure((Group("all", "All"), Group("none", "None")), (), ())


def scale(low: int, high: int) -> Scale:
    points = tuple(ScalePoint(value=v, label=str(v)) for v in range(low, high + 1))
    return Scale(id="any", points=points, bands={"agree": (high,)})


def rule_of(when: dict[str, Any], **extra: Any) -> Rule:
    return Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": 1,
            "outcomes": [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}],
            **extra,
        }
    )


def measured(
    when: dict[str, Any],
    ratings: list[int],
    *,
    low: int = 1,
    high: int = 9,
    context: Context = Context(),  # noqa: B008  # frozen
    number: int = 2,
) -> Measurement:
    rule = rule_of(when)
    counts = tuple(ratings.count(value) for value in range(low, high + 1))
    item = ItemCounts({"all": Histogram(low, counts)})
    (test,) = each_test(rule.clauses[0].when)
    figures = Figures(rule, scale(low, high), STRUCTURE, {"only": item}, round_number=number, context=context)
    return figures.measure(test, test.of, "only")


def test_a_spread_exactly_on_its_threshold_is_compared_by_its_square() -> None:
    for statistic, ratings, limit in (("sd", [4, 7, 7, 7], "1.5"), ("cv", [4, 8, 8, 8], "2/7")):
        assert measured({"statistic": statistic, "at_most": limit}, ratings).passed
        assert not measured({"statistic": statistic, "below": limit}, ratings).passed
        assert not measured({"statistic": statistic, "more_than": limit}, ratings).passed
    assert measured({"statistic": "sd", "more_than": "1.732050"}, [5, 5, 8]).passed
    assert measured({"statistic": "sd", "below": "1.732051"}, [5, 5, 8]).passed


@pytest.mark.parametrize(("k", "is_reached"), [(8, False), (9, True), (10, True)])
def test_lawshe_s_critical_value_of_ten_is_nine(k: int, is_reached: bool) -> None:
    ratings = [3] * k + [1] * (10 - k)
    for is_ in ("reached", "missed"):
        when = {"statistic": "lawshe_critical", "band": "agree", "is": is_}
        assert measured(when, ratings, high=3).passed == (is_reached == (is_ == "reached"))


def test_four_raters_have_no_critical_value() -> None:
    for is_ in ("reached", "missed"):
        found = measured({"statistic": "lawshe_critical", "band": "agree", "is": is_}, [3] * 4, high=3)
        assert (found.passed, found.reason) == (False, Reason.TOO_FEW)


@pytest.mark.parametrize(("is_", "passed"), [("reached", True), ("exceeded", False)])
def test_a_share_exactly_at_the_cut_off_reaches_it_and_does_not_exceed_it(is_: str, passed: bool) -> None:
    ratings = [9] * 7 + [5] * 3
    item = ItemCounts({"all": Histogram(1, tuple(ratings.count(v) for v in range(1, 10)))})
    context = Context(round_items=RoundItems((item,)))
    found = measured({"statistic": "apmo", "band": "agree", "is": is_}, ratings, context=context)
    assert (found.value, found.limit, found.passed) == (70, 70, passed)


NO_FIGURE = [
    ({"statistic": "sd", "at_most": 9}, [7], Reason.ONE_RATER),
    ({"statistic": "cv", "at_most": 9}, [7], Reason.ONE_RATER),
    ({"statistic": "kappa_modified", "band": "agree", "at_least": -1}, [9], Reason.ONE_RATER),
    ({"statistic": "agreement_a", "at_least": -1}, [7, 7, 7, 7], Reason.TOO_FEW),
    ({"statistic": "mean", "at_least": 1}, [], Reason.NO_DATA),
    ({"statistic": "i_cvi", "band": "agree", "at_least": 0}, [], Reason.NO_DATA),
    ({"statistic": "apmo", "band": "agree", "is": "reached"}, [9, 9], Reason.NOT_GIVEN),
    ({"statistic": "pct_changed", "at_least": 0}, [9, 9], Reason.NOT_GIVEN),
    ({"statistic": "attrition_pct", "at_least": 0}, [9, 9], Reason.NOT_GIVEN),
]


@pytest.mark.parametrize(("when", "ratings", "reason"), NO_FIGURE)
def test_what_is_undefined_has_a_reason_and_never_passes(
    when: dict[str, Any], ratings: list[int], reason: Reason
) -> None:
    found = measured(when, ratings)
    assert (found.value, found.passed, found.reason) == (None, False, reason)


def test_a_mean_of_nought_has_no_coefficient_of_variation() -> None:
    found = measured({"statistic": "cv", "at_most": 1}, [0, 0, 0], low=0, high=10)
    assert (found.value, found.reason) == (None, Reason.NO_VARIATION)


@pytest.mark.parametrize("statistic", ["pct_changed", "attrition_pct"])
def test_in_round_1_nothing_has_moved_and_nobody_is_lost(statistic: str) -> None:
    found = measured({"statistic": statistic, "at_least": 0}, [9, 9], number=1)
    assert (found.passed, found.reason) == (False, Reason.FIRST_ROUND)


def movement(statistic: str, pairs: list[tuple[int, int]], **limit: Any) -> Measurement:
    later = [b for _, b in pairs]
    before = ItemCounts({"all": Histogram(1, tuple([a for a, _ in pairs].count(v) for v in range(1, 10)))})
    earlier = {"only": EarlierItem(before, {"all": CrossTab.of_pairs(1, 9, pairs)})}
    return measured({"statistic": statistic} | limit, later, context=Context(earlier=earlier))


def test_movement_needs_ten_people_who_rated_both_times() -> None:
    nine = movement("pct_changed", [(5, 5)] * 9, at_most=0)
    assert (nine.passed, nine.reason, nine.n) == (False, Reason.TOO_FEW, 9)
    assert movement("pct_changed", [(5, 5)] * 10, at_most=0).passed


def test_exactly_fifteen_per_cent_of_net_change_is_not_stable() -> None:
    pairs = [(5, 6)] * 3 + [(5, 5)] * 17
    assert movement("net_change_pct", pairs, below=15).value == 15
    assert not movement("net_change_pct", pairs, below=15).passed
    assert movement("net_change_pct", [(5, 6), (6, 5)] * 10, below=15).passed  # swaps cancel out


def test_when_nobody_moves_the_distribution_has_not_either() -> None:
    still = movement("marginal_homogeneity_p", [(5, 5)] * 10, more_than="0.05")
    assert (still.value, still.passed) == (1, True)
    assert movement("kappa_quadratic", [(5, 5)] * 10, at_least=-1).reason is Reason.NO_VARIATION
    assert not movement("marginal_homogeneity_p", [(5, 6)] * 12, more_than="0.05").passed


def test_the_change_of_variation_is_compared_by_squares() -> None:
    pairs = [(4, 4), (6, 6)] * 5
    assert movement("cv_change", pairs, at_most=0).passed
    assert not movement("cv_change", [*pairs[:-1], (6, 9)], at_most=0).passed


def test_people_lost_are_counted_by_group() -> None:
    lost = {"all": Share(3, 12), "none": Share(0, 3)}
    for of, value in (("pooled", 20), ("group:all", 25), ("group:none", 0)):
        when = {"statistic": "attrition_pct", "of": of, "at_most": 20}
        found = measured(when, [5], context=Context(attrition=lost))
        assert (found.value, found.passed, found.criterion) == (value, value <= 20, "")


def test_a_figure_that_needs_a_context_is_not_asked_of_one_histogram() -> None:
    rule = rule_of({"statistic": "pct_changed", "at_most": 5})
    (test,) = each_test(rule.clauses[0].when)
    with pytest.raises(TypeError, match="not a figure of one round"):
        figure_of(test, Histogram(1, (1,) * 9), rule, scale(1, 9))


def test_a_rule_says_what_it_needs_beside_the_counts() -> None:
    assert needs_of(rule_of({"statistic": "mean", "at_least": 7})) == set()
    mixed = {
        "any": [{"statistic": "apmo", "band": "agree", "is": "reached"}, {"statistic": "mean", "at_least": 7}]
    }
    assert needs_of(rule_of(mixed)) == {Need.ROUND}
    stop = {"stable": {"statistic": "pct_changed", "below": 15}}
    when = {"statistic": "attrition_pct", "at_most": 20}
    assert needs_of(rule_of(when, stop=stop)) == {Need.EARLIER, Need.ATTRITION}
