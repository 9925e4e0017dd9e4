"""What a condition of a consensus rule can be about, in words for a form: one row a statistic.

A form is built from these rows alone. A test that joins the rule language (`delphi.domain.rule`) becomes
something that can be chosen in a browser by a row here; one without a row is shown in words and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from delphi.domain.rule_tests import WITH_EQUAL_WEIGHT
from delphi.domain.scale import Scale

COMPARISONS: Mapping[str, str] = {
    "at_least": "at least",
    "more_than": "more than",
    "at_most": "at most",
    "below": "below",
    "at_least+below": "at least … but below",
    "at_least+at_most": "at least … but at most",
    "more_than+below": "more than … but below",
    "more_than+at_most": "more than … but at most",
}
"""How a figure can be compared, in words; two joined by a plus sign make a range."""

BANDS = "band"
"""The setting whose choices are the bands of the study's scale."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One more thing to choose: `options` are (value in the rule, words); more than one if `is_several`."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    is_several: bool = False


class Family(StrEnum):
    """Statistics of a kind stand together in a list; those of `CHANGE` alone may stop the rating."""

    AGREEMENT = "Agreement"
    MIDDLE = "Middle and spread"
    RAND = "RAND/UCLA"
    VALIDITY = "Content validity"
    CHANGE = "Change since the round before"
    PEOPLE = "Who is still there"


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure that a condition can ask about.

    `name` stands after "if", `unit` after the number, `hint` below. One that does not compare with a number
    has a setting that says what it has to be. `misfit` says why it does not
    fit a scale. `is_of_criteria` is False for what is the same whatever was asked.
    """

    key: str
    name: str
    family: Family
    unit: str = ""
    hint: str = ""
    compares: bool = True
    settings: tuple[Setting, ...] = ()
    misfit: Callable[[Scale], str] = lambda scale: ""
    is_of_criteria: bool = True

    @property
    def can_weigh_equally(self) -> bool:
        """Whether the mean over groups or panels is a figure of the same kind."""
        return self.key in WITH_EQUAL_WEIGHT


def _no_thirds(scale: Scale) -> str:
    n = len(scale.values)
    return f"It needs a scale in three equal parts; this one has {n} points." if n % 3 else ""


def _begins_at_nought(scale: Scale) -> str:
    return "" if scale.minimum > 0 else "It needs a scale that begins above 0."


def _is_of_two_points(scale: Scale) -> str:
    return "It needs three points or more." if len(scale.values) == 2 else ""


_BAND = Setting(BANDS, "Points")
_METHODS = (
    ("size", "BIOMED up to 16 ratings, IPRAS above"),
    ("biomed", "by panel size (BIOMED)"),
    ("ipras", "IPRAS"),
)
_CLASSES = (("appropriate", "appropriate"), ("uncertain", "uncertain"), ("inappropriate", "inappropriate"))
_PRESENCE = Setting("is", "Found", (("absent", "absent"), ("present", "present")))
_FIVE = "Needs five ratings."
_BOTH = "Of those who rated both times, at least ten; only on a draft that is the same or comparable."

_ROWS = (
    Statistic("share", "the share who choose", Family.AGREEMENT, "of 100", settings=(_BAND,)),
    Statistic(
        "apmo",
        "the average of majority opinions (APMO), for those who choose",
        Family.AGREEMENT,
        hint="The cut-off comes from all answers of the round, so that only its formula is sealed.",
        compares=False,
        settings=(_BAND, Setting("is", "Cut-off", (("reached", "reached"), ("exceeded", "exceeded")))),
    ),
    Statistic("agreement_a", "agreement A (−1 to 1)", Family.AGREEMENT, hint=_FIVE, misfit=_is_of_two_points),
    Statistic("leik_consensus", "Leik’s consensus (0 to 1)", Family.AGREEMENT, hint=_FIVE),
    Statistic("tastle_wierman", "Tastle and Wierman’s consensus (0 to 1)", Family.AGREEMENT, hint=_FIVE),
    Statistic(
        "polarization", "polarisation (0 to 1)", Family.AGREEMENT, hint=_FIVE, misfit=_is_of_two_points
    ),
    Statistic("shannon_entropy_bits", "the entropy", Family.AGREEMENT, "bits", _FIVE),
    Statistic("median", "the median rating", Family.MIDDLE),
    Statistic("mean", "the mean rating", Family.MIDDLE),
    Statistic("iqr", "the interquartile range", Family.MIDDLE, "points"),
    Statistic("sd", "the standard deviation", Family.MIDDLE, "points"),
    Statistic(
        "cv", "the coefficient of variation", Family.MIDDLE, hint="0.5 is half.", misfit=_begins_at_nought
    ),
    Statistic("mean_abs_dev_median", "the mean distance from the median", Family.MIDDLE, "points"),
    Statistic("mad_median", "the median distance from the median", Family.MIDDLE, "points"),
    Statistic(
        "rand_ucla_class",
        "the RAND/UCLA class",
        Family.RAND,
        compares=False,
        settings=(Setting("is", "is", _CLASSES, is_several=True), Setting("method", "Method", _METHODS)),
        misfit=_no_thirds,
    ),
    Statistic(
        "rand_disagreement",
        "disagreement by RAND/UCLA",
        Family.RAND,
        compares=False,
        hint="On a scale that is not in three equal parts only IPRAS fits.",
        settings=(_PRESENCE, Setting("method", "Method", (*_METHODS, ("third", "a third at each end")))),
    ),
    Statistic(
        "rand_agreement",
        "agreement by RAND/UCLA (BIOMED)",
        Family.RAND,
        compares=False,
        settings=(_PRESENCE,),
        misfit=_no_thirds,
    ),
    Statistic(
        "disagreement_index", "the disagreement index", Family.RAND, hint="Above 1 there is disagreement."
    ),
    Statistic("i_cvi", "the content validity index (0 to 1), of points", Family.VALIDITY, settings=(_BAND,)),
    Statistic(
        "kappa_modified",
        "the content validity index beyond chance (−1 to 1), of points",
        Family.VALIDITY,
        settings=(_BAND,),
    ),
    Statistic("cvr", "Lawshe’s ratio (−1 to 1), of points", Family.VALIDITY, settings=(_BAND,)),
    Statistic(
        "lawshe_critical",
        "Lawshe’s critical value, of points",
        Family.VALIDITY,
        compares=False,
        settings=(_BAND, Setting("is", "Value", (("reached", "reached"), ("missed", "missed")))),
    ),
    Statistic("net_change_pct", "the net change", Family.CHANGE, "of 100", _BOTH),
    Statistic("pct_changed", "the people who changed their rating", Family.CHANGE, "of 100", _BOTH),
    Statistic(
        "cv_change",
        "the change of the coefficient of variation",
        Family.CHANGE,
        hint="0.2 and more is often taken as unstable.",
        misfit=_begins_at_nought,
    ),
    Statistic("kappa_quadratic", "kappa, with quadratic weights (−1 to 1)", Family.CHANGE, hint=_BOTH),
    Statistic("marginal_homogeneity_p", "p of Stuart and Maxwell’s test", Family.CHANGE, hint=_BOTH),
    Statistic(
        "attrition_pct",
        "those who rated in round 1 and not now",
        Family.PEOPLE,
        "of 100",
        is_of_criteria=False,
    ),
)
STATISTICS: Mapping[str, Statistic] = {one.key: one for one in _ROWS}
"""By the name in the rule, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A setting of the whole rule: a whole number, or one of `options` as (value, words)."""

    key: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_number: bool = False
    is_needed: bool = False


MINIMUM = RuleSetting(
    "min_ratings_per_panel",
    "Ratings needed in each panel",
    "With fewer on any criterion, a section is not assessable, and never agreed. Looked at first.",
    is_number=True,
    is_needed=True,
)
COUNTING = (
    RuleSetting(
        "denominator",
        "Shares are of",
        options=(
            ("valid", "people who gave a rating; “can’t say” is left out"),
            ("respondents", "everybody who answered; “can’t say” counts as not agreeing"),
        ),
    ),
    RuleSetting(
        "quantile_type",
        "Quartiles are worked out as in",
        "Programs differ. It matters for small panels and rules on the interquartile range.",
        options=(("7", "R and Excel (type 7)"), ("6", "SPSS and Minitab (type 6)"), ("2", "SAS (type 2)")),
        is_number=True,
    ),
    RuleSetting(
        "half_medians",
        "In RAND/UCLA, a median between two thirds of the scale is in",
        options=(("higher", "the higher third"), ("middle", "the middle third")),
    ),
)
"""How figures are counted, the same in every condition."""
MOST_RATINGS = RuleSetting(
    "most_ratings_per_draft",
    "One draft is rated at most so many times (if this belongs to the rule)",
    "Left empty, the limit of the protocol counts.",
    is_number=True,
)
RULE_SETTINGS = (MINIMUM, *COUNTING, MOST_RATINGS)
