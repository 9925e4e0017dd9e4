"""The RAND/UCLA method for many items at once; see `appropriateness`."""

from __future__ import annotations

import numpy as np

from delphi.consensus.appropriateness import CLASS_OF_REGION
from delphi.consensus.quantiles import HALF
from delphi.consensus.tables.columns import Column, Exact, Flags, Named, Whole
from delphi.consensus.tables.counting import CountTable
from delphi.consensus.tables.describing import P30, P70, quantile
from delphi.domain.rule import QuantileType

UNCERTAIN = 1
YES_OR_NO = (False, True)


def appropriateness(table: CountTable, quantile_type: QuantileType = 7) -> dict[str, Column]:
    """Every figure of `appropriateness.appropriateness`, a median of 6.5 counting as high."""
    n, has = table.n, table.n > 0
    p30, p70 = quantile(table, P30, quantile_type), quantile(table, P70, quantile_type)
    middle = quantile(table, HALF, 2)
    b, width = p30.bottom, table.maximum - table.minimum
    ipr, both = p70.top - p30.top, p70.top + p30.top
    away = np.abs((table.minimum + table.maximum) * b - both)
    # 2.35 (b - a) / 8 + 1.5 |centre - IPRCP|, all over 160: 47/160 and 3/4 of what `away` counts.
    adjusted = 47 * width * b + 120 * away
    is_apart = 160 * ipr > adjusted
    by_regions = _by_regions(table, middle, is_apart)
    return {
        "median": middle,
        **{key: by_regions[key] for key in _COUNTS},
        "ram_threshold": Exact(np.maximum(1, (n + 1) // 3), has.astype(np.int64)),
        **{key: by_regions[key] for key in _TESTS},
        "p30": p30,
        "p70": p70,
        "ipr": Exact(ipr, b),
        "ipr_central_point": Exact(both, 2 * b),
        "asymmetry_index": Exact(away, 2 * b),
        "ipras": Exact(adjusted, 160 * b),
        "disagreement_index": Exact(160 * ipr, np.where(has, adjusted, 0)),
        "disagreement_ipras": _flags(is_apart, has),
        **{key: by_regions[key] for key in _CLASSES},
    }


def _by_regions(table: CountTable, middle: Exact, is_apart: Flags) -> dict[str, Column]:
    """What needs the scale cut into three; nowhere a value where it cannot be."""
    n, has = table.n, table.n > 0
    third, left_over = divmod(table.points, 3)
    if left_over:
        nothing = Named(np.full(len(n), -1), ())
        return dict.fromkeys((*_COUNTS, *_TESTS, *_CLASSES), nothing)
    low, mid, high = (table.counts[:, part : part + third].sum(axis=1) for part in (0, third, 2 * third))
    # Medians are doubled: half a point above the middle region's last point joins the high one.
    top, bottom = 2 * (table.minimum + third - 1), 2 * (table.minimum + 2 * third)
    region = np.where(middle.top <= top, 0, np.where(middle.top > bottom - 2, 2, 1))
    threshold = np.maximum(1, (n + 1) // 3)
    outside = n - np.choose(region, (low, mid, high))
    disagreement = (low >= threshold) & (high >= threshold)
    return {
        **dict(zip(_COUNTS, (low, mid, high), strict=True)),
        "disagreement_biomed": _flags(disagreement, has),
        "agreement_biomed": _flags(outside <= threshold - 1, has),
        "disagreement_third": _flags((3 * low >= n) & (3 * high >= n), has),
        "class_biomed": _classes(np.where(disagreement, UNCERTAIN, region), has),
        "class_ipras": _classes(np.where(is_apart, UNCERTAIN, region), has),
    }


_COUNTS = ("n_low", "n_mid", "n_high")
_TESTS = ("disagreement_biomed", "agreement_biomed", "disagreement_third")
_CLASSES = ("class_biomed", "class_ipras")


def _flags(values: Flags, has: Flags) -> Named:
    return Named(np.where(has, values.astype(np.int64), -1), YES_OR_NO)


def _classes(region: Whole, has: Flags) -> Named:
    return Named(np.where(has, region, -1), tuple(str(one) for one in CLASS_OF_REGION))
