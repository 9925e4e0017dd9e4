"""Many items at once give what one item at a time gives: the same numbers, the same gaps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.appropriateness import appropriateness
from delphi.consensus.bands import comet_70_15, share_in
from delphi.consensus.change_tests import mcnemar_of
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.concordance import kendall_w
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.intervals import clopper_pearson, wilson
from delphi.consensus.ordinal_consensus import ordinal_consensus
from delphi.consensus.quantiles import quantile
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.result import plain
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability
from delphi.consensus.summaries import summarise
from delphi.consensus.tables import banding, describing, ordering, pairing, rand, ranking
from delphi.consensus.tables.columns import rows
from delphi.consensus.tables.counting import CountTable, counted, crossed

ITEMS = 6
COUNT = st.one_of(st.integers(0, 4), st.just(0), st.integers(0, 3000))


@st.composite
def histograms(draw, points=None):
    """Some items on one scale; items that nobody rated, or one person, or all alike, among them."""
    length = points or draw(st.integers(2, 11))
    minimum = draw(st.integers(-2, 3))
    each = st.lists(COUNT, min_size=length, max_size=length)
    return [Histogram(minimum, tuple(draw(each))) for _ in range(ITEMS)]


@st.composite
def crosstabs(draw):
    """Tables of pairs on one scale, mostly sparse."""
    points, minimum = draw(st.integers(2, 7)), draw(st.integers(0, 2))
    cell = st.one_of(st.just(0), st.just(0), st.integers(0, 5), st.integers(0, 900))
    row = st.lists(cell, min_size=points, max_size=points).map(tuple)
    table = st.lists(row, min_size=points, max_size=points).map(tuple)
    return [CrossTab(minimum, draw(table)) for _ in range(ITEMS)]


def same(got, expected, where=""):
    """Two figures are alike: None where None, equal in what is whole, near in what is a root or a tail."""
    if isinstance(expected, list | tuple):
        assert isinstance(got, list), where
        assert len(got) == len(expected), where
        for one, other in zip(got, expected, strict=True):
            same(one, other, where)
    elif isinstance(expected, float) and isinstance(got, float):
        assert math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-12), (where, got, expected)
    else:
        assert got == expected, (where, got, expected)
        assert isinstance(got, bool) == isinstance(expected, bool), where


def all_same(columns, expected):
    """Each item's row against the reference's figures under the same names."""
    found = rows(columns)
    assert len(found) == len(expected)
    for got, reference in zip(found, expected, strict=True):
        assert set(got) <= set(reference), set(got) - set(reference)
        for key, value in got.items():
            same(value, plain(reference[key]), key)


def described(histogram):
    """The reference's descriptives under the codebook's names."""
    figures = {}
    for kind in (2, 6, 7):
        summary = summarise(histogram, kind)
        names = ("n", "mean", "sd", "cv", "median", "modes", "min", "max", "mad_median")
        figures |= {key: getattr(summary, key) for key in (*names, "mean_abs_dev_median")}
        figures |= {f"{key}_type{kind}": getattr(summary, key) for key in ("q1", "q3", "iqr")}
        figures |= {
            f"p{name}_type{kind}": quantile(histogram, p, kind)
            for name, p in ((30, describing.P30), (70, describing.P70))
        }
    return figures


@given(histograms())
def test_descriptives_are_those_of_each_item(items):
    all_same(describing.descriptives(CountTable.of(items)), [described(one) for one in items])


@pytest.mark.parametrize("n", [90, 170, 180, 999_999])
def test_a_position_that_is_whole_is_known_to_be(n):
    """NumPy's own quantiles are wrong here: 0.7 x 90 is not 63 in binary."""
    items = [Histogram(1, (k, n - k, 0)) for k in range(7 * n // 10 - 1, 7 * n // 10 + 2)]
    all_same(describing.descriptives(CountTable.of(items)), [described(one) for one in items])


@given(histograms(9), st.integers(1, 3))
def test_shares_and_intervals_are_those_of_each_item(items, width):
    low = items[0].minimum
    disagree, agree = range(low, low + width), range(low + 9 - width, low + 9)

    def expected(one):
        shares = {"agree": share_in(one, agree), "disagree": share_in(one, disagree)}
        between = one.n - shares["agree"].k - shares["disagree"].k
        high = shares["agree"]
        empty = [None, None]
        return {
            **{f"n_{name}": share.k for name, share in shares.items()},
            **{f"pct_{name}": share.percent for name, share in shares.items()},
            "n_neutral": between,
            "pct_neutral": plain(share_in(one, set(one.values) - set(agree) - set(disagree)).percent),
            "wilson95": wilson(high.k, high.n) or empty,
            "clopper_pearson95": clopper_pearson(high.k, high.n) or empty,
            "comet_70_15": comet_70_15(high, shares["disagree"]),
        }

    columns = banding.agreement_bands(CountTable.of(items), agree, disagree)
    all_same(columns, [expected(one) for one in items])


@given(histograms(), st.sampled_from([2, 6, 7]))
def test_rand_ucla_is_that_of_each_item(items, kind):
    def expected(one):
        found = appropriateness(one, quantile_type=kind)
        figures = {key: getattr(found, key) for key in found.__slots__}
        return figures | {key: figures[key] and str(figures[key]) for key in ("class_biomed", "class_ipras")}

    all_same(rand.appropriateness(CountTable.of(items), kind), [expected(one) for one in items])


@given(histograms())
def test_ordinal_consensus_is_that_of_each_item(items):
    columns = ordering.ordinal_consensus(CountTable.of(items))
    all_same(columns, [ordinal_consensus(one).as_dict() for one in items])


@given(histograms(5), st.randoms(use_true_random=False))
def test_groups_are_compared_as_each_item_is(items, dice):
    parts = [[], [], []]
    for one in items:
        split = [[dice.randint(0, count) for count in one.counts] for _ in parts]
        if dice.random() < 0.2:
            split[0] = [0] * 5
        for part, counts in zip(parts, split, strict=True):
            part.append(Histogram(one.minimum, tuple(counts)))
    a, b, c = (CountTable.of(part) for part in parts)
    all_same(
        ranking.mann_whitney(a, b), [mann_whitney(*pair).as_dict() for pair in zip(*parts[:2], strict=True)]
    )
    expected = [
        kruskal_wallis(dict(zip("abc", three, strict=True))).as_dict() for three in zip(*parts, strict=True)
    ]
    all_same(ranking.kruskal_wallis((a, b, c)), expected)


@given(crosstabs())
@settings(max_examples=60)
def test_pairs_are_described_as_each_item_is(items):
    pairs = np.array([one.counts for one in items])
    minimum, points = items[0].minimum, len(items[0].counts)
    agree = (minimum + points - 1,)
    before = CountTable.of([one.earlier for one in items])
    all_same(
        pairing.stability(pairs, before, agree), [stability(one, agree_band=agree).as_dict() for one in items]
    )
    all_same(pairing.wilcoxon_signed_rank(pairs), [wilcoxon_signed_rank(one).as_dict() for one in items])
    all_same(pairing.spearman(pairs), [spearman(one).as_dict() for one in items])
    all_same(pairing.mcnemar(pairs, minimum, agree), [mcnemar_of(one, agree).as_dict() for one in items])


@given(st.integers(1, 7), st.integers(1, 6), st.integers(1, 5), st.integers(0, 10**6))
def test_kendalls_w_is_that_of_the_reference(raters, n_items, points, seed):
    places = np.random.default_rng(seed).integers(0, points, (n_items, raters))
    expected = kendall_w(places.T.tolist()).as_dict()
    for key, value in ranking.kendall_w(places.astype(np.uint8), points).items():
        same(value, expected[key], key)


@given(st.integers(0, 10**6))
def test_counting_rows_and_pairs_is_counting_by_hand(seed):
    dice = np.random.default_rng(seed)
    before, after = dice.integers(0, 5, (2, 4, 30)).astype(np.uint8)
    group_of = dice.integers(0, 3, 30)
    table = counted(before, 5)
    assert [[list(row).count(kind) for kind in range(5)] for row in before] == table.tolist()
    tables = crossed(before, after, 3, (group_of, 3))
    for item, group, i, j in np.ndindex(4, 3, 3, 3):
        by_hand = (before[item] == i) & (after[item] == j) & (group_of == group)
        assert tables[item, group, i, j] == by_hand.sum()


def test_more_people_than_can_be_squared_are_refused():
    with pytest.raises(ValueError, match="too many for a table"):
        CountTable.of([Histogram(1, (10**9, 10**9, 0, 0, 0))])
    with pytest.raises(ValueError, match="one scale"):
        CountTable.of([Histogram(1, (1, 2)), Histogram(0, (1, 2))])
