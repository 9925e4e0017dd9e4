"""Figures that a rule compares, kept exact: rational numbers, and roots of them compared by their squares.

A standard deviation of exactly 1.5 must pass "at most 1.5" on every machine, so no root is taken before a
comparison. Only logarithms and tail probabilities are floats, where a rule asks for such a figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab


@dataclass(frozen=True, slots=True)
class RootFigure:
    """The distance between two square roots, |√square - √other|, that compares exactly with any fraction.

    A plain root has an `other` of 0. Raises ValueError for a negative square.

    >>> RootFigure(Fraction(9, 4)) <= Fraction(3, 2), RootFigure(Fraction(9, 4), Fraction(1)) > Fraction(1, 2)
    (True, False)
    """

    square: Fraction
    other: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if self.square < 0 or self.other < 0:
            raise ValueError("a negative number has no root")

    def __float__(self) -> float:
        return abs(math.sqrt(self.square) - math.sqrt(self.other))

    def __ge__(self, limit: Fraction) -> bool:
        return self._side_of(limit) >= 0

    def __gt__(self, limit: Fraction) -> bool:
        return self._side_of(limit) > 0

    def __le__(self, limit: Fraction) -> bool:
        return self._side_of(limit) <= 0

    def __lt__(self, limit: Fraction) -> bool:
        return self._side_of(limit) < 0

    def _side_of(self, limit: Fraction) -> int:
        """-1 below, 0 at, 1 above: a + b - t² against 2√(ab), both squared once more."""
        if limit < 0:
            return 1
        rest, product = self.square + self.other - limit * limit, 4 * self.square * self.other
        if rest < 0:
            return -1
        return (rest * rest > product) - (rest * rest < product)


def mean_of(histogram: Histogram) -> Fraction | None:
    """The exact mean; None without ratings."""
    if histogram.n == 0:
        return None
    pairs = zip(histogram.values, histogram.counts, strict=True)
    return Fraction(sum(value * count for value, count in pairs), histogram.n)


def variance_of(histogram: Histogram) -> Fraction | None:
    """The exact variance with n - 1; None below two ratings.

    >>> variance_of(Histogram(1, (0, 0, 0, 4, 0, 0, 5, 0, 0)))
    Fraction(5, 2)
    """
    n = histogram.n
    if n < 2:
        return None
    pairs = list(zip(histogram.values, histogram.counts, strict=True))
    total, squares = sum(v * c for v, c in pairs), sum(v * v * c for v, c in pairs)
    return Fraction(n * squares - total * total, n * (n - 1))


def squared_variation_of(histogram: Histogram) -> Fraction | None:
    """The square of the coefficient of variation; None below two ratings and for a mean of 0."""
    mean, variance = mean_of(histogram), variance_of(histogram)
    return None if variance is None or not mean else variance / mean**2


def exact_agreement_a(histogram: Histogram) -> Fraction | None:
    """Van der Eijk's agreement A as a fraction; None without ratings and on a scale of two points.

    The worked example of the R package agrmt (manual, 1.42.12):

    >>> round(float(exact_agreement_a(Histogram(1, (30, 40, 210, 130, 530, 50, 10)))), 4)
    0.6113
    """
    n, points = histogram.n, len(histogram.counts)
    if n == 0 or points < 3:
        return None
    left, total = list(histogram.counts), Fraction(0)
    while any(left):
        chosen = [place for place, count in enumerate(left) if count]
        height = min(left[place] for place in chosen)
        total += Fraction(height * len(chosen), n) * _layer_agreement(chosen, points)
        left = [count - height if count else 0 for count in left]
    return total


def _layer_agreement(chosen: list[int], points: int) -> Fraction:
    """A of one layer of a histogram: of the triplets of points, 110 and 011 speak for it, 101 against."""
    size = len(chosen)
    if size == points:
        return Fraction(0)
    if size == 1:
        return Fraction(1)
    unimodal = bimodal = 0
    for empty in sorted(set(range(points)) - set(chosen)):
        below = sum(place < empty for place in chosen)
        above = size - below
        unimodal += math.comb(below, 2) + math.comb(above, 2)
        bimodal += below * above
    both = unimodal + bimodal
    unimodality = Fraction((points - 2) * unimodal - (points - 1) * bimodal, (points - 2) * both)
    return unimodality * (1 - Fraction(size - 1, points - 1))


def exact_leik_consensus(histogram: Histogram) -> Fraction | None:
    """Leik's consensus, 1 less his dispersion, as a fraction; None without ratings."""
    n = histogram.n
    if n == 0:
        return None
    reached = dispersion = 0
    for count in histogram.counts:
        reached += count
        dispersion += min(reached, n - reached)
    return 1 - Fraction(2 * dispersion, n * (len(histogram.counts) - 1))


def exact_kappa_quadratic(pairs: CrossTab) -> Fraction | None:
    """Cohen's kappa with quadratic weights as a fraction; None when chance would agree on everything.

    >>> round(float(exact_kappa_quadratic(CrossTab(1, ((13, 0, 0), (0, 20, 7), (0, 4, 56))))), 4)
    0.8922
    """
    before, after = pairs.earlier.counts, pairs.later.counts
    points = range(len(before))
    by_chance = sum((i - j) ** 2 * before[i] * after[j] for i in points for j in points)
    seen = sum((a - b) ** 2 * count for a, b, count in pairs.cells())
    return 1 - Fraction(pairs.n_pairs * seen, by_chance) if by_chance else None


def exact_kappa_modified(k: int, n: int) -> Fraction | None:
    """The content validity index beyond chance, (k/n - p) / (1 - p) with p = C(n, k) / 2^n; None below two.

    >>> round(float(exact_kappa_modified(5, 6)), 2)
    0.82
    """
    if n < 2:
        return None
    ways = math.comb(n, k)
    return (Fraction(k << n, n) - ways) / ((1 << n) - ways)
