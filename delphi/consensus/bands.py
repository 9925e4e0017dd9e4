"""Shares of people in a band of the scale, kept as whole numbers so that comparisons are exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from delphi.consensus.counts import Histogram
from delphi.domain.rule import Denominator


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n` people; nothing is rounded, and there is no share of nobody."""

    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"{self.k} of {self.n} is not a share")

    @property
    def percent(self) -> Fraction | None:
        """Exact per cent, 0 to 100; None of nobody (`no_data`)."""
        return Fraction(100 * self.k, self.n) if self.n else None


def share_in(histogram: Histogram, band: Iterable[int], denominator: Denominator = "valid") -> Share:
    """How many chose a point of the band, out of those who count.

    Parameters
    ----------
    histogram : Histogram
        Ratings of one item.
    band : iterable of int
        Points of the scale.
    denominator : {"valid", "respondents"}
        `valid` counts people who gave a rating, `respondents` also those who said "can't say". Skipped
        answers never count.

    Raises
    ------
    ValueError
        If a point is off the scale.

    Examples
    --------
    >>> ratings = Histogram(1, (1, 0, 1, 3, 3), n_unable=2)
    >>> share_in(ratings, (4, 5)), share_in(ratings, (4, 5), "respondents")
    (Share(k=6, n=8), Share(k=6, n=10))
    """
    n = histogram.n if denominator == "valid" else histogram.n_answered
    return Share(histogram.count_in(band), n)


CometOutcome = Literal["consensus_in", "consensus_out", "no_consensus"]


def comet_70_15(high: Share, low: Share) -> CometOutcome | None:
    """The COMET definition of consensus for one item.

    Parameters
    ----------
    high, low : Share
        People in the top band (7-9) and in the bottom band (1-3), of the same ratings.

    Returns
    -------
    "consensus_in", "consensus_out", "no_consensus" or None
        In: at least 70% in the high band and less than 15% in the low one. Out: mirrored. None of nobody.

    Notes
    -----
    Exactly 70% passes, exactly 15% fails. On scales other than 1-9 the bands are the study's own.

    References
    ----------
    Williamson PR et al. The COMET Handbook: version 1.0. Trials 2017;18(Suppl 3):280.

    Examples
    --------
    >>> comet_70_15(Share(14, 20), Share(2, 20)), comet_70_15(Share(14, 20), Share(3, 20))
    ('consensus_in', 'no_consensus')
    """
    if high.n == 0 or low.n == 0:
        return None
    if 100 * high.k >= 70 * high.n and 100 * low.k < 15 * low.n:
        return "consensus_in"
    if 100 * low.k >= 70 * low.n and 100 * high.k < 15 * high.n:
        return "consensus_out"
    return "no_consensus"
