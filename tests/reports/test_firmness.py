"""Panels, rounds and thresholds beside each other: from what was shared, and nothing from what was not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from delphi.consensus.bands import Share
from delphi.consensus.disclosure_release import Display
from delphi.reports.figures import UnitFigures
from delphi.reports.firmness import EQUAL, firmness_of
from delphi.reports.items import ItemRow
from delphi.reports.sections import End, SectionFinding, Step


def unit(kind, agree, label="", **more):
    """A row of figures; nobody's when `agree` is None."""
    display = Display.COARSE if agree else Display.HIDDEN
    share = Share(*agree) if agree else None
    return UnitFigures(kind, label, label, display, "", agree=share, n=share.n if share else None, **more)


def item(criterion, everyone, *panels, round_=1):
    """An item with everyone's share and those of the panels A, B…"""
    rows = [unit("everyone", everyone, "Everyone")]
    rows += [unit("panel", agree, label) for label, agree in zip("AB", panels, strict=False)]
    return ItemRow(
        round_, "s", "Section", 1, 1, criterion, criterion, "", tuple(rows), frozenset(), None, None, None
    )


def finding(code, *rounds, drafts=(1, 1)):
    """A section with the items of each round in which it was put, and its draft there."""
    steps = tuple(
        Step(
            number,
            drafts[number - 1],
            "",
            None,
            "",
            None,
            "",
            "",
            tuple(replace(row, round=number) for row in rows),
        )
        for number, rows in enumerate(rounds, start=1)
    )
    return SectionFinding(code, code.title(), 1, "", End.AGREED, steps)


def test_panels_are_compared_by_the_interval_of_the_published_example():
    firm = firmness_of([finding("x", [item("clear", (104, 150), (56, 70), (48, 80))])], [])
    (one,) = firm.differences
    assert round(one.points, 1) == 20.0
    assert [round(one.interval.low, 4), round(one.interval.high, 4)] == [0.0524, 0.3339]
    assert (firm.n_items, firm.n_clear, firm.only_panels) == (1, 1, ("A", "B"))


def test_the_largest_differences_come_first_and_twelve_are_enough():
    items = [item(f"c{n}", (10, 20), (5, 10), (5 + n % 5, 10)) for n in range(15)]
    firm = firmness_of([finding("x", items)], [])
    sizes = [abs(one.points) for one in firm.differences]
    assert (firm.n_items, len(sizes)) == (15, 12)
    assert sizes == sorted(sizes, reverse=True)


def test_a_panel_that_is_not_shown_is_in_no_comparison_and_no_count():
    firm = firmness_of([finding("x", [item("clear", (9, 10), (5, 5), None)])], [])
    assert firm.differences == ()
    assert [one.reached for one in firm.thresholds] == [{"Everyone": 1, "A": 1, "B": None, EQUAL: None}] * 3


@pytest.mark.parametrize(
    ("drafts", "declared", "n"),
    [((1, 1), None, 1), ((1, 2), "wording", 1), ((1, 2), "no", 0), ((1, 2), None, 0)],
)
def test_rounds_are_compared_only_where_the_words_may_be(drafts, declared, n):
    section = finding("x", [item("clear", (5, 10))], [item("clear", (8, 10))], drafts=drafts)
    revisions = [SimpleNamespace(section="x", for_round=2, comparable=declared)] if declared else []
    changes = firmness_of([section], revisions).changes
    assert [one.points for one in changes] == [30.0] * n
    assert [one.same_draft for one in changes] == [drafts == (1, 1)] * n


def test_a_section_counts_only_if_every_criterion_reaches_the_threshold_exactly():
    exact, just_short = (7, 10), (699, 1000)
    firm = firmness_of(
        [
            finding("in", [item("clear", exact), item("feasible", (10, 10))]),
            finding("out", [item("clear", just_short), item("feasible", (10, 10))]),
        ],
        [],
    )
    first = firm.thresholds[0]
    assert (first.percent, first.reached, first.short) == (70, {"Everyone": 1}, ("1. Out",))
    assert Fraction(*exact) * 100 == first.percent


def test_panels_counted_alike_weigh_a_small_one_like_a_large_one():
    firm = firmness_of([finding("x", [item("clear", (82, 100), (80, 90), (2, 10))])], [])
    eighty = firm.thresholds[-1]
    assert eighty.reached == {"Everyone": 1, "A": 1, "B": 0, EQUAL: 0}


def test_before_anything_is_shared_there_is_nothing_to_compare():
    firm = firmness_of([], [])
    assert (firm.differences, firm.changes, firm.thresholds, firm.only_panels) == ((), (), (), ())


@pytest.mark.slow
def test_the_demo_compares_its_panels_and_the_section_put_again(demo_report):
    firm = demo_report()[0].firmness
    assert (firm.n_items, firm.n_sections) == (40, 10)
    assert {one.after.section for one in firm.changes} == {"local-knowledge"}
    assert [one.reached["Everyone"] for one in firm.thresholds] == [9, 9, 9]
