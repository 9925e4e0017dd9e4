"""Location and spread of many items at once; see `summaries` and `quantiles` for what each figure means."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from delphi.consensus.quantiles import HALF, QUARTER, THREE_QUARTERS
from delphi.consensus.tables.columns import Column, Exact, Real, Whole, divided, only
from delphi.consensus.tables.counting import CountTable
from delphi.domain.rule import QuantileType

P30, P70 = Fraction(3, 10), Fraction(7, 10)
TYPES: tuple[QuantileType, ...] = (7, 2, 6)


def descriptives(table: CountTable) -> dict[str, Column]:
    """What `summaries.summarise` and `quantiles.quantile` say of each item, under the codebook's names."""
    n, has = table.n, table.n > 0
    total, squares = sums(table)
    mean = Exact(total, n)
    sd = standard_deviation(n, squares)
    middle = quantile(table, HALF, 2)
    chosen = table.counts > 0
    lowest = table.minimum + chosen.argmax(axis=1)
    highest = table.maximum - chosen[:, ::-1].argmax(axis=1)
    columns: dict[str, Column] = {
        "n": n,
        "mean": mean,
        "sd": sd,
        "cv": divided(sd, mean.numbers()),
        "median": middle,
        "modes": _modes(table),
        "min": Exact(lowest, has.astype(np.int64)),
        "max": Exact(highest, has.astype(np.int64)),
    }
    columns |= _distances(table, middle)
    for kind in TYPES:
        columns |= quartiles(table, kind, f"_type{kind}")
        columns |= {f"p{int(100 * p)}_type{kind}": quantile(table, p, kind) for p in (P30, P70)}
    return columns


def quartiles(table: CountTable, kind: QuantileType, suffix: str = "") -> Mapping[str, Exact]:
    """The quarters of each panel and the distance between them."""
    low, high = quantile(table, QUARTER, kind), quantile(table, THREE_QUARTERS, kind)
    return {
        f"q1{suffix}": low,
        f"q3{suffix}": high,
        f"iqr{suffix}": Exact(high.top - low.top, low.bottom),
    }


def quantile(table: CountTable, p: Fraction, kind: QuantileType) -> Exact:
    """`quantiles.quantile` of each item, in whole numbers: a position n p that is whole is known to be."""
    n, a, b = table.n, p.numerator, p.denominator
    if kind == 2:
        place, left = np.divmod(n * a, b)
        is_whole = left == 0
        low = at(table, np.where(is_whole, np.maximum(place, 1), place + 1))
        high = at(table, np.where(is_whole, np.minimum(place + 1, n), place + 1))
        return only(Exact(low + high, np.full_like(n, 2)), n > 0)
    numerator = (n + 1) * a if kind == 6 else b + (n - 1) * a
    place, left = np.divmod(np.clip(numerator, b, n * b), b)
    low, high = at(table, place), at(table, np.minimum(place + 1, n))
    return only(Exact(low * b + left * (high - low), np.full_like(n, b)), n > 0)


def at(table: CountTable, place: Whole) -> Whole:
    """The rating in a place, from 1, when each item's are sorted; any point where there is no such place."""
    below = (table.cumulative < place[:, None]).sum(axis=1)
    return np.asarray(table.minimum + np.minimum(below, table.points - 1))


def sums(table: CountTable) -> tuple[Whole, Real]:
    """Of each item the sum of the ratings, and n times the sum of their squared distances from the mean."""
    places = table.counts @ table.places
    # Pair by pair: all are positive, so that nothing cancels out and no panel is too large.
    apart = (table.places[:, None] - table.places[None, :]) ** 2 / 2
    counts = table.counts.astype(float)
    return np.asarray(places + table.n * table.minimum), np.asarray(((counts @ apart) * counts).sum(axis=1))


def standard_deviation(n: Whole, squares: Real) -> Real:
    """With n - 1 in the denominator; NaN for fewer than two ratings."""
    return np.asarray(np.sqrt(divided(squares, np.where(n > 1, n * (n - 1.0), 0))))


def _modes(table: CountTable) -> list[list[int]]:
    most = table.counts.max(axis=1)
    is_mode = (table.counts == most[:, None]) & (most > 0)[:, None]
    found: list[list[int]] = [[] for _ in table.counts]
    for item, place in zip(*(one.tolist() for one in np.nonzero(is_mode)), strict=True):
        found[item].append(table.minimum + place)
    return found


def _distances(table: CountTable, middle: Exact) -> dict[str, Column]:
    """The median and the mean of the distances from the median, counted by half points."""
    halves = np.abs(2 * (table.minimum + table.places) - middle.top[:, None])
    halves = np.where(table.n[:, None] > 0, halves, 0)
    wide = 2 * table.points
    codes = (np.arange(len(halves))[:, None] * wide + halves).ravel()
    weights = table.counts.ravel().astype(float)
    spread = np.bincount(codes, weights=weights, minlength=len(halves) * wide).astype(np.int64)
    by_distance = CountTable(0, spread.reshape(len(halves), wide))
    of_distances = quantile(by_distance, HALF, 2)
    total = (table.counts * halves).sum(axis=1)
    return {
        "mad_median": Exact(of_distances.top, 2 * of_distances.bottom),
        "mean_abs_dev_median": Exact(total, 2 * table.n),
    }
