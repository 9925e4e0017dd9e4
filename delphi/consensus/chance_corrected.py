"""Agreement between raters across a set of items, beyond chance: alpha, AC1 and AC2, kappa, all from counts.

None of these is consensus on any one item: a panel that rates everything 8 or 9 has an alpha near 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import Interval
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import t_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ChanceCorrected(Result):
    """Coefficients of agreement over items; 1 is full agreement, 0 what chance gives, below 0 less.

    `n_units` counts items, `n_units_with_2_or_more` those that two people or more rated.
    """

    n_units: int
    n_units_with_2_or_more: int
    krippendorff_nominal: float | None
    krippendorff_ordinal: float | None
    krippendorff_interval: float | None
    gwet_unweighted: float | None
    gwet_unweighted_se: float | None
    gwet_unweighted_ci95: Interval | None
    gwet_linear: float | None
    gwet_linear_se: float | None
    gwet_linear_ci95: Interval | None
    gwet_quadratic: float | None
    gwet_quadratic_se: float | None
    gwet_quadratic_ci95: Interval | None
    gwet_ordinal: float | None
    gwet_ordinal_se: float | None
    gwet_ordinal_ci95: Interval | None
    fleiss_unweighted: float | None
    brennan_prediger_unweighted: float | None
    percent_agreement_unweighted: float | None
    fleiss_quadratic: float | None
    brennan_prediger_quadratic: float | None
    percent_agreement_quadratic: float | None


_METRICS = ("nominal", "ordinal", "interval")
_WEIGHTS = ("unweighted", "linear", "quadratic", "ordinal")
_WITH_KAPPA = ("unweighted", "quadratic")


def chance_corrected(items: Sequence[Histogram]) -> ChanceCorrected:
    """All coefficients of agreement over a set of items.

    Parameters
    ----------
    items : sequence of Histogram
        One histogram an item, all on the same full scale: points nobody chose are categories too.

    Returns
    -------
    ChanceCorrected
        Everything is None when no item has two ratings (`no_data`, `no_pairs`). Alpha and Fleiss' kappa are
        None when only one answer was ever given (`no_variation`), where AC1 and AC2 are 1. The standard
        error is None for one item (`one_item`).

    Notes
    -----
    Krippendorff's alpha with the nominal, ordinal (his own metric, not Gwet's weights) and interval
    metric. R's `irr::kripp.alpha` is wrong for complete data of more than two raters. Gwet's AC with
    identity, linear, quadratic and ordinal weights on the full scale; `irrCAC` takes the observed
    categories unless told. The interval uses Student's t and is cut at 1.

    References
    ----------
    Krippendorff K. Computing Krippendorff's alpha-reliability. 2011. Gwet KL. Handbook of Inter-Rater
    Reliability, 4th ed. 2014. Fleiss JL. Psychol Bull 1971;76:378-82. Brennan RL, Prediger DJ. Educ
    Psychol Meas 1981;41:687-99.

    Examples
    --------
    Ten subjects and fourteen raters, the textbook table of Fleiss' kappa:

    >>> rows = [(0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    ...     (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7)]
    >>> found = chance_corrected([Histogram(1, row) for row in rows])
    >>> round(found.fleiss_unweighted, 4), round(found.gwet_unweighted, 5)
    (0.2099, 0.22561)
    """
    import numpy as np

    points = len(items[0].counts) if items else 0
    if any((one.minimum, len(one.counts)) != (items[0].minimum, points) for one in items):
        raise ValueError("all items must be on the same scale")
    table = np.array([one.counts for one in items], dtype=float).reshape(len(items), points)
    raters = table.sum(axis=1)
    figures: dict[str, float | Interval | None] = {}
    reasons: dict[str, Reason] = {}
    is_pairable = bool((raters >= 2).any())
    is_one_answer = bool((table.sum(axis=0) > 0).sum() <= 1)
    for metric in _METRICS:
        is_defined = is_pairable and bool((table[raters >= 2].sum(axis=0) > 0).sum() > 1)
        figures[f"krippendorff_{metric}"] = _alpha(table[raters >= 2], metric) if is_defined else None
        if not is_defined:
            reasons[f"krippendorff_{metric}"] = Reason.NO_VARIATION if is_pairable else Reason.NO_PAIRS
    rated = table[raters > 0]
    for name in _WEIGHTS:
        weights = _weights(name, points)
        found = _gwet(rated, weights) if is_pairable else _Gwet(None, None, None)
        figures |= {
            f"gwet_{name}": found.value,
            f"gwet_{name}_se": found.se,
            f"gwet_{name}_ci95": found.interval,
        }
        if found.value is None:
            reasons |= dict.fromkeys((f"gwet_{name}",), Reason.NO_PAIRS)
        if found.se is None:
            missing = Reason.ONE_ITEM if is_pairable else Reason.NO_PAIRS
            reasons |= dict.fromkeys((f"gwet_{name}_se", f"gwet_{name}_ci95"), missing)
        if name in _WITH_KAPPA:
            kappas = _kappas(rated, weights, is_one_answer=is_one_answer) if is_pairable else (None,) * 3
            keys = (f"fleiss_{name}", f"brennan_prediger_{name}", f"percent_agreement_{name}")
            figures |= dict(zip(keys, kappas, strict=True))
            missing = Reason.NO_VARIATION if is_pairable else Reason.NO_PAIRS
            reasons |= {key: missing for key in keys if figures[key] is None}
    if not raters.any():
        reasons = dict.fromkeys(reasons, Reason.NO_DATA)
    return ChanceCorrected(
        n_units=len(items),
        n_units_with_2_or_more=int((raters >= 2).sum()),
        **figures,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        reasons=reasons,
    )


def _alpha(table: Table, metric: str) -> float:
    """Krippendorff's alpha of items with two ratings or more, in which at least two answers occur."""
    import numpy as np

    raters = table.sum(axis=1)
    shares = table / (raters - 1)[:, None]
    coincidences = table.T @ shares - np.diag(shares.sum(axis=0))
    n_of = coincidences.sum(axis=1)
    n = n_of.sum()
    place = np.arange(len(n_of), dtype=float)
    if metric == "nominal":
        distance = 1.0 - np.eye(len(n_of))
    elif metric == "interval":
        distance = (place[:, None] - place[None, :]) ** 2
    else:
        # Ratings strictly between two answers and half of those on them: a difference of mid-ranks.
        middle = np.cumsum(n_of) - n_of / 2
        distance = (middle[:, None] - middle[None, :]) ** 2
    expected = (np.outer(n_of, n_of) * distance).sum()
    return float(1 - (n - 1) * (coincidences * distance).sum() / expected)


def _weights(name: str, points: int) -> Table:
    """How much two answers agree, from 1 for the same down to 0."""
    import numpy as np

    place = np.arange(points)
    d = np.abs(place[:, None] - place[None, :]).astype(float)
    if name == "unweighted":
        return np.eye(points)
    if name == "linear":
        return np.asarray(1 - d / (points - 1))
    if name == "quadratic":
        return np.asarray(1 - (d / (points - 1)) ** 2)
    return np.asarray(1 - d * (d + 1) / (points * (points - 1)))


@dataclass(frozen=True, slots=True)
class _Gwet:
    value: float | None
    se: float | None
    interval: Interval | None


def _agreement(table: Table, weights: Table) -> Table:
    """The agreement inside each item; 0 for an item with one rating, which no mean includes."""
    import numpy as np

    raters = table.sum(axis=1)
    inside = (table * (table @ weights - 1)).sum(axis=1)
    pairs = raters * (raters - 1)
    return np.asarray(np.divide(inside, pairs, out=np.zeros_like(inside), where=pairs > 0))


def _gwet(table: Table, weights: Table) -> _Gwet:
    raters = table.sum(axis=1)
    n, paired = len(table), raters >= 2
    inside = _agreement(table, weights)
    observed = inside[paired].mean()
    points = table.shape[1]
    chance = weights.sum() / (points * (points - 1))
    shares = table / raters[:, None]
    used = shares.mean(axis=0)
    expected = chance * (used * (1 - used)).sum()
    value = (observed - expected) / (1 - expected)
    if n < 2:
        return _Gwet(float(value), None, None)
    gains = (n / paired.sum()) * (inside - expected) / (1 - expected) * paired
    expected_of = chance * (shares * (1 - used)).sum(axis=1)
    linear = gains - 2 * (1 - value) * (expected_of - expected) / (1 - expected)
    se = float((((linear - value) ** 2).sum() / (n * (n - 1))) ** 0.5)
    reach = t_quantile(0.975, n - 1) * se
    interval = Interval(float(value) - reach, min(1.0, float(value) + reach), 0.95)
    return _Gwet(float(value), se, interval)


def _kappas(
    table: Table, weights: Table, *, is_one_answer: bool
) -> tuple[float | None, float | None, float | None]:
    """Fleiss' kappa, Brennan and Prediger's, and the plain agreement, of the same weights."""
    raters = table.sum(axis=1)
    observed = float(_agreement(table, weights)[raters >= 2].mean())
    used = (table / raters[:, None]).mean(axis=0)
    by_use = float(used @ weights @ used)
    even = float(weights.sum()) / table.shape[1] ** 2
    fleiss = None if is_one_answer else (observed - by_use) / (1 - by_use)
    return fleiss, (observed - even) / (1 - even), observed
