"""Every way in which a section could come to another outcome: which figures would have to pass or fail.

A rule is a list of conditions over tests. Wanting an outcome means wanting one of its entries to hold and
the entries above it not to; worked out, that is a list of ways, each a set of figures (one test, of one set
of people, on one criterion) that must pass or must not. What these figures cost is for `nearest_counts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from delphi.consensus.measure import AnyTest, Figures
from delphi.consensus.verdict import Verdict, verdict_of
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    ApmoTest,
    AttritionTest,
    Condition,
    Rule,
    SomeCriteria,
    StabilityTest,
    ThresholdTest,
)

MOST_WAYS = 3000
"""Beyond this a rule has too many alternatives to look at each."""


class TooManyWays(Exception):
    """A rule has too many alternatives to look at each."""


class LooksFurther(Exception):
    """A rule looks at more than one section's answers: the round before, people who left, the whole round."""


@dataclass(frozen=True)
class Aim:
    """One figure that must pass a test (`passes`) or must not; `of` is one set of people."""

    test: AnyTest
    of: str
    criterion: str
    passes: bool


Way = frozenset[Aim]
"""Figures that must all come out as they say."""

_ALWAYS: list[Way] = [frozenset()]
_NEVER: list[Way] = []


def ways_from(rule: Rule, figures: Figures, round_number: int, now: Verdict) -> list[Way]:
    """All ways in which the rule comes to another verdict on a section that can be assessed.

    Parameters
    ----------
    rule : Rule
        The sealed rule, or any other.
    figures : Figures
        The section's counts: they name its criteria, and the people whom a test speaks of.
    round_number : int
        From 1; entries of other rounds are passed over.
    now : Verdict
        The verdict to get away from; not `not_assessable`, which follows from too few ratings.

    Raises
    ------
    TooManyWays
        If there are more than can be looked at.
    LooksFurther
        If other answers here would not decide it alone.
    """
    clauses = [clause for clause in rule.clauses if clause.counts_in(round_number)]
    at_last = verdict_of(rule.otherwise.otherwise) is not now
    # What stands last and comes to the same as what is left over decides nothing.
    while clauses and (verdict_of(clauses[-1].outcome) is not now) == at_last:
        clauses.pop()
    found: list[Way] = []
    above: list[list[Way]] = []
    for clause in clauses:
        if verdict_of(clause.outcome) is now:
            above.append(_ways(clause.when, figures, holds=False))
        else:
            found += _all([*above, _ways(clause.when, figures, holds=True)])
    if at_last:
        found += _all(above)
    return _shortest(found)


def _ways(condition: Condition, figures: Figures, *, holds: bool) -> list[Way]:
    """The ways in which a condition holds, or in which it does not."""
    if isinstance(condition, AllOf):
        parts = [_ways(part, figures, holds=holds) for part in condition.all]
        return _all(parts) if holds else _any(parts)
    if isinstance(condition, AnyOf):
        parts = [_ways(part, figures, holds=holds) for part in condition.any]
        return _any(parts) if holds else _all(parts)
    return _ways_of_test(condition, figures, holds=holds)


def _ways_of_test(test: AnyTest, figures: Figures, *, holds: bool) -> list[Way]:
    """One test: on how many of which criteria, and of whom, it must pass or fail."""
    if isinstance(test, ApmoTest | StabilityTest | AttritionTest):
        raise LooksFurther
    some = test.criteria if isinstance(test.criteria, SomeCriteria) else None
    whom, named = figures.whom(test.of), figures.looked_at(test)
    if not whom or not named:
        return _NEVER if holds else _ALWAYS
    over_people = _any if test.of.startswith("any_") == holds else _all
    by_criterion = [
        over_people([_ways_of_figure(test, of, criterion, holds=holds) for of in whom]) for criterion in named
    ]
    least = some.at_least if some else 1 if test.criteria == "any" else len(named)
    needed = least if holds else max(len(named) - least + 1, 0)
    return _any([_all(chosen) for chosen in combinations(by_criterion, needed)])


def _ways_of_figure(test: AnyTest, of: str, criterion: str, *, holds: bool) -> list[Way]:
    """A test with two thresholds is two tests: "at least" and "at most" pull in different directions."""
    parts: list[AnyTest] = [test]
    if isinstance(test, ThresholdTest) and len(test.thresholds) > 1:
        low = test.model_copy(update={"at_most": None, "below": None})
        high = test.model_copy(update={"at_least": None, "more_than": None})
        parts = [low, high]
    aims = [[frozenset({Aim(part, of, criterion, holds)})] for part in parts]
    return _all(aims) if holds else _any(aims)


def _any(parts: Iterable[list[Way]]) -> list[Way]:
    return _within_reason([way for part in parts for way in part])


def _all(parts: Iterable[list[Way]]) -> list[Way]:
    found = _ALWAYS
    for part in parts:
        if len(found) * len(part) > MOST_WAYS:
            raise TooManyWays
        found = _shortest([one | other for one in found for other in part])
    return found


def _within_reason(found: list[Way]) -> list[Way]:
    if len(found) > MOST_WAYS:
        raise TooManyWays
    return found


def _shortest(found: Iterable[Way]) -> list[Way]:
    """Each way once, without those that ask for what no answer can give: a figure that passes and fails."""
    return [
        way
        for way in dict.fromkeys(found)
        if not any(Aim(aim.test, aim.of, aim.criterion, not aim.passes) in way for aim in way)
    ]
