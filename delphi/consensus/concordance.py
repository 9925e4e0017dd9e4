"""Do raters put the items in the same order? Kendall's W, from the ranks inside each rater."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

from delphi.consensus.ranks import doubled_midranks
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import chi_squared_above, f_above

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Ratings = Sequence[Sequence[int | None]]
"""One row a rater, one column an item; None where the rater gave no rating."""

MOST_ARRANGEMENTS = 200_000
"""Arrangements of ranks up to which every one is counted."""


@dataclass(frozen=True, kw_only=True)
class Concordance(Result):
    """Kendall's W of the raters and items that could be used; 0 is no common order, 1 the same order."""

    n_raters: int
    n_items: int
    w: float | None
    chi2: float | None
    df: int | None
    p_chi2: float | None
    w_no_tie_correction: float | None
    f: float | None
    f_df1: float | None
    f_df2: float | None
    p_f: float | None
    p_permutation_exact: float | None


def kendall_w(ratings: Ratings) -> Concordance:
    """Kendall's coefficient of concordance, corrected for ties, of a block without gaps.

    Parameters
    ----------
    ratings : sequence of sequences of int
        Raters by items, complete; see `complete_raters` and `complete_items`.

    Returns
    -------
    Concordance
        None below two raters (`one_rater`, `no_data`) or two items (`one_item`, `no_data`), and when every
        rater gives every item the same (`no_variation`). F is None at W = 1 (`no_variation`) and where its
        degrees of freedom are not positive (`too_few`). The exact p counts all arrangements of ranks while
        there are at most 200,000, else it is None (`not_enumerable`).

    Raises
    ------
    ValueError
        If a rating is missing or rows differ in length.

    Notes
    -----
    W = 12 S / (m^2 (N^3 - N) - m T) with T the sum of t^3 - t over each rater's ties. It says nothing of
    level: raters who all order the items alike, one from 1 to 3 and one from 7 to 9, have W = 1; and a
    panel that rates everything high has many ties and a low W although consensus is strong.

    References
    ----------
    Kendall MG, Babington Smith B. The problem of m rankings. Ann Math Stat 1939;10:275-87.
    Legendre P. Species associations: the Kendall coefficient of concordance revisited. J Agric Biol
    Environ Stat 2005;10:226-45 (F and permutation tests).

    Examples
    --------
    >>> found = kendall_w([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]])
    >>> found.w, found.chi2, round(found.p_chi2, 6), round(found.p_permutation_exact * 14400, 6)
    (1.0, 12.0, 0.017351, 1.0)
    """
    rows = [_doubled_ranks(row) for row in ratings]
    m, n = len(rows), len(rows[0].ranks) if rows else 0
    if any(len(row.ranks) != n for row in rows):
        raise ValueError("every rater needs a place for every item")
    if m < 2 or n < 2:
        few_raters = Reason.ONE_RATER if m == 1 else Reason.NO_DATA
        reason = few_raters if m < 2 else Reason.ONE_ITEM if n == 1 else Reason.NO_DATA
        return Concordance.undefined(reason, n_raters=m, n_items=n)
    s = _squares([row.ranks for row in rows], n)
    most = m * m * (n**3 - n)
    ties = m * sum(row.ties for row in rows)
    if most == ties:
        return Concordance.undefined(Reason.NO_VARIATION, n_raters=m, n_items=n)
    # Ranks are doubled, so S is four times the usual one: 12 S becomes 3 S.
    w = Fraction(3 * s, most - ties)
    chi2, df1 = float(m * (n - 1) * w), n - 1 - Fraction(2, m)
    df2 = df1 * (m - 1)
    f = None if w == 1 else float((m - 1) * w / (1 - w))
    has_f = f is not None and df1 > 0
    exact = _exact_p([row.ranks for row in rows], n, s)
    reasons = {} if f is not None else dict.fromkeys(("f", "p_f"), Reason.NO_VARIATION)
    if f is not None and not has_f:
        reasons = {"p_f": Reason.TOO_FEW}
    if exact is None:
        reasons["p_permutation_exact"] = Reason.NOT_ENUMERABLE
    return Concordance(
        n_raters=m,
        n_items=n,
        w=float(w),
        chi2=chi2,
        df=n - 1,
        p_chi2=chi_squared_above(chi2, n - 1),
        w_no_tie_correction=float(Fraction(3 * s, most)),
        f=f,
        f_df1=float(df1),
        f_df2=float(df2),
        p_f=f_above(f, float(df1), float(df2)) if f is not None and has_f else None,
        p_permutation_exact=exact,
        reasons=reasons,
    )


def complete_raters(ratings: Ratings) -> list[Sequence[int | None]]:
    """The raters who rated every item: our default where there are gaps."""
    return [row for row in ratings if None not in row]


def complete_items(ratings: Ratings) -> list[list[int | None]]:
    """All raters, with the items that every one of them rated: what R's `irr::kendall` does unasked."""
    whole = [
        j for j in range(len(ratings[0]) if ratings else 0) if all(row[j] is not None for row in ratings)
    ]
    return [[row[j] for j in whole] for row in ratings]


@dataclass(frozen=True, slots=True)
class _Ranked:
    ranks: tuple[int, ...]
    ties: int


def _doubled_ranks(row: Sequence[int | None]) -> _Ranked:
    values = [value for value in row if value is not None]
    if len(values) < len(row):
        raise ValueError("Kendall's W needs a rating of every item from every rater")
    if not values:
        return _Ranked((), 0)
    lowest, counts = min(values), Counter(values)
    ladder = [counts.get(value, 0) for value in range(lowest, max(values) + 1)]
    ranks = doubled_midranks(ladder)
    return _Ranked(tuple(ranks[value - lowest] for value in values), sum(c**3 - c for c in counts.values()))


def _squares(rows: Sequence[Sequence[int]], n: int) -> int:
    """The sum of squared distances of the items' doubled rank sums from their mean, m (N + 1)."""
    mean = len(rows) * (n + 1)
    return sum((sum(column) - mean) ** 2 for column in zip(*rows, strict=True))


def _exact_p(rows: list[tuple[int, ...]], n: int, observed: int) -> float | None:
    """Over all arrangements of each rater's ranks (one rater held still), the part with S as large."""
    m = len(rows)
    if n > 9 or (m - 1) * math.log(math.factorial(n)) > math.log(MOST_ARRANGEMENTS):
        return None
    import numpy as np

    # The items' sums of ranks so far as the digits of one number: of eight items or fewer it fits 64 bits.
    powers = (2 * n * m + 1) ** np.arange(n)
    sums = np.array([rows[0]]) @ powers
    ways: NDArray[np.float64] = np.ones(1)
    for row in rows[1:]:
        arranged, times = np.unique(np.array(list(permutations(row))) @ powers, return_counts=True)
        sums, place = np.unique(np.add.outer(sums, arranged), return_inverse=True)
        ways = np.bincount(place.ravel(), weights=np.outer(ways, times).ravel()).astype(float)
    digits = sums[:, None] // powers % (2 * n * m + 1)
    squares = ((digits - m * (n + 1)) ** 2).sum(axis=1)
    return float(ways[squares >= observed].sum() / ways.sum())
