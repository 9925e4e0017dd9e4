"""The chart of feedback pages: shows what was released, marks one's own answer, and hides the rest."""

from __future__ import annotations

import pytest
from lxml import etree

from delphi.charts.columns import columns
from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.domain.scale import CannotSay, Scale, ScalePoint


def scale_of(n):
    points = tuple(ScalePoint(value=v, label=f"Point {v}") for v in range(1, n + 1))
    return Scale(id="points", points=points, cannot_say=CannotSay(label="I can't say"), bands={"agree": (n,)})


def drawn(rows, n=5, **more):
    return etree.fromstring(str(columns("k", "What <they> said", "Said.", rows, scale_of(n), **more)))


def words(svg):
    return [" ".join(one.itertext()) for one in svg.iter("{*}text", "text")]


def test_every_count_that_is_not_nought_is_written():
    rows = [UnitRow("Everyone", Level.EVERYONE, Full((0, 1, 19, 18, 8), 3))]
    assert {"1", "19", "18", "8", "3", "8 of 46"} <= set(words(drawn(rows)))


def test_a_row_that_is_not_shown_leaves_no_trace():
    rows = [
        UnitRow("Everyone", Level.EVERYONE, Full((1, 1, 1, 1, 1))),
        UnitRow("Small group", Level.GROUP, NotShown()),
    ]
    assert "Small group" not in etree.tostring(drawn(rows), encoding="unicode")


def test_a_coarse_row_says_only_who_agreed():
    rows = [UnitRow("Of one mind", Level.GROUP, Coarse(5, 0))]
    assert "all 5" in words(drawn(rows))
    assert not {"5", "4", "1"} & set(words(drawn(rows)))


@pytest.mark.parametrize("own", [3, "unable"])
def test_ones_own_answer_is_marked_with_a_word(own):
    rows = [UnitRow("Everyone", Level.EVERYONE, Full((0, 1, 19, 18, 8), 3))]
    assert "You" in words(drawn(rows, own=own))
    assert "You" not in words(drawn(rows))


@pytest.mark.parametrize("n", range(2, 12))
def test_scales_of_every_length_stay_inside_the_picture(n):
    rows = [UnitRow("Everyone", Level.EVERYONE, Full(tuple(range(1, n + 1)), 1))]
    svg = drawn(rows, n=n, own=1)
    xs = [float(one.get("x", 0)) for one in svg.iter("{*}text", "text")]
    assert min(xs) >= 0
    assert max(xs) <= 360


def test_words_are_escaped():
    assert "What <they> said" in words_of_title(
        drawn([UnitRow("A & B", Level.EVERYONE, Full((1, 0, 0, 0, 0)))])
    )


def words_of_title(svg):
    return next(one.text for one in svg.iter("{*}title", "title"))


def test_a_long_scale_has_its_bands_over_its_numbers():
    labels = ["Not important"] * 3 + ["Important"] * 3 + ["Critical"] * 3
    points = tuple(ScalePoint(value=v, label=f"{v}: {label}") for v, label in enumerate(labels, 1))
    scale = Scale(id="nine", points=points, bands={"agree": (7, 8, 9)})
    rows = [UnitRow("Everyone", Level.EVERYONE, Full((0, 0, 0, 0, 0, 0, 20, 30, 40)))]
    said = words(etree.fromstring(str(columns("k", "Important", "", rows, scale))))
    assert [one for one in said if one in {"Not important", "Important", "Critical"}] == [
        "Not important",
        "Important",
        "Critical",
    ]
    assert {str(v) for v in range(1, 10)} <= set(said)


def test_where_words_do_not_fit_the_ends_have_them_and_nothing_has_a_number():
    labels = ("Completely unacceptable", *("Somewhat unacceptable",) * 5, "Completely acceptable")
    points = tuple(ScalePoint(value=v, label=label) for v, label in enumerate(labels, 1))
    scale = Scale(id="seven", points=points, bands={"agree": (6, 7)})
    rows = [UnitRow("Everyone", Level.EVERYONE, Full((20, 21, 22, 23, 24, 25, 26)))]
    said = words(etree.fromstring(str(columns("k", "Acceptable", "", rows, scale))))
    assert {"Completely unacceptable", "Completely acceptable"} <= set(said)
    assert not {str(v) for v in range(1, 8)} & set(said)


def test_a_long_scale_says_which_points_were_chosen(nine):
    rows = [UnitRow("Everyone", Level.EVERYONE, Full((1, 2, 3, 4, 9, 8, 10, 6, 2), 1))]
    svg = etree.fromstring(str(columns("k", "What people said", "Said.", rows, nine)))
    assert "18 of 45 chose 7 to 9" in words(svg)
