"""Why a section met or missed the rule, in sentences made from the figures that decided it.

Every sentence gives the number of people behind its percentage, and no rounded number stands on the
other side of the threshold from the exact one. The sentences hold figures of small groups: what a
panellist or the public may see of them is for `disclosure` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.assess import (
    ConditionResult,
    JoinedResult,
    SectionAssessment,
    TestResult,
    TooFew,
)
from delphi.consensus.exact import RootFigure
from delphi.consensus.figure_words import measurement_in_words
from delphi.consensus.measure import Measurement
from delphi.consensus.vocabulary import Vocabulary
from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.rule import AnyTest, Outcome, Rule, SomeCriteria, ThresholdTest
from delphi.domain.wording import with_capital


@dataclass(frozen=True, slots=True)
class Explanation:
    """An outcome in words.

    `met` gives, for each test of the clause that matched, the figure that came nearest to missing it;
    `missed` gives every figure that kept the section from being agreed (or from being assessed).
    """

    outcome: str
    met: tuple[str, ...]
    missed: tuple[str, ...]


def explain(assessment: SectionAssessment, rule: Rule, vocabulary: Vocabulary) -> Explanation:
    """Say why a section has its outcome."""
    outcome = assessment.label or OUTCOME_WORDS[assessment.outcome]
    headline = with_capital(outcome)
    if assessment.outcome is Outcome.NOT_ASSESSABLE:
        return Explanation(headline, (), tuple(_missing(assessment, rule, vocabulary)))

    matched = assessment.matched
    missed = [
        pair
        for result in assessment.tried
        if result.clause.outcome is Outcome.AGREED and assessment.outcome is not Outcome.AGREED
        for pair in _responsible(result.condition)
    ]
    met = met_words(matched.condition, rule, vocabulary) if matched else ()
    return Explanation(headline, met, _said(missed, rule, vocabulary))


def met_words(result: ConditionResult, rule: Rule, vocabulary: Vocabulary) -> tuple[str, ...]:
    """For each test that helped a condition to hold, the figure that came nearest to missing it."""
    return _said(_nearest(result), rule, vocabulary)


def missed_words(result: ConditionResult, rule: Rule, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Every figure because of which a condition does not hold."""
    return _said(_responsible(result), rule, vocabulary)


def _said(
    found: Iterable[tuple[AnyTest, Measurement]], rule: Rule, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Each sentence once, in order."""
    sentences = (measurement_in_words(rule, test, one, vocabulary) for test, one in found)
    return tuple(dict.fromkeys(sentences))


def _missing(assessment: SectionAssessment, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    if not assessment.criteria:
        yield "The section was not rated on any criterion."
    for few in assessment.too_few:
        yield _too_few(few, rule, vocabulary)


def _too_few(few: TooFew, rule: Rule, vocabulary: Vocabulary) -> str:
    ratings = {0: "No rating", 1: "Only 1 rating"}.get(few.n, f"Only {few.n} ratings")
    label = vocabulary.criterion(few.criterion).label
    people = vocabulary.people(few.of)
    return f"{ratings} by {people} on “{label}”; the rule asks for at least {rule.min_ratings_per_panel}."


def _responsible(result: ConditionResult) -> Iterator[tuple[AnyTest, Measurement]]:
    """The figures because of which a condition does not hold."""
    if result.passed:
        return
    if isinstance(result, JoinedResult):
        for part in result.parts:
            yield from _responsible(part)
        return
    for criterion in dict.fromkeys(found.criterion for found in result.measurements):
        here = [found for found in result.measurements if found.criterion == criterion]
        failed = [found for found in here if not found.passed]
        if result.test.of.startswith("any_") and len(failed) < len(here):
            continue
        yield from ((result.test, found) for found in failed)


def _nearest(result: ConditionResult) -> Iterator[tuple[AnyTest, Measurement]]:
    """For each test that helped a condition to hold, the figure that decided it."""
    if not result.passed:
        return
    if isinstance(result, JoinedResult):
        for part in result.parts:
            yield from _nearest(part)
        return
    yield result.test, _deciding(result)


def _deciding(result: TestResult) -> Measurement:
    """The figure of a test that holds which came nearest to making it fail."""
    test = result.test
    passed = [found for found in result.measurements if found.passed]

    def margin(found: Measurement) -> Fraction:
        return _margin(test, found)

    if not isinstance(test.criteria, SomeCriteria):
        any_will_do = test.of.startswith("any_") or test.criteria == "any"
        return (max if any_will_do else min)(passed, key=margin)
    of_each = []
    for criterion in dict.fromkeys(found.criterion for found in passed):
        here = [found for found in result.measurements if found.criterion == criterion]
        if test.of.startswith("any_"):
            of_each.append(max((found for found in here if found.passed), key=margin))
        elif all(found.passed for found in here):
            of_each.append(min(here, key=margin))
    return sorted(of_each, key=margin, reverse=True)[test.criteria.at_least - 1]


def _margin(test: AnyTest, found: Measurement) -> Fraction:
    """How far a figure is from the nearest threshold of its test; 0 for classes."""
    if not isinstance(found.value, Fraction | RootFigure):
        return Fraction(0)
    value = found.value if isinstance(found.value, Fraction) else Fraction(float(found.value))
    limits = [limit for _, limit in test.thresholds] if isinstance(test, ThresholdTest) else []
    limits += [found.limit] if found.limit is not None else []
    return min((abs(value - limit) for limit in limits), default=Fraction(0))
