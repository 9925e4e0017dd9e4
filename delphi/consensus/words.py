"""A rule says itself in plain words, from the same settings that are evaluated.

The sentences are unambiguous: parts joined by "; and" or "; or" stand at one level, and what is nested
stands in brackets, so that a reader, or a test, can work the rule out again from them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from delphi.consensus.rule_figures import LEAST_FOR_ORDINAL, LEAST_PAIRS
from delphi.consensus.vocabulary import (
    COMPARATORS,
    FIGURE_WORDS,
    IN_PER_CENT,
    Vocabulary,
    listed,
    n_criteria,
    threshold_in_words,
)
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    AnyTest,
    ApmoTest,
    AttritionTest,
    Clause,
    Condition,
    FigureTest,
    IqrTest,
    LawsheTest,
    Outcome,
    Presence,
    RandAgreementTest,
    RandDisagreementTest,
    RandUclaTest,
    Rule,
    ShareTest,
    SomeCriteria,
    StabilityTest,
    StopRule,
    ValidityTest,
    each_test,
)
from delphi.domain.rule_numbers import write_number
from delphi.domain.wording import with_capital

OUTCOME_WORDS = {
    Outcome.AGREED: "agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "agreed to leave out",
    Outcome.CLOSE: "close",
    Outcome.NOT_AGREED: "not agreed",
    Outcome.NOT_ASSESSABLE: "not assessable",
}
METHOD_WORDS = {
    "biomed": "counts by panel size, BIOMED",
    "third": "a third of the ratings at each end",
    "ipras": "IPRAS",
    "size": "counts by panel size, BIOMED, up to 16 ratings and IPRAS above",
}


def rule_in_words(rule: Rule, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What a rule says, a sentence for each of its parts, in the order in which they count.

    First the minimum, then each outcome, then what is left over, then when rating ends, then how figures
    are counted.
    """
    sentences = [_minimum(rule)]
    for number, clause in enumerate(rule.clauses):
        sentences.append(_clause(rule, clause, vocabulary, first=number == 0))
    lead = "In every other case the outcome is" if rule.clauses else "The outcome is always"
    sentences.append(f"{lead} {_named(rule.otherwise.otherwise, rule.otherwise.label)}.")
    return (*sentences, *_limits(rule, vocabulary), *_counting(rule))


def rule_as_text(rule: Rule, vocabulary: Vocabulary) -> str:
    """The text of a rule for which nobody wrote one: what agreed means first, the minimum last."""
    minimum, *others = rule_in_words(rule, vocabulary)
    return " ".join([*others, minimum])


def text_in_own_words(rule: Rule, vocabulary: Vocabulary) -> str:
    """The text of a rule when it says something else than its sentences do; otherwise nothing."""
    return "" if rule.text == rule_as_text(rule, vocabulary) else rule.text


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
    return f"{with_capital(lead)} means: {condition_in_words(rule, clause.when, vocabulary)}."


def _named(outcome: Outcome, label: str | None) -> str:
    words = OUTCOME_WORDS[Outcome(outcome)]
    return f"{words} (“{label}”)" if label else words


def _limits(rule: Rule, vocabulary: Vocabulary) -> list[str]:
    """The limit on ratings of one draft, and the stop rule; nothing where the rule has none."""
    sentences = []
    if rule.most_ratings_per_draft is not None:
        n = rule.most_ratings_per_draft
        times = {1: "once", 2: "twice"}.get(n, f"{n} times")
        sentences.append(
            f"One draft is put to the panel at most {times}; after that it is revised, or not rated again."
        )
    if rule.stop is not None:
        sentences.append(stop_rule_in_words(rule, rule.stop, vocabulary))
        sentences.append("The study stops when no draft is to be put again.")
    return sentences


def stop_rule_in_words(rule: Rule, stop: StopRule, vocabulary: Vocabulary) -> str:
    """When a draft is not put to the panel again, as a sentence."""
    whens = ["once its section is agreed or agreed to leave out"]
    if stop.after_round is not None:
        whens.append(f"once round {stop.after_round} is over")
    if stop.stable is not None:
        words = condition_in_words(rule, stop.stable, vocabulary)
        whens.append(f"once its answers are stable ({words})")
    return f"A draft is not put to the panel again {listed(whens, 'or')}."


def _counting(rule: Rule) -> list[str]:
    tests = [test for clause in rule.clauses for test in each_test(clause.when)]
    if rule.stop is not None and rule.stop.stable is not None:
        tests += each_test(rule.stop.stable)
    sentences: list[str] = []
    if any(isinstance(test, ShareTest | ApmoTest | ValidityTest | LawsheTest) for test in tests):
        sentences.append(
            "Shares are of people who gave a rating; “can't say” is not counted."
            if rule.denominator == "valid"
            else "Shares are of people who answered; “can't say” counts as not in the band."
        )
    if any(_uses_quantiles(test) for test in tests):
        sentences.append(f"Quartiles and percentiles are of type {rule.quantile_type}.")
    if any(isinstance(test, RandUclaTest | RandAgreementTest) for test in tests):
        where = "highest" if rule.half_medians == "higher" else "middle"
        sentences.append(
            f"A median between the middle and the highest third of the scale counts as in the {where} third."
        )
    sentences += [words for kind, words in _COUNTED if any(map(kind, tests))]
    sentences.append("Exact figures are compared; nothing is rounded first.")
    return sentences


def _uses_quantiles(test: AnyTest) -> bool:
    by_range = isinstance(test, RandDisagreementTest) and test.method in ("ipras", "size")
    index = isinstance(test, FigureTest) and test.statistic == "disagreement_index"
    return isinstance(test, IqrTest | RandUclaTest) or by_range or index


_ORDINAL = ("agreement_a", "polarization", "leik_consensus", "tastle_wierman", "shannon_entropy_bits")
_COUNTED: tuple[tuple[Callable[[AnyTest], bool], str], ...] = (
    (
        lambda test: isinstance(test, FigureTest) and test.statistic in _ORDINAL,
        f"Agreement of fewer than {LEAST_FOR_ORDINAL} ratings is not looked at.",
    ),
    (
        lambda test: test.of.startswith("equal_"),
        "With equal weight, the figures of all that gave a rating are added and divided by their number.",
    ),
    (
        lambda test: isinstance(test, ApmoTest),
        (
            "The cut-off is the average per cent of majority opinions: of all votes of the round, those of "
            "majorities that agree or disagree, of the same people."
        ),
    ),
    (
        lambda test: isinstance(test, LawsheTest),
        "The critical value is the smallest that chance reaches with a probability of at most .05.",
    ),
    (
        lambda test: isinstance(test, StabilityTest),
        (
            "Movement is looked at only where the text is the same or comparable, and at least "
            f"{LEAST_PAIRS} people rated both times."
        ),
    ),
)


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


def _test(rule: Rule, test: AnyTest, vocabulary: Vocabulary) -> str:
    where, people = _whom(test.of, vocabulary)
    lead = where if isinstance(test, AttritionTest) else f"{_criteria(test, vocabulary)}, {where}"
    counted = "gave a rating" if rule.denominator == "valid" else "answered"
    of_people, among = (f" of {people}", f", among {people},") if people else ("", "")
    if isinstance(test, ShareTest):
        amount = " but ".join(_amount(name, value) for name, value in test.thresholds)
        return f"{lead}{amount} of {people or 'those'} who {counted} chose {vocabulary.band(test.band)}"
    if isinstance(test, ApmoTest):
        least = "at least" if test.is_ == "reached" else "more than"
        share = f"the share of {people or 'those'} who {counted} that chose {vocabulary.band(test.band)}"
        return f"{lead}{share} is {least} the cut-off of the round"
    if isinstance(test, RandUclaTest):
        classes = listed([known.value for known in test.is_], "or")
        method = METHOD_WORDS[test.method]
        return f"{lead}the RAND/UCLA method ({method}) finds the ratings{of_people} {classes}"
    if isinstance(test, RandDisagreementTest | RandAgreementTest):
        return f"{lead}{_found(test)} in the ratings{of_people}"
    if isinstance(test, LawsheTest):
        verb = "reaches" if test.is_ == "reached" else "misses"
        ratio = f"{FIGURE_WORDS['cvr']} for {vocabulary.band(test.band)}"
        return f"{lead}{ratio}{among} {verb} its critical value"
    write = threshold_in_words if test.statistic in IN_PER_CENT else lambda value: str(write_number(value))
    amount = " but ".join(f"{COMPARATORS[name]} {write(value)}" for name, value in test.thresholds)
    if test.statistic in ("median", "iqr", "mean"):
        return f"{lead}{FIGURE_WORDS[test.statistic]}{of_people} is {amount}"
    band = f" for {vocabulary.band(test.band)}" if isinstance(test, ValidityTest) else ""
    return f"{lead}{FIGURE_WORDS[test.statistic]}{band}{among} is {amount}"


def _found(test: RandDisagreementTest | RandAgreementTest) -> str:
    method, what = METHOD_WORDS["biomed"], "agreement"
    if isinstance(test, RandDisagreementTest):
        method, what = METHOD_WORDS[test.method], "disagreement"
    return f"the RAND/UCLA method ({method}) finds {'' if test.is_ is Presence.PRESENT else 'no '}{what}"


def _criteria(test: AnyTest, vocabulary: Vocabulary) -> str:
    if test.criteria == "all":
        return "for every criterion"
    if test.criteria == "any":
        return "for at least one criterion"
    if isinstance(test.criteria, SomeCriteria):
        some = test.criteria
        if some.of is None:
            return f"for at least {n_criteria(some.at_least)}"
        return f"for at least {some.at_least} of {_quoted(some.of, vocabulary)}"
    return f"for {_quoted(test.criteria, vocabulary)}"


def _quoted(codes: tuple[str, ...], vocabulary: Vocabulary) -> str:
    return listed([f"“{vocabulary.criterion(code).label}”" for code in codes], "and")


_SETS_OF_PEOPLE = {
    "each_panel": "in each panel, ",
    "any_panel": "in at least one panel, ",
    "each_group": "in each stakeholder group, ",
    "any_group": "in at least one stakeholder group, ",
    "equal_panels": "with equal weight for each panel, ",
    "equal_groups": "with equal weight for each stakeholder group, ",
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
