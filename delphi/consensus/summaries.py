"""What the ratings of one item look like: location and spread, from its histogram alone.

Exact values are fractions; only the standard deviation, which is a root, is a float. Rounding
belongs to whoever displays them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.counts import Histogram
from delphi.consensus.quantiles import QUARTER, THREE_QUARTERS, median, quantile
from delphi.consensus.reasons import Reason
from delphi.domain.rule import QuantileType


@dataclass(frozen=True, slots=True)
class Summary:
    """Descriptive statistics of one item; a value that is None has its code in `reasons`.

    `n` counts ratings, `n_missing` "can't say" and skipped answers together. `modes` are all values
    with the highest count, ascending; none without ratings.
    """

    n: int
    n_missing: int
    mean: Fraction | None
    sd: float | None
    cv: float | None
    median: Fraction | None
    modes: tuple[int, ...]
    min: int | None
    max: int | None
    q1: Fraction | None
    q3: Fraction | None
    iqr: Fraction | None
    mad_median: Fraction | None
    mean_abs_dev_median: Fraction | None
    quantile_type: QuantileType
    reasons: Mapping[str, Reason]


def summarise(histogram: Histogram, quantile_type: QuantileType = 7) -> Summary:
    """Describe the ratings of one item.

    Parameters
    ----------
    histogram : Histogram
        Counts over the full declared scale.
    quantile_type : {2, 6, 7}
        How the quarters are found; see `quantiles.quantile`.

    Returns
    -------
    Summary
        `sd` has n - 1 in the denominator and is None for one rating (`one_rater`); `cv` is sd / mean,
        None for one rating and for a mean of 0 (`no_variation`: on scales from 0 up every rating is
        then 0). Without ratings all are None (`no_data`).

    Notes
    -----
    `mad_median` is the median of the distances from the median, without the factor 1.4826;
    `mean_abs_dev_median` is their mean, the dispersion measure of the RAND/UCLA manual. The
    coefficient of variation depends on where the scale has its zero: show it for scales from 1 up only.

    References
    ----------
    von der Gracht HA. Consensus measurement in Delphi studies. Technol Forecast Soc Change
    2012;79:1525-36. Fitch K et al. The RAND/UCLA Appropriateness Method User's Manual, 2001.

    Examples
    --------
    >>> summary = summarise(Histogram(1, (0, 0, 0, 4, 0, 0, 5, 0, 0)))
    >>> summary.n, summary.median, summary.modes, float(summary.iqr), round(summary.sd, 10)
    (9, Fraction(7, 1), (7,), 3.0, 1.5811388301)
    >>> summarise(Histogram.empty(1, 9)).reasons["mean"]
    <Reason.NO_DATA: 'no_data'>
    """
    n = histogram.n
    n_missing = histogram.n_unable + histogram.n_skipped
    middle = median(histogram)
    q1, q3 = (quantile(histogram, p, quantile_type) for p in (QUARTER, THREE_QUARTERS))
    if middle is None or q1 is None or q3 is None:
        return _nothing(n_missing, quantile_type)
    chosen = [(v, c) for v, c in zip(histogram.values, histogram.counts, strict=True) if c]
    highest = max(count for _, count in chosen)
    mean = Fraction(sum(value * count for value, count in chosen), n)
    sd = _standard_deviation(chosen, n)
    reasons: dict[str, Reason] = {}
    if sd is None:
        reasons = {"sd": Reason.ONE_RATER, "cv": Reason.ONE_RATER}
    elif mean == 0:
        reasons = {"cv": Reason.NO_VARIATION}
    return Summary(
        n=n,
        n_missing=n_missing,
        mean=mean,
        sd=sd,
        cv=None if sd is None or mean == 0 else sd / float(mean),
        median=middle,
        modes=tuple(value for value, count in chosen if count == highest),
        min=chosen[0][0],
        max=chosen[-1][0],
        q1=q1,
        q3=q3,
        iqr=q3 - q1,
        mad_median=_median_distance(chosen, middle, n),
        mean_abs_dev_median=sum((abs(v - middle) * c for v, c in chosen), Fraction(0)) / n,
        quantile_type=quantile_type,
        reasons=reasons,
    )


_UNDEFINED_WITHOUT_RATINGS = (
    *("mean", "sd", "cv", "median", "min", "max", "q1", "q3", "iqr"),
    *("mad_median", "mean_abs_dev_median"),
)


def _nothing(n_missing: int, quantile_type: QuantileType) -> Summary:
    return Summary(
        n=0,
        n_missing=n_missing,
        mean=None,
        sd=None,
        cv=None,
        median=None,
        modes=(),
        min=None,
        max=None,
        q1=None,
        q3=None,
        iqr=None,
        mad_median=None,
        mean_abs_dev_median=None,
        quantile_type=quantile_type,
        reasons=dict.fromkeys(_UNDEFINED_WITHOUT_RATINGS, Reason.NO_DATA),
    )


def _standard_deviation(chosen: list[tuple[int, int]], n: int) -> float | None:
    """From whole-number sums, so that only the last division and the root are rounded."""
    if n < 2:
        return None
    total = sum(value * count for value, count in chosen)
    squares = sum(value * value * count for value, count in chosen)
    return math.sqrt(Fraction(n * squares - total * total, n * (n - 1)))


def _median_distance(chosen: list[tuple[int, int]], middle: Fraction, n: int) -> Fraction:
    distances = sorted((abs(value - middle), count) for value, count in chosen)

    def at(position: int) -> Fraction:
        reached = 0
        for distance, count in distances:
            reached += count
            if reached >= position:
                return distance
        raise ValueError(f"there is no place {position} among {n} ratings")

    return (at((n + 1) // 2) + at(n // 2 + 1)) / 2
