"""Did the people who left rate differently? Earlier ratings of drop-outs against those who came back."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.bands import share_in
from delphi.consensus.compare_groups import mann_whitney
from delphi.consensus.counts import Histogram
from delphi.consensus.quantiles import median
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result


@dataclass(frozen=True, kw_only=True)
class Attrition(Result):
    """One item's earlier ratings by whether people came back; `pct_*` in per cent.

    `u_dropouts` and `cliffs_delta` compare drop-outs against completers: above 0, drop-outs rated higher.
    """

    n_completers: int
    n_dropouts: int
    attrition_pct: Fraction | None
    median_completers: Fraction | None
    median_dropouts: Fraction | None
    pct_agree_completers: Fraction | None
    pct_agree_dropouts: Fraction | None
    u_dropouts: Fraction | None
    p_asymptotic_cc: float | None
    cliffs_delta: Fraction | None
    fisher_p: float | None


def attrition(completers: Histogram, dropouts: Histogram, agree_band: Collection[int]) -> Attrition:
    """Compare the earlier ratings of people who left with those of people who stayed, for one item.

    Parameters
    ----------
    completers, dropouts : Histogram
        Ratings of the earlier round, by whether the person rated the item again.
    agree_band : collection of int
        Points of the agree band; without one the shares and Fisher's p are None (`band_not_declared`).

    Returns
    -------
    Attrition
        When nobody left, or nobody stayed, the tests are None (`no_data`).

    Notes
    -----
    Over many items adjust the p-values (`multiplicity.holm`). A delta of .33 either way is worth a look
    whatever its p.

    References
    ----------
    Williamson PR et al. The COMET Handbook: version 1.0. Trials 2017;18(Suppl 3):280, attrition bias.
    """
    n = completers.n + dropouts.n
    compared = mann_whitney(dropouts, completers)
    stayed, left = share_in(completers, agree_band), share_in(dropouts, agree_band)
    is_tested = compared.u_a is not None
    figures: dict[str, Fraction | float | None] = {
        "attrition_pct": Fraction(100 * dropouts.n, n) if n else None,
        "median_completers": median(completers),
        "median_dropouts": median(dropouts),
        "pct_agree_completers": stayed.percent,
        "pct_agree_dropouts": left.percent,
        "u_dropouts": compared.u_a,
        "p_asymptotic_cc": compared.p_asymptotic_cc,
        "cliffs_delta": compared.cliffs_delta,
        "fisher_p": fisher(left.k, left.n, stayed.k, stayed.n) if is_tested else None,
    }
    reasons = {key: Reason.NO_DATA for key, value in figures.items() if value is None}
    if not agree_band:
        figures |= dict.fromkeys(_OF_BAND)
        reasons |= dict.fromkeys(_OF_BAND, Reason.BAND_NOT_DECLARED)
    return Attrition(
        n_completers=completers.n,
        n_dropouts=dropouts.n,
        **figures,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        reasons=reasons,
    )


_OF_BAND = ("pct_agree_completers", "pct_agree_dropouts", "fisher_p")


def fisher(k_a: int, n_a: int, k_b: int, n_b: int) -> float:
    """Fisher's exact test of k_a of n_a against k_b of n_b, two-sided.

    Returns the probability, given both margins, of every table no more likely than this one (as R does,
    with its tolerance of 1e-7 for tables that are equally likely).

    Examples
    --------
    The lady tasting tea (Fisher 1935):

    >>> round(fisher(3, 4, 1, 4), 7)
    0.4857143
    """
    import numpy as np
    from scipy.special import gammaln

    chosen, n = k_a + k_b, n_a + n_b
    lowest, highest = max(0, chosen - n_b), min(chosen, n_a)
    if n > 2:
        # Beyond forty standard deviations no table weighs anything: huge panels stay cheap.
        mean = chosen * n_a / n
        reach = 40 * math.sqrt(n_a * n_b * chosen * (n - chosen) / (n * n * (n - 1))) + 1
        lowest = max(lowest, min(k_a, math.floor(mean - reach)))
        highest = min(highest, max(k_a, math.ceil(mean + reach)))
    k = np.arange(lowest, highest + 1, dtype=float)

    def log_comb(total: float, part: np.ndarray) -> np.ndarray:
        return np.asarray(gammaln(total + 1) - gammaln(part + 1) - gammaln(total - part + 1))

    logs = log_comb(n_a, k) + log_comb(n_b, chosen - k)
    weights = np.exp(logs - logs.max())
    as_likely = weights <= weights[k_a - lowest] * (1 + 1e-7)
    return min(1.0, float(weights[as_likely].sum() / weights.sum()))
