"""What a reader cannot rule out: other answers of hidden people with which every shown figure stays true.

People are parted into the finest sets that the shown figures tell apart (*atoms*). A *move* adds one person
to some atoms at one point of the scale and takes one from others, and leaves every shown sum as it is. If a
move is possible at one point and its opposite at another, people could have answered otherwise without any
shown figure or any number of people being another. So a count that some possible move changes is not told.
Only moves of single persons between at most four atoms are looked for, since two sets that cross each other
part everybody in four: what is found safe is safe, what is not found might be so too and is withheld in
vain. Sets of atoms are whole numbers with a bit for each. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

Move = tuple[int, int]
"""The atoms that gain a person, and those that lose one."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves that leave some shown sums as they are, each with its opposite."""

    found: tuple[Move, ...]

    @classmethod
    def of(cls, shown: Iterable[int], n_atoms: int) -> Moves:
        """All moves among `n_atoms` atoms that change none of the shown sums (sets of atoms)."""
        rows = tuple(set(shown))
        one_way = list(_moves([tuple(row >> atom & 1 for row in rows) for atom in range(n_atoms)]))
        return cls((*one_way, *((minus, plus) for plus, minus in one_way)))


def _moves(shares: Sequence[tuple[int, ...]]) -> Iterator[Move]:
    """Sets of one or two atoms with equal sums: these gain and those lose. `shares` are the sums of each."""
    by_sum: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for atom, share in enumerate(shares):
        by_sum[share].append(1 << atom)
    for a, b in combinations(range(len(shares)), 2):
        both = tuple(x + y for x, y in zip(shares[a], shares[b], strict=True))
        by_sum[both].append(1 << a | 1 << b)
    for sets in by_sum.values():
        for plus, minus in combinations(sets, 2):
            if not plus & minus:
                yield plus, minus


class Reader:
    """What a reader of one item can tell: `counts[point][atom]` people, "can't say" being a point as well.

    `sides[point]` is the side of the agree band on which a point lies; "can't say" has a number of its own.
    `within` are the moves that leave what is shown point by point as it is, `across` those that leave what
    is shown by side as it is besides.
    """

    def __init__(
        self, counts: Sequence[Sequence[int]], sides: Sequence[int], within: Moves, across: Moves
    ) -> None:
        self._counts = counts
        self._sides = sides
        self._within = _Possible(counts, within)
        self._across = _Possible(counts, across)
        self._kept: dict[tuple[frozenset[int], frozenset[int]], tuple[Move, ...]] = {}

    def is_told(self, atoms: int, points: frozenset[int]) -> bool:
        """Whether it is told how many people of some atoms, one at least, chose one of some points."""
        n = sum(row for point in points for row in _chosen(self._counts[point], atoms))
        others = frozenset(range(len(self._counts))) - points
        return n > 0 and all(
            (plus & atoms).bit_count() == (minus & atoms).bit_count()
            for plus, minus in self._moves(points, others)
        )

    def has_one_mind(self, atom: int, ratings: Collection[int]) -> bool:
        """Whether it is told that all ratings of an atom lie on one point, where they do."""
        chosen = frozenset(point for point in ratings if self._counts[point][atom])
        if len(chosen) != 1:
            return False
        moves = self._moves(chosen, frozenset(ratings) - chosen)
        return not any(minus >> atom & 1 for _, minus in moves)

    def _moves(self, points: frozenset[int], others: frozenset[int]) -> tuple[Move, ...]:
        """Moves possible at one of some points whose opposites are possible at one of the others."""
        key = points, others
        if key not in self._kept:
            found: dict[Move, None] = {}
            for point in points:
                for other in others:
                    known = self._within if self._sides[other] == self._sides[point] else self._across
                    found |= dict.fromkeys(known.between(point, other))
            self._kept[key] = tuple(found)
        return self._kept[key]


class _Possible:
    """The moves that take nobody from where nobody is, by point."""

    def __init__(self, counts: Sequence[Sequence[int]], moves: Moves) -> None:
        self._moves = moves.found
        self._somebody = [sum(1 << atom for atom, n in enumerate(row) if n) for row in counts]

    def between(self, point: int, other: int) -> Iterator[Move]:
        """The moves possible at a point, with the opposite at another."""
        here, there = self._somebody[point], self._somebody[other]
        return ((plus, minus) for plus, minus in self._moves if not minus & ~here and not plus & ~there)


def _chosen(row: Sequence[int], atoms: int) -> Iterator[int]:
    return (n for atom, n in enumerate(row) if atoms >> atom & 1)
