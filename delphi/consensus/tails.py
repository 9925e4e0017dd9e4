"""Tails of the distributions that tests need. SciPy is imported here when a test runs, and not before."""

from __future__ import annotations

import math


def two_sided_normal(z: float) -> float:
    """P(|Z| >= |z|), exact far into the tails."""
    return math.erfc(abs(z) / math.sqrt(2))


def chi_squared_above(x: float, df: int) -> float:
    """P(chi-squared with df degrees of freedom > x)."""
    from scipy.special import chdtrc

    return float(chdtrc(df, x))


def f_above(x: float, df1: float, df2: float) -> float:
    """P(F with df1 and df2 degrees of freedom > x)."""
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, x))


def two_sided_t(t: float, df: int) -> float:
    """P(|T| >= |t|) with df degrees of freedom; 0 for an infinite t."""
    from scipy.special import stdtr

    return 0.0 if math.isinf(t) else 2 * float(stdtr(df, -abs(t)))


def t_quantile(p: float, df: int) -> float:
    """The value below which a part p of the t distribution lies."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def binomial_at_most(k: int, n: int, p: float) -> float:
    """P(Bin(n, p) <= k); 0 below nobody, 1 from everybody on."""
    from scipy.special import betainc

    if k < 0:
        return 0.0
    if k >= n:
        return 1.0
    return float(betainc(n - k, k + 1, 1 - p))


def two_sided_coin(k: int, n: int) -> float:
    """P of a split of n at least as uneven as k against n - k when each side is as likely; 1 for n = 0."""
    return min(1.0, 2 * binomial_at_most(min(k, n - k), n, 0.5))
