"""Do people who rated high before rate high again? Spearman's correlation of two rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from delphi.consensus.crosstab import CrossTab
from delphi.consensus.ranks import doubled_midranks
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import two_sided_t


@dataclass(frozen=True, kw_only=True)
class RankCorrelation(Result):
    """`rho` from -1 to 1, and its two-sided p by Student's t with n - 2 degrees of freedom."""

    n_pairs: int
    rho: float | None
    p_t: float | None


def spearman(pairs: CrossTab) -> RankCorrelation:
    """Spearman's rank correlation: Pearson's of the mid-ranks.

    Parameters
    ----------
    pairs : CrossTab
        One item in two rounds.

    Returns
    -------
    RankCorrelation
        None below two pairs (`no_pairs`, `too_few`) and when all gave one answer in either round
        (`no_variation`); `p_t` is None for two pairs (`too_few`).

    Examples
    --------
    >>> found = spearman(CrossTab.of_pairs(1, 9, [(3, 4), (8, 9)]))
    >>> found.rho, found.p_t
    (1.0, None)
    """
    n = pairs.n_pairs
    if n < 2:
        return RankCorrelation.undefined(Reason.TOO_FEW if n else Reason.NO_PAIRS, n_pairs=n)
    before = doubled_midranks(pairs.earlier.counts)
    after = doubled_midranks(pairs.later.counts)
    # Doubled ranks less their mean n + 1 are whole numbers, so that all three sums are exact.
    products = spread_before = spread_after = 0
    for i, row in enumerate(pairs.counts):
        for j, count in enumerate(row):
            x, y = before[i] - n - 1, after[j] - n - 1
            products += count * x * y
            spread_before += count * x * x
            spread_after += count * y * y
    if spread_before == 0 or spread_after == 0:
        return RankCorrelation.undefined(Reason.NO_VARIATION, n_pairs=n)
    square = products * products / (spread_before * spread_after)
    rho = math.copysign(math.sqrt(square), products)
    if n == 2:
        return RankCorrelation(n_pairs=n, rho=rho, p_t=None, reasons={"p_t": Reason.TOO_FEW})
    t = math.inf if square == 1 else rho * math.sqrt((n - 2) / (1 - square))
    return RankCorrelation(n_pairs=n, rho=rho, p_t=two_sided_t(t, n - 2))


def correlation_of_values(pairs: Sequence[tuple[float, float]]) -> RankCorrelation:
    """Spearman's rank correlation of two numbers that are not points of a scale, such as shares.

    None and reasons as `spearman`; equal numbers share a rank.

    Examples
    --------
    >>> correlation_of_values([(0.2, 0.5), (0.4, 0.6), (0.9, 0.7)]).rho
    1.0
    """
    places = {value: place for place, value in enumerate(sorted({one for pair in pairs for one in pair}))}
    return spearman(CrossTab.of_pairs(0, len(places), [(places[a], places[b]) for a, b in pairs]))
