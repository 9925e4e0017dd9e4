"""A long scale falls into bands whose words stand over them, or is a list."""

from __future__ import annotations

import pytest

from delphi.domain.scale_bands import bands_of, words_of
from delphi.domain.setup.scales import READY_MADE


def numbered(first, *labels):
    return list(enumerate(labels, first))


def test_points_with_the_same_words_are_a_band_of_that_name():
    points = numbered(1, *READY_MADE["importance9"].labels)
    bands = [(band.words, band.range) for band in bands_of(points)]
    assert bands == [
        ("Not important", "1 to 3"),
        ("Important, not critical", "4 to 6"),
        ("Critical", "7 to 9"),
    ]


@pytest.mark.parametrize(("first", "size"), [(1, 8), (1, 9), (1, 10), (0, 11)])
def test_a_scale_of_numbers_is_cut_into_bands_of_three_or_four(first, size):
    values = list(range(first, first + size))
    bands = bands_of([(value, str(value)) for value in values])
    assert [value for band in bands for value in band.values] == values
    assert {len(band.values) for band in bands} <= {3, 4}
    assert {band.words for band in bands} == {""}


def test_what_the_ends_mean_stands_over_their_bands():
    labels = ["0 not at all", *map(str, range(1, 5)), "5: in between", *map(str, range(6, 10)), "Completely"]
    bands = bands_of(numbered(0, *labels))
    assert [band.words for band in bands] == ["0: not at all", "5: in between", "10: Completely"]


def test_a_scale_with_words_of_its_own_at_each_point_is_a_list():
    assert bands_of(numbered(1, *"abcdefghi")) == ()
    assert bands_of(numbered(1, "No", "Yes")) == ()


@pytest.mark.parametrize(
    ("value", "label", "words"),
    [
        (4, "4: Important", "Important"),
        (4, "4 – important", "important"),
        (4, "4", ""),
        (4, "14 days", "14 days"),
        (4, "Often", "Often"),
    ],
)
def test_a_number_in_front_of_its_own_words_is_left_out(value, label, words):
    assert words_of(value, label) == words
