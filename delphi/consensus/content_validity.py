"""Is an item worth keeping in the eyes of those who know? Content validity indices and Lawshe's ratio."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from delphi.consensus.bands import Share
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import binomial_at_most

LAWSHE_ALPHA = 0.05
MOST_COUNTED = 1000
"""People up to whom chances of a coin are whole numbers over a power of two; beyond they are floats."""


@dataclass(frozen=True, kw_only=True)
class ItemValidity(Result):
    """One item: how many of its raters found it relevant, and how far beyond chance.

    `kappa_modified` from -1 to 1: above .74 excellent, from .60 good, from .40 fair.
    """

    n_experts: int
    n_relevant: int
    i_cvi: Fraction | None
    p_chance: float | None
    kappa_modified: float | None


def item_validity(relevant: Share) -> ItemValidity:
    """The item content validity index and the kappa that allows for chance.

    Parameters
    ----------
    relevant : Share
        People who rated the item at or above the cut, of those who rated it.

    Returns
    -------
    ItemValidity
        None without raters (`no_data`). With one rater kappa is 1 or -1 and says nothing: do not show it.

    Notes
    -----
    p_chance = C(N, A) .5^N; k* = (I-CVI - p_chance) / (1 - p_chance).

    References
    ----------
    Polit DF, Beck CT, Owen SV. Is the CVI an acceptable indicator of content validity? Res Nurs Health
    2007;30:459-67.

    Examples
    --------
    Five of six raters (Polit, Beck and Owen 2007, table 3):

    >>> found = item_validity(Share(5, 6))
    >>> round(float(found.i_cvi), 3), round(found.p_chance, 3), round(found.kappa_modified, 2)
    (0.833, 0.094, 0.82)
    """
    k, n = relevant.k, relevant.n
    if n == 0:
        return ItemValidity.undefined(Reason.NO_DATA, n_experts=0, n_relevant=0)
    i_cvi, chance = Fraction(k, n), _coin_exactly(k, n)
    return ItemValidity(
        n_experts=n,
        n_relevant=k,
        i_cvi=i_cvi,
        p_chance=chance,
        kappa_modified=(float(i_cvi) - chance) / (1 - chance),
    )


@dataclass(frozen=True, kw_only=True)
class ScaleValidity(Result):
    """A set of items: the mean index of those that were rated, and the share of them with all raters."""

    items: tuple[ItemValidity, ...]
    s_cvi_ave: Fraction | None
    s_cvi_ua: Fraction | None


def content_validity(items: Sequence[Share]) -> ScaleValidity:
    """The content validity of a set of items; each item is a Share as in `item_validity`.

    `s_cvi_ave` of .90 or more is read as excellent. Items that nobody rated do not count; without any
    both are None (`no_data`).

    Examples
    --------
    >>> found = content_validity([Share(6, 6), Share(5, 6), Share(0, 0)])
    >>> found.s_cvi_ave, found.s_cvi_ua
    (Fraction(11, 12), Fraction(1, 2))
    """
    each = tuple(item_validity(share) for share in items)
    rated = [one.i_cvi for one in each if one.i_cvi is not None]
    return ScaleValidity(
        items=each,
        s_cvi_ave=sum(rated, Fraction(0)) / len(rated) if rated else None,
        s_cvi_ua=Fraction(sum(index == 1 for index in rated), len(rated)) if rated else None,
        reasons={} if rated else dict.fromkeys(("s_cvi_ave", "s_cvi_ua"), Reason.NO_DATA),
    )


@dataclass(frozen=True, kw_only=True)
class LawsheRatio(Result):
    """One item: Lawshe's ratio from -1 to 1, how likely as many are by chance, and whether that is rare."""

    cvr: Fraction | None
    p_one_sided: float | None
    retained: bool | None


def lawshe_ratio(essential: Share, alpha: float = LAWSHE_ALPHA) -> LawsheRatio:
    """Lawshe's content validity ratio: (n_e - N/2) / (N/2).

    Parameters
    ----------
    essential : Share
        People who call the item essential, of all who answered.
    alpha : float
        An item is retained when as many or more would say so by chance with at most this probability,
        one-sided.

    Returns
    -------
    LawsheRatio
        None without answers (`no_data`).

    References
    ----------
    Lawshe CH. Pers Psychol 1975;28:563-75. Ayre C, Scally AJ. Critical values for Lawshe's content
    validity ratio. Meas Eval Couns Dev 2014;47:79-86: exact critical values. Neither Lawshe's own table
    (misprint) nor Wilson's of 2012 (normal approximation) is used.

    Examples
    --------
    >>> lawshe_ratio(Share(9, 10)).cvr, lawshe_ratio(Share(9, 10)).retained
    (Fraction(4, 5), True)
    """
    k, n = essential.k, essential.n
    if n == 0:
        return LawsheRatio.undefined(Reason.NO_DATA)
    p = _at_least(k, n)
    return LawsheRatio(cvr=Fraction(2 * k - n, n), p_one_sided=float(p), retained=p <= alpha)


@lru_cache(maxsize=1024)
def lawshe_critical(n: int, alpha: float = LAWSHE_ALPHA) -> int | None:
    """The fewest "essential" of n that chance gives with at most `alpha`; None when even all are too few.

    Exact for up to 1,000 people; beyond, the chance is a float.

    Examples
    --------
    >>> [lawshe_critical(n) for n in (4, 5, 8, 13, 40)]
    [None, 5, 7, 10, 26]
    """
    low, high = 0, n + 1
    while low < high:
        middle = (low + high) // 2
        if middle <= n and _at_least(middle, n) > alpha:
            low = middle + 1
        else:
            high = middle
    return low if low <= n else None


def _at_least(k: int, n: int) -> Fraction | float:
    """P(Bin(n, .5) >= k): counted in whole numbers, of huge panels as the mirror image of at most n - k."""
    if n <= MOST_COUNTED:
        return Fraction(sum(math.comb(n, i) for i in range(k, n + 1)), 2**n)
    return binomial_at_most(n - k, n, 0.5)


def _coin_exactly(k: int, n: int) -> float:
    """C(n, k) .5^n, by logarithms where it would be long, so that a panel of any size is cheap."""
    if n <= MOST_COUNTED:
        return float(Fraction(math.comb(n, k), 2**n))
    logs = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
    return math.exp(logs)
