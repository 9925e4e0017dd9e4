"""How far the share that agrees and the median would wander: the intervals that stand beside each figure.

By the ideal bootstrap, percentile limits: no seed, the same each time. Where nobody or everybody agrees its
interval has no width, and Wilson's is given instead. Kept for the figures of a page: many items share one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from delphi.consensus.bootstrap import ROUGH_BELOW, percentile_intervals
from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import Interval, wilson


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """95% intervals of one item: the share in per cent, the median in points; None below two ratings."""

    n: int
    share: Interval | None
    share_is_wilson: bool
    median: Interval | None

    @property
    def is_rough(self) -> bool:
        """Fewer than ten ratings: the limits are a hint."""
        return self.n < ROUGH_BELOW

    @property
    def share_words(self) -> str:
        """In per cent: "71 to 93"; empty without an interval."""
        return f"{round(self.share.low)} to {round(self.share.high)}" if self.share else ""

    @property
    def median_words(self) -> str:
        """In scale points: "4 to 5", one number where both ends are the same; empty without an interval."""
        if self.median is None:
            return ""
        low, high = f"{self.median.low:g}", f"{self.median.high:g}"
        return low if low == high else f"{low} to {high}"


def uncertainty(histogram: Histogram, agree_band: tuple[int, ...]) -> Uncertainty:
    """The intervals of one item for one set of people.

    Parameters
    ----------
    histogram : Histogram
        Ratings of one item.
    agree_band : tuple of int
        Points of the agree band.

    Returns
    -------
    Uncertainty
        Percentile limits of the ideal bootstrap (see `bootstrap`); for nobody or everybody Wilson's.

    References
    ----------
    Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171-85.

    Examples
    --------
    >>> found = uncertainty(Histogram(1, (0, 0, 0, 4, 4)), (4, 5))
    >>> found.share_words, found.share_is_wilson, found.is_rough
    ('68 to 100', True, True)
    """
    return _uncertainty(histogram.minimum, histogram.counts, agree_band)


@lru_cache(maxsize=4096)
def _uncertainty(minimum: int, counts: tuple[int, ...], agree_band: tuple[int, ...]) -> Uncertainty:
    histogram = Histogram(minimum, counts)
    n, k = histogram.n, histogram.count_in(agree_band)
    share, middle = percentile_intervals(histogram, agree_band)
    is_wilson = n >= 2 and k in (0, n)
    if is_wilson and (whole := wilson(k, n)) is not None:
        share = Interval(100 * whole.low, 100 * whole.high, whole.confidence)
    return Uncertainty(n, share, is_wilson, middle)
