"""The words with which a study's figures are spoken of, and numbers that never contradict a comparison.

A percentage in a sentence is rounded for the eye; next to a threshold, rounding could say the opposite
of what the rule found (79.6% is not 80%). `percent_in_words` shows as many decimals as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.exact import RootFigure
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import (
    AnyTest,
    ApmoTest,
    LawsheTest,
    RandAgreementTest,
    RandDisagreementTest,
    RandUclaTest,
    SomeCriteria,
)
from delphi.domain.rule_numbers import write_number
from delphi.domain.scale import Scale

COMPARATORS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "below": "below"}
FIGURE_WORDS = {
    "median": "the median",
    "iqr": "the interquartile range",
    "mean": "the mean",
    "sd": "the spread of the ratings (standard deviation)",
    "cv": "the spread as a part of the mean (coefficient of variation)",
    "mean_abs_dev_median": "the mean distance of the ratings from their median",
    "mad_median": "the median distance of the ratings from their median",
    "disagreement_index": "the RAND/UCLA disagreement index",
    "agreement_a": "van der Eijk's agreement A",
    "polarization": "the polarisation",
    "leik_consensus": "Leik's consensus",
    "tastle_wierman": "Tastle and Wierman's consensus",
    "shannon_entropy_bits": "the entropy in bits",
    "i_cvi": "the content validity index (I-CVI)",
    "kappa_modified": "the content validity index beyond chance (modified kappa)",
    "cvr": "Lawshe's content validity ratio",
    "net_change_pct": "the net change of answers since the round before",
    "pct_changed": "the share of people who changed their answer since the round before",
    "cv_change": "the change of the coefficient of variation since the round before",
    "kappa_quadratic": "the agreement of people with their own earlier answers (kappa, quadratic weights)",
    "marginal_homogeneity_p": "Stuart and Maxwell's p for the same distribution as in the round before",
    "attrition_pct": "the share of people lost since round 1",
}
"""What each figure of a rule is called inside a sentence."""
IN_PER_CENT = frozenset({"share", "net_change_pct", "pct_changed", "attrition_pct"})
_MOST_DECIMALS = 6
_NAMES_OF_BODIES = ("panel", "group", "team", "committee", "board", "public")


@dataclass(frozen=True, slots=True)
class CriterionWords:
    """A criterion's short name ("Appropriate") and the statement that was rated, when there is one."""

    label: str
    statement: str | None = None

    @property
    def that_clause(self) -> str:
        """The statement after "agreed that": "it is respectful", or the whole of it in quotation marks.

        >>> CriterionWords("Appropriate", "This section is respectful.").that_clause
        'it is respectful'
        >>> CriterionWords("Feasible", "We could do this.").that_clause
        '“We could do this”'
        >>> CriterionWords("Clear").that_clause
        'it is “Clear”'
        """
        if self.statement is None:
            return f"it is “{self.label}”"
        words = self.statement.strip().rstrip(".")
        for subject in ("This section ", "This part ", "This statement "):
            if words.startswith(subject):
                return f"it {words.removeprefix(subject)}"
        return f"“{words}”"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a study calls its points, panels, groups and criteria."""

    scale: Scale
    structure: GroupStructure
    criteria: Mapping[str, CriterionWords]

    def people(self, of: str) -> str:
        """Some set of people inside a sentence: "all panel members", "family members and carers"."""
        kind, _, code = of.partition(":")
        if kind == "panel":
            return spoken(self.structure.panel_by_code[code].label)
        if kind == "group":
            return spoken(self.structure.group_by_code[code].label)
        return "all panel members"

    def criterion(self, code: str) -> CriterionWords:
        """The words of a criterion; its code when the study gives none."""
        return self.criteria.get(code, CriterionWords(code))

    def band(self, name: str) -> str:
        """The points of a band: “Agree” or “Strongly agree”; "7 to 9" when points are many or unnamed."""
        points = sorted(self.scale.bands[name])
        labels = [self.scale.label_of(point) for point in points]
        in_a_row = points == list(range(points[0], points[0] + len(points)))
        if in_a_row and (len(points) > 3 or all(label.isdigit() for label in labels)):
            return f"{points[0]} to {points[-1]}" if len(points) > 1 else str(points[0])
        return listed([f"“{label}”" for label in labels], "or")


def spoken(label: str) -> str:
    """A label as it stands inside a sentence.

    >>> spoken("People with lived experience"), spoken("Practice and policy panel"), spoken("NHS managers")
    ('people with lived experience', 'the practice and policy panel', 'NHS managers')
    """
    keeps_capital = len(label) < 2 or not label[1].islower()
    words = label if keeps_capital else label[0].lower() + label[1:]
    is_a_body = words.rsplit(" ", 1)[-1].lower() in _NAMES_OF_BODIES
    return f"the {words}" if is_a_body and not words.lower().startswith("the ") else words


def listed(words: Sequence[str], last: str) -> str:
    """Words in a row with "and" or "or" before the last.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def threshold_in_words(value: Fraction) -> str:
    """A threshold in per cent, exact.

    >>> threshold_in_words(Fraction(80)), threshold_in_words(Fraction(200, 3))
    ('80%', '66 2/3%')
    """
    written = write_number(value)
    if isinstance(written, int) or "." in written:
        return f"{written}%"
    whole, rest = divmod(value, 1)
    return f"{whole} {rest}%" if whole else f"{rest}%"


def percent_in_words(value: Fraction, thresholds: Iterable[Fraction] = ()) -> str:
    """A share in per cent that stands on the same side of every threshold as the exact share does.

    Whole numbers where they are honest, else as many decimals as it takes (six at most, then "just under"
    or "just over"). 0% and 100% are kept for nobody and everybody.

    Parameters
    ----------
    value : Fraction
        Exact per cent, 0 to 100.
    thresholds : iterable of Fraction
        Per cent, of the rule that the figure is read beside.

    Examples
    --------
    >>> percent_in_words(Fraction(796, 10)), percent_in_words(Fraction(796, 10), [Fraction(80)])
    ('80%', '79.6%')
    >>> percent_in_words(Fraction(200, 3), [Fraction(200, 3)]), percent_in_words(Fraction(99999, 1000))
    ('66 2/3%', '99.999%')
    """
    limits = {*thresholds, Fraction(0), Fraction(100)}
    if value in limits:
        return threshold_in_words(value)
    shown = _shown_beside(value, limits, 0)
    if shown is not None:
        return f"{shown}%"
    nearest = min(limits, key=lambda limit: abs(limit - value))
    return f"just {'under' if value < nearest else 'over'} {threshold_in_words(nearest)}"


def number_in_words(value: Fraction | RootFigure, thresholds: Iterable[Fraction] = ()) -> str:
    """A figure that stands on the same side of every threshold as the exact one does.

    Two decimals where they are honest, else as many as it takes (six at most, then "just under" or "just
    over"). A figure that fits into two decimals is written without any more.

    >>> number_in_words(Fraction(5, 3)), number_in_words(Fraction(3)), number_in_words(Fraction(7, 2))
    ('1.67', '3', '3.5')
    >>> number_in_words(RootFigure(Fraction("2.2501")), [Fraction("1.5")])
    '1.50003'
    """
    limits = list(thresholds)
    for limit in (*limits, Fraction(0)):
        if value >= limit and value <= limit:
            return str(write_number(limit))
    if isinstance(value, Fraction) and (100 * value).denominator == 1:
        return str(write_number(value))
    shown = _shown_beside(value, limits, 2)
    if shown is not None:
        return shown
    near = Fraction(float(value))
    nearest = min(limits, key=lambda limit: abs(limit - near))
    return f"just {'under' if value < nearest else 'over'} {write_number(nearest)}"


def _shown_beside(value: Fraction | RootFigure, limits: Iterable[Fraction], decimals: int) -> str | None:
    """A figure with the fewest decimals, from `decimals` on, that keep its side of all limits; else None."""
    exact = value if isinstance(value, Fraction) else Fraction(float(value))
    for places in range(decimals, _MOST_DECIMALS + 1):
        scaled = exact * 10**places
        rounded = Fraction((2 * scaled + 1).__floor__() // 2, 10**places)
        if all((rounded > limit) == (value > limit) and rounded != limit for limit in limits):
            return f"{float(rounded):.{places}f}"
    return None


def asked_in_words(test: AnyTest) -> str:
    """What a test asks for, after "the rule asks for": "at least 70%", "at most 2", "appropriate"."""
    if isinstance(test, RandUclaTest):
        asked = listed([known.value for known in test.is_], "or")
    elif isinstance(test, RandDisagreementTest | RandAgreementTest):
        what = "disagreement" if isinstance(test, RandDisagreementTest) else "agreement"
        asked = what if test.is_ == "present" else f"no {what}"
    elif isinstance(test, ApmoTest):
        asked = f"{'at least' if test.is_ == 'reached' else 'more than'} the cut-off of the round"
    elif isinstance(test, LawsheTest):
        asked = f"{'at least' if test.is_ == 'reached' else 'less than'} the critical value"
    else:
        write = threshold_in_words if test.statistic in IN_PER_CENT else _number
        asked = " and ".join(f"{COMPARATORS[name]} {write(value)}" for name, value in test.thresholds)
    if test.of.startswith("any_"):
        asked += f" in at least one {'panel' if test.of == 'any_panel' else 'stakeholder group'}"
    if isinstance(test.criteria, SomeCriteria):
        return f"{asked} for at least {n_criteria(test.criteria.at_least)}"
    return f"{asked} for at least one criterion" if test.criteria == "any" else asked


def n_criteria(n: int) -> str:
    """A number of criteria.

    >>> n_criteria(1), n_criteria(3)
    ('1 criterion', '3 criteria')
    """
    return "1 criterion" if n == 1 else f"{n} criteria"


def _number(value: Fraction) -> str:
    return str(write_number(value))
