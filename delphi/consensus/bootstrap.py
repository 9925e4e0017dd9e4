"""How far a median or a share would wander with other people of the same kind: the ideal bootstrap.

Nothing is drawn: the distribution that resampling approaches is computed from the histogram, so the
answer has no seed and costs the same for ten ratings and for ten million.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from statistics import NormalDist

from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import Interval
from delphi.consensus.quantiles import median, order_statistic
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import binomial_at_most

ROUGH_BELOW = 10
"""Ratings below which an interval is to be labelled as rough."""
_SLACK = 1e-12
"""A distribution that reaches a limit up to rounding reaches it."""
_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class Bootstrap(Result):
    """Intervals of one item, percentile and BCa: the median in scale points, the agree share in per cent.

    The keys say 95; `confidence` in each interval says what was asked. With nobody or everybody in the
    band the share's interval has no width: show Wilson's there.
    """

    n: int
    median: Fraction | None
    median_percentile95: Interval | None
    median_bca95: Interval | None
    pct_agree: Fraction | None
    pct_agree_percentile95: Interval | None
    pct_agree_bca95: Interval | None

    @property
    def is_rough(self) -> bool:
        """Too few ratings for the limits to mean what they say."""
        return self.n < ROUGH_BELOW


def bootstrap(histogram: Histogram, agree_band: Collection[int], confidence: float = 0.95) -> Bootstrap:
    """Bootstrap intervals for the median and the share of people in the agree band.

    Parameters
    ----------
    histogram : Histogram
        Ratings of one item.
    agree_band : collection of int
        Points of the agree band; without one there is no share (`band_not_declared`).
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    Bootstrap
        Intervals are None below two ratings (`no_data`, `too_few`).

    Raises
    ------
    ValueError
        If the confidence is not between 0 and 1, or a point is off the scale.

    Notes
    -----
    Resampled shares are Binomial(n, k/n)/n. A resampled median at or below v needs, for odd n, at least
    (n + 1)/2 ratings at or below v; for even n the two middle ratings have a joint distribution. A
    percentile limit is the smallest value whose cumulative probability reaches it. BCa counts half of
    the probability on the observed value into its bias correction, as SciPy does (R's `boot` counts none).

    References
    ----------
    Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171-85.

    Examples
    --------
    >>> found = bootstrap(Histogram(1, (0, 0, 1, 0, 0, 0, 1, 0, 1)), (7, 8, 9))
    >>> found.median_percentile95.low, found.median_percentile95.high, found.pct_agree_bca95.high
    (3.0, 9.0, 100.0)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    n, k = histogram.n, histogram.count_in(agree_band)
    of_median = _of_median(histogram) if n > 1 else None
    of_share = _of_share(k, n) if n > 1 and agree_band else None
    figures: dict[str, Fraction | Interval | None] = {
        "median": median(histogram),
        "median_percentile95": of_median.percentile(confidence) if of_median else None,
        "median_bca95": of_median.bca(confidence) if of_median else None,
        "pct_agree": Fraction(100 * k, n) if n and agree_band else None,
        "pct_agree_percentile95": of_share.percentile(confidence) if of_share else None,
        "pct_agree_bca95": of_share.bca(confidence) if of_share else None,
    }
    few = Reason.TOO_FEW if n else Reason.NO_DATA
    reasons = {key: few for key, value in figures.items() if value is None}
    if not agree_band:
        reasons |= {key: Reason.BAND_NOT_DECLARED for key in figures if key.startswith("pct_agree")}
    return Bootstrap(
        n=n,
        **figures,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        reasons=reasons,
    )


def percentile_intervals(
    histogram: Histogram, agree_band: Collection[int]
) -> tuple[Interval | None, Interval | None]:
    """The 95% percentile intervals of `bootstrap` alone: of the agree share, in per cent, and of the median.

    For pages with hundreds of figures, which have no use for the BCa limits. None below two ratings.

    Examples
    --------
    >>> share, median = percentile_intervals(Histogram(1, (0, 0, 0, 4, 4)), (4, 5))
    >>> (share.low, share.high), (median.low, median.high)
    ((100.0, 100.0), (4.0, 5.0))
    """
    if histogram.n < 2:
        return None, None
    of_share = _of_share(histogram.count_in(agree_band), histogram.n)
    return of_share.percentile(0.95), _of_median(histogram).percentile(0.95)


@dataclass(frozen=True, slots=True)
class _Resampled:
    """The distribution of a resampled statistic: its quantiles, and where the observed value lies in it."""

    quantile: Callable[[float], float]
    below: float
    at_or_below: float
    acceleration: float

    def percentile(self, confidence: float) -> Interval:
        tail = (1 - confidence) / 2
        return Interval(self.quantile(tail), self.quantile(1 - tail), confidence)

    def bca(self, confidence: float) -> Interval:
        bias = _NORMAL.inv_cdf((self.below + self.at_or_below) / 2)
        reach = -_NORMAL.inv_cdf((1 - confidence) / 2)

        def limit(at: float) -> float:
            z = bias + at
            return self.quantile(_NORMAL.cdf(bias + z / (1 - self.acceleration * z)))

        return Interval(limit(-reach), limit(reach), confidence)


def _of_median(histogram: Histogram) -> _Resampled:
    doubled, at_or_below = _medians(histogram)
    n = histogram.n
    here = doubled.index(order_statistic(histogram, (n + 1) // 2) + order_statistic(histogram, n // 2 + 1))
    return _Resampled(
        lambda p: doubled[_first_reaching(at_or_below, p)] / 2,
        below=at_or_below[here - 1] if here else 0.0,
        at_or_below=at_or_below[here],
        acceleration=_acceleration(_medians_without_each(histogram)),
    )


def _of_share(k: int, n: int) -> _Resampled:
    return _Resampled(
        lambda p: 100 * _binomial_quantile(p, n, k) / n,
        below=binomial_at_most(k - 1, n, k / n),
        at_or_below=binomial_at_most(k, n, k / n),
        acceleration=_acceleration([(k - 1, k), (k, n - k)]),
    )


def _medians(histogram: Histogram) -> tuple[list[int], list[float]]:
    """Twice all values that a resampled median can take, ascending, and the probability up to each."""
    n = histogram.n
    chosen = [value for value, count in zip(histogram.values, histogram.counts, strict=True) if count]
    reached = list(accumulate(count for count in histogram.counts if count))
    if n % 2:
        need = (n + 1) // 2
        return [2 * v for v in chosen], [
            1.0 if up == n else 1 - binomial_at_most(need - 1, n, up / n) for up in reached
        ]
    return _even_medians(chosen, reached, n)


def _even_medians(chosen: list[int], reached: list[int], n: int) -> tuple[list[int], list[float]]:
    """The sum of the two middle ratings of a resample of n, n even.

    The lower middle is a and the upper one b > a when exactly half of the resample is at or below a with
    somebody on a, and the other half at or above b with somebody on b.
    """
    half = n // 2
    log_ways = math.lgamma(n + 1) - 2 * math.lgamma(half + 1)

    def log_ends_at(upto: int, before: int) -> float:
        """The logarithm of the probability that half of n lie up to a point with somebody on it."""
        whole = half * math.log(upto / n)
        if not before:
            return whole
        return whole + math.log1p(-math.exp(half * math.log(before / upto)))

    befores = [0, *reached[:-1]]
    ups = [log_ends_at(up, before) for up, before in zip(reached, befores, strict=True)]
    downs = [log_ends_at(n - before, n - up) for up, before in zip(reached, befores, strict=True)]
    found: dict[int, float] = {}
    lower_up_to = 0.0
    for i, a in enumerate(chosen):
        up_to = 1.0 if reached[i] == n else 1 - binomial_at_most(half - 1, n, reached[i] / n)
        both = up_to - lower_up_to
        lower_up_to = up_to
        for j in range(i + 1, len(chosen)):
            p = math.exp(log_ways + ups[i] + downs[j])
            both -= p
            found[a + chosen[j]] = found.get(a + chosen[j], 0.0) + p
        found[2 * a] = found.get(2 * a, 0.0) + max(both, 0.0)
    values = sorted(found)
    return values, list(accumulate(found[value] for value in values))


def _first_reaching(cumulative: Sequence[float], p: float) -> int:
    for place, reached in enumerate(cumulative):
        if reached >= p - _SLACK:
            return place
    return len(cumulative) - 1


def _binomial_quantile(p: float, n: int, k: int) -> int:
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if binomial_at_most(middle, n, k / n) >= p - _SLACK:
            high = middle
        else:
            low = middle + 1
    return low


def _medians_without_each(histogram: Histogram) -> list[tuple[int, int]]:
    """Twice the median without a person, and for how many persons it is that: alike for equal ratings.

    Without somebody at or below a place, what stood behind it moves up.
    """
    n = histogram.n
    middle = [
        (order_statistic(histogram, at), order_statistic(histogram, at + 1)) for at in (n // 2, (n + 1) // 2)
    ]
    return [
        (sum(behind if value <= here else here for here, behind in middle), count)
        for value, count in zip(histogram.values, histogram.counts, strict=True)
        if count
    ]


def _acceleration(without: Sequence[tuple[int, int]]) -> float:
    """The skewness of the jackknife over six; 0 when leaving anybody out changes nothing.

    In whole numbers: distances from the mean are n times as long, which a skewness does not feel.
    """
    n = sum(count for _, count in without)
    total = sum(value * count for value, count in without)
    cubes = sum((total - n * value) ** 3 * count for value, count in without)
    squares = sum((total - n * value) ** 2 * count for value, count in without)
    return cubes / (6 * float(squares) ** 1.5) if squares else 0.0
