"""One item whose figures should come out otherwise: its counts, the aims, and what changing answers costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.ways import Aim
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale

Pull = Literal["higher", "lower", "other"]
"""Which way answers must go: up the scale, down it, or not one way."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How many answers would have to be different.

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

    `groups_of` gives the stakeholder groups behind an `of`, `parts_of` those of each part that counts
    alike; `meets` says of counts whether an aim is met.
    """

    counts: ItemCounts
    aims: tuple[Aim, ...]
    groups_of: Callable[[str], tuple[str, ...]]
    parts_of: Callable[[str], tuple[tuple[str, ...], ...]]
    meets: Callable[[ItemCounts, Aim], bool]
    scale: Scale
    rule: Rule

    def met(self, counts: ItemCounts) -> bool:
        """Whether every aim is met."""
        return all(self.meets(counts, aim) for aim in self.aims)


def with_table(histogram: Histogram, table: Sequence[int]) -> Histogram:
    """The same answers with other ratings; "can't say" and answers left out stay."""
    return Histogram(histogram.minimum, tuple(table), histogram.n_unable, histogram.n_skipped)


def in_place(
    counts: ItemCounts, atoms: Sequence[tuple[str, ...]], tables: Sequence[tuple[int, ...]]
) -> ItemCounts:
    """Each atom's table in its first group: figures of whole sets do not tell its groups apart."""
    changed = dict(counts.by_group)
    for (first, *rest), table in zip(atoms, tables, strict=True):
        changed[first] = with_table(changed[first], table)
        for group in rest:
            changed[group] = with_table(changed[group], (0,) * len(table))
    return ItemCounts(changed)


def witness(
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
            changed[group] = with_table(
                changed[group], [c - g + a for c, g, a in zip(own, gone, came, strict=True)]
            )
    return ItemCounts(changed)


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
            code: with_table(histogram, tables[code]) if code in tables else histogram
            for code, histogram in counts.by_group.items()
        }
    )
