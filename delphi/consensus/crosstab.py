"""Two rounds of one item, of the same people: how many went from each answer to each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from delphi.consensus.counts import Histogram


@dataclass(frozen=True, slots=True)
class CrossTab:
    """`counts[i][j]` people answered `minimum + i` in the earlier round and `minimum + j` in the later one.

    Both rounds are on the full declared scale, so the table is square; counts are whole and not negative.
    """

    minimum: int
    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.counts) for row in self.counts):
            raise ValueError("a table of two rounds has as many columns as rows")
        if any(count < 0 for row in self.counts for count in row):
            raise ValueError("a count cannot be negative")

    @classmethod
    def of_pairs(cls, minimum: int, length: int, pairs: Iterable[tuple[int, int]]) -> Self:
        """Count pairs (earlier, later) on a scale of `length` points; ValueError for a rating off it."""
        table = [[0] * length for _ in range(length)]
        for before, after in pairs:
            for value in (before, after):
                if not minimum <= value < minimum + length:
                    raise ValueError(f"{value} is not on the scale {minimum} to {minimum + length - 1}")
            table[before - minimum][after - minimum] += 1
        return cls(minimum, tuple(tuple(row) for row in table))

    @classmethod
    def of_cells(cls, minimum: int, length: int, cells: Iterable[Sequence[int]]) -> Self:
        """The table with these `cells` (earlier answer, later answer, how many) and nobody elsewhere."""
        table = [[0] * length for _ in range(length)]
        for before, after, count in cells:
            table[before - minimum][after - minimum] = count
        return cls(minimum, tuple(tuple(row) for row in table))

    @classmethod
    def empty(cls, minimum: int, length: int) -> Self:
        """A table of nobody on a scale of `length` points."""
        return cls(minimum, ((0,) * length,) * length)

    @property
    def n_pairs(self) -> int:
        """People who rated the item both times."""
        return sum(map(sum, self.counts))

    @property
    def earlier(self) -> Histogram:
        """What the pairs answered in the earlier round."""
        return Histogram(self.minimum, tuple(map(sum, self.counts)))

    @property
    def later(self) -> Histogram:
        """What the pairs answered in the later round."""
        return Histogram(self.minimum, tuple(map(sum, zip(*self.counts, strict=True))))

    def __add__(self, other: CrossTab) -> CrossTab:
        """Everybody of both tables; ValueError when they are on different scales."""
        if (self.minimum, len(self.counts)) != (other.minimum, len(other.counts)):
            raise ValueError("tables on different scales cannot be added")
        return CrossTab(
            self.minimum,
            tuple(
                tuple(a + b for a, b in zip(mine, others, strict=True))
                for mine, others in zip(self.counts, other.counts, strict=True)
            ),
        )

    def cells(self) -> Iterable[tuple[int, int, int]]:
        """Every cell that somebody is in: earlier answer, later answer, how many."""
        for i, row in enumerate(self.counts):
            for j, count in enumerate(row):
                if count:
                    yield self.minimum + i, self.minimum + j, count

    def differences(self) -> dict[int, int]:
        """How many people moved by how many points, from the largest step down to the largest up."""
        found: dict[int, int] = {}
        for before, after, count in self.cells():
            found[after - before] = found.get(after - before, 0) + count
        return dict(sorted(found.items()))
