"""Shares compared exactly at the threshold, and intervals against SciPy."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from delphi.consensus.bands import Share, comet_70_15, share_in
from delphi.consensus.bootstrap import bootstrap, percentile_intervals
from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import clopper_pearson, wilson


@st.composite
def k_of_n(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 2000))
    return draw(st.integers(0, n)), n


@given(k_of_n(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_equal_an_independent_source(counts: tuple[int, int], confidence: float) -> None:
    k, n = counts
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
        expected = binomtest(k, n).proportion_ci(confidence, method)  # type: ignore[arg-type]
        found = ours(k, n, confidence)
        assert found is not None
        assert found.low == pytest.approx(expected.low, abs=1e-7)
        assert found.high == pytest.approx(expected.high, abs=1e-7)
        assert 0 <= found.low <= k / n <= found.high <= 1


def test_there_is_no_interval_for_nobody() -> None:
    assert wilson(0, 0) is None
    assert clopper_pearson(0, 0) is None


@pytest.mark.parametrize(("k", "n", "confidence"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)])
def test_an_interval_of_nonsense_is_refused(k: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="not"):
        wilson(k, n, confidence)


def test_cannot_say_counts_only_when_the_rule_says_so() -> None:
    histogram = Histogram(1, (1, 0, 1, 3, 3), n_unable=2, n_skipped=5)
    assert share_in(histogram, (4, 5)).percent == 75
    assert share_in(histogram, (4, 5), "respondents").percent == 60


def test_a_share_of_nobody_is_undefined() -> None:
    assert share_in(Histogram(1, (0, 0)), (2,)).percent is None
    assert comet_70_15(Share(0, 0), Share(0, 0)) is None


def test_a_share_above_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="not a share"):
        Share(3, 2)


def test_a_point_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="not on the scale"):
        share_in(Histogram(1, (1, 1)), (3,))


@pytest.mark.parametrize(
    ("high", "low", "n", "outcome"),
    [
        (14, 2, 20, "consensus_in"),
        (13, 2, 20, "no_consensus"),
        (14, 3, 20, "no_consensus"),
        (2, 14, 20, "consensus_out"),
        (699, 0, 1000, "no_consensus"),
        (700, 149, 1000, "consensus_in"),
        (700, 150, 1000, "no_consensus"),
    ],
)
def test_comet_takes_exactly_70_and_refuses_exactly_15(high: int, low: int, n: int, outcome: str) -> None:
    assert comet_70_15(Share(high, n), Share(low, n)) == outcome


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5).filter(any), st.integers(1, 20))
def test_more_people_who_agree_never_lower_the_share(counts: list[int], more: int) -> None:
    before = share_in(Histogram(1, tuple(counts)), (4, 5)).percent
    counts[4] += more
    after = share_in(Histogram(1, tuple(counts)), (4, 5)).percent
    assert before is not None
    assert after is not None
    assert after >= before


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5).filter(any), st.integers(2, 6))
def test_asking_everybody_several_times_leaves_the_share(counts: list[int], times: int) -> None:
    once = share_in(Histogram(1, tuple(counts)), (4, 5)).percent
    assert share_in(Histogram(1, tuple(c * times for c in counts)), (4, 5)).percent == once


def test_percent_is_exact() -> None:
    assert Share(1, 3).percent == Fraction(100, 3)


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5))
def test_the_intervals_of_pages_are_those_of_the_bootstrap(counts: list[int]) -> None:
    histogram = Histogram(1, tuple(counts))
    whole = bootstrap(histogram, (4, 5))
    assert percentile_intervals(histogram, (4, 5)) == (
        whole.pct_agree_percentile95,
        whole.median_percentile95,
    )
