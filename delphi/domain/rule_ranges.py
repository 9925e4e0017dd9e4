"""What values a statistic of a rule can take on a scale, and which statistics do not fit a scale.

Bounds are the true ones or a little wider, never narrower: a rule is refused only for what cannot happen.

Pure; used by `rule_check` and `rule_logic`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from delphi.domain.rule_tests import (
    AnyTest,
    ApmoTest,
    AttritionTest,
    FigureTest,
    LawsheTest,
    MedianTest,
    RandAgreementTest,
    RandDisagreementTest,
    RandUclaTest,
    ShareTest,
    StabilityTest,
    ThresholdTest,
    ValidityTest,
)
from delphi.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value of a figure, and the words that say so."""

    low: Fraction
    high: Fraction
    words: str


def why_not_for_scale(test: AnyTest, scale: Scale) -> str:
    """Why a statistic cannot be asked on a scale, as a sentence; empty when it can.

    A scale of 1 to 5 cannot be cut into three parts, a coefficient of variation on 0 to 10 would depend on
    where the scale has its zero, and van der Eijk's A needs three points.
    """
    points = len(scale.values)
    by_thirds = isinstance(test, RandUclaTest | RandAgreementTest) or (
        isinstance(test, RandDisagreementTest) and test.method != "ipras"
    )
    if by_thirds and points % 3:
        instead = "IPRAS" if isinstance(test, RandDisagreementTest) else "a share or a median"
        return (
            f"RAND/UCLA's thirds need a scale in three equal parts; this one has {points} points. "
            f"Use {instead} instead."
        )
    if test.statistic in ("cv", "cv_change") and scale.minimum < 1:
        return (
            "A coefficient of variation depends on where the scale has its zero; this one begins at "
            f"{scale.minimum}. Use the standard deviation instead, or a scale that begins at 1."
        )
    if isinstance(test, FigureTest) and test.statistic in ("agreement_a", "polarization") and points < 3:
        return (
            "Van der Eijk's agreement A and the polarisation need three points or more; this scale has 2. "
            "Use Leik's consensus instead."
        )
    return ""


def range_of(test: ThresholdTest, scale: Scale) -> Range:
    """Between which values the tested figure lies on a scale that it fits."""
    if isinstance(test, ShareTest):
        return Range(Fraction(0), Fraction(100), "A share lies between 0 and 100 per cent")
    statistic = test.statistic_code
    low, high = Fraction(scale.minimum), Fraction(scale.maximum)
    if isinstance(test, MedianTest) or statistic == "mean":
        return Range(low, high, f"The scale runs from {low} to {high}")
    if statistic in _IN_POINTS:
        name, most = _IN_POINTS[statistic], _spread(statistic, high - low)
        return Range(Fraction(0), most, f"On this scale {name} lies between 0 and {_written(most)}")
    if statistic in ("cv", "cv_change"):
        # Largest when few are at the top and all others at the bottom: (b - a) / (2 √(a (b - a))).
        most = _root_above((high - low) / (4 * low)) if low > 0 else Fraction(10**6)
        return Range(
            Fraction(0),
            most,
            f"On this scale a coefficient of variation lies between 0 and {_written(most)}",
        )
    if isinstance(test, StabilityTest | AttritionTest) and statistic in _PER_CENT:
        return Range(Fraction(0), Fraction(100), f"{_PER_CENT[statistic]} lies between 0 and 100 per cent")
    if statistic == "shannon_entropy_bits":
        most = Fraction(math.ceil(1000 * math.log2(len(scale.values))), 1000)
        return Range(Fraction(0), most, f"On this scale the entropy lies between 0 and {_written(most)} bits")
    name, lowest, highest = _FIXED[statistic]
    return Range(lowest, highest, f"{name} lies between {_written(lowest)} and {_written(highest)}")


_IN_POINTS = {
    "iqr": "an interquartile range",
    "sd": "a standard deviation",
    "mean_abs_dev_median": "a mean distance from the median",
    "mad_median": "a median distance from the median",
}
_PER_CENT = {
    "net_change_pct": "A net change",
    "pct_changed": "A share of people who changed their answer",
    "attrition_pct": "A share of people lost",
}
_FIXED = {
    "disagreement_index": ("A disagreement index", Fraction(0), Fraction(341, 100)),
    "agreement_a": ("Van der Eijk's agreement A", Fraction(-1), Fraction(1)),
    "polarization": ("A polarisation", Fraction(0), Fraction(1)),
    "leik_consensus": ("Leik's consensus", Fraction(0), Fraction(1)),
    "tastle_wierman": ("Tastle and Wierman's consensus", Fraction(0), Fraction(1)),
    "i_cvi": ("A content validity index (I-CVI)", Fraction(0), Fraction(1)),
    "kappa_modified": ("A modified kappa", Fraction(-1), Fraction(1)),
    "cvr": ("A content validity ratio", Fraction(-1), Fraction(1)),
    "kappa_quadratic": ("A kappa", Fraction(-1), Fraction(1)),
    "marginal_homogeneity_p": ("A p-value", Fraction(0), Fraction(1)),
}


def _spread(statistic: str, width: Fraction) -> Fraction:
    if statistic == "iqr":
        return width
    # Two people at the two ends spread most: with n - 1 their standard deviation is width / √2.
    return _root_above(width * width / 2) if statistic == "sd" else width / 2


def _root_above(square: Fraction) -> Fraction:
    """The root, rounded up to a hundredth."""
    whole = math.isqrt(math.ceil(square * 10_000))
    return Fraction(whole if whole * whole >= square * 10_000 else whole + 1, 100)


def _written(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):g}"


UNDEFINED = "undefined"
"""The value of a figure that may be missing although people rated; no test holds for it."""


def figure_name(test: AnyTest) -> str:
    """Which figure a test is about; tests that say the same thing in other units are about the same one."""
    if isinstance(test, ShareTest | ValidityTest) and test.statistic != "kappa_modified":
        return f"share:{test.band}"
    if isinstance(test, ValidityTest | LawsheTest | ApmoTest):
        return f"{test.statistic}:{test.band}"
    if isinstance(test, RandUclaTest):
        return f"rand:{test.method}"
    if isinstance(test, RandDisagreementTest):
        return f"disagreement:{test.method}"
    return "agreement_a" if test.statistic == "polarization" else test.statistic


def in_units_of(test: ThresholdTest, value: Fraction) -> Fraction:
    """A value of the figure, as the test counts it: an I-CVI of .8 is a share of 80 per cent."""
    statistic = test.statistic_code
    if statistic == "i_cvi":
        return value / 100
    if statistic == "cvr":
        return value / 50 - 1
    return (1 - value) / 2 if statistic == "polarization" else value


def as_figure(test: ThresholdTest, threshold: Fraction) -> Fraction:
    """A threshold of a test in the units of the figure; the other way round of `in_units_of`."""
    statistic = test.statistic_code
    if statistic == "i_cvi":
        return threshold * 100
    if statistic == "cvr":
        return (threshold + 1) * 50
    return 1 - 2 * threshold if statistic == "polarization" else threshold


def may_be_undefined(test: AnyTest) -> bool:
    """Whether people can have rated and the figure still be missing."""
    return test.statistic not in _ALWAYS_DEFINED


_ALWAYS_DEFINED = frozenset(
    {
        *("share", "median", "iqr", "mean", "mean_abs_dev_median", "mad_median", "i_cvi", "cvr"),
        *("rand_ucla_class", "rand_disagreement", "rand_agreement", "disagreement_index"),
    }
)
