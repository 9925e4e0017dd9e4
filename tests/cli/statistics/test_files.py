"""A file's tables say what the families say of the same ratings, however its rows are counted."""

from __future__ import annotations

import io
import math
import random

import pytest

from delphi.cli.statistics import csv_file
from delphi.cli.statistics.csv_file import read_ratings
from delphi.cli.statistics.families import answer
from delphi.cli.statistics.reading import Unreadable
from delphi.cli.statistics.tables import Bands, described, tables
from delphi.cli.statistics.tallying import Layout
from delphi.consensus.counts import Histogram

SCALE = {"min": 1, "max": 9}
BANDS = Bands((7, 9), (1, 3))


def read(text, *, scale=(1, 9), **layout):
    return read_ratings(io.BytesIO(text.encode()), Layout(scale, **layout))


def alike(got, expected):
    if isinstance(expected, list):
        return isinstance(got, list) and all(map(alike, got, expected)) and len(got) == len(expected)
    if isinstance(expected, float) and isinstance(got, int | float):
        return math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-12)
    return got == expected and isinstance(got, bool) == isinstance(expected, bool)


@pytest.mark.parametrize("seed", range(6))
def test_a_row_is_what_the_families_answer_to_its_counts(seed):
    dice = random.Random(seed)
    histograms = [Histogram(1, tuple(dice.choice([0, 0, 1, 2, 40]) for _ in range(9))) for _ in range(8)]
    histograms += [Histogram.empty(1, 9), Histogram(1, (0, 0, 1, 0, 0, 0, 0, 0, 0), 2, 1)]
    for histogram, row in zip(histograms, described(histograms, BANDS), strict=True):
        given = {"counts": list(histogram.counts), "scale": SCALE}
        expected = {}
        for family in ("descriptives", "agreement_bands", "ordinal_consensus", "ram", "bootstrap"):
            expected |= answer({"family": family, "input": given})["results"]
        expected |= {"n_missing": histogram.n_skipped, "n_unable": histogram.n_unable}
        # The contract has intervals as two nulls where there is none; a table has an empty cell.
        got = {
            key: [None, None] if value is None and key in INTERVALS else value for key, value in row.items()
        }
        assert list(got) == list(expected)
        assert [key for key in expected if not alike(got[key], expected[key])] == []


INTERVALS = {"median_percentile95", "median_bca95", "pct_agree_percentile95", "pct_agree_bca95"}


def long_file(dice, n):
    lines = ["panellist,group,round,item,rating"]
    for person in range(n):
        for round_ in (1, 2):
            for item in ("a", "b"):
                if dice.random() < 0.9:
                    cell = dice.choice(["1", " 9", "5.0", "7", "", "can't say", "NA"])
                    lines.append(f"P{person},{dice.choice('xy')},{round_},{item},{cell}")
    return lines


def counted(text):
    found = read(text, group_column="group", round_column="round")
    return tables(found, BANDS)


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_how_many_rows_are_counted_at_once_makes_no_difference(monkeypatch, at_once):
    text = "\n".join(long_file(random.Random(3), 40))
    expected = counted(text)
    monkeypatch.setattr(csv_file, "ROWS_AT_ONCE", at_once)
    assert counted(text) == expected


def test_a_blank_or_a_short_row_among_ordinary_ones_changes_nothing():
    lines = long_file(random.Random(4), 30)
    plain = counted("\n".join(lines))
    lines[20:20] = ["", ",,,,", "  ,,, ,"]
    lines[9] = lines[9] + ",,"
    assert counted("\n".join(lines)) == plain
    wide = read("id,a,b\nP1,4,5\n , ,\n\nP2,6\n")
    assert [(wide.histogram(i, "").n, wide.histogram(i, "").n_skipped) for i in "ab"] == [(2, 0), (1, 1)]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("10", "10 is not on the scale 1 to 9."),
        ("0", "0 is not on the scale 1 to 9."),
        ("7.5", "“7.5” is not a whole number."),
        ("7,5", "“7,5” is not a whole number."),
        ("1_0", "“1_0” is not a rating."),
        ("inf", "“inf” is not a whole number."),
        ("seven", "“seven” is not a rating."),
        ("=7", "“=7” is not a rating."),
    ],
)
def test_what_is_no_rating_is_named_with_its_row_in_the_midst_of_many(cell, words):
    lines = [f"P{n};a;{1 + n % 9}" for n in range(500)]
    lines[321] = f"P321;a;{cell}"
    lines[400] = "P400;a;also wrong"
    with pytest.raises(Unreadable) as refused:
        read("person;item;rating\n" + "\n".join(lines))
    assert str(refused.value).startswith(f"row 323, column rating: {words}")


def test_nan_a_dot_and_an_empty_cell_are_no_rating_and_a_decimal_comma_is_one():
    found = read("id;a\nP1;NaN\nP2;.\nP3;\nP4;7,0\nP5;7.0\n")
    assert found.histogram("a", "") == Histogram(1, (0, 0, 0, 0, 0, 0, 2, 0, 0), 0, 3)


def test_people_are_matched_between_rounds_whatever_the_order_of_the_rows():
    lines = long_file(random.Random(5), 50)
    head, *rows = lines
    random.Random(6).shuffle(rows)
    first, shuffled = (read("\n".join([head, *part]), round_column="round") for part in (lines[1:], rows))
    for item in "ab":
        assert first.pairs(item, "1", "2") == shuffled.pairs(item, "1", "2")
        assert first.by_return(item, "1", "2") == shuffled.by_return(item, "1", "2")
        completers, dropouts = first.by_return(item, "1", "2")
        assert completers + dropouts == Histogram(1, first.histogram(item, "1").counts)
        assert completers == first.pairs(item, "1", "2").earlier
