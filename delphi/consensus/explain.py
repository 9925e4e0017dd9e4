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
from delphi.consensus.measure import AnyTest, Measurement
from delphi.consensus.reasons import Reason
from delphi.consensus.vocabulary import Vocabulary, asked_in_words, percent_in_words
from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.rule import Outcome, RandClass, RandUclaTest, Rule, ShareTest, each_test
from delphi.domain.rule_numbers import write_number


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
    headline = outcome[0].upper() + outcome[1:]
    if assessment.outcome is Outcome.NOT_ASSESSABLE:
        return Explanation(headline, (), tuple(_missing(assessment, rule, vocabulary)))

    def said(found: Iterable[tuple[AnyTest, Measurement]]) -> tuple[str, ...]:
        """Each sentence once, in order."""
        sentences = (measurement_in_words(rule, test, one, vocabulary) for test, one in found)
        return tuple(dict.fromkeys(sentences))

    matched = assessment.matched
    missed = [
        pair
        for result in assessment.tried
        if result.clause.outcome is Outcome.AGREED and assessment.outcome is not Outcome.AGREED
        for pair in _responsible(result.condition)
    ]
    return Explanation(headline, said(_nearest(matched.condition)) if matched else (), said(missed))


def share_thresholds(rule: Rule) -> frozenset[Fraction]:
    """Every per cent that a rule compares a share with, for `vocabulary.percent_in_words`."""
    tests = [test for clause in rule.clauses for test in each_test(clause.when)]
    return frozenset(value for test in tests if isinstance(test, ShareTest) for _, value in test.thresholds)


def measurement_in_words(rule: Rule, test: AnyTest, found: Measurement, vocabulary: Vocabulary) -> str:
    """One figure beside what the rule asks for: "73% of … agreed that …; the rule asks for at least 70%."

    A share is written alike wherever the rule speaks of it, whichever of its thresholds stands beside it.
    """
    words = _figure_in_words(rule, test, found, vocabulary)
    return f"{words[0].upper()}{words[1:]}; the rule asks for {asked_in_words(test)}."


def _figure_in_words(rule: Rule, test: AnyTest, found: Measurement, vocabulary: Vocabulary) -> str:
    people, criterion = vocabulary.people(found.of), vocabulary.criterion(found.criterion)
    if found.reason is Reason.NOT_ASKED:
        return f"“{criterion.label}” was not asked about this section"
    if found.value is None:
        return f"there is no figure for {people} on “{criterion.label}” ({_why_none(found)})"
    if isinstance(test, ShareTest) and found.share and isinstance(found.value, Fraction):
        percent = percent_in_words(found.value, share_thresholds(rule))
        counts = f"({found.share.k} of {found.share.n})"
        return f"{percent} of {people} {counts} {_opinion(test, found, vocabulary)}"
    ratings = "1 rating" if found.n == 1 else f"{found.n} ratings"
    if isinstance(found.value, RandClass):
        verdict = f"“{criterion.label}” {found.value.value} for {people}"
        return f"the RAND/UCLA method finds {verdict} ({ratings})"
    figure = "the median" if test.statistic == "median" else "the interquartile range"
    return f"{figure} of {people} on “{criterion.label}” is {write_number(found.value)} ({ratings})"


def _opinion(test: ShareTest, found: Measurement, vocabulary: Vocabulary) -> str:
    criterion = vocabulary.criterion(found.criterion)
    if test.band in ("agree", "disagree"):
        return f"{test.band}d that {criterion.that_clause}"
    return f"chose {vocabulary.band(test.band)} on “{criterion.label}”"


def _why_none(found: Measurement) -> str:
    if found.reason is Reason.SCALE_NOT_DIVISIBLE:
        return "the scale cannot be cut into three equal parts"
    return "nobody gave a rating"


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
    passed = [found for found in result.measurements if found.passed]
    any_will_do = result.test.of.startswith("any_") or result.test.criteria == "any"
    choose = max if any_will_do else min
    yield result.test, choose(passed, key=lambda found: _margin(result, found))


def _margin(result: TestResult, found: Measurement) -> Fraction:
    """How far a figure is from the nearest threshold of its test; 0 for classes."""
    if isinstance(result.test, RandUclaTest) or not isinstance(found.value, Fraction):
        return Fraction(0)
    return min(abs(found.value - value) for _, value in result.test.thresholds)


def met_or_missed(explanation: Explanation) -> str:
    """The whole explanation as one paragraph: the outcome, and the figures that decided it."""
    return " ".join([f"{explanation.outcome}.", *(explanation.missed or explanation.met)])
