"""Whether the conditions of a rule can hold at all, alone or after the clauses above them.

Each figure a rule tests (one statistic, of some people, for one criterion) is a variable with a few
representative values: every threshold of the rule and a point between each two. A condition is then
a tree of "this figure is one of these values", and a small backtracking search says whether figures
exist that make it hold. The search is sound in one direction: what it calls impossible is impossible.
When the tree is too large it gives up and says "possible", so that no good rule is ever refused.

Pure; used by `rule_check` alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.domain.groups import GroupStructure
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    Condition,
    IqrTest,
    MedianTest,
    RandClass,
    RandUclaTest,
    Rule,
    ShareTest,
    ThresholdTest,
    each_test,
)
from delphi.domain.scale import Scale

Value = Fraction | RandClass
Figure = tuple[str, str, str]
"""Statistic (with its band or method), whose ratings, criterion."""

_MOST_STEPS = 4000
_MOST_DEPTH = 250


@dataclass(frozen=True, slots=True)
class Among:
    """A figure must be one of these values."""

    figure: Figure
    values: frozenset[Value]


@dataclass(frozen=True, slots=True)
class Both:
    """All parts must hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part at least must hold."""

    parts: tuple[Formula, ...]


Formula = Among | Both | Either


class RuleLogic:
    """The conditions of one rule as formulas over the figures of one study."""

    def __init__(self, rule: Rule, scale: Scale, structure: GroupStructure, criteria: Sequence[str]) -> None:
        self._criteria = tuple(criteria)
        self._panels = tuple(f"panel:{panel.code}" for panel in structure.panels)
        self._groups = tuple(f"group:{code}" for code in structure.group_codes)
        in_panels = {code for panel in structure.panels for code in panel.groups}
        panels_are_all = in_panels == set(structure.group_codes)
        self._parts_of = {
            "pooled": (self._panels, self._groups) if panels_are_all else (self._groups,),
            **{
                f"panel:{panel.code}": (tuple(f"group:{code}" for code in panel.groups),)
                for panel in structure.panels
            },
        }
        tests = [test for clause in rule.clauses for test in each_test(clause.when)]
        self._shares = _representatives(
            value for test in tests if isinstance(test, ShareTest) for _, value in test.thresholds
        )
        self._medians = _steps(Fraction(scale.minimum), Fraction(scale.maximum), Fraction(1, 2))
        self._iqrs = _steps(Fraction(0), Fraction(scale.maximum - scale.minimum), Fraction(1, 4))

    def possible_values(self, test: ShareTest | MedianTest | IqrTest | RandUclaTest) -> frozenset[Value]:
        """Representatives of every value that the tested statistic can take."""
        if isinstance(test, ShareTest):
            return self._shares
        if isinstance(test, MedianTest):
            return self._medians
        if isinstance(test, IqrTest):
            return self._iqrs
        return frozenset(RandClass)

    def passing_values(self, test: ShareTest | MedianTest | IqrTest | RandUclaTest) -> frozenset[Value]:
        """Those of the possible values with which the test holds."""
        if isinstance(test, RandUclaTest):
            return frozenset(test.is_)
        return frozenset(
            value for value in self.possible_values(test) if isinstance(value, Fraction) and test.holds(value)
        )

    def whom(self, of: str) -> tuple[str, ...]:
        """The people whom an `of:` speaks of, one entry for each set of ratings."""
        if of.endswith("_panel"):
            return self._panels
        return self._groups if of.endswith("_group") else (of,)

    def formula(self, condition: Condition, *, negated: bool = False) -> Formula:
        """A condition, or its opposite, as a formula (undefined statistics left aside)."""
        if isinstance(condition, AllOf):
            parts = tuple(self.formula(part, negated=negated) for part in condition.all)
            return Either(parts) if negated else Both(parts)
        if isinstance(condition, AnyOf):
            parts = tuple(self.formula(part, negated=negated) for part in condition.any)
            return Both(parts) if negated else Either(parts)
        named = condition.criteria if isinstance(condition.criteria, tuple) else self._criteria
        over_criteria = Either if (condition.criteria == "any") != negated else Both
        over_whom = Either if condition.of.startswith("any_") != negated else Both
        values = self.passing_values(condition)
        if negated:
            values = self.possible_values(condition) - values
        statistic = _statistic(condition)
        return over_criteria(
            tuple(
                over_whom(tuple(Among((statistic, of, criterion), values) for of in self.whom(condition.of)))
                for criterion in named
            )
        )

    def can_hold(self, formulas: Iterable[Formula]) -> bool:
        """Whether figures exist with which all the formulas hold; True when that is too hard to say."""
        try:
            return _Search(self._contradicts).run(list(formulas))
        except _TooHard:
            return True

    def _contradicts(self, known: Mapping[Figure, frozenset[Value]]) -> bool:
        """Whether a share of all lies outside the range of the shares of the parts that make it up."""
        for (statistic, whole, criterion), values in known.items():
            if not statistic.startswith("share:"):
                continue
            for parts in self._parts_of.get(whole, ()):
                of_parts = [known.get((statistic, part, criterion), self._shares) for part in parts]
                if of_parts and not _overlap(values, of_parts):
                    return True
        return False


def _statistic(test: ThresholdTest | RandUclaTest) -> str:
    if isinstance(test, ShareTest):
        return f"share:{test.band}"
    if isinstance(test, RandUclaTest):
        return f"rand:{test.method}"
    return "median" if isinstance(test, MedianTest) else "iqr"


def _overlap(whole: frozenset[Value], parts: Sequence[frozenset[Value]]) -> bool:
    lows, highs = zip(*((min(part), max(part)) for part in map(_numbers, parts)), strict=True)
    return any(min(lows) <= value <= max(highs) for value in _numbers(whole))


def _numbers(values: frozenset[Value]) -> list[Fraction]:
    return [value for value in values if isinstance(value, Fraction)]


def _representatives(thresholds: Iterable[Fraction]) -> frozenset[Value]:
    marks = sorted({Fraction(0), Fraction(100), *(mark for mark in thresholds if 0 <= mark <= 100)})
    between = [(low + high) / 2 for low, high in itertools.pairwise(marks)]
    return frozenset([*marks, *between])


def _steps(low: Fraction, high: Fraction, step: Fraction) -> frozenset[Value]:
    return frozenset(low + step * i for i in range(int((high - low) / step) + 1))


class _TooHard(Exception):
    """The search was stopped; nothing is known."""


class _Search:
    """Backtracking over the alternatives, with the figures known so far narrowed at each step."""

    def __init__(self, contradicts: Callable[[Mapping[Figure, frozenset[Value]]], bool]) -> None:
        self._contradicts = contradicts
        self._steps = 0

    def run(self, pending: list[Formula]) -> bool:
        """Whether all formulas can hold together."""
        return self._descend(pending, {}, 0)

    def _descend(self, pending: list[Formula], before: dict[Figure, frozenset[Value]], depth: int) -> bool:
        self._steps += 1
        if self._steps > _MOST_STEPS or depth > _MOST_DEPTH:
            raise _TooHard
        known = dict(before)
        alternatives = _narrow(pending, known)
        if alternatives is None or self._contradicts(known):
            return False
        undecided = [either for either in alternatives if not _settled(either, known)]
        if not undecided:
            return True
        undecided.sort(key=lambda either: len(either.parts))
        first, rest = undecided[0], undecided[1:]
        return any(self._descend([part, *rest], known, depth + 1) for part in first.parts)


def _narrow(pending: Sequence[Formula], known: dict[Figure, frozenset[Value]]) -> list[Either] | None:
    """Put all that must hold into `known`; what is left to choose from, or None on a contradiction."""
    alternatives: list[Either] = []
    stack = list(pending)
    while stack:
        formula = stack.pop()
        if isinstance(formula, Both):
            stack.extend(formula.parts)
        elif isinstance(formula, Either):
            alternatives.append(formula)
        else:
            values = known.get(formula.figure, formula.values) & formula.values
            if not values:
                return None
            known[formula.figure] = values
    return alternatives


def _settled(either: Either, known: Mapping[Figure, frozenset[Value]]) -> bool:
    return any(
        isinstance(part, Among) and part.figure in known and known[part.figure] <= part.values
        for part in either.parts
    )
