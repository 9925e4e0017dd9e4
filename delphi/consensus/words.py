"""A rule says itself in plain words, from the same settings that are evaluated.

The sentences are unambiguous: parts joined by "; and" or "; or" stand at one level, and what is nested
stands in brackets, so that a reader, or a test, can work the rule out again from them.
"""

from __future__ import annotations

from fractions import Fraction

from delphi.consensus.vocabulary import COMPARATORS, Vocabulary, listed
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    Clause,
    Condition,
    IqrTest,
    MedianTest,
    Outcome,
    RandUclaTest,
    Rule,
    ShareTest,
    each_test,
)
from delphi.domain.rule_numbers import write_number

OUTCOME_WORDS = {
    Outcome.AGREED: "agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "agreed to leave out",
    Outcome.CLOSE: "close",
    Outcome.NOT_AGREED: "not agreed",
    Outcome.NOT_ASSESSABLE: "not assessable",
}
METHOD_WORDS = {
    "biomed": "counts by panel size, BIOMED",
    "ipras": "IPRAS",
    "size": "counts by panel size, BIOMED, up to 16 ratings and IPRAS above",
}


def rule_in_words(rule: Rule, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What a rule says, a sentence for each of its parts, in the order in which they count.

    First the minimum, then each outcome, then what is left over, then how figures are counted.
    """
    sentences = [_minimum(rule)]
    for number, clause in enumerate(rule.clauses):
        sentences.append(_clause(rule, clause, vocabulary, first=number == 0))
    lead = "In every other case the outcome is" if rule.clauses else "The outcome is always"
    sentences.append(f"{lead} {_named(rule.otherwise.otherwise, rule.otherwise.label)}.")
    return (*sentences, *_counting(rule))


def condition_in_words(rule: Rule, condition: Condition, vocabulary: Vocabulary) -> str:
    """One condition of a rule, without a full stop."""
    return _joined(rule, condition, vocabulary, nested=False)


def _minimum(rule: Rule) -> str:
    n = rule.min_ratings_per_panel
    if n == 1:
        return "A section is not assessable when a panel has no rating on one of its criteria."
    return f"A section is not assessable when a panel has fewer than {n} ratings on one of its criteria."


def _clause(rule: Rule, clause: Clause, vocabulary: Vocabulary, *, first: bool) -> str:
    named = _named(clause.outcome, clause.label)
    lead = named if first else f"otherwise, {named}"
    if clause.rounds:
        word = "round" if len(clause.rounds) == 1 else "rounds"
        lead = f"in {word} {listed([str(number) for number in clause.rounds], 'and')}, {lead}"
    return f"{lead[0].upper()}{lead[1:]} means: {condition_in_words(rule, clause.when, vocabulary)}."


def _named(outcome: Outcome, label: str | None) -> str:
    words = OUTCOME_WORDS[Outcome(outcome)]
    return f"{words} (“{label}”)" if label else words


def _counting(rule: Rule) -> list[str]:
    tests = [test for clause in rule.clauses for test in each_test(clause.when)]
    sentences: list[str] = []
    if any(isinstance(test, ShareTest) for test in tests):
        sentences.append(
            "Shares are of people who gave a rating; “can't say” is not counted."
            if rule.denominator == "valid"
            else "Shares are of people who answered; “can't say” counts as not in the band."
        )
    if any(isinstance(test, IqrTest | RandUclaTest) for test in tests):
        sentences.append(f"Quartiles and percentiles are of type {rule.quantile_type}.")
    if any(isinstance(test, RandUclaTest) for test in tests):
        where = "highest" if rule.half_medians == "higher" else "middle"
        sentences.append(
            f"A median between the middle and the highest third of the scale counts as in the {where} third."
        )
    sentences.append("Exact figures are compared; nothing is rounded first.")
    return sentences


def _joined(rule: Rule, condition: Condition, vocabulary: Vocabulary, *, nested: bool) -> str:
    if isinstance(condition, AllOf):
        parts, link, lead = condition.all, "; and ", "all of: "
    elif isinstance(condition, AnyOf):
        parts, link, lead = condition.any, "; or ", "at least one of: "
    else:
        return _test(rule, condition, vocabulary)
    if len(parts) == 1:
        return _joined(rule, parts[0], vocabulary, nested=nested)
    words = link.join(_joined(rule, part, vocabulary, nested=True) for part in parts)
    return f"({lead}{words})" if nested else words


def _test(rule: Rule, test: ShareTest | MedianTest | IqrTest | RandUclaTest, vocabulary: Vocabulary) -> str:
    where, people = _whom(test.of, vocabulary)
    lead = f"{_criteria(test, vocabulary)}, {where}"
    if isinstance(test, ShareTest):
        amount = " but ".join(_amount(name, value) for name, value in test.thresholds)
        counted = "gave a rating" if rule.denominator == "valid" else "answered"
        return f"{lead}{amount} of {people or 'those'} who {counted} chose {vocabulary.band(test.band)}"
    of_people = f" of {people}" if people else ""
    if isinstance(test, RandUclaTest):
        classes = listed([known.value for known in test.is_], "or")
        method = METHOD_WORDS[test.method]
        return f"{lead}the RAND/UCLA method ({method}) finds the ratings{of_people} {classes}"
    figure = "the median" if isinstance(test, MedianTest) else "the interquartile range"
    amount = " but ".join(f"{COMPARATORS[name]} {write_number(value)}" for name, value in test.thresholds)
    return f"{lead}{figure}{of_people} is {amount}"


def _criteria(test: ShareTest | MedianTest | IqrTest | RandUclaTest, vocabulary: Vocabulary) -> str:
    if test.criteria == "all":
        return "for every criterion"
    if test.criteria == "any":
        return "for at least one criterion"
    return f"for {listed([f'“{vocabulary.criterion(code).label}”' for code in test.criteria], 'and')}"


_SETS_OF_PEOPLE = {
    "each_panel": "in each panel, ",
    "any_panel": "in at least one panel, ",
    "each_group": "in each stakeholder group, ",
    "any_group": "in at least one stakeholder group, ",
}


def _whom(of: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Where a test is looked at, and of whom; one of the two is empty."""
    if of in _SETS_OF_PEOPLE:
        return _SETS_OF_PEOPLE[of], ""
    return "", vocabulary.people(of)


def _amount(comparator: str, value: Fraction) -> str:
    words = "fewer than" if comparator == "below" else COMPARATORS[comparator]
    written = write_number(value)
    if isinstance(written, str) and "/" in written:
        part = value / 100
        return f"{words} {part.numerator} of {part.denominator}"
    return f"{words} {written} of 100"
