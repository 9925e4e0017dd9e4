"""Numbers of people in tables that may be shared: small ones withheld, and what would give them away.

The rows are those of the feedback (everyone, panels, feedback groups), fixed before the study, and what is
hidden there in a round is hidden here as well. How people answered (on paper, by phone, supported) is
given for the whole panel only: by group nearly each such number would be of fewer people than may be
shown, and what follows from two tables at once could not be seen at a glance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from delphi.consensus.disclosure_nesting import Nesting, close_leaks
from delphi.consensus.disclosure_numbers import Known, sums_told
from delphi.consensus.disclosure_reasons import is_size_told
from delphi.consensus.disclosure_release import Unit, UnitKind


class Shown(StrEnum):
    """How a number of people is given."""

    NUMBER = "number"
    SMALL = "fewer_than_minimum"
    WITHHELD = "not_shown"


@dataclass(frozen=True, slots=True)
class People:
    """A number of people, or why it is not given. `n` is there only when it is shown."""

    shown: Shown
    n: int | None = None

    def in_words(self, min_cell: int) -> str:
        """The number; "fewer than 5" for a small one; "not shown" for one that would give it away."""
        if self.shown is Shown.NUMBER:
            return f"{self.n:,}"
        return f"fewer than {min_cell}" if self.shown is Shown.SMALL else "not shown"


WITHHELD = People(Shown.WITHHELD)


def shown(n: int) -> People:
    """A number given as it is."""
    return People(Shown.NUMBER, n)


Column = dict[Unit, People]


def columns(
    counts: Sequence[Mapping[str, int]],
    nesting: Nesting,
    min_cell: int,
    hidden: Sequence[Collection[Unit]],
    at_most: Collection[tuple[int, int]],
) -> list[Column]:
    """Columns of one table, of which some are at most others in every group: who answered, who had joined.

    `at_most` are pairs of places, (the smaller, the larger). A small number that only one number of people
    would fit, by the sums of its column and the numbers beside it, loses first the words that say it is
    small, and then, if it still is told, the numbers beside it go as well.
    """
    withheld = [set(units) for units in hidden]
    vague: list[set[Unit]] = [set() for _ in counts]
    while True:
        found = [column(one, nesting, min_cell, withheld[i], vague[i]) for i, one in enumerate(counts)]
        told = _told(found, nesting, min_cell, at_most, counts)
        if not told:
            return found
        before = [len(units) for units in (*withheld, *vague)]
        for place, unit in told:
            beside = [larger for smaller, larger in at_most if smaller == place]
            if found[place][unit].shown is Shown.SMALL:
                vague[place].add(unit)
            elif open_ := [i for i in beside if found[i][unit].n is not None]:
                withheld[open_[0]].add(unit)
            else:
                # Nothing beside it is left to go, so that its own column goes.
                withheld[place].update(nesting.units)
                vague[place].update(nesting.units)
        if before == [len(units) for units in (*withheld, *vague)]:
            return found


def column(
    counts: Mapping[str, int],
    nesting: Nesting,
    min_cell: int,
    hidden: Collection[Unit] = (),
    vague: Collection[Unit] = (),
) -> Column:
    """One column of a table by unit, from counts by stakeholder group.

    Nothing that can be worked out by adding and subtracting the numbers of the column is of 1 to
    `min_cell - 1` people. `hidden` units are withheld whatever their number, and of `vague` ones is not said
    that they are small.
    """
    size = {unit: sum(counts[group] for group in unit.groups) for unit in nesting.units}
    small = {unit for unit, n in size.items() if 0 < n < min_cell}

    def is_safe(groups: frozenset[str]) -> bool:
        n = sum(counts[group] for group in groups)
        return n == 0 or n >= min_cell

    closed = small | set(hidden)
    prices = {unit: (0, n) for unit, n in size.items()}
    withheld = closed | close_leaks(nesting, closed, is_safe, prices)
    for left in nesting.remainders(withheld):
        inside = [
            unit for unit in withheld if unit.kind is UnitKind.FEEDBACK_GROUP and {*unit.groups} <= left
        ]
        n_small = sum(unit in small for unit in inside)
        if is_size_told(sum(size[unit] for unit in inside), n_small, len(inside) - n_small, min_cell):
            small -= set(inside)
    small -= set(vague)
    return {unit: _people(n, unit in small, unit in withheld) for unit, n in size.items()}


def _told(
    found: Sequence[Column],
    nesting: Nesting,
    min_cell: int,
    at_most: Collection[tuple[int, int]],
    counts: Sequence[Mapping[str, int]],
) -> list[tuple[int, Unit]]:
    """The small numbers (place of the column, unit) for which all that is shown leaves one possibility."""
    groups = nesting.everyone.groups
    cell = {(i, code): i * len(groups) + j for i in range(len(found)) for j, code in enumerate(groups)}
    sets = {
        (i, unit): frozenset(cell[i, code] for code in unit.groups)
        for i in range(len(found))
        for unit in nesting.units
    }
    small = [
        (i, unit)
        for i, unit in sets
        if found[i][unit].n is None and 0 < sum(counts[i][code] for code in unit.groups) < min_cell
    ]
    if not small:
        return []
    known = [Known(cells, *_range(found[i][unit], min_cell)) for (i, unit), cells in sets.items()]
    pairs = [(cell[a, code], cell[b, code]) for a, b in at_most for code in groups]
    told = sums_told(len(cell), known, pairs, [sets[one] for one in small])
    return [one for one, is_told in zip(small, told, strict=True) if is_told]


def _range(people: People, min_cell: int) -> tuple[int, int | None]:
    """What a number, or what stands in its place, says of how many there are."""
    if people.n is not None:
        return people.n, people.n
    return (1, min_cell - 1) if people.shown is Shown.SMALL else (0, None)


def parts(counts: Sequence[int], min_cell: int) -> tuple[People, ...]:
    """Numbers that make up a shown total: small ones withheld, and a further one if they would follow."""
    small = {i for i, n in enumerate(counts) if 0 < n < min_cell}
    withheld = set(small)
    total = sum(counts[i] for i in small)
    if small and (total < min_cell or is_size_told(total, len(small), 0, min_cell)):
        larger = [i for i, n in enumerate(counts) if n >= min_cell]
        if larger:
            further = min(larger, key=lambda i: counts[i])
            withheld.add(further)
        if not larger or is_size_told(total + counts[further], len(small), 1, min_cell):
            small = set()
    return tuple(_people(n, i in small, i in withheld) for i, n in enumerate(counts))


def alone(n: int, min_cell: int) -> People:
    """A number whose total is not given, or gives nothing away."""
    return _people(n, 0 < n < min_cell, 0 < n < min_cell)


def _people(n: int, is_small: bool, is_withheld: bool) -> People:
    if is_small:
        return People(Shown.SMALL)
    return WITHHELD if is_withheld else shown(n)
