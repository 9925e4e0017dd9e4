"""What the rule says of a section in a round, and every figure it looked at on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from delphi.consensus.context import NOTHING, Context
from delphi.consensus.counts import ItemCounts
from delphi.consensus.measure import Figures, Measurement
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    AnyTest,
    Clause,
    Condition,
    Outcome,
    Rule,
    SomeCriteria,
)
from delphi.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test with all its measurements, in the order criteria, then people."""

    __test__ = False  # the name is the rule's word; pytest must not collect it

    test: AnyTest
    measurements: tuple[Measurement, ...]
    passed: bool


@dataclass(frozen=True, slots=True)
class JoinedResult:
    """Conditions joined by `all` or `any`."""

    join: Literal["all", "any"]
    parts: tuple[ConditionResult, ...]
    passed: bool


ConditionResult = TestResult | JoinedResult


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause that was tried; `number` is its place in the rule's list, from 0."""

    number: int
    clause: Clause
    condition: ConditionResult

    @property
    def passed(self) -> bool:
        """Whether the clause matched, and so gave the outcome."""
        return self.condition.passed


@dataclass(frozen=True, slots=True)
class TooFew:
    """A panel with fewer ratings on a criterion than the rule asks for."""

    of: str
    criterion: str
    n: int


@dataclass(frozen=True, slots=True)
class SectionAssessment:
    """The outcome of a section in a round.

    `tried` holds the clauses looked at, up to the one that matched; it is empty when the section is not
    assessable, and then `too_few` says where ratings are missing. `because` and `label` are the words of
    the entry that gave the outcome.
    """

    outcome: Outcome
    because: str | None
    label: str | None
    round_number: int
    criteria: tuple[str, ...]
    tried: tuple[ClauseResult, ...]
    too_few: tuple[TooFew, ...]

    @property
    def matched(self) -> ClauseResult | None:
        """The clause that gave the outcome; None after "otherwise" and when not assessable."""
        return self.tried[-1] if self.tried and self.tried[-1].passed else None

    @property
    def tests(self) -> tuple[TestResult, ...]:
        """Every test tried, in the order of the rule."""
        return tuple(test for clause in self.tried for test in tests_of(clause.condition))


def tests_of(result: ConditionResult) -> Iterator[TestResult]:
    """All test results within a condition's result."""
    if isinstance(result, TestResult):
        yield result
    else:
        for part in result.parts:
            yield from tests_of(part)


tests_of.__test__ = False  # type: ignore[attr-defined]  # a name pytest would collect


def assess_section(
    rule: Rule,
    scale: Scale,
    structure: GroupStructure,
    items: Mapping[str, ItemCounts],
    round_number: int,
    context: Context = NOTHING,
) -> SectionAssessment:
    """Apply the rule to one section in one round.

    Parameters
    ----------
    rule : Rule
        The sealed rule, checked against the study (`domain.rule_check`).
    scale, structure : Scale, GroupStructure
        Those of the study.
    items : mapping of criterion code to ItemCounts
        The section's counts in this round, in the study's order of criteria.
    round_number : int
        From 1; clauses of other rounds are passed over.
    context : Context
        What the rule looks at beside these counts (`context.needs_of`); tests that need what is not passed
        are undefined (`not_given`).

    Returns
    -------
    SectionAssessment
        Ratings per panel are looked at first: fewer than the rule's minimum on any criterion in any panel,
        or no criterion at all, is `not_assessable`. Then the first clause that holds gives the outcome.

    Raises
    ------
    ValueError
        If counts belong to another scale.

    Notes
    -----
    A test holds for all, any, at least so many or the named criteria; for each of them it holds for each,
    any or the one set of people it names. A statistic that is undefined makes the test false, also a test
    for little agreement. Thresholds are compared in whole numbers: 79.6% is below 80%.

    Examples
    --------
    The demo's rule on its section "Connecting online", second draft: 34 of 41 agree, but only 8 of 15 in
    one panel.

    >>> from datetime import date
    >>> from delphi.consensus.counts import Histogram
    >>> from delphi.consensus.library import pooled_and_each_panel
    >>> from delphi.domain.groups import Group, GroupUnion
    >>> from delphi.domain.scale import ScalePoint
    >>> points = tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6))
    >>> five = Scale(id="five", points=points, bands={"agree": (4, 5)})
    >>> two = GroupStructure(
    ...     groups=(Group("lived", "Lived"), Group("staff", "Staff")),
    ...     panels=(GroupUnion("lived", "Lived", ("lived",)), GroupUnion("staff", "Staff", ("staff",))),
    ...     feedback_groups=(),
    ... )
    >>> counts = ItemCounts({"lived": Histogram(1, (7, 0, 0, 8, 0)), "staff": Histogram(1, (0, 0, 0, 26, 0))})
    >>> rule = pooled_and_each_panel(date(2024, 2, 12))
    >>> found = assess_section(rule, five, two, {"respectful": counts}, 2)
    >>> found.outcome.value, found.because
    ('not_agreed', 'panels_differ')
    """
    figures = Figures(rule, scale, structure, items, round_number=round_number, context=context)
    too_few = tuple(_too_few(rule, figures))
    if too_few or not items:
        return SectionAssessment(
            Outcome.NOT_ASSESSABLE, None, None, round_number, figures.criteria, (), too_few
        )
    tried: list[ClauseResult] = []
    for number, clause in enumerate(rule.clauses):
        if not clause.counts_in(round_number):
            continue
        tried.append(ClauseResult(number, clause, evaluate(clause.when, figures)))
        if tried[-1].passed:
            return SectionAssessment(
                Outcome(clause.outcome),
                clause.because,
                clause.label,
                round_number,
                figures.criteria,
                tuple(tried),
                (),
            )
    last = rule.otherwise
    return SectionAssessment(
        Outcome(last.otherwise), last.because, last.label, round_number, figures.criteria, tuple(tried), ()
    )


def _too_few(rule: Rule, figures: Figures) -> Iterator[TooFew]:
    for criterion in figures.criteria:
        for panel in figures.panels:
            n = figures.histogram(panel, criterion).n
            if n < rule.min_ratings_per_panel:
                yield TooFew(panel, criterion, n)


def evaluate(condition: Condition, figures: Figures) -> ConditionResult:
    """Whether a condition holds, with every figure looked at."""
    if isinstance(condition, AllOf):
        parts = tuple(evaluate(part, figures) for part in condition.all)
        return JoinedResult("all", parts, all(part.passed for part in parts))
    if isinstance(condition, AnyOf):
        parts = tuple(evaluate(part, figures) for part in condition.any)
        return JoinedResult("any", parts, any(part.passed for part in parts))
    return _evaluate_test(condition, figures)


def _evaluate_test(test: AnyTest, figures: Figures) -> TestResult:
    over_people = any if test.of.startswith("any_") else all
    measurements: list[Measurement] = []
    verdicts: list[bool] = []
    for criterion in figures.looked_at(test):
        found = [figures.measure(test, of, criterion) for of in figures.whom(test.of)]
        measurements += found
        # `all` of nobody would be true: a test about panels that do not exist never holds.
        verdicts.append(bool(found) and over_people(m.passed for m in found))
    return TestResult(test, tuple(measurements), _combined(test, verdicts))


def _combined(test: AnyTest, verdicts: list[bool]) -> bool:
    """Whether enough of the criteria passed."""
    if isinstance(test.criteria, SomeCriteria):
        return sum(verdicts) >= test.criteria.at_least
    over_criteria = any if test.criteria == "any" else all
    return bool(verdicts) and over_criteria(verdicts)
