"""RAND/UCLA against published tables and worked examples, on other scales and degenerate panels."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.appropriateness import appropriateness, biomed_threshold
from delphi.consensus.counts import Histogram
from delphi.consensus.reasons import Reason
from delphi.domain.rule import RandClass

COUNTS = st.lists(st.integers(0, 12), min_size=9, max_size=9).filter(any)


def histogram_of(ratings: list[int]) -> Histogram:
    return Histogram(1, tuple(ratings.count(value) for value in range(1, 10)))


def test_the_fixed_counts_are_those_of_the_published_tables() -> None:
    published = {8: 3, 9: 3, 10: 3, 11: 4, 12: 4, 13: 4, 14: 5, 15: 5, 16: 5}
    assert {n: biomed_threshold(n) for n in published} == published
    extended = {17: 6, 19: 6, 20: 7, 22: 7, 23: 8, 25: 8, 1: 1, 4: 1, 5: 2, 7: 2}
    assert {n: biomed_threshold(n) for n in extended} == extended
    assert all(biomed_threshold(n) == round(n / 3) for n in range(2, 300))
    with pytest.raises(ValueError, match="no threshold"):
        biomed_threshold(0)


def test_the_published_example_of_fifteen_ratings_needs_235_not_25() -> None:
    found = appropriateness(Histogram(1, (0, 0, 0, 0, 0, 1, 6, 6, 2)))
    assert (found.p30, found.p70, found.ipr) == (7, 8, 1)
    assert found.asymmetry_index == Fraction(5, 2)
    assert found.ipras == Fraction("6.1")
    assert found.disagreement_ipras is False
    assert found.class_ipras is RandClass.APPROPRIATE


@pytest.mark.parametrize(
    ("quantile_type", "expected"),
    [(7, RandClass.APPROPRIATE), (2, RandClass.UNCERTAIN), (6, RandClass.UNCERTAIN)],
)
def test_the_quantile_type_can_decide_the_class(quantile_type: int, expected: RandClass) -> None:
    histogram = histogram_of([1, 2, 2, 6, 7, 8, 8, 8, 9, 9])
    found = appropriateness(histogram, quantile_type=quantile_type)  # type: ignore[arg-type]
    assert found.class_ipras is expected


def test_biomed_finds_disagreement_in_three_and_three_of_ten_and_a_third_does_not() -> None:
    found = appropriateness(histogram_of([1, 2, 3, 5, 5, 5, 6, 7, 8, 9]))
    assert (found.n_low, found.n_mid, found.n_high) == (3, 4, 3)
    assert found.disagreement_biomed is True
    assert found.disagreement_third is False
    assert found.class_biomed is RandClass.UNCERTAIN


def test_neither_agreement_nor_disagreement_exists() -> None:
    found = appropriateness(histogram_of([4, 5, 6, 7, 7, 8, 8, 9, 9]))
    assert found.disagreement_biomed is False
    assert found.agreement_biomed is False


@pytest.mark.parametrize(
    ("ratings", "higher", "middle"),
    [
        ([6, 7], RandClass.APPROPRIATE, RandClass.UNCERTAIN),
        ([3, 4], RandClass.UNCERTAIN, RandClass.UNCERTAIN),
        ([7, 7], RandClass.APPROPRIATE, RandClass.APPROPRIATE),
        ([3, 3], RandClass.INAPPROPRIATE, RandClass.INAPPROPRIATE),
    ],
)
def test_a_half_median_goes_where_the_rule_says(
    ratings: list[int], higher: RandClass, middle: RandClass
) -> None:
    histogram = histogram_of(ratings * 5)
    assert appropriateness(histogram).class_biomed is higher
    assert appropriateness(histogram, half_medians="middle").class_biomed is middle


def test_one_person_never_disagrees_with_himself() -> None:
    found = appropriateness(histogram_of([9]))
    assert (found.ipr, found.disagreement_index, found.asymmetry_index) == (0, 0, 4)
    assert found.ipras == Fraction("8.35")
    assert found.disagreement_biomed is False
    assert found.agreement_biomed is True
    assert found.threshold_extended


def test_without_ratings_everything_is_undefined_and_says_so() -> None:
    found = appropriateness(Histogram(1, (0,) * 9, n_unable=7))
    undefined = {name for name in found.__slots__ if getattr(found, name) is None}
    assert undefined == set(found.reasons)
    assert set(found.reasons.values()) == {Reason.NO_DATA}
    assert (found.n, found.n_low, found.n_mid, found.n_high) == (0, 0, 0, 0)


def test_a_scale_that_cannot_be_cut_in_three_keeps_the_disagreement_index_only() -> None:
    found = appropriateness(Histogram(1, (2, 0, 1, 5, 4)))
    assert found.class_biomed is None
    assert found.class_ipras is None
    assert found.reasons["class_ipras"] is Reason.SCALE_NOT_DIVISIBLE
    assert found.disagreement_ipras is False
    undefined = {name for name in found.__slots__ if getattr(found, name) is None}
    assert undefined == set(found.reasons)
    assert found.on_other_scale


@pytest.mark.parametrize(("maximum", "constant"), [(5, "1.175"), (7, "1.7625")])
def test_the_constant_is_carried_to_other_scales_in_proportion(maximum: int, constant: str) -> None:
    counts = [0] * maximum
    counts[maximum // 2] = 4
    assert appropriateness(Histogram(1, tuple(counts))).ipras == Fraction(constant)


def test_the_disagreement_index_does_not_depend_on_the_scale() -> None:
    nine = appropriateness(Histogram(1, (3, 0, 2, 0, 4, 0, 1, 0, 6)))
    five = appropriateness(Histogram(1, (3, 2, 4, 1, 6)))
    assert nine.disagreement_index == five.disagreement_index


@given(COUNTS)
def test_mirroring_the_scale_mirrors_the_class_by_ipras(counts: list[int]) -> None:
    mirror = {
        RandClass.APPROPRIATE: RandClass.INAPPROPRIATE,
        RandClass.INAPPROPRIATE: RandClass.APPROPRIATE,
        RandClass.UNCERTAIN: RandClass.UNCERTAIN,
    }
    straight = appropriateness(Histogram(1, tuple(counts)), half_medians="middle")
    mirrored = appropriateness(Histogram(1, tuple(reversed(counts))), half_medians="middle")
    assert straight.class_ipras is not None
    assert mirrored.class_ipras is mirror[straight.class_ipras]
    assert mirrored.disagreement_index == straight.disagreement_index


@given(COUNTS)
def test_size_means_counts_up_to_sixteen_ratings_and_ipras_above(counts: list[int]) -> None:
    found = appropriateness(Histogram(1, tuple(counts)))
    expected = found.class_biomed if sum(counts) <= 16 else found.class_ipras
    assert found.class_by("size") is expected
