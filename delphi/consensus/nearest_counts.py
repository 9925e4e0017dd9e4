"""The fewest answers to one item that would have to be others for some figures to pass or fail.

Most rules pull one way: a share that agrees, a median, a mean, RAND's counts all rise when somebody answers
higher. Then nothing helps more than the lowest answers becoming the highest one, which is tried by halving,
exactly and for any number of people. Where figures pull two ways (a spread, an index of disagreement) all
count tables are tried, nearest first, until as many were tried as the caller allows: what is said then is
how many answers would not be enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Literal

from delphi.consensus.appropriateness import LARGEST_BIOMED_PANEL
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.measure import Figures
from delphi.consensus.ways import Aim
from delphi.domain.rule import MedianTest, RandClass, RandUclaTest, ShareTest
from delphi.domain.scale import Scale

Pull = Literal["higher", "lower", "other"]
"""Which way answers must go: up the scale, down it, or not one way."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How many answers would have to be others.

    `is_exact` False: fewer than `n` are not enough, and how many are was not found. `of` says of whom these
    answers must be, where it matters: "pooled", "panel:CODE" or "group:CODE" with a number each. `band` is
    the band of the scale whose share alone would have to change, if it is that. `counts` are those that
    such answers would give: a witness.
    """

    n: int
    is_exact: bool
    pull: Pull
    counts: ItemCounts
    of: tuple[tuple[str, int], ...] = ()
    band: str = ""


@dataclass(slots=True)
class Tries:
    """How many more count tables may be tried."""

    left: int


@dataclass(frozen=True, slots=True)
class ItemAims:
    """What one item's figures should be: its counts, the aims, and how a figure is measured.

    `groups_of` gives the stakeholder groups behind an `of`; `meets` says of counts whether an aim is met.
    """

    counts: ItemCounts
    aims: tuple[Aim, ...]
    groups_of: Callable[[str], tuple[str, ...]]
    meets: Callable[[ItemCounts, Aim], bool]
    scale: Scale

    def met(self, counts: ItemCounts) -> bool:
        """Whether every aim is met."""
        return all(self.meets(counts, aim) for aim in self.aims)


def fewest_answers(item: ItemAims, figures: Figures, tries: Tries) -> Cost | None:
    """The fewest answers to one item that would have to be others; None if no answers would do.

    Parameters
    ----------
    item : ItemAims
        The counts of one item and what its figures should be.
    figures : Figures
        The section's figures as they are, for the number of ratings behind each.
    tries : Tries
        How many count tables may be tried where figures pull two ways; used up as they are.

    Returns
    -------
    Cost or None
        Only ratings change: nobody who said "can't say" or left the item out gives a rating instead, so
        that the number of ratings stays what it is.

    Notes
    -----
    One way: let m people of a set answer differently. At every point of the scale at most m more are then
    at or above it, and with the m lowest answers moved to the top it is m, or all. So no other m answers
    help a figure more that rises with every answer. Sets that lie in each other are served from the inside
    out: what a panel needs counts for everybody too.
    """
    if item.met(item.counts):
        return Cost(0, True, "other", item.counts)
    pulls = {pull_of(aim, item.scale, figures) for aim in item.aims}
    if len(pulls) == 1 and "other" not in pulls and _lie_in_each_other(item):
        return _one_way(item, pulls.pop())
    return _nearest_first(item, tries)


def pull_of(aim: Aim, scale: Scale, figures: Figures) -> Pull:
    """Which way answers must go for an aim; "other" unless no answer that goes this way can harm."""
    test = aim.test
    rises: bool | None = None
    if aim.of.startswith("equal_"):
        return "other"
    if isinstance(test, ShareTest):
        rises = _rises_with_share(test, scale)
    elif isinstance(test, MedianTest):
        rises = _asks_for_more(test)
    elif isinstance(test, RandUclaTest):
        rises = _rises_with_class(test, figures.histogram(aim.of, aim.criterion).n)
    if rises is None:
        return "other"
    return "higher" if rises == aim.passes else "lower"


def _asks_for_more(test: ShareTest | MedianTest) -> bool | None:
    wants_more = test.at_least is not None or test.more_than is not None
    wants_less = test.at_most is not None or test.below is not None
    return None if wants_more == wants_less else wants_more


def _rises_with_share(test: ShareTest, scale: Scale) -> bool | None:
    band, size = set(scale.bands[test.band]), len(scale.bands[test.band])
    more = _asks_for_more(test)
    if more is None:
        return None
    if band == set(scale.values[-size:]):
        return more
    return not more if band == set(scale.values[:size]) else None


def _rises_with_class(test: RandUclaTest, n: int) -> bool | None:
    """By counts, "appropriate" is a high median with few low ratings, which no higher answer undoes.

    With a median in the highest third, half the ratings are high: disagreement then only asks for low ones.
    """
    if test.method == "ipras" or (test.method == "size" and n > LARGEST_BIOMED_PANEL):
        return None
    named = set(test.is_)
    if named in ({RandClass.APPROPRIATE}, {RandClass.APPROPRIATE, RandClass.UNCERTAIN}):
        return True
    if named in ({RandClass.INAPPROPRIATE}, {RandClass.INAPPROPRIATE, RandClass.UNCERTAIN}):
        return False
    return None


def _lie_in_each_other(item: ItemAims) -> bool:
    """Whether any two sets of people are apart, or one is within the other."""
    sets = [set(item.groups_of(aim.of)) for aim in item.aims]
    return all(a <= b or b <= a or not a & b for a in sets for b in sets)


def _one_way(item: ItemAims, pull: Pull) -> Cost | None:
    """From the smallest set of people outwards, the fewest of its most contrary answers that are enough."""
    counts, needed = item.counts, []
    order = list(counts.by_group)
    sets = {aim.of: item.groups_of(aim.of) for aim in item.aims}
    for of in sorted(sets, key=lambda one: (len(sets[one]), order.index(sets[one][0]))):
        groups = sets[of]
        here = [aim for aim in item.aims if aim.of == of]

        def enough(n: int, groups: tuple[str, ...] = groups, here: list[Aim] = here) -> bool:
            changed = moved(counts, groups, n, pull)  # noqa: B023
            return all(item.meets(changed, aim) for aim in here)

        low, high = 0, _movable(counts, groups, pull)
        if not enough(high):
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle + 1, high)
        if low:
            counts = moved(counts, groups, low, pull)
            needed.append((of, low))
    return Cost(sum(n for _, n in needed), True, pull, counts, tuple(needed), _band_alone(item))


def _band_alone(item: ItemAims) -> str:
    """The band that every aim which is not met yet is about; empty where it is something else."""
    tests = [aim.test for aim in item.aims if not item.meets(item.counts, aim)]
    bands = {test.band if isinstance(test, ShareTest) else "" for test in tests}
    return bands.pop() if len(bands) == 1 else ""


def _movable(counts: ItemCounts, groups: Sequence[str], pull: Pull) -> int:
    end = -1 if pull == "higher" else 0
    return sum(counts.by_group[group].n - counts.by_group[group].counts[end] for group in groups)


def moved(counts: ItemCounts, groups: Sequence[str], n: int, pull: Pull) -> ItemCounts:
    """The counts after the `n` most contrary answers of some groups became the end of the scale."""
    tables = {group: list(counts.by_group[group].counts) for group in groups}
    length = len(next(iter(tables.values()), []))
    points, end = (range(length - 1), -1) if pull == "higher" else (range(length - 1, 0, -1), 0)
    for point in points:
        for table in tables.values():
            taken = min(n, table[point])
            table[point] -= taken
            table[end] += taken
            n -= taken
    return ItemCounts(
        {
            code: _with(histogram, tables[code]) if code in tables else histogram
            for code, histogram in counts.by_group.items()
        }
    )


def _with(histogram: Histogram, table: Sequence[int]) -> Histogram:
    return Histogram(histogram.minimum, tuple(table), histogram.n_unable, histogram.n_skipped)


def _nearest_first(item: ItemAims, tries: Tries) -> Cost | None:
    """All count tables at a distance of 1, 2, 3 … answers, by group, until one meets every aim."""
    atoms = _atoms(item)
    start = [item.counts.of(atom) for atom in atoms]
    most = sum(histogram.n for histogram in start)
    for distance in range(1, most + 1):
        for tables in _at_distance(start, distance, tries.left):
            if tries.left <= 0:
                return Cost(distance, False, "other", item.counts)
            tries.left -= 1
            if item.met(_in_place(item.counts, atoms, tables)):
                return Cost(distance, True, "other", _witness(item.counts, atoms, tables))
    return None


def _atoms(item: ItemAims) -> list[tuple[str, ...]]:
    """Groups that stand in the same sets of people; a mean over groups keeps each for itself."""
    if any(aim.of.startswith("equal_") for aim in item.aims):
        return [(group,) for group in item.counts.by_group if item.counts.by_group[group].n]
    sets = list(dict.fromkeys(aim.of for aim in item.aims))
    found: dict[tuple[bool, ...], list[str]] = {}
    for group in item.counts.by_group:
        within = tuple(group in item.groups_of(of) for of in sets)
        if any(within):
            found.setdefault(within, []).append(group)
    return [tuple(groups) for groups in found.values()]


def _in_place(
    counts: ItemCounts, atoms: Sequence[tuple[str, ...]], tables: Sequence[tuple[int, ...]]
) -> ItemCounts:
    """Each atom's table in its first group: figures of whole sets do not tell its groups apart."""
    changed = dict(counts.by_group)
    for (first, *rest), table in zip(atoms, tables, strict=True):
        changed[first] = _with(changed[first], table)
        for group in rest:
            changed[group] = _with(changed[group], (0,) * len(table))
    return ItemCounts(changed)


def _witness(
    counts: ItemCounts, atoms: Sequence[tuple[str, ...]], tables: Sequence[tuple[int, ...]]
) -> ItemCounts:
    """Counts that add up to these tables and in which every group still has as many ratings as it had."""
    changed = dict(counts.by_group)
    for groups, table in zip(atoms, tables, strict=True):
        start = counts.of(groups).counts
        taken = [max(0, old - new) for old, new in zip(start, table, strict=True)]
        given = [max(0, new - old) for old, new in zip(start, table, strict=True)]
        for group in groups:
            own = list(changed[group].counts)
            gone = [min(have, wanted) for have, wanted in zip(own, taken, strict=True)]
            taken = [wanted - one for wanted, one in zip(taken, gone, strict=True)]
            left, came = sum(gone), []
            for room in given:
                came.append(min(left, room))
                left -= came[-1]
            given = [room - one for room, one in zip(given, came, strict=True)]
            changed[group] = _with(
                changed[group], [c - g + a for c, g, a in zip(own, gone, came, strict=True)]
            )
    return ItemCounts(changed)


def _at_distance(
    start: Sequence[Histogram], distance: int, most: int
) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Tables for each histogram that differ from the first ones by so many answers in all.

    Of each histogram at most one more than `most` are held: then not all can be tried anyway.
    """
    for split in _splits(distance, [histogram.n for histogram in start]):
        parts = [
            list(islice(_changed(histogram.counts, n), most + 1))
            for histogram, n in zip(start, split, strict=True)
        ]
        yield from product(*parts)


def _changed(table: tuple[int, ...], n: int) -> Iterator[tuple[int, ...]]:
    """Every table in which exactly `n` answers are others."""
    for taken in _splits(n, table):
        room = [0 if gone else n for gone in taken]
        for given in _splits(n, room):
            yield tuple(c - t + g for c, t, g in zip(table, taken, given, strict=True))


def _splits(n: int, most: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every way to share `n` out, at most so many to each."""
    if not most:
        if n == 0:
            yield ()
        return
    rest = sum(most[1:])
    for first in range(max(0, n - rest), min(n, most[0]) + 1):
        for others in _splits(n - first, most[1:]):
            yield (first, *others)
