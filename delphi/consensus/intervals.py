"""How sure a share can be: intervals for k of n, default Wilson.

Panellists are not a random sample: an interval is a descriptive aid, and reports say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for a share; both ends are shares from 0 to 1."""

    low: float
    high: float
    confidence: float


def wilson(k: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Wilson score interval for k of n, without continuity correction.

    Parameters
    ----------
    k, n : int
        People in the band, and people who gave a rating.
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    Interval or None
        Within 0 to 1, exactly 0 or 1 at the end where nobody or everybody is in the band. None for n = 0.

    Raises
    ------
    ValueError
        If k is not between 0 and n, or the confidence is not between 0 and 1.

    References
    ----------
    Wilson EB. Probable inference, the law of succession, and statistical inference.
    J Am Stat Assoc 1927;22:209-12.

    Examples
    --------
    >>> interval = wilson(0, 1, 0.90)
    >>> round(interval.low, 10), round(interval.high, 10)
    (0.0, 0.7301340512)
    """
    _refuse_nonsense(k, n, confidence)
    if n == 0:
        return None
    z = -NormalDist().inv_cdf((1 - confidence) / 2)
    p, z2 = k / n, z * z
    centre = p + z2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return Interval(0.0 if k == 0 else low, 1.0 if k == n else high, confidence)


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Clopper-Pearson ("exact") interval for k of n: never too narrow, usually too wide.

    Parameters, Returns and Raises as for `wilson`.

    References
    ----------
    Clopper CJ, Pearson ES. The use of confidence or fiducial limits. Biometrika 1934;26:404-13.

    Examples
    --------
    >>> interval = clopper_pearson(0, 1, 0.90)
    >>> interval.low, round(interval.high, 10)
    (0.0, 0.95)
    """
    _refuse_nonsense(k, n, confidence)
    if n == 0:
        return None
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return Interval(low, high, confidence)


def newcombe(k1: int, n1: int, k2: int, n2: int, confidence: float = 0.95) -> Interval | None:
    """Newcombe's hybrid score interval for the difference k1/n1 - k2/n2 of two separate sets of people.

    Parameters
    ----------
    k1, n1, k2, n2 : int
        People in the band and people who gave a rating, of the first and of the second set.
    confidence : float
        Between 0 and 1, both excluded.

    Returns
    -------
    Interval or None
        Within -1 to 1. None if either set is empty.

    Raises
    ------
    ValueError
        As for `wilson`, of either set.

    Notes
    -----
    Method 10 of the source, made of the two Wilson intervals without continuity correction. The sets must not
    overlap. Panellists are no random sample, so it describes and decides nothing.

    References
    ----------
    Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven
    methods. Stat Med 1998;17:873-90, table II.

    Examples
    --------
    >>> interval = newcombe(56, 70, 48, 80)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0524, 0.3339)
    """
    first, second = wilson(k1, n1, confidence), wilson(k2, n2, confidence)
    if first is None or second is None:
        return None
    p1, p2 = k1 / n1, k2 / n2
    below = math.hypot(p1 - first.low, second.high - p2)
    above = math.hypot(first.high - p1, p2 - second.low)
    return Interval(p1 - p2 - below, p1 - p2 + above, confidence)


def _refuse_nonsense(k: int, n: int, confidence: float) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is not a share")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
