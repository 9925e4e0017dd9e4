"""How firmly the panel held its answers between two rounds, from one table of pairs.

Only comparable drafts may be put side by side: that is the caller's promise. People move for many
reasons; `pct_changed` stands beside every net figure, because swaps cancel out in the latter.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.quantiles import interquartile_range, median
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.summaries import summarise
from delphi.consensus.tails import chi_squared_above

NET_CHANGE_LIMIT = 15
"""Per cent of net change below which an item counts as stable (Scheibe, Skutsch and Schofer 1975)."""


@dataclass(frozen=True, kw_only=True)
class Stability(Result):
    """One item in two rounds. `pct_*` are per cent of the pairs; distances are in scale points.

    `cv*`, `median*` and `iqr*` describe everybody who rated in each round, all other figures the people
    who rated in both.
    """

    n_round1: int
    n_round2: int
    n_pairs: int
    cv1: float | None
    cv2: float | None
    cv_change: float | None
    median1: Fraction | None
    median2: Fraction | None
    iqr1_type7: Fraction | None
    iqr2_type7: Fraction | None
    pct_changed: Fraction | None
    pct_up: Fraction | None
    pct_down: Fraction | None
    pct_changed_more_than_one: Fraction | None
    pct_towards_median: Fraction | None
    pct_away_from_median: Fraction | None
    mean_abs_change: Fraction | None
    net_change_pct: Fraction | None
    net_change_below_15: bool | None
    pct_band_status_changed: Fraction | None
    chaffin_talley_chi2: float | None
    chaffin_talley_df: int | None
    chaffin_talley_p: float | None
    cramers_v: float | None
    min_expected: float | None
    lambda_round2_given_round1: Fraction | None


_OF_PAIRS = (
    *("pct_changed", "pct_up", "pct_down", "pct_changed_more_than_one", "pct_towards_median"),
    *("pct_away_from_median", "mean_abs_change", "net_change_pct", "net_change_below_15"),
)


def stability(
    pairs: CrossTab,
    *,
    round1: Histogram | None = None,
    round2: Histogram | None = None,
    agree_band: Collection[int] = (),
) -> Stability:
    """Describe the movement between two rounds of one item.

    Parameters
    ----------
    pairs : CrossTab
        The people who rated in both rounds.
    round1, round2 : Histogram, optional
        Everybody who rated in each round; without them the pairs are everybody.
    agree_band : collection of int
        Points of the agree band; without it `pct_band_status_changed` is None (`band_not_declared`).

    Returns
    -------
    Stability
        Without a pair all figures of pairs are None (`no_pairs`). A coefficient of variation is None for
        one rating or a mean of 0. The test of association is None when all pairs share one answer in
        either round (`no_variation`).

    Notes
    -----
    `chaffin_talley_chi2` is Pearson's chi-squared of the table of pairs without its empty rows and
    columns, uncorrected: rejecting it says that individual answers are associated between rounds, and
    `lambda_round2_given_round1` how strongly. Expected counts are tiny on nine points: `min_expected` is
    shown beside it. `pct_towards_median` counts people who came closer to the median of all ratings of
    the earlier round.

    References
    ----------
    Scheibe M, Skutsch M, Schofer J. Experiments in Delphi methodology. In: Linstone, Turoff, editors. The
    Delphi Method. 1975. Chaffin WW, Talley WK. Individual stability in Delphi studies. Technol Forecast
    Soc Change 1980;16:67-73. Dajani JS, Sincoff MZ, Talley WK. Stability and agreement criteria for the
    termination of Delphi studies. Technol Forecast Soc Change 1979;13:83-90.

    Examples
    --------
    >>> moved = stability(CrossTab.of_pairs(1, 5, [(2, 4), (4, 4), (4, 5), (5, 5)]), agree_band=(4, 5))
    >>> float(moved.pct_changed), float(moved.net_change_pct), float(moved.pct_band_status_changed)
    (50.0, 25.0, 25.0)
    """
    round1, round2 = round1 or pairs.earlier, round2 or pairs.later
    first, second = summarise(round1), summarise(round2)
    reasons: dict[str, Reason] = {}
    for key, summary in (("1", first), ("2", second)):
        reasons |= {f"{name}{key}": reason for name, reason in summary.reasons.items() if name == "cv"}
        if summary.n == 0:
            reasons |= {f"median{key}": Reason.NO_DATA, f"iqr{key}_type7": Reason.NO_DATA}
    cv_change = None if first.cv is None or second.cv is None else abs(second.cv - first.cv)
    if cv_change is None:
        reasons["cv_change"] = reasons.get("cv1") or reasons["cv2"]
    movement = _movement(pairs, median(round1), agree_band)
    if pairs.n_pairs == 0:
        reasons |= dict.fromkeys(_OF_PAIRS, Reason.NO_PAIRS)
    if movement["pct_band_status_changed"] is None:
        reasons["pct_band_status_changed"] = Reason.NO_PAIRS if agree_band else Reason.BAND_NOT_DECLARED
    association = _association(pairs)
    undefined = Reason.NO_VARIATION if pairs.n_pairs else Reason.NO_PAIRS
    reasons |= {key: undefined for key, value in association.items() if value is None}
    return Stability(
        n_round1=round1.n,
        n_round2=round2.n,
        n_pairs=pairs.n_pairs,
        cv1=first.cv,
        cv2=second.cv,
        cv_change=cv_change,
        median1=first.median,
        median2=second.median,
        iqr1_type7=interquartile_range(round1),
        iqr2_type7=interquartile_range(round2),
        reasons=reasons,
        **movement,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        **association,  # type: ignore[arg-type]
    )


def _movement(
    pairs: CrossTab, old_median: Fraction | None, band: Collection[int]
) -> dict[str, Fraction | bool | None]:
    n = pairs.n_pairs
    if n == 0 or old_median is None:
        return dict.fromkeys((*_OF_PAIRS, "pct_band_status_changed"))
    cells = list(pairs.cells())

    def percent(chosen: int) -> Fraction:
        return Fraction(100 * chosen, n)

    before, after = pairs.earlier.counts, pairs.later.counts
    moved = sum(abs(a - b) for a, b in zip(before, after, strict=True))
    net = Fraction(100 * moved, 2 * n)
    closer = sum(c for a, b, c in cells if abs(b - old_median) < abs(a - old_median))
    further = sum(c for a, b, c in cells if abs(b - old_median) > abs(a - old_median))
    return {
        "pct_changed": percent(sum(c for a, b, c in cells if a != b)),
        "pct_up": percent(sum(c for a, b, c in cells if b > a)),
        "pct_down": percent(sum(c for a, b, c in cells if b < a)),
        "pct_changed_more_than_one": percent(sum(c for a, b, c in cells if abs(a - b) > 1)),
        "pct_towards_median": percent(closer),
        "pct_away_from_median": percent(further),
        "mean_abs_change": Fraction(sum(abs(a - b) * c for a, b, c in cells), n),
        "net_change_pct": net,
        "net_change_below_15": net < NET_CHANGE_LIMIT,
        "pct_band_status_changed": (
            percent(sum(c for a, b, c in cells if (a in band) != (b in band))) if band else None
        ),
    }


def _association(pairs: CrossTab) -> dict[str, float | int | Fraction | None]:
    n = pairs.n_pairs
    rows = [(i, total) for i, total in enumerate(pairs.earlier.counts) if total]
    columns = [(j, total) for j, total in enumerate(pairs.later.counts) if total]
    if len(rows) < 2 or len(columns) < 2:
        keys = ("chaffin_talley_chi2", "chaffin_talley_df", "chaffin_talley_p", "cramers_v", "min_expected")
        return {**dict.fromkeys(keys), "lambda_round2_given_round1": _lambda(pairs)}
    # n (sum of O^2 / (row x column) - 1) is exact in fractions and equal to the sum of (O - E)^2 / E.
    share = sum(
        (Fraction(pairs.counts[i][j] ** 2, row * column) for i, row in rows for j, column in columns),
        Fraction(0),
    )
    chi2, df = float(n * (share - 1)), (len(rows) - 1) * (len(columns) - 1)
    return {
        "chaffin_talley_chi2": chi2,
        "chaffin_talley_df": df,
        "chaffin_talley_p": chi_squared_above(chi2, df),
        "cramers_v": math.sqrt(chi2 / (n * (min(len(rows), len(columns)) - 1))),
        "min_expected": min(row for _, row in rows) * min(column for _, column in columns) / n,
        "lambda_round2_given_round1": _lambda(pairs),
    }


def _lambda(pairs: CrossTab) -> Fraction | None:
    """Goodman and Kruskal's: how many wrong guesses at the later answer the earlier one saves."""
    commonest = max(pairs.later.counts)
    wrong = pairs.n_pairs - commonest
    return Fraction(sum(max(row) for row in pairs.counts) - commonest, wrong) if wrong else None
