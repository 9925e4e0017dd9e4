"""Measures of ordinal consensus for many items at once; see `ordinal_consensus`."""

from __future__ import annotations

import numpy as np

from delphi.consensus.tables.columns import Column, Flags, Real, divided
from delphi.consensus.tables.counting import CountTable

SMALL_SCALE = 2


def ordinal_consensus(table: CountTable) -> dict[str, Column]:
    """Every figure of `ordinal_consensus.ordinal_consensus`, item by item."""
    n, last = table.n[:, None], table.points - 1
    shares = divided(table.counts, n)
    cumulative = divided(table.cumulative, n)
    dispersion = np.minimum(cumulative, 1 - cumulative).sum(axis=1) / (last / 2)
    agreement = van_der_eijk(table)
    return {
        "agreement_a": agreement,
        "polarization": (1 - agreement) / 2,
        "leik_dispersion": dispersion,
        "leik_consensus": 1 - dispersion,
        "tastle_wierman": _tastle_wierman(table, shares),
        "shannon_entropy_bits": -_times_log2(shares, shares).sum(axis=1) + 0.0,
        "blair_lacy_l": np.sqrt(((cumulative[:, :-1] - 0.5) ** 2).sum(axis=1) / (last / 4)),
        "berry_mielke_iov": _berry_mielke(table),
        "esteban_ray_1": _esteban_ray(shares, 1.0),
        "esteban_ray_1_3": _esteban_ray(shares, 1.3),
    }


def van_der_eijk(table: CountTable) -> Real:
    """Agreement A: all histograms are peeled together, a layer of each at a time."""
    if table.points <= SMALL_SCALE:
        return np.full(len(table.n), np.nan)
    left, total = table.counts.copy(), np.zeros(len(table.n))
    for _ in range(table.points):
        chosen = left > 0
        if not chosen.any():
            break
        height = np.where(chosen, left, np.iinfo(left.dtype).max).min(axis=1)
        height = np.where(chosen.any(axis=1), height, 0)
        total += height * chosen.sum(axis=1) * _layers(chosen)
        left = np.where(chosen, left - height[:, None], 0)
    return divided(total, table.n)


def _layers(chosen: Flags) -> Real:
    """A of one layer of each item, from how many of its triples are 110 or 011, and how many 101."""
    points = chosen.shape[1]
    size = chosen.sum(axis=1)
    before = chosen.cumsum(axis=1)
    after = size[:, None] - before
    unchosen = ~chosen
    unimodal = ((before * (before - 1) + after * (after - 1)) // 2 * unchosen).sum(axis=1)
    bimodal = (before * after * unchosen).sum(axis=1)
    measured = divided((points - 2) * unimodal - (points - 1) * bimodal, (points - 2) * (unimodal + bimodal))
    layer = measured * (1 - (size - 1) / (points - 1))
    return np.asarray(np.where(size == points, 0.0, np.where(size <= 1, 1.0, layer)))


def _times_log2(weights: Real, values: Real) -> Real:
    """Weights times the logarithm of values, 0 where there is no weight."""
    logs = np.log2(values, out=np.zeros_like(values), where=weights > 0)
    return np.asarray(weights * logs)


def _tastle_wierman(table: CountTable, shares: Real) -> Real:
    mean = (shares * table.places).sum(axis=1)
    near = 1 - np.abs(table.places - mean[:, None]) / (table.points - 1)
    return np.asarray(1 + _times_log2(shares, near).sum(axis=1))


def _berry_mielke(table: CountTable) -> Real:
    """Distances between all pairs of people, counted gap by gap."""
    below = table.cumulative[:, :-1]
    distance = (below * (table.n[:, None] - below)).sum(axis=1)
    most = (table.n * table.n - table.n % 2) * (table.points - 1)
    found = divided(4 * distance, most)
    return np.where((most == 0) & (table.n > 0), 0.0, found)


def _esteban_ray(shares: Real, alpha: float) -> Real:
    place = np.arange(shares.shape[1], dtype=float)
    apart = np.abs(place[:, None] - place[None, :])
    total = ((shares ** (1 + alpha) @ apart) * shares).sum(axis=1)
    return np.asarray(2 ** (1 + alpha) / (shares.shape[1] - 1) * total)
