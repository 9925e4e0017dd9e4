"""Count tables: what every statistic of an item is computed from, so that cost grows with items.

A histogram keeps the full declared scale, also points nobody chose. Only ratings enter `n` and every
denominator; "can't say" and skipped answers are counted beside them and never stored as numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many people chose each point of one item.

    `counts[i]` belongs to the scale value `minimum + i`. `n_unable` people said "can't say",
    `n_skipped` saw the item and left it. All numbers are whole and not negative.
    """

    minimum: int
    counts: tuple[int, ...]
    n_unable: int = 0
    n_skipped: int = 0

    def __post_init__(self) -> None:
        if any(count < 0 for count in (*self.counts, self.n_unable, self.n_skipped)):
            raise ValueError("a count cannot be negative")

    @classmethod
    def empty(cls, minimum: int, length: int) -> Self:
        """A histogram of nobody on a scale of `length` points."""
        return cls(minimum, (0,) * length)

    @property
    def n(self) -> int:
        """Number of ratings."""
        return sum(self.counts)

    @property
    def n_answered(self) -> int:
        """Everyone who answered: ratings and "can't say" (requirement E20)."""
        return self.n + self.n_unable

    @property
    def maximum(self) -> int:
        """The highest point of the scale."""
        return self.minimum + len(self.counts) - 1

    @property
    def values(self) -> range:
        """All points of the scale, low to high."""
        return range(self.minimum, self.maximum + 1)

    def count_in(self, band: Iterable[int]) -> int:
        """How many ratings lie on the given points; ValueError for a point off the scale."""
        total = 0
        for value in band:
            if value not in self.values:
                raise ValueError(f"{value} is not on the scale {self.minimum} to {self.maximum}")
            total += self.counts[value - self.minimum]
        return total

    def __add__(self, other: Histogram) -> Histogram:
        """Everybody of both histograms; both must be on the same scale."""
        if (self.minimum, len(self.counts)) != (other.minimum, len(other.counts)):
            raise ValueError("histograms on different scales cannot be added")
        return Histogram(
            self.minimum,
            tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)),
            self.n_unable + other.n_unable,
            self.n_skipped + other.n_skipped,
        )


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """One item's histograms by stakeholder group; unions and the whole panel are sums of them."""

    by_group: Mapping[str, Histogram]

    def __post_init__(self) -> None:
        if not self.by_group:
            raise ValueError("an item needs at least one stakeholder group")

    def of(self, groups: Iterable[str]) -> Histogram:
        """The histogram of several groups taken together; KeyError for an unknown group."""
        first, *rest = (self.by_group[group] for group in groups)
        if not rest:
            return first
        if any((one.minimum, len(one.counts)) != (first.minimum, len(first.counts)) for one in rest):
            raise ValueError("histograms on different scales cannot be added")
        every = (first, *rest)
        return Histogram(
            first.minimum,
            tuple(map(sum, zip(*(one.counts for one in every), strict=True))),
            sum(one.n_unable for one in every),
            sum(one.n_skipped for one in every),
        )

    @property
    def pooled(self) -> Histogram:
        """All panel members together."""
        return self.of(self.by_group)
