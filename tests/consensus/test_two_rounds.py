"""Two rounds of one item: the stop rule's limits, and intervals that say when they are rough."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.intervals import wilson
from delphi.consensus.two_rounds import Steadiness, adjusted, two_rounds
from delphi.consensus.uncertainty import uncertainty

HISTOGRAMS = st.lists(st.integers(0, 12), min_size=5, max_size=5).map(lambda c: Histogram(1, tuple(c)))
TABLES = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=25).map(
    lambda pairs: CrossTab.of_pairs(1, 5, pairs)
)


def table(n_kept, n_moved):
    """So many who stayed at 4, and so many who went from 3 to 4."""
    return CrossTab.of_pairs(1, 5, [(4, 4)] * n_kept + [(3, 4)] * n_moved)


def test_nothing_is_stable_with_fewer_than_ten_pairs():
    assert two_rounds(table(9, 0)).steadiness == Steadiness.TOO_FEW
    assert two_rounds(table(10, 0)).steadiness == Steadiness.STABLE


def test_exactly_fifteen_per_cent_of_net_change_is_not_stable():
    assert two_rounds(table(17, 3)).movement.net_change_pct == 15
    assert two_rounds(table(17, 3)).steadiness == Steadiness.MOVED
    assert two_rounds(table(18, 2)).steadiness == Steadiness.STABLE


def test_a_spread_that_changed_is_not_stable_although_nobody_moved():
    """People who came or left between the rounds count in the spread of each round."""
    kept = CrossTab.of_pairs(1, 5, [(4, 4)] * 12)
    wide = Histogram(1, (8, 0, 0, 12, 8))
    assert two_rounds(kept, round1=wide).steadiness == Steadiness.MOVED


def test_the_spread_does_not_count_on_a_scale_from_nought():
    """The coefficient of variation depends on where the scale begins."""
    kept = CrossTab.of_pairs(0, 5, [(4, 4)] * 12)
    assert two_rounds(kept, round1=Histogram(0, (8, 0, 0, 0, 20))).steadiness == Steadiness.STABLE


@given(st.lists(TABLES, max_size=6))
def test_adjusting_never_makes_a_p_smaller_and_leaves_none_alone(tables):
    items = [two_rounds(one) for one in tables]
    for item, after in zip(items, adjusted(items), strict=True):
        assert (item.p_wilcoxon is None) == (after.wilcoxon is None) == (item.n_pairs == 0)
        if item.p_wilcoxon is not None:
            assert after.wilcoxon >= item.p_wilcoxon


@given(TABLES, TABLES)
def test_two_sets_of_people_together_are_all_of_them(a, b):
    together = two_rounds(a + b)
    assert together.n_pairs == a.n_pairs + b.n_pairs
    assert together.n_changed == two_rounds(a).n_changed + two_rounds(b).n_changed


def test_tables_on_different_scales_cannot_be_added():
    with pytest.raises(ValueError, match="different scales"):
        CrossTab.empty(1, 5) + CrossTab.empty(1, 9)


@given(HISTOGRAMS)
def test_an_interval_holds_its_figure_and_few_ratings_are_rough(histogram):
    found = uncertainty(histogram, (4, 5))
    n, k = histogram.n, histogram.count_in((4, 5))
    assert found.is_rough == (n < 10)
    if n < 2:
        assert found.share is found.median is None
        return
    assert found.share.low - 1e-9 <= 100 * k / n <= found.share.high + 1e-9
    assert found.share_is_wilson == (k in (0, n))
    if found.share_is_wilson:
        assert math.isclose(found.share.low, 100 * wilson(k, n).low)
        assert found.share.high > found.share.low
