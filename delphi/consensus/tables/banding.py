"""Shares of many items at once, with their intervals; see `bands` and `intervals`."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from delphi.consensus.tables.columns import Column, Exact, Intervals, Named, Whole, divided
from delphi.consensus.tables.counting import CountTable

COMET = ("consensus_in", "consensus_out", "no_consensus")


def agreement_bands(
    table: CountTable, agree: Sequence[int], disagree: Sequence[int], confidence: float = 0.95
) -> dict[str, Column]:
    """Counts and per cent in each band, intervals of the agree share, and the COMET definition."""
    high, low = table.in_band(agree), table.in_band(disagree)
    between = table.n - high - low
    bands = {"agree": high, "disagree": low, "neutral": between}
    columns: dict[str, Column] = {f"n_{name}": k for name, k in bands.items()}
    columns |= {f"pct_{name}": Exact(100 * k, table.n) for name, k in bands.items()}
    return columns | {
        "wilson95": wilson(high, table.n, confidence),
        "clopper_pearson95": clopper_pearson(high, table.n, confidence),
        "comet_70_15": comet_70_15(high, low, table.n),
    }


def wilson(k: Whole, n: Whole, confidence: float = 0.95) -> Intervals:
    """`intervals.wilson` of each k of n."""
    z = -NormalDist().inv_cdf((1 - confidence) / 2)
    z2 = z * z
    p = divided(k, n)
    slack = divided(np.full(n.shape, z2), n)
    half = z * np.sqrt(divided(p * (1 - p), n) + divided(slack, 4 * n))
    low, high = (p + slack / 2 - half) / (1 + slack), (p + slack / 2 + half) / (1 + slack)
    return Intervals(np.where((k == 0) & (n > 0), 0.0, low), np.where((k == n) & (n > 0), 1.0, high))


def clopper_pearson(k: Whole, n: Whole, confidence: float = 0.95) -> Intervals:
    """`intervals.clopper_pearson` of each k of n."""
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
    high = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return Intervals(np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan))


def comet_70_15(high: Whole, low: Whole, n: Whole) -> Named:
    """`bands.comet_70_15` of each item."""
    is_in = (100 * high >= 70 * n) & (100 * low < 15 * n)
    is_out = (100 * low >= 70 * n) & (100 * high < 15 * n)
    return Named(np.where(n == 0, -1, np.where(is_in, 0, np.where(is_out, 1, 2))), COMET)
