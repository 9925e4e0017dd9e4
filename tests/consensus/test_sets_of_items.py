"""Statistics over sets of items, measures of ordinal consensus and bootstrap intervals."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations, product
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.bootstrap import bootstrap
from delphi.consensus.chance_corrected import chance_corrected
from delphi.consensus.concordance import complete_items, complete_raters, kendall_w
from delphi.consensus.counts import Histogram
from delphi.consensus.multiplicity import benjamini_hochberg, bonferroni, holm
from delphi.consensus.ordinal_consensus import ordinal_consensus
from delphi.consensus.reasons import Reason
from delphi.consensus.sensitivity import rule_sensitivity

COUNTS = st.lists(st.integers(0, 6), min_size=5, max_size=5).filter(any)


def histogram(ratings, points=5):
    return Histogram(1, tuple(ratings.count(value) for value in range(1, points + 1)))


def test_alpha_is_that_of_the_published_example():
    """Krippendorff, Computing Krippendorff's alpha-reliability (2011), four observers and twelve units."""
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    found = chance_corrected([histogram(column) for column in zip(*rows, strict=True)])
    assert round(found.krippendorff_nominal, 3) == 0.743
    assert round(found.krippendorff_ordinal, 3) == 0.815
    assert round(found.krippendorff_interval, 3) == 0.849


def test_one_item_has_no_standard_error_and_one_rating_has_no_agreement():
    alone = chance_corrected([histogram([4, 5, 5])])
    assert alone.gwet_quadratic is not None
    assert alone.reasons["gwet_quadratic_se"] is Reason.ONE_ITEM
    single = chance_corrected([histogram([4]), histogram([5])])
    assert single.reasons["gwet_linear"] is Reason.NO_PAIRS
    nobody = chance_corrected([Histogram.empty(1, 5)])
    assert nobody.reasons["krippendorff_ordinal"] is Reason.NO_DATA


@given(st.lists(COUNTS, min_size=2, max_size=5))
def test_agreement_over_items_does_not_depend_on_their_order_nor_on_the_direction_of_the_scale(rows):
    there = chance_corrected([Histogram(1, tuple(row)) for row in rows]).as_dict()
    mirrored = chance_corrected([Histogram(1, tuple(row[::-1])) for row in rows[::-1]]).as_dict()
    for key, value in there.items():
        assert mirrored[key] == (value if value is None else pytest.approx(value, abs=1e-9))


@given(st.lists(st.lists(st.integers(1, 4), min_size=3, max_size=3), min_size=2, max_size=4))
@settings(max_examples=40)
def test_the_exact_p_of_w_is_the_share_of_all_arrangements(rows):
    found = kendall_w(rows)
    if found.w is None:
        assert found.reasons["w"] is Reason.NO_VARIATION
        return

    def midranks(values):
        return [sum(o < v for o in values) + (sum(o == v for o in values) + 1) / 2 for v in values]

    def squares(ranked):
        sums = [sum(column) for column in zip(*ranked, strict=True)]
        mean = sum(sums) / len(sums)
        return sum((one - mean) ** 2 for one in sums)

    ranked = [midranks(row) for row in rows]
    observed = squares(ranked)
    all_ways = [
        squares([ranked[0], *others]) for others in product(*(permutations(row) for row in ranked[1:]))
    ]
    expected = sum(one >= observed - 1e-9 for one in all_ways) / len(all_ways)
    assert math.isclose(found.p_permutation_exact, expected)


def test_gaps_leave_out_raters_or_items():
    rows = [[1, None, 3], [2, 1, 3], [3, 2, 1]]
    assert complete_raters(rows) == [[2, 1, 3], [3, 2, 1]]
    assert complete_items(rows) == [[1, 3], [2, 3], [3, 1]]
    with pytest.raises(ValueError, match="a rating of every item"):
        kendall_w(rows)


def test_too_many_arrangements_are_not_counted():
    rows = [[1, 2, 3, 4, 5, 6, 7, 8]] * 5
    assert kendall_w(rows).reasons["p_permutation_exact"] is Reason.NOT_ENUMERABLE
    assert kendall_w(rows).w == 1.0


@given(COUNTS)
def test_the_ideal_bootstrap_is_what_drawing_every_resample_gives(counts):
    ratings = [value for value, count in enumerate(counts, start=1) for _ in range(count)][:5]
    item = histogram(ratings)
    found = bootstrap(item, (4, 5))
    if len(ratings) < 2:
        assert found.reasons["median_bca95"] is Reason.TOO_FEW
        return
    draws = [sorted(draw) for draw in product(ratings, repeat=len(ratings))]
    n, half = len(ratings), len(ratings) // 2
    medians = Counter(
        Fraction(draw[half]) if n % 2 else Fraction(draw[half - 1] + draw[half], 2) for draw in draws
    )
    shares = Counter(100 * sum(value >= 4 for value in draw) / n for draw in draws)
    for interval, distribution in (
        (found.median_percentile95, medians),
        (found.pct_agree_percentile95, shares),
    ):
        assert interval.low == pytest.approx(float(_reaching(distribution, 0.025)))
        assert interval.high == pytest.approx(float(_reaching(distribution, 0.975)))


def _reaching(distribution, p):
    total, reached = sum(distribution.values()), 0
    for value in sorted(distribution):
        reached += distribution[value]
        if reached / total >= p - 1e-12:
            return value
    raise AssertionError("a distribution reaches one")


def test_a_bootstrap_of_millions_is_as_quick_and_as_narrow_as_the_normal_one():
    item = Histogram(1, (10**6, 10**6, 10**6, 10**6, 4 * 10**6))
    found = bootstrap(item, (4, 5))
    p, n = 0.625, 8 * 10**6
    reach = NormalDist().inv_cdf(0.975) * math.sqrt(p * (1 - p) / n)
    assert found.pct_agree_percentile95.low == pytest.approx(100 * (p - reach), abs=1e-4)
    assert found.pct_agree_bca95.high == pytest.approx(100 * (p + reach), abs=1e-4)
    assert found.median_percentile95.low == 4.0


@given(COUNTS)
def test_measures_of_consensus_stay_in_range_and_do_not_care_for_direction_or_panel_size(counts):
    found = ordinal_consensus(Histogram(1, tuple(counts))).as_dict()
    mirrored = ordinal_consensus(Histogram(1, tuple(counts[::-1]))).as_dict()
    doubled = ordinal_consensus(Histogram(1, tuple(2 * count for count in counts))).as_dict()
    for key, value in found.items():
        if key == "n":
            continue
        low = -1 if key == "agreement_a" else 0
        high = math.log2(5) if key == "shannon_entropy_bits" else 1
        assert low - 1e-9 <= value <= high + 1e-9
        assert mirrored[key] == pytest.approx(value, abs=1e-9)
        if key != "berry_mielke_iov":  # its greatest value depends on whether n is odd
            assert doubled[key] == pytest.approx(value, abs=1e-9)


@given(st.lists(st.booleans(), min_size=3, max_size=9).filter(any))
def test_the_agreement_of_a_pattern_is_that_of_its_triplets(chosen):
    found = ordinal_consensus(Histogram(1, tuple(map(int, chosen)))).agreement_a
    points, size = len(chosen), sum(chosen)
    triplets = list(combinations(chosen, 3))
    unimodal = sum(one in {(True, True, False), (False, True, True)} for one in triplets)
    bimodal = sum(one == (True, False, True) for one in triplets)
    if size == points:
        expected = 0.0
    elif size == 1:
        expected = 1.0
    else:
        u = ((points - 2) * unimodal - (points - 1) * bimodal) / ((points - 2) * (unimodal + bimodal))
        expected = u * (1 - (size - 1) / (points - 1))
    assert math.isclose(found, expected, abs_tol=1e-12)


def test_two_points_have_no_agreement_a():
    found = ordinal_consensus(Histogram(0, (3, 4)))
    assert found.reasons == {"agreement_a": Reason.TOO_FEW, "polarization": Reason.TOO_FEW}
    assert found.leik_consensus is not None


def test_a_test_without_a_p_does_not_count():
    assert holm([0.02, None, 0.03]) == [0.04, None, 0.04]
    assert benjamini_hochberg([0.02, None, 0.03]) == [0.03, None, 0.03]
    assert bonferroni([0.02, None, 0.6]) == [0.04, None, 1.0]
    with pytest.raises(ValueError, match=r"p-value 2 is 1\.5"):
        holm([0.5, 1.5])


def test_rules_for_nine_points_are_not_asked_on_five():
    found = rule_sensitivity(histogram([4, 5, 5]), (4, 5), (1, 2))
    assert found.in_consensus["median_ge_7"] is None
    assert found.reasons["median_ge_7"] is Reason.RULE_NOT_FOR_SCALE
    assert (found.rules_met, found.rules_total) == (10, 10)
