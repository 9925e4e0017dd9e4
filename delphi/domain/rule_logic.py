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
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from delphi.domain.groups import GroupStructure
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    AnyTest,
    ApmoTest,
    AttritionTest,
    Condition,
    IqrTest,
    LawsheTest,
    MedianTest,
    Presence,
    RandClass,
    RandUclaTest,
    Rule,
    SomeCriteria,
    StabilityTest,
    ThresholdTest,
    each_test,
)
from delphi.domain.rule_ranges import (
    UNDEFINED,
    as_figure,
    figure_name,
    in_units_of,
    may_be_undefined,
    range_of,
)
from delphi.domain.scale import Scale

Value: TypeAlias = Fraction | str
Figure = tuple[str, str, str]
"""Statistic (with its band or method), whose ratings, criterion."""

_MOST_STEPS = 4000
_MOST_DEPTH = 250
_MOST_COMBINATIONS = 120


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
        self._scale, self._criteria = scale, tuple(criteria)
        self._panels = tuple(f"panel:{panel.code}" for panel in structure.panels)
        self._groups = tuple(f"group:{code}" for code in structure.group_codes)
        in_panels = {code for panel in structure.panels for code in panel.groups}
        panels_are_all = in_panels == set(structure.group_codes)
        self._parts_of = {
            "pooled": (self._panels, self._groups) if panels_are_all else (self._groups,),
            "equal_panels": (self._panels,),
            "equal_groups": (self._groups,),
            **{
                f"panel:{panel.code}": (tuple(f"group:{code}" for code in panel.groups),)
                for panel in structure.panels
            },
        }
        conditions = [clause.when for clause in rule.clauses]
        if rule.stop is not None and rule.stop.stable is not None:
            conditions.append(rule.stop.stable)
        self._values = self._all_values([test for when in conditions for test in each_test(when)])
        shares = {name: values for name, values in self._values.items() if name.startswith("share:")}
        self._bands = _Bands(scale, shares, rule.denominator)

    def _all_values(self, tests: Sequence[AnyTest]) -> dict[str, tuple[Value, ...]]:
        """Representatives of every value of each figure that the rule tests, numbers from low to high."""
        by_name: dict[str, list[AnyTest]] = {}
        for test in tests:
            by_name.setdefault(figure_name(test), []).append(test)
        found = {}
        for name, about in by_name.items():
            values = self._values_of(about)
            found[name] = (*values, UNDEFINED) if any(map(may_be_undefined, about)) else values
        return found

    def _values_of(self, about: Sequence[AnyTest]) -> tuple[Value, ...]:
        first, low, high = about[0], self._scale.minimum, self._scale.maximum
        if isinstance(first, MedianTest):
            return _steps(Fraction(low), Fraction(high), Fraction(1, 2))
        if isinstance(first, IqrTest):
            return _steps(Fraction(0), Fraction(high - low), Fraction(1, 4))
        if isinstance(first, RandUclaTest):
            return tuple(known.value for known in RandClass)
        if isinstance(first, ApmoTest):
            return ("below", "reached", "exceeded")
        if isinstance(first, LawsheTest):
            return ("reached", "missed")
        if not isinstance(first, ThresholdTest):
            return tuple(known.value for known in Presence)
        bounds = range_of(first, self._scale)
        ends = sorted(as_figure(first, end) for end in (bounds.low, bounds.high))
        tested = (test for test in about if isinstance(test, ThresholdTest))
        marks = (as_figure(test, value) for test in tested for _, value in test.thresholds)
        return _representatives(ends[0], ends[1], marks)

    def possible_values(self, test: AnyTest) -> frozenset[Value]:
        """Representatives of every value that the tested figure can take when it is defined."""
        return frozenset(self._values[figure_name(test)]) - {UNDEFINED}

    def passing_values(self, test: AnyTest) -> frozenset[Value]:
        """Those of the possible values with which the test holds."""
        if isinstance(test, RandUclaTest):
            return frozenset(known.value for known in test.is_)
        if isinstance(test, ThresholdTest):
            numbers = _numbers(self.possible_values(test))
            return frozenset(value for value in numbers if test.holds(in_units_of(test, value)))
        if isinstance(test, ApmoTest) and test.is_ == "reached":
            return frozenset({"reached", "exceeded"})
        return frozenset({str(test.is_)})

    def whom(self, of: str) -> tuple[str, ...]:
        """The people whom an `of:` speaks of, one entry for each set of ratings."""
        if of.endswith("_panel"):
            return self._panels
        if of.endswith("_group"):
            return self._groups
        has_parts = not of.startswith("equal_") or any(self._parts_of[of])
        return (of,) if has_parts else ()

    def formula(self, condition: Condition, *, negated: bool = False, in_round: int = 2) -> Formula:
        """A condition, or its opposite, as a formula; in round 1 nothing has moved and nobody is lost."""
        if isinstance(condition, AllOf | AnyOf):
            is_all = isinstance(condition, AllOf)
            inside = condition.all if isinstance(condition, AllOf) else condition.any
            parts = tuple(self.formula(part, negated=negated, in_round=in_round) for part in inside)
            return Both(parts) if is_all != negated else Either(parts)
        values = self.passing_values(condition)
        if in_round == 1 and isinstance(condition, StabilityTest | AttritionTest):
            values = frozenset()
        name = figure_name(condition)
        if negated:
            values = frozenset(self._values[name]) - values
        over_whom = Either if condition.of.startswith("any_") != negated else Both
        named = ("",) if isinstance(condition, AttritionTest) else self._named(condition)
        of_each = [
            over_whom(tuple(Among((name, of, criterion), values) for of in self.whom(condition.of)))
            for criterion in named
        ]
        if isinstance(condition.criteria, SomeCriteria):
            least = condition.criteria.at_least
            return _at_least(len(of_each) - least + 1 if negated else least, of_each)
        over_criteria = Either if (condition.criteria == "any") != negated else Both
        return over_criteria(tuple(of_each))

    def _named(self, test: AnyTest) -> tuple[str, ...]:
        if isinstance(test.criteria, SomeCriteria):
            return test.criteria.of or self._criteria
        return test.criteria if isinstance(test.criteria, tuple) else self._criteria

    def can_hold(self, formulas: Iterable[Formula]) -> bool:
        """Whether figures exist with which all the formulas hold; True when that is too hard to say."""
        try:
            return _Search(self._contradicts).run(list(formulas))
        except _TooHard:
            return True

    def _contradicts(self, known: Mapping[Figure, frozenset[Value]]) -> bool:
        """Whether figures that hang together cannot all have the values they are left with."""
        return self._parts_contradict(known) or self._bands.contradict(known) or _rand_contradicts(known)

    def _parts_contradict(self, known: Mapping[Figure, frozenset[Value]]) -> bool:
        """A share or mean of all that lies outside the range of those of the parts that make it up."""
        for (statistic, whole, criterion), values in known.items():
            if not (statistic.startswith("share:") or statistic == "mean"):
                continue
            every = frozenset(self._values[statistic])
            for parts in self._parts_of.get(whole, ()):
                of_parts = [known.get((statistic, part, criterion), every) for part in parts]
                if of_parts and not _overlap(values, of_parts):
                    return True
        return False


class _Bands:
    """How the shares of several bands hang together: side by side, one within the other, or all there is."""

    def __init__(self, scale: Scale, values: Mapping[str, tuple[Value, ...]], denominator: str) -> None:
        points = {name: frozenset(scale.bands.get(name.partition(":")[2], ())) for name in values}
        self._pairs = [
            (one, other, points[one], points[other])
            for one, other in itertools.permutations(sorted(points), 2)
            if points[one] and points[other]
        ]
        self._marks = {name: _numbers(found) for name, found in values.items()}
        self._all = frozenset(scale.values) if denominator == "valid" else None

    def contradict(self, known: Mapping[Figure, frozenset[Value]]) -> bool:
        """Whether the shares of one set of people on one criterion cannot stand beside each other."""
        if not self._pairs:
            return False
        for whose in {figure[1:] for figure in known}:
            for one, other, here, there in self._pairs:
                mine, theirs = known.get((one, *whose)), known.get((other, *whose))
                if mine is None or theirs is None:
                    continue
                (low, high), (low2, high2) = self._bounds(one, mine), self._bounds(other, theirs)
                if not here & there and low + low2 > 100:
                    return True
                if here <= there and low > high2:
                    return True
                if here | there == self._all and high + high2 < 100:
                    return True
        return False

    def _bounds(self, name: str, values: frozenset[Value]) -> tuple[Fraction, Fraction]:
        """Between which per cents a share lies; a representative between two marks stands for all there."""
        marks, left = self._marks[name], _numbers(values)
        low, high = marks.index(min(left)), marks.index(max(left))
        return marks[low - low % 2], marks[high + high % 2]


def _rand_contradicts(known: Mapping[Figure, frozenset[Value]]) -> bool:
    """By one method, disagreement makes an item uncertain; an index above 1 is disagreement by IPRAS."""
    for (name, of, criterion), values in known.items():
        kind, _, method = name.partition(":")
        if kind != "disagreement":
            continue
        classes = known.get((f"rand:{method}", of, criterion))
        if values == {Presence.PRESENT.value} and classes and RandClass.UNCERTAIN.value not in classes:
            return True
        index = known.get(("disagreement_index", of, criterion))
        if method == "ipras" and index and UNDEFINED not in index:
            is_high = {value > 1 for value in _numbers(index)}
            if (values == {Presence.PRESENT.value} and is_high == {False}) or (
                values == {Presence.ABSENT.value} and is_high == {True}
            ):
                return True
    return False


def _at_least(least: int, parts: Sequence[Formula]) -> Formula:
    """At least so many of the parts; taken as possible when there are too many ways to choose them."""
    if math.comb(len(parts), min(max(least, 0), len(parts))) > _MOST_COMBINATIONS:
        return Both(())
    return Either(tuple(Both(chosen) for chosen in itertools.combinations(parts, max(least, 0))))


def _overlap(whole: frozenset[Value], parts: Sequence[frozenset[Value]]) -> bool:
    lows, highs = zip(*((min(part), max(part)) for part in map(_numbers, parts)), strict=True)
    return any(min(lows) <= value <= max(highs) for value in _numbers(whole))


def _numbers(values: Iterable[Value]) -> list[Fraction]:
    return [value for value in values if isinstance(value, Fraction)]


def _representatives(low: Fraction, high: Fraction, thresholds: Iterable[Fraction]) -> tuple[Value, ...]:
    marks = sorted({low, high, *(mark for mark in thresholds if low <= mark <= high)})
    between = [(one + other) / 2 for one, other in itertools.pairwise(marks)]
    return tuple(sorted([*marks, *between]))


def _steps(low: Fraction, high: Fraction, step: Fraction) -> tuple[Value, ...]:
    return tuple(low + step * i for i in range(int((high - low) / step) + 1))


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
