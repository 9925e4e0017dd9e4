"""Everything the item table prints of one item, in one call (requirement T4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.bands import Share, share_in
from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import Interval, wilson
from delphi.consensus.reasons import Reason
from delphi.consensus.summaries import summarise
from delphi.domain.rule import Denominator, QuantileType
from delphi.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class Description:
    """One item's figures for some set of people; a value that is None has its code in `reasons`.

    Shares are kept as whole numbers; mean, median and quarters are exact. `neutral` are the points in
    neither band. The names in `as_dict` are those of the codebook.
    """

    n: int
    n_unable: int
    n_skipped: int
    agree: Share
    disagree: Share
    neutral: Share
    agree_wilson95: Interval | None
    mean: Fraction | None
    sd: float | None
    median: Fraction | None
    q1: Fraction | None
    q3: Fraction | None
    iqr: Fraction | None
    quantile_type: QuantileType
    denominator: Denominator
    reasons: Mapping[str, Reason]

    @property
    def n_answered(self) -> int:
        """Ratings and "can't say" together."""
        return self.n + self.n_unable

    def as_dict(self) -> dict[str, object]:
        """Plain numbers and None, unrounded, for files and snapshots; shares in per cent."""
        wilson95 = self.agree_wilson95
        figures: dict[str, object] = {"n": self.n, "n_unable": self.n_unable, "n_skipped": self.n_skipped}
        for name, share in (("agree", self.agree), ("disagree", self.disagree), ("neutral", self.neutral)):
            figures |= {f"n_{name}": share.k, f"pct_{name}": _plain(share.percent) if self.n else None}
        return figures | {
            "wilson95": [wilson95.low, wilson95.high] if wilson95 else None,
            "mean": _plain(self.mean),
            "sd": self.sd,
            "median": _plain(self.median),
            "q1": _plain(self.q1),
            "q3": _plain(self.q3),
            "iqr": _plain(self.iqr),
            "quantile_type": self.quantile_type,
            "denominator": self.denominator,
            "reasons": {key: reason.value for key, reason in sorted(self.reasons.items())},
        }


def describe(
    histogram: Histogram,
    scale: Scale,
    *,
    quantile_type: QuantileType = 7,
    denominator: Denominator = "valid",
) -> Description:
    """Describe one item for the people in a histogram.

    Parameters
    ----------
    histogram : Histogram
        Their ratings, on the study's scale.
    scale : Scale
        Names the agree and disagree bands.
    quantile_type : {2, 6, 7}
        The rule's.
    denominator : {"valid", "respondents"}
        The rule's; the interval is of the same share.

    Raises
    ------
    ValueError
        If the histogram is on another scale.

    Examples
    --------
    >>> from delphi.domain.scale import Scale, ScalePoint
    >>> points = tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6))
    >>> five = Scale(id="five", points=points, bands={"agree": (4, 5)})
    >>> found = describe(Histogram(1, (1, 2, 7, 20, 15), n_unable=1), five)
    >>> found.agree, found.neutral, float(found.median), float(found.iqr)
    (Share(k=35, n=45), Share(k=7, n=45), 4.0, 1.0)
    """
    require_scale(histogram, scale)
    summary = summarise(histogram, quantile_type)
    bands = scale.bands
    between = set(scale.values) - set(bands["agree"]) - set(bands["disagree"])
    agree = share_in(histogram, bands["agree"], denominator)
    reasons = {key: reason for key, reason in summary.reasons.items() if key in _SHOWN}
    if histogram.n == 0:
        reasons |= dict.fromkeys(("pct_agree", "pct_disagree", "pct_neutral", "wilson95"), Reason.NO_DATA)
    return Description(
        n=histogram.n,
        n_unable=histogram.n_unable,
        n_skipped=histogram.n_skipped,
        agree=agree,
        disagree=share_in(histogram, bands["disagree"], denominator),
        neutral=share_in(histogram, between, denominator),
        agree_wilson95=wilson(agree.k, agree.n) if histogram.n else None,
        mean=summary.mean,
        sd=summary.sd,
        median=summary.median,
        q1=summary.q1,
        q3=summary.q3,
        iqr=summary.iqr,
        quantile_type=quantile_type,
        denominator=denominator,
        reasons=reasons,
    )


def require_scale(histogram: Histogram, scale: Scale) -> None:
    """Refuse counts that belong to another scale; raises ValueError."""
    if (histogram.minimum, histogram.maximum) != (scale.minimum, scale.maximum):
        raise ValueError(
            f"counts for points {histogram.minimum} to {histogram.maximum} do not fit the scale "
            f"{scale.minimum} to {scale.maximum}"
        )


_SHOWN = frozenset({"mean", "sd", "median", "q1", "q3", "iqr"})


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)
