"""Do stakeholder groups rate an item differently? Two groups by Mann-Whitney, several by Kruskal-Wallis.

All from one histogram a group, so that a group of a million costs what a group of ten costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from delphi.consensus.counts import Histogram
from delphi.consensus.ranks import doubled_midranks, tie_term
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import chi_squared_above, two_sided_normal

MOST_FOR_EXACT_SPLITS = 2000
"""Pairs of people, one from each group, up to which every split of the ratings is counted."""


@dataclass(frozen=True, kw_only=True)
class TwoGroups(Result):
    """Group a against group b. `u_a` counts pairs in which a rates higher, a tie as half.

    `cliffs_delta` runs from -1 (b always higher) to 1; .147, .33 and .474 are read as small, medium and
    large. `prob_superiority_a12` is the chance that a random member of a rates higher, ties as half.
    """

    n_a: int
    n_b: int
    u_a: Fraction | None
    u_b: Fraction | None
    p_asymptotic_cc: float | None
    p_asymptotic: float | None
    cliffs_delta: Fraction | None
    prob_superiority_a12: Fraction | None
    p_exact_conditional: float | None


def mann_whitney(a: Histogram, b: Histogram) -> TwoGroups:
    """The Mann-Whitney test of two groups on one item.

    Parameters
    ----------
    a, b : Histogram
        Ratings on the same scale.

    Returns
    -------
    TwoGroups
        All None when a group is empty (`no_data`). Without variation every p is 1 and delta 0. The exact p
        is None (`not_enumerable`) beyond 2,000 pairs of people.

    Raises
    ------
    ValueError
        If the scales differ.

    Notes
    -----
    The asymptotic p has the variance corrected for ties and, as `_cc`, a continuity correction of a half
    (the default in R and SciPy). The exact p is conditional on the ties: P(|U - EU| >= |u - EU|) over all
    splits of the ratings given. SciPy's "exact" ignores ties.

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. Cliff N. Dominance statistics. Psychol Bull
    1993;114:494-509.

    Examples
    --------
    >>> found = mann_whitney(Histogram(1, (0, 0, 1, 2)), Histogram(1, (2, 1, 0, 0)))
    >>> float(found.u_a), float(found.cliffs_delta), found.p_exact_conditional
    (9.0, 1.0, 0.1)
    """
    pooled = a + b
    if a.n == 0 or b.n == 0:
        return TwoGroups.undefined(Reason.NO_DATA, n_a=a.n, n_b=b.n)
    pairs, n = a.n * b.n, pooled.n
    ranks = doubled_midranks(pooled.counts)
    doubled_u = sum(rank * count for rank, count in zip(ranks, a.counts, strict=True)) - a.n * (a.n + 1)
    variance = Fraction(pairs, 12) * (n + 1 - Fraction(tie_term(pooled.counts), n * (n - 1)))
    distance = abs(float(Fraction(doubled_u - pairs, 2)))

    def p(correction: float) -> float:
        beyond = max(distance - correction, 0.0)
        return two_sided_normal(beyond / math.sqrt(variance)) if variance else 1.0

    exact = _exact_p(a, b, doubled_u) if pairs <= MOST_FOR_EXACT_SPLITS else None
    return TwoGroups(
        n_a=a.n,
        n_b=b.n,
        u_a=Fraction(doubled_u, 2),
        u_b=pairs - Fraction(doubled_u, 2),
        p_asymptotic_cc=p(0.5),
        p_asymptotic=p(0.0),
        cliffs_delta=Fraction(doubled_u, pairs) - 1,
        prob_superiority_a12=Fraction(doubled_u, 2 * pairs),
        p_exact_conditional=exact,
        reasons={} if exact is not None else {"p_exact_conditional": Reason.NOT_ENUMERABLE},
    )


@lru_cache(maxsize=4096)
def _exact_p(a: Histogram, b: Histogram, doubled_u: int) -> float:
    """The part of all splits of the pooled ratings whose U is at least as far from its mean.

    `ways[s][u]` counts the ways to have put s of the ratings so far into the smaller group with twice
    its U at u. Ways are floats: there are up to 10^26, and only their ratio is asked for. Kept, since a page
    asks for hundreds of them each time it is looked at.
    """
    import numpy as np

    size, pairs = min(a.n, b.n), a.n * b.n
    ways = np.zeros((size + 1, 2 * pairs + 1))
    ways[0, 0] = 1
    below = 0
    for together in (x + y for x, y in zip(a.counts, b.counts, strict=True)):
        if not together:
            continue
        after = np.zeros_like(ways)
        for s in range(min(below, size) + 1):
            others_below = below - s
            for chosen in range(min(together, size - s) + 1):
                gain = chosen * (2 * others_below + together - chosen)
                if gain <= 2 * pairs:
                    moved = ways[s, : 2 * pairs + 1 - gain] * float(math.comb(together, chosen))
                    after[s + chosen, gain:] += moved
        ways, below = after, below + together
    last = ways[size]
    far = np.abs(np.arange(2 * pairs + 1) - pairs) >= abs(doubled_u - pairs)
    return min(1.0, float(last[far].sum() / last.sum()))


@dataclass(frozen=True, kw_only=True)
class SeveralGroups(Result):
    """Kruskal and Wallis's H over `k` groups with anybody in them, `n` ratings together.

    `epsilon_squared` runs from 0 to 1; `eta_squared_h` may be a little below 0.
    """

    k: int
    n: int
    h: float | None
    df: int | None
    p: float | None
    epsilon_squared: float | None
    eta_squared_h: float | None


def kruskal_wallis(groups: Mapping[str, Histogram]) -> SeveralGroups:
    """The Kruskal-Wallis test of several groups on one item.

    Parameters
    ----------
    groups : mapping of str to Histogram
        Ratings by group, all on the same scale; empty groups do not count.

    Returns
    -------
    SeveralGroups
        None with fewer than two groups (`no_data`, `too_few`). Without variation p is 1 and H None
        (`no_variation`); `eta_squared_h` is None when every group is one person (`too_few`).

    References
    ----------
    Kruskal WH, Wallis WA. J Am Stat Assoc 1952;47:583-621. Tomczak M, Tomczak E. Trends Sport Sci
    2014;1:19-25.

    Examples
    --------
    >>> found = kruskal_wallis({"a": Histogram(1, (3, 0, 0)), "b": Histogram(1, (0, 0, 3))})
    >>> round(found.h, 4), found.df, round(found.epsilon_squared, 4)
    (5.0, 1, 1.0)
    """
    present = [histogram for histogram in groups.values() if histogram.n]
    if len(present) < 2:
        reason = Reason.TOO_FEW if present else Reason.NO_DATA
        return SeveralGroups.undefined(reason, k=len(present), n=present[0].n if present else 0)
    first, *rest = present
    pooled = first
    for histogram in rest:
        pooled = pooled + histogram
    k, n = len(present), pooled.n
    h = _h(present, pooled)
    reasons: dict[str, Reason] = {}
    if h is None:
        reasons = dict.fromkeys(("h", "epsilon_squared", "eta_squared_h"), Reason.NO_VARIATION)
    elif n == k:
        reasons = {"eta_squared_h": Reason.TOO_FEW}
    return SeveralGroups(
        k=k,
        n=n,
        h=h,
        df=k - 1,
        p=1.0 if h is None else chi_squared_above(h, k - 1),
        epsilon_squared=None if h is None else h / (n - 1),
        eta_squared_h=None if h is None or n == k else (h - k + 1) / (n - k),
        reasons=reasons,
    )


def _h(groups: list[Histogram], pooled: Histogram) -> float | None:
    n = pooled.n
    divisor = n**3 - n - tie_term(pooled.counts)
    if divisor == 0:
        return None
    ranks = doubled_midranks(pooled.counts)
    sums = [sum(r * c for r, c in zip(ranks, group.counts, strict=True)) for group in groups]
    between = sum(
        (Fraction(total * total, 4 * group.n) for total, group in zip(sums, groups, strict=True)),
        Fraction(0),
    )
    raw = Fraction(12, n * (n + 1)) * between - 3 * (n + 1)
    return float(raw * (n**3 - n) / divisor)
