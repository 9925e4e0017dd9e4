"""Which cells of one item are shown as agree or do not agree only (requirement E23), and at what loss.

A reader who knows that counts are whole and not negative learns from noughts as well. What is shown in
full gives the points of every *remainder* (see `disclosure_nesting`); what is shown at all, coarsely too,
gives the two sides of every *piece*, the remainders of what is shown. Each remainder is a union of pieces,
and a side of a remainder is a table of pieces by points with known sums, in which a cell can be anything
between its Fréchet bounds. So a piece is told to be of one mind exactly when it lies on one side, and its
remainder has ratings on one point of that side only. This is what must not be.

References
----------
Dobra and Fienberg 2000, *Proc. Natl Acad. Sci.* 97(22), 11885 (bounds of cells whose sums are known);
Hundepool et al. 2012, *Statistical Disclosure Control*, chapter 5. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure_nesting import Nesting, Price
from delphi.consensus.disclosure_release import Unit, UnitKind

MOST_TRIED = 12
"""So many units are searched in full for the least loss; beyond, one at a time and then back again."""

Counts = tuple[int, ...]


def coarse_units(
    item: ItemCounts, nesting: Nesting, hidden: Collection[Unit], band: Sequence[int]
) -> frozenset[Unit]:
    """The shown units whose figures for one item are given as agree or do not agree only.

    Units of one mind on a side of several points, and further ones so that nobody can tell that any set of
    people was. Loss is kept least: everyone in full if it can be, then as many panels as possible, then as
    many groups, then cells of one side before mixed ones, small before large, last in the study's order.
    """
    view = _Item(item, nesting, hidden, band)
    closed = frozenset(hidden) | view.of_one_mind
    return (closed | _least_further(nesting, closed, view)) - frozenset(hidden)


def tells_each_answer(histogram: Histogram, band: Collection[int]) -> bool:
    """True if full figures would give away each rating, and agree or not would give away less."""
    chosen = [value for value in histogram.values if histogram.counts[value - histogram.minimum]]
    if len(chosen) != 1:
        return False
    return sum((value in band) == (chosen[0] in band) for value in histogram.values) > 1


class _Item:
    """One item's counts as the search needs them, each union of groups added up once."""

    def __init__(
        self, item: ItemCounts, nesting: Nesting, hidden: Collection[Unit], band: Collection[int]
    ) -> None:
        self._item = item
        self._band = band
        self._nesting = nesting
        self._counts = {code: histogram.counts for code, histogram in item.by_group.items()}
        values = item.pooled.values
        sides = [
            frozenset(place for place, value in enumerate(values) if (value in band) == agrees)
            for agrees in (True, False)
        ]
        self._sides = [side for side in sides if len(side) > 1]
        self._safe: dict[frozenset[str], bool] = {}
        shown = [unit for unit in nesting.units if unit not in hidden]
        leaves = [frozenset(unit.groups) for unit in shown if unit.kind is UnitKind.FEEDBACK_GROUP]
        self._pieces = list(self._one_sided([*leaves, *nesting.remainders(hidden)]))
        self.of_one_mind = frozenset(unit for unit in shown if tells_each_answer(item.of(unit.groups), band))

    @cached_property
    def prices(self) -> Mapping[Unit, Price]:
        """What it costs to show each unit coarsely for another's sake."""
        return {unit: price_of_coarse(self._item.of(unit.groups), self._band) for unit in self._nesting.units}

    def _one_sided(
        self, pieces: Collection[frozenset[str]]
    ) -> Iterator[tuple[frozenset[str], frozenset[int]]]:
        """The pieces whose ratings all lie on one side of several points, with that side."""
        for piece in pieces:
            chosen = {place for place, n in enumerate(self._sum(piece)) if n}
            for side in self._sides:
                if chosen and chosen <= side:
                    yield piece, side

    def _sum(self, groups: Collection[str]) -> Counts:
        return tuple(map(sum, zip(*(self._counts[code] for code in groups), strict=True)))

    def is_safe(self, remainder: frozenset[str]) -> bool:
        """Whether these points may be worked out: no piece of the people is told to be of one mind."""
        if remainder not in self._safe:
            inside = [side for piece, side in self._pieces if piece <= remainder]
            chosen = {place for place, n in enumerate(self._sum(remainder)) if n} if inside else set()
            self._safe[remainder] = all(len(chosen & side) > 1 for side in inside)
        return self._safe[remainder]

    def is_closed(self, closed: Collection[Unit]) -> bool:
        """Whether nothing leaks once these units are not shown in full."""
        return all(self.is_safe(left) for left in self._nesting.remainders(closed))


def _least_further(nesting: Nesting, closed: frozenset[Unit], view: _Item) -> frozenset[Unit]:
    """The further units to show coarsely, at the least loss."""
    if view.is_closed(closed):
        return frozenset()
    by_branch = [
        _least_in_branch(
            [group for group in branch.groups if group not in closed], branch.panel, closed, view
        )
        for branch in nesting.branches
        if branch.panel not in closed
    ]
    if None not in by_branch:
        found = frozenset[Unit]().union(*(one for one in by_branch if one is not None))
        # Panels are closed one by one only where groups do not do, so nothing of less loss is left out.
        if view.is_closed(closed | found):
            return found
    candidates = [unit for unit in nesting.units if unit not in closed]
    if len(candidates) <= MOST_TRIED:
        for wanted in _classes(candidates):
            safe = [one for one in wanted if view.is_closed(closed | one)]
            if safe:
                return min(safe, key=lambda one: _cost(one, nesting, view))
    return _one_at_a_time(candidates, closed, view)


def _least_in_branch(
    groups: Sequence[Unit], panel: Unit, closed: frozenset[Unit], view: _Item
) -> frozenset[Unit] | None:
    """The fewest groups of an open panel to close so that nothing of that panel leaks; None if none do."""
    inside = set(panel.groups)
    left = frozenset(
        code
        for unit in closed
        if unit.kind is UnitKind.FEEDBACK_GROUP and inside.issuperset(unit.groups)
        for code in unit.groups
    )
    if not left or view.is_safe(left):
        return frozenset()
    for n in range(1, len(groups) + 1) if len(groups) <= MOST_TRIED else (1, 2):
        safe = [
            frozenset(some)
            for some in combinations(groups, n)
            if view.is_safe(left.union(*(unit.groups for unit in some)))
        ]
        if safe:
            place = {unit: i for i, unit in enumerate(groups)}
            return min(safe, key=lambda one: (_price_of(one, view), sorted(place[unit] for unit in one)))
    return None


def _classes(candidates: Sequence[Unit]) -> Iterator[list[frozenset[Unit]]]:
    """All sets of units, those of equal rank together and those of less loss first."""
    everyone = [unit for unit in candidates if unit.kind is UnitKind.EVERYONE]
    panels = [unit for unit in candidates if unit.kind is UnitKind.PANEL]
    groups = [unit for unit in candidates if unit.kind is UnitKind.FEEDBACK_GROUP]
    for first in range(len(everyone) + 1):
        for n_panels in range(len(panels) + 1):
            for n_groups in range(len(groups) + 1):
                yield [
                    frozenset((*everyone[:first], *some, *others))
                    for some in combinations(panels, n_panels)
                    for others in combinations(groups, n_groups)
                ]


def _one_at_a_time(candidates: Sequence[Unit], closed: frozenset[Unit], view: _Item) -> frozenset[Unit]:
    """Close from the least to the greatest loss until nothing leaks, then open again what need not be."""
    rank = {UnitKind.FEEDBACK_GROUP: 0, UnitKind.PANEL: 1, UnitKind.EVERYONE: 2}
    ordered = sorted(candidates, key=lambda unit: (rank[unit.kind], view.prices[unit]))
    further: list[Unit] = []
    for unit in ordered:
        if view.is_closed(closed.union(further)):
            break
        further.append(unit)
    for unit in reversed(ordered):
        without = [one for one in further if one is not unit]
        if unit in further and view.is_closed(closed.union(without)):
            further = without
    return frozenset(further)


def _price_of(units: Collection[Unit], view: _Item) -> tuple[int, int]:
    return sum(view.prices[unit][0] for unit in units), sum(view.prices[unit][1] for unit in units)


def _cost(units: Collection[Unit], nesting: Nesting, view: _Item) -> tuple[tuple[int, int], list[int]]:
    return _price_of(units, view), sorted(nesting.units.index(unit) for unit in units)


def price_of_coarse(histogram: Histogram, band: Collection[int]) -> Price:
    """What it costs to show a unit coarsely for the sake of another.

    A unit all of one side comes first: beside it, a reader cannot tell which of the two was of one mind.
    """
    is_mixed = 0 < histogram.count_in(band) < histogram.n
    return int(is_mixed), histogram.n_answered
