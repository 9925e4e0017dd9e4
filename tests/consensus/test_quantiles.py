"""Quantiles against worked examples and NumPy, and in whole numbers where NumPy is wrong."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.counts import Histogram
from delphi.consensus.quantiles import interquartile_range, median, order_statistic, quantile

NUMPY_METHOD = {2: "averaged_inverted_cdf", 6: "weibull", 7: "linear"}
COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=11).filter(any)
TYPES = st.sampled_from([2, 6, 7])
# Type 2 jumps where n * p is whole: for those positions NumPy's binary product can miss the jump, so it is
# a fair judge only of parts that are exact in binary.
PARTS = st.sampled_from(
    [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1, 8), Fraction(0), Fraction(1)]
)


def histogram_of(ratings: list[int], minimum: int = 1, maximum: int = 9) -> Histogram:
    return Histogram(minimum, tuple(ratings.count(value) for value in range(minimum, maximum + 1)))


@given(COUNTS, PARTS, TYPES)
def test_quantiles_equal_numpy_where_numpy_is_right(counts: list[int], p: Fraction, kind: int) -> None:
    histogram = Histogram(0, tuple(counts))
    ratings = np.repeat(np.arange(len(counts)), counts)
    expected = np.quantile(ratings, float(p), method=NUMPY_METHOD[kind])
    found = quantile(histogram, p, kind)  # type: ignore[arg-type]
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-12)


@given(COUNTS, st.sampled_from([Fraction(3, 10), Fraction(7, 10)]), st.sampled_from([6, 7]))
def test_interpolated_percentiles_equal_numpy(counts: list[int], p: Fraction, kind: int) -> None:
    ratings = np.repeat(np.arange(len(counts)), counts)
    expected = np.quantile(ratings, float(p), method=NUMPY_METHOD[kind])
    found = quantile(Histogram(0, tuple(counts)), p, kind)  # type: ignore[arg-type]
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n", [90, 170, 180])
def test_a_whole_position_is_averaged_although_it_is_not_whole_in_binary(n: int) -> None:
    below = n * 7 // 10
    histogram = Histogram(1, (below, n - below))
    assert quantile(histogram, Fraction(7, 10), 2) == Fraction(3, 2)
    ratings = np.repeat([1, 2], [below, n - below])
    assert np.quantile(ratings, 0.7, method="averaged_inverted_cdf") == 1, (
        "NumPy was mended: say so in the docs"
    )


def test_the_type_decides_whether_ten_ratings_are_in_disagreement() -> None:
    histogram = histogram_of([1, 2, 2, 6, 7, 8, 8, 8, 9, 9])
    spread = {
        kind: quantile(histogram, Fraction(7, 10), kind) - quantile(histogram, Fraction(3, 10), kind)  # type: ignore[operator, arg-type]
        for kind in (2, 6, 7)
    }
    assert spread == {2: 4, 6: Fraction(24, 5), 7: Fraction(16, 5)}


def test_a_published_open_data_set_reproduces_under_type_7() -> None:
    histogram = histogram_of([9, 7, 8, 6, 7, 3, 8, 7, 2, 8])
    for kind, p30 in ((2, "6.5"), (6, "6.3"), (7, "6.7")):
        assert quantile(histogram, Fraction(3, 10), kind) == Fraction(p30)  # type: ignore[arg-type]
        assert quantile(histogram, Fraction(7, 10), kind) == 8  # type: ignore[arg-type]


@given(COUNTS, TYPES, st.fractions(min_value=0, max_value=1, max_denominator=50))
def test_a_quantile_never_leaves_the_range_of_the_ratings(counts: list[int], kind: int, p: Fraction) -> None:
    chosen = [value for value, count in enumerate(counts) if count]
    found = quantile(Histogram(0, tuple(counts)), p, kind)  # type: ignore[arg-type]
    assert found is not None
    assert chosen[0] <= found <= chosen[-1]


@given(COUNTS, TYPES)
def test_mirroring_the_scale_mirrors_the_quarters(counts: list[int], kind: int) -> None:
    top = len(counts) - 1
    straight, mirrored = Histogram(0, tuple(counts)), Histogram(0, tuple(reversed(counts)))
    assert quantile(straight, Fraction(1, 4), kind) == top - quantile(mirrored, Fraction(3, 4), kind)  # type: ignore[operator, arg-type]
    assert interquartile_range(straight, kind) == interquartile_range(mirrored, kind)  # type: ignore[arg-type]


@given(COUNTS, st.integers(2, 5))
def test_asking_everybody_twice_leaves_the_median(counts: list[int], times: int) -> None:
    more = Histogram(1, tuple(count * times for count in counts))
    assert median(more) == median(Histogram(1, tuple(counts)))


@given(COUNTS, TYPES)
def test_every_type_gives_the_usual_median(counts: list[int], kind: int) -> None:
    histogram = Histogram(1, tuple(counts))
    assert quantile(histogram, Fraction(1, 2), kind) == median(histogram)  # type: ignore[arg-type]


def test_nobody_has_no_quantile() -> None:
    empty = Histogram(1, (0, 0, 0), n_unable=4)
    assert quantile(empty, Fraction(1, 4)) is None
    assert median(empty) is None
    assert interquartile_range(empty) is None


def test_questions_that_make_no_sense_are_refused() -> None:
    one = Histogram(1, (0, 1))
    with pytest.raises(ValueError, match="from 0 to 1"):
        quantile(one, Fraction(5, 4))
    with pytest.raises(ValueError, match="type 5"):
        quantile(one, Fraction(1, 4), 5)  # type: ignore[arg-type]
    for place in (0, 2, -1):
        with pytest.raises(ValueError, match="no place"):
            order_statistic(one, place)
