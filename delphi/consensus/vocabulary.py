"""The words with which a study's figures are spoken of, and numbers that never contradict a comparison.

A percentage in a sentence is rounded for the eye; next to a threshold, rounding could say the opposite
of what the rule found (79.6% is not 80%). `percent_in_words` shows as many decimals as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.domain.groups import GroupStructure
from delphi.domain.rule import IqrTest, MedianTest, RandUclaTest, ShareTest
from delphi.domain.rule_numbers import write_number
from delphi.domain.scale import Scale

COMPARATORS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "below": "below"}
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
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = value * 10**decimals
        rounded = Fraction((2 * scaled + 1).__floor__() // 2, 10**decimals)
        if all((rounded > limit) == (value > limit) and rounded != limit for limit in limits):
            return f"{float(rounded):.{decimals}f}%"
    nearest = min(limits, key=lambda limit: abs(limit - value))
    return f"just {'under' if value < nearest else 'over'} {threshold_in_words(nearest)}"


def asked_in_words(test: ShareTest | MedianTest | IqrTest | RandUclaTest) -> str:
    """What a test asks for, after "the rule asks for": "at least 70%", "at most 2", "appropriate"."""
    if isinstance(test, RandUclaTest):
        asked = listed([known.value for known in test.is_], "or")
    else:
        write = threshold_in_words if isinstance(test, ShareTest) else _number
        asked = " and ".join(f"{COMPARATORS[name]} {write(value)}" for name, value in test.thresholds)
    if test.of.startswith("any_"):
        asked += f" in at least one {'panel' if test.of == 'any_panel' else 'stakeholder group'}"
    return f"{asked} for at least one criterion" if test.criteria == "any" else asked


def _number(value: Fraction) -> str:
    return str(write_number(value))
