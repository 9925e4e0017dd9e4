"""Published consensus rules to start from, each with its source and the scales it was written for.

A team takes one, changes what its study needs, and seals the result as its own. The bands, "agree" and
"disagree", are the study's: the published rules mean 7-9 and 1-3 on a nine-point scale. A rule that speaks
of points ("median of at least 7") is for its own scale only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from delphi.consensus.library_figures import (
    content_validity_index,
    content_validity_kappa,
    cv_and_median,
    cv_bands,
    iqr_on_five_points,
    lawshe,
    mean_and_sd,
    median_alone,
    median_and_iqr,
    rand_biomed,
    rand_ipras,
    rand_ucla,
    rand_with_agreement,
)
from delphi.consensus.library_parts import (
    AYRE,
    COMET,
    CV_BANDS,
    DAJANI,
    DIAMOND,
    GRACHT,
    HEAP,
    HOLEY,
    JORM,
    POLIT,
    RAND,
    SCHEIBE,
)
from delphi.consensus.library_shares import (
    apmo,
    comet_every_group,
    comet_every_panel,
    comet_fifty_then_seventy,
    comet_pooled,
    eighty_in_every_panel,
    eighty_rerated_once,
    equal_groups,
    pooled_and_each_panel,
    share_of_all,
)
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Rule, StopRule
from delphi.domain.scale import Scale

__all__ = [
    "ANY_SCALE",
    "PUBLISHED_RULES",
    "PUBLISHED_STOPS",
    "Fit",
    "ForScales",
    "PublishedRule",
    "PublishedStop",
    "comet_every_panel",
    "comet_pooled",
    "eighty_in_every_panel",
    "pooled_and_each_panel",
    "rand_ucla",
    "rules_for",
]


@dataclass(frozen=True, slots=True)
class ForScales:
    """For which scales a rule was written: in words, after "for", and as a test."""

    words: str
    fits: Callable[[Scale], bool]


ANY_SCALE = ForScales("any scale: the study's own bands count", lambda scale: True)
_NINE = ForScales("a scale of 1 to 9", lambda scale: (scale.minimum, scale.maximum) == (1, 9))
_FIVE = ForScales("a scale of 1 to 5", lambda scale: (scale.minimum, scale.maximum) == (1, 5))
_FOUR = ForScales("a scale of four points", lambda scale: len(scale.values) == 4)
_THREE = ForScales("a scale of three points", lambda scale: len(scale.values) == 3)
_THIRDS = ForScales("a scale in three equal parts", lambda scale: len(scale.values) % 3 == 0)
_FROM_ONE = ForScales("a scale that begins at 1", lambda scale: scale.minimum >= 1)
_FROM_ONE_TO_FIVE_OR_MORE = ForScales(
    "a scale that begins at 1 and has five points or more",
    lambda scale: scale.minimum == 1 and scale.maximum >= 5,
)


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """A rule of the library: its short name, title, where it was published, and how to make it."""

    code: str
    title: str
    source: str | None
    make: Callable[[date], Rule]
    scales: ForScales = ANY_SCALE
    needs_groups: int = 1
    """Stakeholder groups that a study must have for the rule to say more than its pooled sister."""

    def why_not(self, scale: Scale, structure: GroupStructure | None = None) -> str:
        """Why the rule cannot be asked on a scale, as a sentence; empty when it can."""
        if not self.scales.fits(scale):
            low, high = scale.minimum, scale.maximum
            return f"Written for {self.scales.words}; this one runs from {low} to {high}."
        if structure is not None and len(structure.groups) < self.needs_groups:
            return "Written for several stakeholder groups; this study has one."
        return ""


@dataclass(frozen=True, slots=True)
class Fit:
    """A published rule beside a study: `why_not` is empty when it can be asked there."""

    published: PublishedRule
    why_not: str


def rules_for(
    scale: Scale, structure: GroupStructure, rules: Sequence[PublishedRule] | None = None
) -> tuple[Fit, ...]:
    """Every rule of the library, in order, with why it is not for this scale or these groups.

    What else a study may contradict (its rounds, its planned numbers) is for `domain.rule_check`.
    """
    chosen = PUBLISHED_RULES if rules is None else rules
    return tuple(Fit(one, one.why_not(scale, structure)) for one in chosen)


_THRESHOLDS = f"Thresholds in use are reviewed in: {DIAMOND}"

PUBLISHED_RULES = (
    PublishedRule("comet-pooled", "COMET 70/15, all together", COMET, comet_pooled),
    PublishedRule("comet-every-panel", "COMET 70/15 in every panel", COMET, comet_every_panel),
    PublishedRule(
        "comet-every-group",
        "COMET 70/15 in every stakeholder group",
        COMET,
        comet_every_group,
        needs_groups=2,
    ),
    PublishedRule("comet-50-then-70", "COMET 50/15 in round 1, then 70/15", HEAP, comet_fifty_then_seventy),
    PublishedRule("eighty-in-every-panel", "80% in every panel", JORM, eighty_in_every_panel),
    PublishedRule("eighty-rerated-once", "80% in every panel, re-rated once", JORM, eighty_rerated_once),
    PublishedRule("rand-ucla", "RAND/UCLA appropriateness", RAND, rand_ucla, _THIRDS),
    PublishedRule("rand-biomed", "RAND/UCLA by counts (BIOMED)", RAND, rand_biomed, _THIRDS),
    PublishedRule("rand-ipras", "RAND/UCLA by IPRAS", RAND, rand_ipras, _THIRDS),
    PublishedRule("rand-agreement", "RAND/UCLA with agreement", RAND, rand_with_agreement, _THIRDS),
    PublishedRule(
        "share-51", "Simple majority (51%)", _THRESHOLDS, share_of_all("51", "at least 51%", _THRESHOLDS)
    ),
    PublishedRule(
        "two-thirds", "Two thirds", _THRESHOLDS, share_of_all("200/3", "at least two thirds", _THRESHOLDS)
    ),
    PublishedRule(
        "share-75",
        "75%, the median of published studies",
        DIAMOND,
        share_of_all("75", "at least 75%", DIAMOND),
    ),
    PublishedRule("share-80", "80% of all", _THRESHOLDS, share_of_all("80", "at least 80%", _THRESHOLDS)),
    PublishedRule("share-90", "90% of all", _THRESHOLDS, share_of_all("90", "at least 90%", _THRESHOLDS)),
    PublishedRule("share-100", "Unanimity", _THRESHOLDS, share_of_all("100", "all", _THRESHOLDS)),
    PublishedRule(
        "equal-groups-75",
        "75%, every stakeholder group alike",
        f"The median threshold of {DIAMOND}; equal weight is ours",
        equal_groups,
        needs_groups=2,
    ),
    PublishedRule("apmo", "Above the average of majority opinions (APMO)", GRACHT, apmo),
    PublishedRule(
        "iqr-1-on-5",
        "IQR at most 1 on five points",
        f"{GRACHT}; the side, by the median, is ours",
        iqr_on_five_points,
        _FIVE,
    ),
    PublishedRule(
        "median-7",
        "Median at least 7 on nine points",
        f"Definitions in use are reviewed in: {DIAMOND}",
        median_alone,
        _NINE,
    ),
    PublishedRule(
        "median-7-iqr-2",
        "Median at least 7, IQR at most 2",
        f"Rules on median and spread are reviewed in: {GRACHT}",
        median_and_iqr(2),
        _NINE,
    ),
    PublishedRule(
        "median-7-iqr-3",
        "Median at least 7, IQR at most 3",
        f"Rules on median and spread are reviewed in: {GRACHT}",
        median_and_iqr(3),
        _NINE,
    ),
    PublishedRule(
        "mean-7-sd-1-5",
        "Mean at least 7, SD at most 1.5",
        f"Rules on mean and standard deviation are reviewed in: {GRACHT}",
        mean_and_sd,
        _NINE,
    ),
    PublishedRule(
        "median-7-cv-0-3",
        "Median at least 7, CV at most 0.3",
        f"Rules on the coefficient of variation are reviewed in: {GRACHT}",
        cv_and_median,
        _NINE,
    ),
    PublishedRule(
        "cv-bands",
        "Coefficient of variation, 0.5 and 0.8",
        CV_BANDS,
        cv_bands,
        _FROM_ONE_TO_FIVE_OR_MORE,
    ),
    PublishedRule("i-cvi-78", "Content validity index (I-CVI) of .78", POLIT, content_validity_index, _FOUR),
    PublishedRule("kappa-modified", "Content validity beyond chance", POLIT, content_validity_kappa, _FOUR),
    PublishedRule("lawshe", "Lawshe's content validity ratio", AYRE, lawshe, _THREE),
    PublishedRule("pooled-and-each-panel", "80% of all, 70% in each panel", None, pooled_and_each_panel),
)
"""Every rule of the library, in the order in which a team is offered them."""


@dataclass(frozen=True, slots=True)
class PublishedStop:
    """A stop rule of the library; what `make` gives is put into any rule."""

    code: str
    title: str
    source: str
    make: Callable[[], StopRule]
    scales: ForScales = ANY_SCALE


def _stable(*tests: tuple[str, str, str | int]) -> Callable[[], StopRule]:
    parts = [{"statistic": statistic, comparator: value} for statistic, comparator, value in tests]
    plain = {"stable": {"all": parts} if len(parts) > 1 else parts[0]}
    return lambda: StopRule.model_validate(plain)


def _after(number: int) -> Callable[[], StopRule]:
    return lambda: StopRule(after_round=number)


PUBLISHED_STOPS = (
    PublishedStop("two-rounds", "After two rounds", f"Fixed rounds: {DIAMOND}", _after(2)),
    PublishedStop("three-rounds", "After three rounds", f"Fixed rounds: {DIAMOND}", _after(3)),
    PublishedStop("net-change-15", "Net change below 15%", SCHEIBE, _stable(("net_change_pct", "below", 15))),
    PublishedStop(
        "net-change-and-cv",
        "Net change below 15%, CV changed by less than 0.2",
        f"{SCHEIBE}; the coefficient of variation beside it is ours",
        _stable(("net_change_pct", "below", 15), ("cv_change", "below", "0.2")),
        _FROM_ONE,
    ),
    PublishedStop(
        "changed-15",
        "Fewer than 15% changed their answer",
        f"After {SCHEIBE}, counted by person",
        _stable(("pct_changed", "below", 15)),
    ),
    PublishedStop(
        "kappa-75",
        "Weighted kappa of at least .75",
        f"Kappa between rounds: {HOLEY}; the threshold is ours",
        _stable(("kappa_quadratic", "at_least", "0.75")),
    ),
    PublishedStop(
        "margins-and-changed",
        "The distribution did not move, and fewer than 15% changed",
        f"{DAJANI}, tested with the same people; the share beside it is ours",
        _stable(("marginal_homogeneity_p", "more_than", "0.05"), ("pct_changed", "below", 15)),
    ),
)
"""Stop rules; where answers are stable without agreement, that is a result of its own: dissent."""
