"""One figure beside what the rule asks for, as a sentence that never contradicts the comparison."""

from __future__ import annotations

from fractions import Fraction

from delphi.consensus.exact import RootFigure
from delphi.consensus.measure import Measurement
from delphi.consensus.reasons import Reason
from delphi.consensus.vocabulary import (
    FIGURE_WORDS,
    IN_PER_CENT,
    Vocabulary,
    asked_in_words,
    listed,
    number_in_words,
    percent_in_words,
)
from delphi.domain.rule import (
    AnyTest,
    ApmoTest,
    AttritionTest,
    IqrTest,
    MedianTest,
    Presence,
    RandClass,
    RandDisagreementTest,
    Rule,
    ShareTest,
    StabilityTest,
    ThresholdTest,
    each_test,
)
from delphi.domain.rule_numbers import write_number
from delphi.domain.wording import with_capital


def share_thresholds(rule: Rule) -> frozenset[Fraction]:
    """Every per cent that a rule compares a share with, for `vocabulary.percent_in_words`."""
    tests = [test for clause in rule.clauses for test in each_test(clause.when)]
    return frozenset(value for test in tests if isinstance(test, ShareTest) for _, value in test.thresholds)


def measurement_in_words(rule: Rule, test: AnyTest, found: Measurement, vocabulary: Vocabulary) -> str:
    """One figure beside what the rule asks for: "73% of … agreed that …; the rule asks for at least 70%."

    A share is written alike wherever the rule speaks of it, whichever of its thresholds stands beside it.
    """
    words = _figure_in_words(rule, test, found, vocabulary)
    asked = asked_in_words(test)
    if found.limit is not None and isinstance(found.value, Fraction):
        asked += f" ({_limit_in_words(test, found.limit, found.value)})"
    return f"{with_capital(words)}; the rule asks for {asked}."


def _limit_in_words(test: AnyTest, limit: Fraction, value: Fraction) -> str:
    """A threshold that follows from the data, on its own side of the figure."""
    beside = [value] if value != limit else []
    return percent_in_words(limit, beside) if isinstance(test, ApmoTest) else number_in_words(limit, beside)


def _figure_in_words(rule: Rule, test: AnyTest, found: Measurement, vocabulary: Vocabulary) -> str:
    if isinstance(test, AttritionTest):
        return _attrition(test, found, vocabulary)
    lead, people = _whose(found, vocabulary)
    label = f"“{vocabulary.criterion(found.criterion).label}”"
    if found.reason is Reason.NOT_ASKED:
        return f"{label} was not asked about this section"
    if found.value is None:
        why = _why_none(test, found)
        return f"{lead}there is no figure{f' for {people}' if people else ''} on {label} ({why})"
    if isinstance(test, ShareTest | ApmoTest) and isinstance(found.value, Fraction):
        return lead + _share(rule, test, found, vocabulary, people)
    return lead + _other_figure(test, found, people, label)


def _whose(found: Measurement, vocabulary: Vocabulary) -> tuple[str, str]:
    """How a sentence begins, and whose figure it is; one of them is empty."""
    if not found.of.startswith("equal_"):
        return "", vocabulary.people(found.of)
    lead = f"with equal weight for each {'panel' if found.of == 'equal_panels' else 'stakeholder group'}"
    if found.left_out and found.value is not None:
        left_out = listed([vocabulary.people(of) for of in found.left_out], "and")
        lead += f" (there is no rating by {left_out})"
    return f"{lead}, ", ""


def _share(
    rule: Rule, test: ShareTest | ApmoTest, found: Measurement, vocabulary: Vocabulary, people: str
) -> str:
    value = found.value
    if not isinstance(value, Fraction):
        raise TypeError("a share is a fraction")
    percent = percent_in_words(value, share_thresholds(rule) | _limit_beside(found))
    counts = f" ({found.share.k} of {found.share.n})" if found.share else ""
    whose = f"{percent} of {people}{counts}" if people else percent
    criterion = vocabulary.criterion(found.criterion)
    if test.band in ("agree", "disagree"):
        return f"{whose} {test.band}d that {criterion.that_clause}"
    return f"{whose} chose {vocabulary.band(test.band)} on “{criterion.label}”"


def _other_figure(test: AnyTest, found: Measurement, people: str, label: str) -> str:
    value, of_people = found.value, f" of {people}" if people else ""
    ratings = "1 rating" if found.n == 1 else f"{found.n} ratings"
    if isinstance(value, RandClass):
        return f"the RAND/UCLA method finds {label} {value.value} for {people} ({ratings})"
    if isinstance(value, Presence):
        what = "disagreement" if isinstance(test, RandDisagreementTest) else "agreement"
        is_there = "" if value is Presence.PRESENT else "no "
        return f"the RAND/UCLA method finds {is_there}{what} among {people} on {label} ({ratings})"
    if not isinstance(value, Fraction | RootFigure):
        raise TypeError("a figure is a number or a class")
    behind = f"{found.n} people rated both times" if isinstance(test, StabilityTest) else ratings
    if found.share is not None:
        behind = f"{found.share.k} of {found.share.n}"
    name = FIGURE_WORDS["cvr" if test.statistic == "lawshe_critical" else test.statistic]
    if test.statistic not in ("median", "iqr", "mean"):
        of_people = f" among {people}" if people else ""
    return f"{name}{of_people} on {label} is {_written(test, found, value)} ({behind})"


def _written(test: AnyTest, found: Measurement, value: Fraction | RootFigure) -> str:
    if isinstance(test, MedianTest | IqrTest) and isinstance(value, Fraction):
        return str(write_number(value))
    limits = {limit for _, limit in test.thresholds} if isinstance(test, ThresholdTest) else set()
    limits |= _limit_beside(found)
    if test.statistic in IN_PER_CENT and isinstance(value, Fraction):
        return percent_in_words(value, limits)
    return number_in_words(value, limits)


def _limit_beside(found: Measurement) -> set[Fraction]:
    """The threshold that follows from the data, unless the figure is the same."""
    return set() if found.limit is None or found.limit == found.value else {found.limit}


def _attrition(test: AttritionTest, found: Measurement, vocabulary: Vocabulary) -> str:
    people = vocabulary.people(found.of)
    if not isinstance(found.value, Fraction) or found.share is None:
        return f"there is no figure for {people} lost since round 1 ({_why_none(test, found)})"
    percent = percent_in_words(found.value, [limit for _, limit in test.thresholds])
    counts = f"({found.share.k} of {found.share.n})"
    return f"{percent} of {people} {counts} who rated in round 1 did not rate in this round"


_WHY_NONE = {
    Reason.SCALE_NOT_DIVISIBLE: "the scale cannot be cut into three equal parts",
    Reason.ONE_RATER: "there is only 1 rating",
    Reason.NO_PAIRS: "nobody rated both times",
    Reason.FIRST_ROUND: "there is no round before",
    Reason.NOT_COMPARABLE: "the text was changed in substance since the round before",
    Reason.NOT_GIVEN: "it cannot be told from this section alone",
}


def _why_none(test: AnyTest, found: Measurement) -> str:
    if found.reason is Reason.TOO_FEW:
        people = "people rated both times" if isinstance(test, StabilityTest) else "ratings"
        return f"only {found.n} {people}, which is too few for it"
    if found.reason is Reason.NO_VARIATION:
        alike = "all answers are alike"
        return "the answers do not allow it" if test.statistic == "marginal_homogeneity_p" else alike
    return _WHY_NONE.get(found.reason or Reason.NO_DATA, "nobody gave a rating")
