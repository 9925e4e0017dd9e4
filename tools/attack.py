"""An attack on shown figures: everything that follows from them for whoever can add, subtract and count.

Unknown are the answers of each smallest set of people at each point of the scale, "can't say" besides. Each
shown figure is an equation; unknowns are whole and not negative. It knows nothing of how figures were
chosen. Linear algebra is exact, in fractions; bounds are whole numbers found by HiGHS.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from delphi.consensus.counts import Histogram

Vector = tuple[Fraction, ...]


class Space:
    """The span of some vectors, kept in reduced form with exact fractions."""

    def __init__(self, vectors: Iterable[Sequence[int]] = ()) -> None:
        self._rows: list[tuple[int, Vector]] = []
        for vector in vectors:
            self.add(vector)

    def add(self, vector: Sequence[int]) -> None:
        """Take one more vector in."""
        left = self._reduced(tuple(map(Fraction, vector)))
        pivot = next((i for i, x in enumerate(left) if x), None)
        if pivot is not None:
            self._rows.append((pivot, tuple(x / left[pivot] for x in left)))

    def __contains__(self, vector: Sequence[int]) -> bool:
        return not any(self._reduced(tuple(map(Fraction, vector))))

    def _reduced(self, vector: Vector) -> Vector:
        for pivot, row in self._rows:
            factor = vector[pivot]
            if factor:
                vector = tuple(x - factor * y for x, y in zip(vector, row, strict=True))
        return vector


class Attack:
    """What follows about one item from shown sums; `true` are the answers, by set of people and point.

    The truth stands in only for what it is compared with, and as the right-hand side of shown sums.
    """

    def __init__(self, true: Mapping[str, Histogram]) -> None:
        self._people = tuple(true)
        self._true = [n for one in true.values() for n in (*one.counts, one.n_unable)]
        self.n_points = len(self._true) // len(self._people)
        self._shown: list[list[int]] = []
        self._space = Space()

    def vector(self, people: Collection[str], points: Collection[int]) -> list[int]:
        """A sum of unknowns: some people, at some places of the scale ("can't say" is the last)."""
        return [
            int(one in people and point in points) for one in self._people for point in range(self.n_points)
        ]

    def show(self, people: Collection[str], points: Collection[int]) -> None:
        """Let the attacker know how many of some people chose one of some points."""
        self._shown.append(self.vector(people, points))
        self._space.add(self._shown[-1])

    def show_in_full(self, people: Collection[str]) -> None:
        """Every point by itself."""
        for point in range(self.n_points):
            self.show(people, [point])

    def show_coarsely(self, people: Collection[str], agree: Collection[int]) -> None:
        """Agree, do not agree, and cannot say."""
        ratings = set(range(self.n_points - 1))
        for points in (set(agree), ratings - set(agree), {self.n_points - 1}):
            self.show(people, points)

    def show_size(self, people: Collection[str]) -> None:
        """Only how many answered."""
        self.show(people, range(self.n_points))

    def follows(self, people: Collection[str], points: Collection[int]) -> bool:
        """Whether a sum follows by adding and subtracting shown figures."""
        return self.vector(people, points) in self._space

    def value(self, people: Collection[str], points: Collection[int]) -> int:
        """The true sum."""
        return sum(n for n, x in zip(self._true, self.vector(people, points), strict=True) if x)

    def least(self, people: Collection[str], points: Collection[int]) -> int:
        """The least number that every shown figure leaves possible."""
        return self._bound(people, points, 1)

    def most(self, people: Collection[str], points: Collection[int]) -> int:
        """The greatest number that every shown figure leaves possible."""
        return -self._bound(people, points, -1)

    def is_told(self, people: Collection[str], points: Collection[int]) -> bool:
        """Whether no other number than the true one is possible."""
        true = self.value(people, points)
        return self.most(people, points) == true == self.least(people, points)

    def _bound(self, people: Collection[str], points: Collection[int], sign: int) -> int:
        aim = sign * np.array(self.vector(people, points), dtype=float)
        if not self._shown:
            return 0 if sign > 0 else -(10**6)
        rows = np.array(self._shown, dtype=float)
        sums = rows @ np.array(self._true, dtype=float)
        found = milp(
            aim,
            constraints=LinearConstraint(rows, sums, sums),
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(aim)),
        )
        if found.status == 3:
            return 0 if sign > 0 else -(10**6)
        if found.x is None:
            raise RuntimeError(f"no bound found: {found.message}")
        return round(float(found.fun))
