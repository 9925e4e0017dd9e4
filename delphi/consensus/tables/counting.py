"""Tables of counts: a row an item (or an item and a group), a column for each point of the scale.

From ratings they are made in one pass over small numbers, a few nanoseconds a rating.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Histogram
from delphi.consensus.tables.columns import Whole

MOST = 2**63
"""What a count, squared and times four lengths of the scale, has to stay below to be exact in 64 bits."""


@dataclass(frozen=True)
class CountTable:
    """`counts[i, v]` people gave item i the point `minimum + v`; nothing is negative.

    Raises ValueError for more people than 64 bits can describe exactly: five hundred million on nine points.
    """

    minimum: int
    counts: Whole

    def __post_init__(self) -> None:
        most = int(self.counts.sum(axis=1).max(initial=0))
        if 4 * most * most * self.counts.shape[1] >= MOST:
            raise ValueError(f"{most} ratings of one item are too many for a table; describe it by itself")

    @classmethod
    def of(cls, histograms: Sequence[Histogram]) -> Self:
        """The table of some histograms, at least one, all on the same scale."""
        first = histograms[0]
        if any((one.minimum, len(one.counts)) != (first.minimum, len(first.counts)) for one in histograms):
            raise ValueError("a table holds histograms on one scale only")
        return cls(first.minimum, np.array([one.counts for one in histograms], dtype=np.int64))

    @property
    def points(self) -> int:
        """How many points the scale has."""
        return int(self.counts.shape[1])

    @property
    def maximum(self) -> int:
        """The highest point of the scale."""
        return self.minimum + self.points - 1

    @cached_property
    def n(self) -> Whole:
        """The number of ratings of each item."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def cumulative(self) -> Whole:
        """How many ratings lie at or below each point."""
        return np.asarray(self.counts.cumsum(axis=1))

    @cached_property
    def places(self) -> Whole:
        """The points by their place on the scale, from 0."""
        return np.arange(self.points, dtype=np.int64)

    def in_band(self, band: Sequence[int]) -> Whole:
        """How many ratings of each item lie on the given points; ValueError for a point off the scale."""
        for value in band:
            if not self.minimum <= value <= self.maximum:
                raise ValueError(f"{value} is not on the scale {self.minimum} to {self.maximum}")
        return np.asarray(self.counts[:, [value - self.minimum for value in band]].sum(axis=1))


def counted(rows: Iterable[NDArray[Any]], kinds: int) -> Whole:
    """How often each row holds each small number, a row of `kinds` counts for each.

    Rows hold whole numbers from 0 up to `kinds` - 1 (what each person said of one item, for instance), and
    are taken one at a time, so that they need not all be there at once.
    """
    found = [np.bincount(row, minlength=kinds) for row in rows]
    return np.stack(found) if found else np.zeros((0, kinds), dtype=np.int64)


def crossed(
    before: Iterable[NDArray[Any]],
    after: Iterable[NDArray[Any]],
    points: int,
    groups: tuple[Whole, int] | None = None,
) -> Whole:
    """Tables of pairs, (items, groups, points, points): how many went from each point to each.

    Both give for each item what the same people said, places on the scale from 0; anything from `points` on
    is no rating. `groups` are each person's group, by its place, and how many groups there are.
    """
    wide = points + 1
    of_group, n_groups = groups or (np.zeros((), dtype=np.int64), 1)
    offset = of_group * (wide * wide)
    codes = (
        offset + np.minimum(first, points).astype(np.int64) * wide + np.minimum(second, points)
        for first, second in zip(before, after, strict=True)
    )
    tables = counted(codes, n_groups * wide * wide)
    return tables.reshape(-1, n_groups, wide, wide)[:, :, :points, :points]
