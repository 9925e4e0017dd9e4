"""Location and spread against worked examples, Python's own statistics and degenerate panels."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.counts import Histogram
from delphi.consensus.reasons import Reason
from delphi.consensus.summaries import summarise

RATINGS = st.lists(st.integers(1, 9), min_size=2, max_size=60)


def histogram_of(ratings: list[int]) -> Histogram:
    return Histogram(1, tuple(ratings.count(value) for value in range(1, 10)))


@given(RATINGS)
def test_a_summary_equals_what_the_rows_give(ratings: list[int]) -> None:
    found = summarise(histogram_of(ratings))
    middle = statistics.median([Fraction(rating) for rating in ratings])
    assert found.n == len(ratings)
    assert found.mean == statistics.mean([Fraction(rating) for rating in ratings])
    assert found.median == middle
    assert found.sd == pytest.approx(statistics.stdev(ratings), abs=1e-12)
    assert found.cv == pytest.approx(statistics.stdev(ratings) / statistics.mean(ratings), abs=1e-12)
    assert found.modes == tuple(sorted(statistics.multimode(ratings)))
    assert (found.min, found.max) == (min(ratings), max(ratings))
    distances = [abs(rating - middle) for rating in ratings]
    assert found.mad_median == statistics.median(distances)
    assert found.mean_abs_dev_median == statistics.mean(distances)
    assert found.reasons == {}


@given(RATINGS)
def test_the_order_of_people_does_not_matter(ratings: list[int]) -> None:
    assert summarise(histogram_of(ratings)) == summarise(histogram_of(ratings[::-1]))


def test_two_ratings_far_apart() -> None:
    found = summarise(histogram_of([3, 8]))
    assert (found.q1, found.q3, found.iqr) == (Fraction(17, 4), Fraction(27, 4), Fraction(5, 2))
    assert found.sd == pytest.approx(3.53553390593274)
    assert found.cv == pytest.approx(0.642824346533225)
    assert found.modes == (3, 8)
    assert found.mad_median == found.mean_abs_dev_median == Fraction(5, 2)


def test_without_ratings_everything_is_undefined_and_says_so() -> None:
    found = summarise(Histogram(1, (0,) * 9, n_unable=3, n_skipped=1))
    assert (found.n, found.n_missing, found.modes) == (0, 4, ())
    undefined = {name for name in found.__slots__ if getattr(found, name) is None}
    assert undefined == set(found.reasons)
    assert set(found.reasons.values()) == {Reason.NO_DATA}
    assert len(undefined) == 11


def test_one_rating_has_a_place_but_no_spread() -> None:
    found = summarise(histogram_of([7]))
    assert (found.mean, found.median, found.q1, found.q3, found.iqr) == (7, 7, 7, 7, 0)
    assert found.sd is None
    assert found.cv is None
    assert found.reasons == {"sd": Reason.ONE_RATER, "cv": Reason.ONE_RATER}


def test_people_of_one_mind_have_no_spread() -> None:
    found = summarise(histogram_of([7] * 12))
    assert (found.sd, found.cv, found.iqr, found.mad_median) == (0, 0, 0, 0)


def test_a_mean_of_zero_has_no_coefficient_of_variation() -> None:
    found = summarise(Histogram(0, (5, 0, 0)))
    assert found.cv is None
    assert found.reasons == {"cv": Reason.NO_VARIATION}
