"""Tests by ranks for many items at once; see `compare_groups` and `concordance`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.tables.columns import Column, Exact, Real, Whole, divided, only
from delphi.consensus.tables.counting import CountTable


def doubled_midranks(counts: Whole) -> Whole:
    """`ranks.doubled_midranks` of each row; 2 x (ratings below) where nobody chose the point."""
    below = counts.cumsum(axis=1) - counts
    return np.asarray(2 * below + counts + (counts > 0))


def untied(counts: Whole) -> Real:
    """n^3 - n less the sum of t^3 - t over the ties of each row, as a sum in which nothing cancels out."""
    t = counts.astype(float)
    n = t.sum(axis=1, keepdims=True)
    return np.asarray((t * (n - t) * (n + t)).sum(axis=1))


def two_sided_normal(z: Real) -> Real:
    """P(|Z| >= |z|) of each."""
    from scipy.special import erfc

    return np.asarray(erfc(np.abs(z) / np.sqrt(2)))


def mann_whitney(a: CountTable, b: CountTable) -> dict[str, Column]:
    """`compare_groups.mann_whitney` of each item, without the exact p."""
    both = a.counts + b.counts
    pairs, n = a.n * b.n, a.n + b.n
    has = pairs > 0
    doubled = (doubled_midranks(both) * a.counts).sum(axis=1) - a.n * (a.n + 1)
    # The variance is n_a n_b / 12 times what is untied, over N (N - 1).
    variance = divided(pairs * untied(both), 12.0 * n * (n - 1))
    distance = np.abs(doubled - pairs) / 2

    def p(correction: float) -> Real:
        z = divided(np.maximum(distance - correction, 0), np.sqrt(variance))
        return np.where(has, np.where(variance > 0, two_sided_normal(z), 1.0), np.nan)

    return {
        "n_a": a.n,
        "n_b": b.n,
        "u_a": only(Exact(doubled, np.full_like(n, 2)), has),
        "u_b": only(Exact(2 * pairs - doubled, np.full_like(n, 2)), has),
        "p_asymptotic_cc": p(0.5),
        "p_asymptotic": p(0.0),
        "cliffs_delta": Exact(doubled - pairs, pairs),
        "prob_superiority_a12": Exact(doubled, 2 * pairs),
    }


def kruskal_wallis(groups: Sequence[CountTable]) -> dict[str, Column]:
    """`compare_groups.kruskal_wallis` of each item over the groups."""
    from scipy.special import chdtrc

    by_group = np.stack([group.counts for group in groups], axis=1)
    sizes, pooled = by_group.sum(axis=2), by_group.sum(axis=1)
    n, k = pooled.sum(axis=1), (sizes > 0).sum(axis=1)
    ranks = doubled_midranks(pooled) - n[:, None] - 1
    # Doubled ranks less their mean: what is between the groups needs no subtraction of large numbers.
    sums = (by_group * ranks[:, None, :]).sum(axis=2).astype(float)
    between = divided(sums * sums, sizes)
    between = np.where(sizes > 0, between, 0.0).sum(axis=1)
    h = np.where(k > 1, divided(3.0 * (n - 1) * between, untied(pooled)), np.nan)
    is_tested = k > 1
    return {
        "k": k,
        "n": n,
        "h": h,
        "df": Exact(k - 1, is_tested.astype(np.int64)),
        "p": np.where(
            is_tested, np.where(np.isnan(h), 1.0, chdtrc(np.maximum(k - 1, 1), np.nan_to_num(h))), np.nan
        ),
        "epsilon_squared": divided(h, n - 1),
        "eta_squared_h": divided(h - k + 1, n - k),
    }


def kendall_w(places: NDArray[Any], points: int) -> dict[str, float | int | None]:
    """Kendall's W and its chi-squared of a block without gaps, items by raters, places on the scale from 0.

    `concordance.kendall_w` also gives F and the exact p, for panels of a size that people read.
    """
    from scipy.special import chdtrc

    n, m = places.shape
    if m < 2 or n < 2:
        return {"n_raters": m, "n_items": n, "w": None, "chi2": None, "df": None, "p_chi2": None}
    columns = np.arange(m) * points
    by_rater = np.zeros(m * points, dtype=np.int64)
    for item in places:
        by_rater[columns + item] += 1
    ladder = by_rater.reshape(m, points)
    ranks = doubled_midranks(ladder).ravel()
    sums = np.array([int(ranks[columns + item].sum()) for item in places])
    s = float(((sums - m * (n + 1)) ** 2).sum())
    most = m * float(untied(ladder).sum())
    if not most:
        return {"n_raters": m, "n_items": n, "w": None, "chi2": None, "df": None, "p_chi2": None}
    w = 3 * s / most
    chi2 = m * (n - 1) * w
    return {
        "n_raters": m,
        "n_items": n,
        "w": w,
        "chi2": chi2,
        "df": n - 1,
        "p_chi2": float(chdtrc(n - 1, chi2)),
    }
