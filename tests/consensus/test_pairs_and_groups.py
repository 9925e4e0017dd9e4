"""Statistics of two rounds and of groups against brute force, and laws that hold for every panel."""

from __future__ import annotations

import math
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.attrition import attrition
from delphi.consensus.change_tests import marginal_homogeneity, mcnemar
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.kappa import weighted_kappa_rounds
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.reasons import Reason
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability

RATINGS = st.integers(1, 5)
PAIRS = st.lists(st.tuples(RATINGS, RATINGS), min_size=1, max_size=8)
GROUP = st.lists(RATINGS, min_size=1, max_size=5)


def histogram(ratings):
    return Histogram(1, tuple(ratings.count(value) for value in range(1, 6)))


def table(pairs):
    return CrossTab.of_pairs(1, 5, pairs)


def midranks(values):
    return [
        sum(other < v for other in values) + (sum(other == v for other in values) + 1) / 2 for v in values
    ]


@given(PAIRS, st.booleans())
def test_the_exact_signed_rank_p_is_the_share_of_all_assignments_of_signs(pairs, is_pratt):
    steps = [b - a for a, b in pairs if is_pratt or b != a]
    ranks = midranks([abs(step) for step in steps])
    moved = [(rank, step > 0) for rank, step in zip(ranks, steps, strict=True) if step]
    plus, total = sum(rank for rank, up in moved if up), sum(rank for rank, _ in moved)
    sums = [
        sum(rank for (rank, _), up in zip(moved, signs, strict=True) if up)
        for signs in product((True, False), repeat=len(moved))
    ]
    expected = sum(abs(2 * one - total) >= abs(2 * plus - total) for one in sums) / len(sums)
    found = wilcoxon_signed_rank(table(pairs))
    assert math.isclose(found.p_pratt_exact if is_pratt else found.p_wilcox_exact, expected)


def test_the_exact_p_is_cheap_and_right_when_millions_stayed_and_few_moved():
    steps = {(3, 4): 3, (5, 7): 2, (2, 5): 1, (8, 7): 2}
    table = [[0] * 9 for _ in range(9)]
    for (before, after), people in steps.items():
        table[before - 1][after - 1] = people
    table[4][4] = 10_000_000
    found = wilcoxon_signed_rank(CrossTab(1, tuple(map(tuple, table))))
    # By Pratt's way all eight ranks are about ten million, so that the number of those who moved up decides.
    ranks = [20_000_000 + rank for rank in (6, 6, 6, 6, 6, 13, 13, 16)]
    plus = sum(ranks) - 2 * ranks[0]
    sums = [
        sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign)
        for signs in product((0, 1), repeat=8)
    ]
    far = abs(2 * plus - sum(ranks))
    expected = sum(abs(2 * one - sum(ranks)) >= far for one in sums) / 2**8
    assert math.isclose(found.p_pratt_exact, expected)


@given(GROUP, GROUP)
def test_the_exact_p_of_two_groups_is_the_share_of_all_splits(a, b):
    def u(chosen, others):
        return sum((x > y) + (x == y) / 2 for x in chosen for y in others)

    pooled, middle = a + b, len(a) * len(b) / 2
    splits = [
        u([pooled[i] for i in chosen], [pooled[i] for i in range(len(pooled)) if i not in chosen])
        for chosen in combinations(range(len(pooled)), len(a))
    ]
    far = abs(u(a, b) - middle)
    found = mann_whitney(histogram(a), histogram(b))
    assert math.isclose(float(found.u_a), u(a, b))
    assert math.isclose(
        found.p_exact_conditional, sum(abs(one - middle) >= far for one in splits) / len(splits)
    )


@given(GROUP, GROUP)
def test_two_groups_seen_from_the_other_side_are_mirrored(a, b):
    one, other = mann_whitney(histogram(a), histogram(b)), mann_whitney(histogram(b), histogram(a))
    assert one.cliffs_delta == -other.cliffs_delta
    assert one.u_a == other.u_b
    assert math.isclose(one.p_exact_conditional, other.p_exact_conditional)
    assert one.p_asymptotic_cc == other.p_asymptotic_cc


@given(PAIRS)
def test_a_mirrored_scale_mirrors_movement(pairs):
    there, mirrored = stability(table(pairs)), stability(table([(6 - a, 6 - b) for a, b in pairs]))
    assert (there.pct_up, there.pct_down) == (mirrored.pct_down, mirrored.pct_up)
    for key in ("pct_changed", "net_change_pct", "mean_abs_change", "pct_towards_median"):
        assert getattr(there, key) == getattr(mirrored, key)
    one, other = (wilcoxon_signed_rank(table(p)) for p in (pairs, [(6 - a, 6 - b) for a, b in pairs]))
    assert (one.w_plus, one.p_wilcox_exact) == (other.w_minus, other.p_wilcox_exact)


@given(PAIRS)
def test_everybody_twice_leaves_shares_and_kappa_alone(pairs):
    once, twice = stability(table(pairs)), stability(table(pairs * 2))
    for key in ("pct_changed", "pct_towards_median", "net_change_pct", "median1", "cramers_v"):
        assert getattr(once, key) == pytest.approx(getattr(twice, key))
    assert weighted_kappa_rounds(table(pairs)).kappa_quadratic == pytest.approx(
        weighted_kappa_rounds(table(pairs * 2)).kappa_quadratic
    )


def test_ten_million_people_cost_what_ten_do():
    huge = Histogram(1, (10**6, 2 * 10**6, 10**6, 5 * 10**6, 10**6))
    small = Histogram(1, (1, 2, 1, 5, 1))
    assert mann_whitney(huge, huge).cliffs_delta == 0
    assert mann_whitney(huge, huge).reasons == {"p_exact_conditional": Reason.NOT_ENUMERABLE}
    assert kruskal_wallis({"a": huge, "b": small}).p == pytest.approx(1, abs=1e-6)
    assert attrition(huge, small, (4, 5)).fisher_p == pytest.approx(1, abs=0.01)


def test_when_nobody_moved_p_is_one_and_the_effect_has_no_value():
    found = wilcoxon_signed_rank(table([(4, 4), (5, 5)]))
    assert (found.p_wilcox_exact, found.p_pratt_asymptotic) == (1.0, 1.0)
    assert found.reasons["rank_biserial"] is Reason.NO_CHANGE
    assert mcnemar(0, 0, 3, 4).p_exact == 1.0
    assert mcnemar(0, 0, 3, 4).reasons["chi2"] is Reason.NO_CHANGE


def test_without_anybody_nothing_has_a_value():
    nobody = CrossTab.of_pairs(1, 5, [])
    for found in (stability(nobody), wilcoxon_signed_rank(nobody), spearman(nobody), mcnemar(0, 0, 0, 0)):
        undefined = {key for key, value in found.as_dict().items() if value is None}
        assert undefined == set(found.reasons)
        assert undefined
    assert marginal_homogeneity(nobody).reasons["bowker_chi2"] is Reason.NO_PAIRS
    # McNemar's p looks at those who moved only: whether anybody stayed makes no difference to it.
    assert (mcnemar(0, 0, 0, 0).p_exact, mcnemar(0, 0, 0, 0).net_change_pct_points) == (1.0, None)


def test_a_singular_table_has_no_stuart_maxwell():
    apart = table([(1, 2), (2, 1), (1, 2), (4, 5)])
    assert marginal_homogeneity(apart).stuart_maxwell_chi2 is None
    assert marginal_homogeneity(apart).reasons["stuart_maxwell_p"] is Reason.NO_VARIATION


def test_a_rating_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="6 is not on the scale 1 to 5"):
        CrossTab.of_pairs(1, 5, [(1, 6)])
