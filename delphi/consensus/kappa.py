"""Agreement of each person with their own earlier answer, beyond chance: Cohen's kappa, weighted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.crosstab import CrossTab
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result


@dataclass(frozen=True, kw_only=True)
class RoundKappa(Result):
    """Kappa of one item between two rounds; `pct_*` are per cent of the pairs.

    1 is every answer kept, 0 as much as chance keeps. `se_*` are standard errors for a kappa other than 0.
    """

    n_pairs: int
    pct_unchanged: Fraction | None
    pct_within_one: Fraction | None
    pct_changed: Fraction | None
    kappa_unweighted: float | None
    kappa_linear: float | None
    kappa_quadratic: float | None
    se_unweighted: float | None
    se_linear: float | None
    se_quadratic: float | None


_WEIGHTS: dict[str, Callable[[int, int], int]] = {
    "unweighted": lambda d, width: int(d == 0),
    "linear": lambda d, width: width - d,
    "quadratic": lambda d, width: width * width - d * d,
}
"""Weights as whole numbers: each is 1 for the same answer after division by its weight at distance 0."""


def weighted_kappa_rounds(pairs: CrossTab) -> RoundKappa:
    """Cohen's kappa of two rounds: unweighted, with linear and with quadratic weights.

    Parameters
    ----------
    pairs : CrossTab
        One item in two rounds; all points of the scale are categories, also those nobody chose.

    Returns
    -------
    RoundKappa
        Kappa is None when chance alone would agree on everything (`no_variation`) and without pairs
        (`no_pairs`).

    References
    ----------
    Cohen J. Weighted kappa. Psychol Bull 1968;70:213-20. Fleiss JL, Cohen J, Everitt BS. Large sample
    standard errors of kappa and weighted kappa. Psychol Bull 1969;72:323-7.

    Examples
    --------
    Two abstractors and 100 women (Gwet, Handbook of Inter-Rater Reliability, 2014):

    >>> found = weighted_kappa_rounds(CrossTab(1, ((13, 0, 0), (0, 20, 7), (0, 4, 56))))
    >>> round(found.kappa_unweighted, 7), round(found.se_unweighted, 5)
    (0.7964094, 0.05891)
    """
    n = pairs.n_pairs
    if n == 0:
        return RoundKappa.undefined(Reason.NO_PAIRS, n_pairs=0)
    steps = pairs.differences()
    figures: dict[str, float | None] = {}
    for name, weight in _WEIGHTS.items():
        figures[f"kappa_{name}"], figures[f"se_{name}"] = _kappa(pairs, weight)
    return RoundKappa(
        n_pairs=n,
        pct_unchanged=Fraction(100 * steps.get(0, 0), n),
        pct_within_one=Fraction(100 * sum(c for step, c in steps.items() if abs(step) <= 1), n),
        pct_changed=Fraction(100 * (n - steps.get(0, 0)), n),
        **figures,
        reasons={key: Reason.NO_VARIATION for key, value in figures.items() if value is None},
    )


def _kappa(pairs: CrossTab, weight: Callable[[int, int], int]) -> tuple[float, float] | tuple[None, None]:
    """Kappa and its standard error, in whole numbers and exact up to the last root.

    With weights of `full` at distance 0: observed agreement is `o` / (n full), expected `e` / (n^2 full).
    """
    n, points = pairs.n_pairs, range(len(pairs.counts))
    width = len(pairs.counts) - 1
    w = [[weight(abs(i - j), width) for j in points] for i in points]
    full, before, after = weight(0, width), pairs.earlier.counts, pairs.later.counts
    o = sum(pairs.counts[i][j] * w[i][j] for i in points for j in points)
    row = [sum(after[j] * w[i][j] for j in points) for i in points]
    column = [sum(before[i] * w[i][j] for i in points) for j in points]
    e = sum(before[i] * row[i] for i in points)
    beyond, disagreed = n * n * full - e, n * full - o
    if beyond == 0:
        return None, None
    spread = sum(
        pairs.counts[i][j] * (w[i][j] * beyond - (row[i] + column[j]) * disagreed) ** 2
        for i in points
        for j in points
        if pairs.counts[i][j]
    )
    centre = o * e - 2 * e * n * full + o * n * n * full
    variance = max(Fraction(n * (n * spread - centre * centre), beyond**4), Fraction(0))
    return float(Fraction(n * o - e, beyond)), math.sqrt(variance)
