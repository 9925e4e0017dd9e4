"""Attrition bias: what flags an item, and each person's mean counted once."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.attrition import attrition
from delphi.consensus.came_back import mean_ratings, signs_of_bias
from delphi.consensus.counts import Histogram

HISTOGRAMS = st.lists(st.integers(0, 9), min_size=5, max_size=5).map(lambda c: Histogram(1, tuple(c)))
MEANS = st.lists(st.fractions(1, 5, max_denominator=8), max_size=12)


@given(st.lists(st.tuples(HISTOGRAMS, HISTOGRAMS), max_size=6))
def test_an_item_is_flagged_by_a_large_difference_or_a_small_p_and_by_nothing_else(pairs):
    found = [attrition(stayed, left, (4, 5)) for stayed, left in pairs]
    for one, sign in zip(found, signs_of_bias(found), strict=True):
        if one.cliffs_delta is None:
            assert not sign.is_flagged
            continue
        small = min(sign.p_adjusted, sign.fisher_adjusted) < 0.05
        assert sign.is_flagged == (abs(one.cliffs_delta) >= Fraction(33, 100) or small)
        assert sign.is_lower + sign.is_higher == sign.is_flagged
        if sign.is_lower:
            assert one.cliffs_delta < 0


@given(MEANS, MEANS)
def test_means_compare_people_and_not_ratings(stayed, left):
    found = mean_ratings(stayed, left)
    assert (found.n_completers, found.n_dropouts) == (len(stayed), len(left))
    if not stayed or not left:
        assert found.cliffs_delta is None
        return
    wins = sum((a > b) - (a < b) for a in left for b in stayed)
    assert found.cliffs_delta == Fraction(wins, len(left) * len(stayed))
    assert found.mean_dropouts == sum(left) / len(left)


def test_less_than_a_third_either_way_is_no_sign():
    stayed = Histogram(1, (0, 10, 0))
    left = Histogram(1, (4, 5, 1))
    sign = signs_of_bias([attrition(stayed, left, (3,))])[0]
    assert sign.found.cliffs_delta == Fraction(-3, 10)
    assert not sign.is_flagged
