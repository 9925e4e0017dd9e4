"""Tests of change between two rounds of the same people: in and out of a band, and of the whole distribution.

Panellists are not a random sample, so every p-value here is a descriptive aid. All are two-sided.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.crosstab import CrossTab
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import binomial_at_most, chi_squared_above, two_sided_coin


@dataclass(frozen=True, kw_only=True)
class McNemar(Result):
    """Who moved into the agree band (`b_gain`) and out of it (`c_loss`) between two rounds."""

    n_pairs: int
    b_gain: int
    c_loss: int
    net_change_pct_points: Fraction | None
    p_exact: float | None
    p_midp: float | None
    chi2: Fraction | None
    p_chi2: float | None
    chi2_cc: Fraction | None
    p_chi2_cc: float | None


def mcnemar(b_gain: int, c_loss: int, both: int, neither: int) -> McNemar:
    """McNemar's test of one item: did more people move into the band than out of it?

    Parameters
    ----------
    b_gain, c_loss : int
        People who moved into the band, and out of it.
    both, neither : int
        People who were in it both times, or neither time.

    Returns
    -------
    McNemar
        The exact p (binomial) is the default, `p_midp` counts half of the observed split. Both look at the
        people who moved only: when nobody did they are 1, and chi-squared is None (`no_change`, or
        `no_pairs` where there was nobody to move).

    Raises
    ------
    ValueError
        If a number is negative.

    Examples
    --------
    >>> found = mcnemar(6, 0, 3, 1)
    >>> found.p_exact, found.p_midp, float(found.net_change_pct_points)
    (0.03125, 0.015625, 60.0)
    """
    if min(b_gain, c_loss, both, neither) < 0:
        raise ValueError("a number of people cannot be negative")
    n, moved = b_gain + c_loss + both + neither, b_gain + c_loss
    chi2 = Fraction((b_gain - c_loss) ** 2, moved) if moved else None
    corrected = Fraction(max(abs(b_gain - c_loss) - 1, 0) ** 2, moved) if moved else None
    exact = two_sided_coin(b_gain, moved)
    figures = {
        "net_change_pct_points": Fraction(100 * (b_gain - c_loss), n) if n else None,
        "p_exact": exact,
        "p_midp": _mid_p(b_gain, moved),
        "chi2": chi2,
        "p_chi2": None if chi2 is None else chi_squared_above(float(chi2), 1),
        "chi2_cc": corrected,
        "p_chi2_cc": None if corrected is None else chi_squared_above(float(corrected), 1),
    }
    undefined = Reason.NO_CHANGE if n else Reason.NO_PAIRS
    return McNemar(
        n_pairs=n,
        b_gain=b_gain,
        c_loss=c_loss,
        **figures,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        reasons={key: undefined for key, value in figures.items() if value is None},
    )


def mcnemar_of(pairs: CrossTab, agree_band: Collection[int]) -> McNemar:
    """McNemar's test from the table of pairs, for the points of a band."""
    flow = {(a, b): 0 for a in (True, False) for b in (True, False)}
    for before, after, count in pairs.cells():
        flow[before in agree_band, after in agree_band] += count
    return mcnemar(flow[False, True], flow[True, False], flow[True, True], flow[False, False])


def _mid_p(k: int, n: int) -> float:
    if n == 0:
        return 1.0
    fewer = min(k, n - k)
    below = binomial_at_most(fewer - 1, n, 0.5)
    at = binomial_at_most(fewer, n, 0.5) - below
    # An even split is its own mirror image: both halves of it would be counted twice.
    return 1.0 if 2 * fewer == n else 2 * (below + at / 2)


@dataclass(frozen=True, kw_only=True)
class Homogeneity(Result):
    """Whether the distribution of answers moved: Bowker's symmetry, Stuart and Maxwell's margins."""

    n_pairs: int
    bowker_chi2: float | None
    bowker_df: int
    bowker_p: float | None
    stuart_maxwell_chi2: float | None
    stuart_maxwell_df: int
    stuart_maxwell_p: float | None


def marginal_homogeneity(pairs: CrossTab) -> Homogeneity:
    """Test whether the panel's answers as a whole moved between two rounds of the same people.

    Parameters
    ----------
    pairs : CrossTab
        One item in two rounds.

    Returns
    -------
    Homogeneity
        None with `no_pairs` or `no_change` when there is nobody, or nobody moved; Stuart and Maxwell's
        test is None (`no_variation`) when its covariance matrix is singular, as when the people
        fall into parts of the scale between which nobody moves.

    Notes
    -----
    Bowker: the sum of (n_ij - n_ji)^2 / (n_ij + n_ji) over pairs of answers between which somebody
    moved, with as many degrees of freedom. Stuart-Maxwell: d'V^-1 d over the answers used in either round,
    with one fewer. With the same people in both rounds this is the test of group stability that Dajani,
    Sincoff and Talley (1979) ask for, not the chi-squared test of two samples.

    References
    ----------
    Bowker AH. J Am Stat Assoc 1948;43:572-4. Stuart A. Biometrika 1955;42:412-16. Maxwell AE. Br J
    Psychiatry 1970;116:651-5.

    Examples
    --------
    >>> found = marginal_homogeneity(CrossTab(1, ((3, 2, 1), (0, 4, 2), (0, 0, 5))))
    >>> found.bowker_chi2, found.bowker_df, round(found.stuart_maxwell_chi2, 4)
    (5.0, 3, 4.5)
    """
    table, n = pairs.counts, pairs.n_pairs
    off = [
        (table[i][j], table[j][i])
        for i in range(len(table))
        for j in range(i + 1, len(table))
        if table[i][j] + table[j][i]
    ]
    bowker = float(sum((Fraction((a - b) ** 2, a + b) for a, b in off), Fraction(0))) if off else None
    used = [i for i in range(len(table)) if pairs.earlier.counts[i] + pairs.later.counts[i]]
    margins = _stuart_maxwell(pairs, used)
    df = max(len(used) - 1, 0)
    still = Reason.NO_CHANGE if n else Reason.NO_PAIRS
    reasons = {} if off else dict.fromkeys(("bowker_chi2", "bowker_p"), still)
    if margins is None:
        singular = Reason.NO_VARIATION if off else still
        reasons |= dict.fromkeys(("stuart_maxwell_chi2", "stuart_maxwell_p"), singular)
    return Homogeneity(
        n_pairs=n,
        bowker_chi2=bowker,
        bowker_df=len(off),
        bowker_p=None if bowker is None else chi_squared_above(bowker, len(off)),
        stuart_maxwell_chi2=margins,
        stuart_maxwell_df=df,
        stuart_maxwell_p=None if margins is None else chi_squared_above(margins, df),
        reasons=reasons,
    )


def _stuart_maxwell(pairs: CrossTab, used: Sequence[int]) -> float | None:
    table, before, after = pairs.counts, pairs.earlier.counts, pairs.later.counts
    kept = used[:-1]
    if not kept:
        return None
    d = [before[i] - after[i] for i in kept]
    v = [
        [
            Fraction(before[i] + after[i] - 2 * table[i][i] if i == j else -(table[i][j] + table[j][i]))
            for j in kept
        ]
        for i in kept
    ]
    solved = _solve(v, [Fraction(one) for one in d])
    return None if solved is None else float(sum(a * b for a, b in zip(d, solved, strict=True)))


def _solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The solution of a small system in exact fractions; None when the matrix is singular."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(len(rows)):
        pivot = next((r for r in range(column, len(rows)) if rows[r][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [one / rows[column][column] for one in rows[column]]
        for r, row in enumerate(rows):
            if r != column and row[column]:
                rows[r] = [a - row[column] * b for a, b in zip(row, rows[column], strict=True)]
    return [row[-1] for row in rows]
