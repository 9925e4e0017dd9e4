"""Every count table, nearest first: for figures that pull two ways and look at more than a few places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from delphi.consensus.counts import Histogram
from delphi.consensus.nearest_item import Cost, ItemAims, Tries, in_place, witness


def nearest_first(item: ItemAims, tries: Tries) -> Cost | None:
    """All count tables at a distance of 1, 2, 3 … answers, by group, until one meets every aim."""
    atoms = _atoms(item)
    start = [item.counts.of(atom) for atom in atoms]
    most = sum(histogram.n for histogram in start)
    for distance in range(1, most + 1):
        for tables in _at_distance(start, distance, tries.left):
            if tries.left <= 0:
                return Cost(distance, False, "other", item.counts)
            tries.left -= 1
            if item.met(in_place(item.counts, atoms, tables)):
                return Cost(distance, True, "other", witness(item.counts, atoms, tables))
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
