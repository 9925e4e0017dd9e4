"""Would other published rules have decided otherwise? One item's ratings under each of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.appropriateness import Appropriateness, appropriateness
from delphi.consensus.bands import Share, comet_70_15, share_in
from delphi.consensus.counts import Histogram
from delphi.consensus.exact import squared_variation_of, variance_of
from delphi.consensus.quantiles import interquartile_range
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.summaries import Summary, summarise
from delphi.domain.rule import RandClass

LEAST_PER_CENT = (51, 60, 67, 70, 75, 80, 90, 100)
NINE_POINTS = (1, 9)


@dataclass(frozen=True, kw_only=True)
class RuleSensitivity(Result):
    """Whether each rule finds consensus to keep the item; None where a rule cannot be asked.

    `rules_total` counts the rules that could be asked, `rules_met` those that find consensus. The reasons
    are by rule.
    """

    n: int
    in_consensus: Mapping[str, bool | None]
    rules_met: int
    rules_total: int


def rule_sensitivity(
    histogram: Histogram, agree_band: Collection[int], disagree_band: Collection[int]
) -> RuleSensitivity:
    """Judge one item by the published rules of sections 3 and 4 of the definitions.

    Parameters
    ----------
    histogram : Histogram
        Ratings of one item.
    agree_band, disagree_band : collection of int
        The study's bands; 7-9 and 1-3 in the rules as published. Rules on a band that is empty, since none
        was declared, are None (`band_not_declared`).

    Returns
    -------
    RuleSensitivity
        Rules for nine points are None on another scale (`rule_not_for_scale`), rules on spread for one
        rating (`one_rater`), and all without ratings (`no_data`).

    References
    ----------
    Diamond IR et al. Defining consensus: a systematic review. J Clin Epidemiol 2014;67:401-9. Grant S,
    Booth M, Khodyakov D. Lack of preregistered analysis plans allows unacceptable data mining for and
    selective reporting of consensus in Delphi studies. J Clin Epidemiol 2018;99:96-105.

    Examples
    --------
    >>> ratings = Histogram(1, (0, 0, 0, 0, 1, 1, 3, 3, 2))
    >>> found = rule_sensitivity(ratings, (7, 8, 9), (1, 2, 3))
    >>> found.rules_met, found.rules_total, found.in_consensus["pct_agree_ge_90"]
    (17, 19, False)
    """
    agree, disagree = share_in(histogram, agree_band), share_in(histogram, disagree_band)
    answers: dict[str, bool | None] = {
        f"pct_agree_ge_{least}": 100 * agree.k >= least * agree.n for least in LEAST_PER_CENT
    }
    answers["two_thirds"] = 3 * agree.k >= 2 * agree.n
    without_band = [] if agree_band else list(answers)
    answers["comet_70_15_in"] = comet_70_15(agree, disagree) == "consensus_in"
    if not (agree_band and disagree_band):
        without_band.append("comet_70_15_in")
    answers |= dict.fromkeys(without_band)
    reasons = dict.fromkeys(without_band, Reason.BAND_NOT_DECLARED)
    is_for_scale = (histogram.minimum, histogram.maximum) == NINE_POINTS
    if histogram.n and is_for_scale:
        item = _Item(histogram, summarise(histogram), appropriateness(histogram), agree)
        for name, rule in _FOR_NINE_POINTS.items():
            answers[name] = rule(item)
            if answers[name] is None:
                reasons[name] = Reason.ONE_RATER
    else:
        answers |= dict.fromkeys(_FOR_NINE_POINTS)
        why = Reason.NO_DATA if is_for_scale else Reason.RULE_NOT_FOR_SCALE
        reasons |= dict.fromkeys(_FOR_NINE_POINTS, why)
    if histogram.n == 0:
        answers = dict.fromkeys(answers)
        reasons = dict.fromkeys(answers, Reason.NO_DATA) | reasons
    return RuleSensitivity(
        n=histogram.n,
        in_consensus=answers,
        rules_met=sum(answer is True for answer in answers.values()),
        rules_total=sum(answer is not None for answer in answers.values()),
        reasons=reasons,
    )


@dataclass(frozen=True, slots=True)
class _Item:
    histogram: Histogram
    summary: Summary
    ram: Appropriateness
    agree: Share

    @property
    def is_high(self) -> bool:
        return self.summary.median is not None and self.summary.median >= 7

    def has_spread(self, *, at_most: int, quantile_type: int) -> bool:
        spread = interquartile_range(self.histogram, 2 if quantile_type == 2 else 7)
        return spread is not None and spread <= at_most


def _mean_and_sd(item: _Item) -> bool | None:
    """Mean at least 7 and standard deviation at most 1.5, compared exactly."""
    if item.summary.sd is None or item.summary.mean is None:
        return None
    variance = variance_of(item.histogram)
    return item.summary.mean >= 7 and variance is not None and variance <= Fraction(9, 4)


def _cv(item: _Item) -> bool | None:
    """Standard deviation at most 0.3 of the mean, and a median of at least 7."""
    if item.summary.cv is None or item.summary.mean is None:
        return None
    squared = squared_variation_of(item.histogram)
    return item.is_high and squared is not None and squared <= Fraction(9, 100)


_FOR_NINE_POINTS: dict[str, Callable[[_Item], bool | None]] = {
    "median_ge_7": lambda item: item.is_high,
    "median_ge_7_iqr_le_2_type7": lambda item: item.is_high and item.has_spread(at_most=2, quantile_type=7),
    "median_ge_7_iqr_le_1_type7": lambda item: item.is_high and item.has_spread(at_most=1, quantile_type=7),
    "median_ge_7_iqr_le_1_type2": lambda item: item.is_high and item.has_spread(at_most=1, quantile_type=2),
    "ram_biomed_appropriate": lambda item: item.ram.class_biomed is RandClass.APPROPRIATE,
    "ram_ipras_appropriate": lambda item: item.ram.class_ipras is RandClass.APPROPRIATE,
    "ram_appropriate_with_agreement": lambda item: (
        item.ram.class_biomed is RandClass.APPROPRIATE and bool(item.ram.agreement_biomed)
    ),
    "mean_ge_7_sd_le_1_5": _mean_and_sd,
    "cv_le_0_3_and_median_ge_7": _cv,
}
