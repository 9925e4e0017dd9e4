"""Numbers of people: what is withheld cannot be worked out from what is shown."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from delphi.consensus.disclosure_nesting import Nesting
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.reports.protect import People, Shown, alone, column, columns, parts

MINIMUM = 5


def structure(sizes):
    """Two panels with these many groups each; every group is a feedback group of its own."""
    codes = [[f"p{panel}g{group}" for group in range(n)] for panel, n in enumerate(sizes)]
    return GroupStructure(
        tuple(Group(code, code) for code in itertools.chain(*codes)),
        tuple(GroupUnion(f"p{i}", f"Panel {i}", tuple(found)) for i, found in enumerate(codes)),
        tuple(GroupUnion(code, code, (code,)) for code in itertools.chain(*codes)),
    )


def rank(rows):
    """The rank of a small matrix of whole numbers, exactly."""
    table = [[Fraction(cell) for cell in row] for row in rows]
    found = 0
    for place in range(len(table[0]) if table else 0):
        pivot = next((row for row in table[found:] if row[place]), None)
        if pivot is None:
            continue
        table.remove(pivot)
        table.insert(found, pivot)
        for i, row in enumerate(table):
            if i != found and row[place]:
                factor = row[place] / pivot[place]
                table[i] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        found += 1
    return found


COUNTS = st.lists(st.integers(0, 14), min_size=2, max_size=4)


@given(COUNTS, COUNTS)
def test_no_small_number_follows_from_the_others_of_its_column(first, second):
    groups = structure((len(first), len(second)))
    counts = dict(zip(groups.group_codes, [*first, *second], strict=True))
    nesting = Nesting.of(groups, "Everyone")
    shown = column(counts, nesting, MINIMUM)
    known = [
        [code in unit.groups for code in groups.group_codes]
        for unit, people in shown.items()
        if people.n is not None
    ]
    for subset in _subsets(groups.group_codes):
        n = sum(counts[code] for code in subset)
        vector = [code in subset for code in groups.group_codes]
        if 0 < n < MINIMUM and known:
            assert rank([*known, vector]) > rank(known), f"{subset} follow: {n} people"


@given(COUNTS, COUNTS)
def test_a_number_is_given_as_it_is_or_not_at_all(first, second):
    groups = structure((len(first), len(second)))
    counts = dict(zip(groups.group_codes, [*first, *second], strict=True))
    for unit, people in column(counts, Nesting.of(groups, "Everyone"), MINIMUM).items():
        n = sum(counts[code] for code in unit.groups)
        assert people.n in (None, n)
        if people.shown is Shown.SMALL:
            assert 0 < n < MINIMUM
        if n == 0:
            assert people.shown is not Shown.SMALL


@given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_parts_leave_more_than_one_possibility_for_each_withheld_number(counts):
    found = parts(counts, MINIMUM)
    total = sum(counts)
    possible = [
        guess
        for guess in itertools.product(*(_possible(people, total) for people in found))
        if sum(guess) == total
    ]
    assert tuple(counts) in possible
    if sum(n > 0 for n in counts) < 2 or total < MINIMUM:
        return
    for i, people in enumerate(found):
        if people.n is None and not _all_withheld(found):
            assert len({guess[i] for guess in possible}) > 1, (counts, found)


@st.composite
def tables(draw):
    """Invited, consented and answering twice, by group: each at most what comes before it."""
    shape = draw(st.sampled_from([(2, 1), (3,), (2, 2), (3, 2)]))
    groups = structure(shape)
    invited = {code: draw(st.sampled_from((3, 5, 6, 8, 11))) for code in groups.group_codes}
    fewer = st.sampled_from((0, 0, 1, 2))
    consented = {code: max(n - draw(fewer), 0) for code, n in invited.items()}
    rounds = [{code: max(n - draw(fewer), 0) for code, n in consented.items()} for _ in range(2)]
    return groups, [invited, consented, *rounds]


ORDER = [(1, 0), (2, 1), (3, 1)]


class Reader:
    """Who sees the whole table, and knows that numbers are whole and each column at most the one before."""

    def __init__(self, found, codes):
        self._place = {
            (i, code): i * len(codes) + j for i in range(len(found)) for j, code in enumerate(codes)
        }
        known = [
            (self._row((i, code, 1) for code in unit.groups), *self._range(people))
            for i, one in enumerate(found)
            for unit, people in one.items()
        ]
        known += [
            (self._row([(larger, code, 1), (smaller, code, -1)]), 0, np.inf)
            for smaller, larger in ORDER
            for code in codes
        ]
        self._limits = LinearConstraint(*map(np.array, zip(*known, strict=True)))

    def _row(self, entries):
        vector = np.zeros(len(self._place))
        for i, code, sign in entries:
            vector[self._place[i, code]] += sign
        return vector

    @staticmethod
    def _range(people):
        if people.n is not None:
            return people.n, people.n
        return (1, MINIMUM - 1) if people.shown is Shown.SMALL else (0, np.inf)

    def is_told(self, i, unit, n):
        aim = self._row((i, code, 1) for code in unit.groups)
        best = [milp(sign * aim, constraints=self._limits, integrality=np.ones(len(aim))) for sign in (1, -1)]
        return all(one.x is not None and round(aim @ one.x) == n for one in best)


@settings(max_examples=12, deadline=None)
@given(tables())
def test_no_small_number_follows_from_the_columns_beside_it(data):
    groups, counts = data
    found = columns(counts, Nesting.of(groups, "Everyone"), MINIMUM, [()] * 4, ORDER)
    reader = Reader(found, groups.group_codes)
    for i, one in enumerate(found):
        for unit, people in one.items():
            n = sum(counts[i][code] for code in unit.groups)
            if people.n is None and 0 < n < MINIMUM:
                assert not reader.is_told(i, unit, n), (i, unit.code, n)


def test_a_number_beside_a_small_one_goes_where_it_would_tell_it():
    """Of two groups of five who joined, nine answered: one group all, the other four."""
    groups = structure((2, 1))
    nesting = Nesting.of(groups, "Everyone")
    joined = {"p0g0": 5, "p0g1": 5, "p1g0": 9}
    answered = {"p0g0": 4, "p0g1": 5, "p1g0": 9}
    found = columns([joined, answered], nesting, MINIMUM, [(), ()], [(1, 0)])
    by_code = [{unit.code: people.in_words(MINIMUM) for unit, people in one.items()} for one in found]
    assert [one["p0g0"] for one in by_code] == ["5", "not shown"]


def test_a_column_follows_what_the_feedback_hid():
    groups = structure((1, 3))
    nesting = Nesting.of(groups, "Everyone")
    hidden = {unit for unit in nesting.units if unit.code in ("p1g1", "p1g2")}
    shown = column({"p0g0": 15, "p1g0": 8, "p1g1": 5, "p1g2": 4}, nesting, MINIMUM, hidden)
    words = {unit.code or "all": people.in_words(MINIMUM) for unit, people in shown.items()}
    assert words == {
        "all": "32",
        "p0": "15",
        "p1": "17",
        "p0g0": "15",
        "p1g0": "8",
        "p1g1": "not shown",
        "p1g2": "fewer than 5",
    }


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([35, 3, 4, 0], ["35", "fewer than 5", "fewer than 5", "0"]),
        ([42, 0, 4, 0], ["not shown", "0", "fewer than 5", "0"]),
        # Twice "fewer than 5" and a total of 8 would say twice 4.
        ([20, 4, 4], ["not shown", "fewer than 5", "fewer than 5"]),
        ([4, 4], ["not shown", "not shown"]),
        ([40, 0], ["40", "0"]),
    ],
)
def test_parts_of_a_total(counts, words):
    assert [people.in_words(MINIMUM) for people in parts(counts, MINIMUM)] == words


@pytest.mark.parametrize(("n", "words"), [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5")])
def test_a_number_alone(n, words):
    assert alone(n, MINIMUM).in_words(MINIMUM) == words


def _subsets(codes):
    return itertools.chain.from_iterable(
        itertools.combinations(codes, size) for size in range(1, len(codes) + 1)
    )


def _possible(people: People, total: int):
    if people.n is not None:
        return [people.n]
    return range(1, MINIMUM) if people.shown is Shown.SMALL else range(total + 1)


def _all_withheld(found):
    return all(people.n is None for people in found)
