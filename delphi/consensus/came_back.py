"""Were those who left unlike those who stayed? Over all items: which ones point to it, and the COMET check.

Panellists are not a random sample, so every p-value is a descriptive aid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.attrition import Attrition
from delphi.consensus.compare_groups import mann_whitney
from delphi.consensus.counts import Histogram
from delphi.consensus.multiplicity import holm
from delphi.consensus.plain_words import SIGNIFICANT
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result

WORTH_A_LOOK = Fraction(33, 100)
"""Cliff's delta from which, either way, an item is worth a look whatever its p."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One item's figures with both p-values after Holm over all items."""

    found: Attrition
    p_adjusted: float | None
    fisher_adjusted: float | None

    @property
    def is_flagged(self) -> bool:
        """Whether those who left had rated differently enough to be looked at."""
        delta = self.found.cliffs_delta
        if delta is not None and abs(delta) >= WORTH_A_LOOK:
            return True
        return any(p is not None and p < SIGNIFICANT for p in (self.p_adjusted, self.fisher_adjusted))

    @property
    def is_lower(self) -> bool:
        """Flagged, and those who left had rated lower."""
        return self.is_flagged and (self.found.cliffs_delta or 0) < 0

    @property
    def is_higher(self) -> bool:
        """Flagged, and those who left had not rated lower."""
        return self.is_flagged and not self.is_lower


def signs_of_bias(items: Sequence[Attrition]) -> list[Sign]:
    """Every item with its p-values adjusted by Holm over the items given, in the same order.

    Flagged is an item with Cliff's delta of .33 or more either way, or an adjusted p below .05.

    Examples
    --------
    >>> from delphi.consensus.attrition import attrition
    >>> lower = attrition(Histogram(1, (0, 0, 9)), Histogram(1, (6, 0, 0)), (3,))
    >>> same = attrition(Histogram(1, (0, 0, 9)), Histogram(1, (0, 0, 6)), (3,))
    >>> [(one.is_flagged, one.is_lower) for one in signs_of_bias([lower, same])]
    [(True, True), (False, False)]
    """
    ranks = holm([one.p_asymptotic_cc for one in items])
    bands = holm([one.fisher_p for one in items])
    return [Sign(one, p, band) for one, p, band in zip(items, ranks, bands, strict=True)]


@dataclass(frozen=True, kw_only=True)
class MeanRatings(Result):
    """The COMET check: each person's mean over all items, of those who left against those who stayed.

    `mean_*` are means of these means, in scale points; above 0, `cliffs_delta` says that leavers had rated
    higher.
    """

    n_completers: int
    n_dropouts: int
    mean_completers: Fraction | None
    mean_dropouts: Fraction | None
    p: float | None
    cliffs_delta: Fraction | None


def mean_ratings(completers: Sequence[Fraction], dropouts: Sequence[Fraction]) -> MeanRatings:
    """Compare the mean ratings of people who left with those of people who stayed.

    Parameters
    ----------
    completers, dropouts : sequence of Fraction
        Each person's mean rating over all items of the earlier round.

    Returns
    -------
    MeanRatings
        `p` of Mann and Whitney, exact for up to 2,000 pairs of people, else asymptotic with continuity
        correction. None (`no_data`) when nobody left or nobody stayed.

    References
    ----------
    Williamson PR et al. The COMET Handbook: version 1.0. Trials 2017;18(Suppl 3):280, attrition bias.

    Examples
    --------
    >>> found = mean_ratings([Fraction(4), Fraction(5)], [Fraction(2), Fraction(3)])
    >>> float(found.mean_completers), float(found.mean_dropouts), float(found.cliffs_delta)
    (4.5, 2.5, -1.0)
    """
    places = {value: place for place, value in enumerate(sorted({*completers, *dropouts}))}

    def ranked(values: Sequence[Fraction]) -> Histogram:
        counts = [0] * len(places)
        for value in values:
            counts[places[value]] += 1
        return Histogram(0, tuple(counts))

    compared = mann_whitney(ranked(dropouts), ranked(completers))
    figures = {
        "mean_completers": _mean(completers),
        "mean_dropouts": _mean(dropouts),
        "p": compared.p_asymptotic_cc
        if compared.p_exact_conditional is None
        else compared.p_exact_conditional,
        "cliffs_delta": compared.cliffs_delta,
    }
    return MeanRatings(
        n_completers=len(completers),
        n_dropouts=len(dropouts),
        **figures,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        reasons={key: Reason.NO_DATA for key, value in figures.items() if value is None},
    )


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None
