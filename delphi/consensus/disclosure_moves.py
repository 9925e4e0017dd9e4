"""What a reader cannot rule out: other answers of hidden people with which every shown figure stays true.

People are parted into the finest sets that the shown figures tell apart (*atoms*). A *move* adds one person
to some atoms at one point of the scale and takes one from others, and leaves every shown sum as it is. If a
move is possible at one point and its opposite at another, everybody could have answered otherwise without
any shown figure or any number of people being another. So a count that some possible move changes is not
told. Only moves of single persons between at most `MOST_ATOMS` atoms are looked for: what is found safe is
safe, what is not found might be so too and is then withheld in vain. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

MOST_ATOMS = 4
"""Two sets of people that cross each other part everybody in four: a move across touches all of them."""

Move = tuple[int, ...]
"""What is added to each atom: 1, 0 or -1."""

Shown = tuple[int, ...]
"""Which atoms a shown figure sums: 1 or 0 for each."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves that leave some shown sums as they are; each stands for its opposite too."""

    found: tuple[Move, ...]

    @classmethod
    def of(cls, shown: Collection[Shown], n_atoms: int) -> Moves:
        """All moves among `n_atoms` atoms that change none of the shown sums."""
        return cls(tuple(_moves(tuple(set(shown)), n_atoms)))

    def possible(self, counts: Sequence[int]) -> Iterator[Move]:
        """The moves, opposites too, that take nobody from where nobody is."""
        for move in self.found:
            for way in (move, tuple(-step for step in move)):
                if all(n + step >= 0 for n, step in zip(counts, way, strict=True)):
                    yield way


def _moves(shown: Sequence[Shown], n_atoms: int) -> Iterator[Move]:
    # Atoms with the same shown sums come and go together; a move needs as many to add as to take.
    for n in range(1, min(MOST_ATOMS, n_atoms) + 1):
        for atoms in combinations(range(n_atoms), n):
            for others in product((1, -1), repeat=n - 1):
                steps = (1, *others)
                if all(
                    sum(step * row[atom] for atom, step in zip(atoms, steps, strict=True)) == 0
                    for row in shown
                ):
                    move = [0] * n_atoms
                    for atom, step in zip(atoms, steps, strict=True):
                        move[atom] = step
                    yield tuple(move)


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
        self._within = [frozenset(within.possible(row)) for row in counts]
        self._across = [frozenset(across.possible(row)) for row in counts]

    def is_told(self, atoms: Collection[int], points: Collection[int]) -> bool:
        """Whether it is told how many people of some atoms, one at least, chose one of some points."""
        n = sum(self._counts[point][atom] for point in points for atom in atoms)
        others = [point for point in range(len(self._counts)) if point not in points]
        return n > 0 and all(
            sum(move[atom] for atom in atoms) == 0 for point in points for move in self._moves(point, others)
        )

    def has_one_mind(self, atom: int, ratings: Collection[int]) -> bool:
        """Whether it is told that all ratings of an atom lie on one point, where they do."""
        chosen = [point for point in ratings if self._counts[point][atom]]
        return len(chosen) == 1 and all(move[atom] >= 0 for move in self._moves(chosen[0], ratings))

    def _moves(self, point: int, others: Collection[int]) -> Iterator[Move]:
        """The moves possible at a point whose opposites are possible at another, so that nobody is lost."""
        for other in others:
            if other == point:
                continue
            known = self._within if self._sides[other] == self._sides[point] else self._across
            for move in known[point]:
                if tuple(-step for step in move) in known[other]:
                    yield move
