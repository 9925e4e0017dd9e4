"""The same statistics as a good programmer writes them first: SciPy, one item after the other."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bench.stats_panel import AGREE, Answer, Panel

Method = Literal["linear", "averaged_inverted_cdf", "weibull"]
METHODS: tuple[Method, ...] = ("linear", "averaged_inverted_cdf", "weibull")


def naive(panel: Panel) -> Answer:
    """What SciPy and NumPy say of each item; figures in the order of `stats_panel.FIGURES`."""
    answer = Answer()
    items = list(zip(panel.before.astype(float), panel.after.astype(float), strict=True))
    found: dict[str, list[float]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, of_item in (
            ("describe", _describe),
            ("shares", _shares),
            ("groups", _groups),
            ("moved", _moved),
            ("association", _association),
        ):
            with answer.timing(name):
                found[name] = [value for x, y in items for value in of_item(x, y, panel.group_of)]
        with answer.timing("order"):
            friedman = stats.friedmanchisquare(*(x for x, _ in items))
    found["order"] = [friedman.statistic, friedman.pvalue]
    answer.values = {name: np.array(values, dtype=float) for name, values in found.items()}
    return answer


Ratings = NDArray[np.float64]


def _describe(x: Ratings, _: Ratings, group_of: NDArray[Any]) -> list[float]:
    quarters = {method: np.quantile(x, [0.25, 0.75], method=method).tolist() for method in METHODS}
    return [
        *(x.mean(), x.std(ddof=1), np.median(x), stats.median_abs_deviation(x)),
        *quarters["linear"],
        *np.quantile(x, [0.3, 0.7]),
        *quarters["averaged_inverted_cdf"],
        *quarters["weibull"],
    ]


def _shares(x: Ratings, _: Ratings, group_of: NDArray[Any]) -> list[float]:
    k, n = int((x >= AGREE[0]).sum()), len(x)
    test = stats.binomtest(k, n)
    wilson, exact = (test.proportion_ci(method=method) for method in ("wilson", "exact"))
    return [100 * k / n, wilson.low, wilson.high, exact.low, exact.high]


def _groups(x: Ratings, _: Ratings, group_of: NDArray[Any]) -> list[float]:
    parts = [x[group_of == group] for group in range(int(group_of.max()) + 1)]
    with_cc = stats.mannwhitneyu(parts[0], parts[1], method="asymptotic")
    without = stats.mannwhitneyu(parts[0], parts[1], method="asymptotic", use_continuity=False)
    several = stats.kruskal(*parts)
    return [with_cc.statistic, with_cc.pvalue, without.pvalue, several.statistic, several.pvalue]


def _moved(x: Ratings, y: Ratings, group_of: NDArray[Any]) -> list[float]:
    up = stats.wilcoxon(y, x, method="asymptotic", alternative="greater").statistic
    without = stats.wilcoxon(y, x, method="asymptotic")
    with_cc = stats.wilcoxon(y, x, method="asymptotic", correction=True)
    order = stats.spearmanr(x, y)
    return [up, without.pvalue, with_cc.pvalue, order.statistic, order.pvalue]


def _association(x: Ratings, y: Ratings, group_of: NDArray[Any]) -> list[float]:
    table = stats.contingency.crosstab(x, y).count
    chi2 = stats.chi2_contingency(table, correction=False)
    gain = int(((x < AGREE[0]) & (y >= AGREE[0])).sum())
    loss = int(((x >= AGREE[0]) & (y < AGREE[0])).sum())
    flow = (gain - loss) ** 2 / (gain + loss)
    exact = stats.binomtest(gain, gain + loss).pvalue
    return [chi2.statistic, chi2.pvalue, flow, stats.chi2.sf(flow, 1), exact]
