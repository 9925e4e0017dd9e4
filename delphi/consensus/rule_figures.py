"""The figure that one test of a rule looks at: from a histogram, or from the pairs of two rounds.

Everything is exact (`exact`) but what is made of logarithms or tails: Tastle and Wierman's consensus, the
entropy and a p-value are floats, taken at their exact binary value; and so is, beyond 1,000 ratings, the
chance by which Lawshe's critical value is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from delphi.consensus.appropriateness import LARGEST_BIOMED_PANEL, Appropriateness, appropriateness
from delphi.consensus.bands import Share, share_in
from delphi.consensus.change_tests import marginal_homogeneity
from delphi.consensus.content_validity import lawshe_critical
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.exact import (
    RootFigure,
    exact_agreement_a,
    exact_kappa_modified,
    exact_kappa_quadratic,
    exact_leik_consensus,
    mean_of,
    squared_variation_of,
    variance_of,
)
from delphi.consensus.ordinal_consensus import ordinal_consensus
from delphi.consensus.quantiles import interquartile_range, median
from delphi.consensus.reasons import Reason
from delphi.consensus.summaries import summarise
from delphi.domain.rule import (
    AnyTest,
    FigureTest,
    IqrTest,
    LawsheTest,
    MedianTest,
    Presence,
    RandAgreementTest,
    RandClass,
    RandDisagreementTest,
    RandUclaTest,
    Rule,
    ShareTest,
    StabilityTest,
    ThresholdTest,
    ValidityTest,
)
from delphi.domain.scale import Scale

Value: TypeAlias = Fraction | RootFigure | RandClass | Presence

LEAST_FOR_ORDINAL = 5
"""Ratings below which measures of ordinal consensus say nothing: one rating is perfect consensus to them."""
LEAST_PAIRS = 10
"""People who must have rated both times before a rule looks at movement (definitions, section 12)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of some people on one criterion; None with a reason where there is none.

    `share` holds the whole numbers behind a figure of a band, `limit` a threshold that follows from the data.
    """

    value: Value | None
    n: int
    reason: Reason | None = None
    share: Share | None = None
    limit: Fraction | None = None

    def passes(self, test: AnyTest) -> bool:
        """Whether the test holds; never for an undefined figure."""
        value = self.value
        if value is None:
            return False
        if isinstance(test, ThresholdTest):
            return isinstance(value, Fraction | RootFigure) and test.holds(value)
        if isinstance(test, RandUclaTest):
            return value in test.is_
        if isinstance(test, RandDisagreementTest | RandAgreementTest):
            return value is test.is_
        if self.limit is None or not isinstance(value, Fraction):
            return False
        if isinstance(test, LawsheTest):
            return (value >= self.limit) == (test.is_ == "reached")
        return value > self.limit or (value == self.limit and getattr(test, "is_", "") == "reached")


def figure_of(test: AnyTest, histogram: Histogram, rule: Rule, scale: Scale) -> Figure:
    """What a test looks at in the ratings of one round.

    Raises TypeError for movement, attrition and APMO, which need a `context`.
    """
    if isinstance(test, ShareTest):
        share = share_in(histogram, scale.bands[test.band], rule.denominator)
        if histogram.n == 0:
            return Figure(None, 0, Reason.NO_DATA, share)
        return Figure(share.percent, histogram.n, None, share)
    if isinstance(test, MedianTest | IqrTest):
        is_median = isinstance(test, MedianTest)
        value = median(histogram) if is_median else interquartile_range(histogram, rule.quantile_type)
        return Figure(value, histogram.n, None if value is not None else Reason.NO_DATA)
    if isinstance(test, FigureTest):
        return _figure(test, histogram, rule)
    if isinstance(test, RandUclaTest | RandDisagreementTest | RandAgreementTest):
        return _rand(test, histogram, rule)
    if isinstance(test, ValidityTest | LawsheTest):
        return _validity(test, histogram, rule, scale)
    raise TypeError(f"{test.statistic} is not a figure of one round's ratings")


def _figure(test: FigureTest, histogram: Histogram, rule: Rule) -> Figure:
    n = histogram.n
    if n == 0:
        return Figure(None, 0, Reason.NO_DATA)
    if test.statistic in _ORDINAL and n < LEAST_FOR_ORDINAL:
        return Figure(None, n, Reason.TOO_FEW)
    value: Value | None
    if test.statistic in ("sd", "cv"):
        square = variance_of(histogram) if test.statistic == "sd" else squared_variation_of(histogram)
        value = None if square is None else RootFigure(square)
        return Figure(value, n, None if value else Reason.ONE_RATER if n == 1 else Reason.NO_VARIATION)
    if test.statistic == "mean":
        value = mean_of(histogram)
    elif test.statistic in ("mean_abs_dev_median", "mad_median"):
        value = getattr(summarise(histogram, rule.quantile_type), test.statistic)
    elif test.statistic == "disagreement_index":
        value = appropriateness(histogram, quantile_type=rule.quantile_type).disagreement_index
    else:
        value = _ordinal(test.statistic, histogram)
    return Figure(value, n, None if value is not None else Reason.TOO_FEW)


_ORDINAL = frozenset(
    {"agreement_a", "polarization", "leik_consensus", "tastle_wierman", "shannon_entropy_bits"}
)


def _ordinal(statistic: str, histogram: Histogram) -> Fraction | None:
    if statistic == "leik_consensus":
        return exact_leik_consensus(histogram)
    if statistic in ("agreement_a", "polarization"):
        agreement = exact_agreement_a(histogram)
        return agreement if agreement is None or statistic == "agreement_a" else (1 - agreement) / 2
    found = ordinal_consensus(histogram)
    value = found.tastle_wierman if statistic == "tastle_wierman" else found.shannon_entropy_bits
    return None if value is None else Fraction(value)


def _rand(
    test: RandUclaTest | RandDisagreementTest | RandAgreementTest, histogram: Histogram, rule: Rule
) -> Figure:
    found = appropriateness(histogram, quantile_type=rule.quantile_type, half_medians=rule.half_medians)
    if isinstance(test, RandUclaTest):
        value: Value | None = found.class_by(test.method)
        return Figure(value, histogram.n, None if value else found.reasons["class_biomed"])
    if isinstance(test, RandAgreementTest):
        is_there, key = found.agreement_biomed, "agreement_biomed"
    else:
        is_there, key = _disagreement(test, found)
    if is_there is None:
        return Figure(None, histogram.n, found.reasons[key])
    return Figure(Presence.PRESENT if is_there else Presence.ABSENT, histogram.n)


def _disagreement(test: RandDisagreementTest, found: Appropriateness) -> tuple[bool | None, str]:
    method = test.method
    if method == "size":
        method = "biomed" if found.n <= LARGEST_BIOMED_PANEL else "ipras"
    if method == "biomed":
        return found.disagreement_biomed, "disagreement_biomed"
    if method == "third":
        return found.disagreement_third, "disagreement_third"
    return found.disagreement_ipras, "disagreement_ipras"


def _validity(test: ValidityTest | LawsheTest, histogram: Histogram, rule: Rule, scale: Scale) -> Figure:
    share = share_in(histogram, scale.bands[test.band], rule.denominator)
    k, n = share.k, share.n
    if histogram.n == 0:
        return Figure(None, 0, Reason.NO_DATA, share)
    if test.statistic == "i_cvi":
        return Figure(Fraction(k, n), n, None, share)
    if test.statistic == "kappa_modified":
        kappa = exact_kappa_modified(k, n)
        return Figure(kappa, n, None if kappa is not None else Reason.ONE_RATER, share)
    ratio = Fraction(2 * k - n, n)
    if test.statistic == "cvr":
        return Figure(ratio, n, None, share)
    critical = lawshe_critical(n)
    if critical is None:
        return Figure(None, n, Reason.TOO_FEW, share)
    return Figure(ratio, n, None, share, Fraction(2 * critical - n, n))


def movement_of(test: StabilityTest, pairs: CrossTab, before: Histogram, after: Histogram) -> Figure:
    """What a stability test looks at: the people who rated both times, and everybody of each round."""
    n = pairs.n_pairs
    if n < LEAST_PAIRS:
        return Figure(None, n, Reason.TOO_FEW)
    value: Value | None
    if test.statistic == "pct_changed":
        stayed = sum(row[place] for place, row in enumerate(pairs.counts))
        value = Fraction(100 * (n - stayed), n)
    elif test.statistic == "net_change_pct":
        moved = zip(pairs.earlier.counts, pairs.later.counts, strict=True)
        value = Fraction(100 * sum(abs(a - b) for a, b in moved), 2 * n)
    elif test.statistic == "kappa_quadratic":
        value = exact_kappa_quadratic(pairs)
    elif test.statistic == "cv_change":
        first, second = squared_variation_of(before), squared_variation_of(after)
        value = None if first is None or second is None else RootFigure(second, first)
    else:
        found = marginal_homogeneity(pairs)
        # Nobody moved: the margins are the same, which is what the test asks.
        p = 1.0 if found.bowker_p is None else found.stuart_maxwell_p
        value = None if p is None else Fraction(p)
    return Figure(value, n, None if value is not None else Reason.NO_VARIATION)
