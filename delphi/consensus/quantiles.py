"""Quantiles of ratings by three published types, in whole-number arithmetic from a histogram.

NumPy's `averaged_inverted_cdf` is wrong at p = .7 for n = 90, 170 and 180, because 0.7 * 90 is not 63
in binary. Here the position n * p is a fraction, so a whole position is known to be whole.
"""

from __future__ import annotations

from fractions import Fraction

from delphi.consensus.counts import Histogram
from delphi.domain.rule import QuantileType

QUARTER, HALF, THREE_QUARTERS = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)


def order_statistic(histogram: Histogram, position: int) -> int:
    """The rating in a place when all are sorted from low to high.

    Parameters
    ----------
    histogram : Histogram
        Ratings of one item.
    position : int
        From 1 (lowest rating) to n (highest).

    Returns
    -------
    int
        The first scale value whose cumulative count reaches the position.

    Raises
    ------
    ValueError
        If there is no such place.

    Examples
    --------
    >>> order_statistic(Histogram(1, (1, 2, 0, 0, 0, 1, 1, 3, 2)), 6)
    8
    """
    if position >= 1:
        reached = 0
        for value, count in zip(histogram.values, histogram.counts, strict=True):
            reached += count
            if reached >= position:
                return value
    raise ValueError(f"there is no place {position} among {histogram.n} ratings")


def quantile(histogram: Histogram, p: Fraction, quantile_type: QuantileType = 7) -> Fraction | None:
    """The rating below which a given part of the panel lies.

    Parameters
    ----------
    histogram : Histogram
        Ratings of one item.
    p : Fraction
        The part, from 0 to 1, exact.
    quantile_type : {2, 6, 7}
        2: SAS, only scale values and half points. 6: SPSS, Minitab. 7: R, NumPy, Excel (default).

    Returns
    -------
    Fraction or None
        Exact, within the range of the ratings; None without ratings.

    Raises
    ------
    ValueError
        If `p` is outside 0 to 1, or the type is not known.

    Notes
    -----
    Type 2 uses h = n p: the mean of x_h and x_(h+1) when h is whole, else the next rating up.
    Types 6 and 7 interpolate at (n + 1) p, kept within 1 to n, and at 1 + (n - 1) p. All three
    give the usual median for p = 1/2.

    References
    ----------
    Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361-5.

    Examples
    --------
    The 30th percentile of 1 2 2 6 7 8 8 8 9 9 decides between "appropriate" and "disagreement":

    >>> ratings = Histogram(1, (1, 2, 0, 0, 0, 1, 1, 3, 2))
    >>> [float(quantile(ratings, Fraction(3, 10), kind)) for kind in (2, 6, 7)]
    [4.0, 3.2, 4.8]
    """
    if not 0 <= p <= 1:
        raise ValueError(f"a quantile needs a part from 0 to 1, not {p}")
    n = histogram.n
    if n == 0:
        return None
    if quantile_type == 2:
        return _averaged(histogram, n * p)
    if quantile_type == 6:
        return _interpolated(histogram, (n + 1) * p)
    if quantile_type == 7:
        return _interpolated(histogram, 1 + (n - 1) * p)
    raise ValueError(f"quantile type {quantile_type} is not one of 2, 6 and 7")


def places_of(n: int, p: Fraction, quantile_type: QuantileType = 7) -> tuple[int, ...]:
    """The one or two places of n sorted ratings, from 1, that a quantile is made of.

    >>> places_of(10, HALF), places_of(10, THREE_QUARTERS, 2), places_of(9, QUARTER)
    ((5, 6), (8,), (3,))
    """
    if quantile_type == 2:
        h = n * p
        if h.denominator == 1:
            return tuple(sorted({max(h.numerator, 1), min(h.numerator + 1, n)}))
        return (h.__ceil__(),)
    h = (n + 1) * p if quantile_type == 6 else 1 + (n - 1) * p
    h = min(max(h, Fraction(1)), Fraction(n))
    low = h.__floor__()
    return (low,) if h.denominator == 1 else (low, min(low + 1, n))


def median(histogram: Histogram) -> Fraction | None:
    """The middle rating, or the mean of the two middle ones; None without ratings.

    Examples
    --------
    >>> median(Histogram(1, (0, 0, 1, 2, 1)))
    Fraction(4, 1)
    >>> median(Histogram(1, (0, 0, 1, 1, 0)))
    Fraction(7, 2)
    """
    return quantile(histogram, HALF, 2)


def interquartile_range(histogram: Histogram, quantile_type: QuantileType = 7) -> Fraction | None:
    """Distance between the quarters of the panel; None without ratings.

    Examples
    --------
    7 7 7 8 9 9 is why a rule must name its quantile type:

    >>> ratings = Histogram(1, (0, 0, 0, 0, 0, 0, 3, 1, 2))
    >>> [float(interquartile_range(ratings, kind)) for kind in (2, 6, 7)]
    [2.0, 2.0, 1.75]
    """
    low = quantile(histogram, QUARTER, quantile_type)
    high = quantile(histogram, THREE_QUARTERS, quantile_type)
    return None if low is None or high is None else high - low


def _averaged(histogram: Histogram, h: Fraction) -> Fraction:
    n = histogram.n
    if h.denominator == 1:
        low, high = max(h.numerator, 1), min(h.numerator + 1, n)
        return Fraction(order_statistic(histogram, low) + order_statistic(histogram, high), 2)
    return Fraction(order_statistic(histogram, h.__ceil__()))


def _interpolated(histogram: Histogram, h: Fraction) -> Fraction:
    n = histogram.n
    h = min(max(h, Fraction(1)), Fraction(n))
    low = h.__floor__()
    below = order_statistic(histogram, low)
    above = order_statistic(histogram, min(low + 1, n))
    return below + (h - low) * (above - below)
