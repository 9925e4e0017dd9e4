"""Whether a consensus rule makes sense for a study; every objection is a sentence for the team.

The shape of a rule is checked when it is read (`rule`). Here it is held against the study: names,
scale, rounds, planned numbers, and whether each outcome can happen at all.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from delphi.domain.errors import Problem
from delphi.domain.groups import GroupStructure
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
)
from delphi.domain.rule_logic import RuleLogic
from delphi.domain.rule_numbers import write_number
from delphi.domain.scale import Scale

AnyTest = ShareTest | MedianTest | IqrTest | RandUclaTest


def check_rule(
    rule: Rule,
    scale: Scale,
    structure: GroupStructure,
    criteria: Sequence[str],
    *,
    max_rounds: int,
    targets: Mapping[str, int] | None = None,
    where: str = "consensus_rule",
) -> list[Problem]:
    """All objections to a rule, in the order in which it is written; none means that it may be sealed.

    `criteria` are the codes of all criteria of the study, `targets` the planned number of people in
    each stakeholder group (left out when there is no plan), `where` the place of the rule in the file.
    """
    if not criteria:
        return [Problem(where, "The study has no criteria, so there is nothing the rule could be about.")]
    check = _Check(rule, scale, structure, tuple(criteria), max_rounds)
    problems = [*_too_few_planned(rule, structure, targets or {}, where)]
    for number, clause in enumerate(rule.clauses):
        here = f"{where}.outcomes[{number}]"
        problems += check.rounds_exist(clause, here)
        for test, at in _walk(clause.when, f"{here}.when"):
            problems += check.test_fits(test, at)
    if not problems:
        problems = list(check.outcomes_can_happen(where))
    return problems


def _walk(condition: Condition, at: str) -> Iterator[tuple[AnyTest, str]]:
    """Every test of a condition with its place in the file."""
    if isinstance(condition, AllOf):
        for number, part in enumerate(condition.all):
            yield from _walk(part, f"{at}.all[{number}]")
    elif isinstance(condition, AnyOf):
        for number, part in enumerate(condition.any):
            yield from _walk(part, f"{at}.any[{number}]")
    else:
        yield condition, at


def _too_few_planned(
    rule: Rule, structure: GroupStructure, targets: Mapping[str, int], where: str
) -> Iterator[Problem]:
    for panel in structure.panels:
        if not all(group in targets for group in panel.groups):
            continue
        planned = sum(targets[group] for group in panel.groups)
        if planned < rule.min_ratings_per_panel:
            yield Problem(
                f"{where}.min_ratings_per_panel",
                f"The rule asks for {rule.min_ratings_per_panel} ratings in each panel, but {planned} people "
                f"are planned for {panel.label!r}: no section could ever be assessed. Lower the minimum or "
                "plan for more people.",
            )


class _Check:
    """One rule held against one study."""

    def __init__(
        self,
        rule: Rule,
        scale: Scale,
        structure: GroupStructure,
        criteria: tuple[str, ...],
        max_rounds: int,
    ) -> None:
        self._rule, self._scale, self._structure = rule, scale, structure
        self._criteria, self._max_rounds = criteria, max_rounds
        self._logic = RuleLogic(rule, scale, structure, criteria)

    def rounds_exist(self, clause: Clause, at: str) -> Iterator[Problem]:
        """Rounds named that the study does not have, or named twice."""
        rounds = clause.rounds or ()
        for number in sorted(set(rounds)):
            if number > self._max_rounds:
                yield Problem(
                    f"{at}.rounds", f"Round {number} is named, but the study has {self._max_rounds} at most."
                )
        if len(set(rounds)) != len(rounds):
            yield Problem(f"{at}.rounds", "A round is named twice; name each round once.")

    def test_fits(self, test: AnyTest, at: str) -> Iterator[Problem]:
        """Objections to one test: names, the scale, and thresholds that decide nothing."""
        named = [*self._unknown_names(test, at)]
        yield from named
        if isinstance(test, RandUclaTest):
            if len(self._scale.values) % 3:
                yield Problem(
                    f"{at}.statistic",
                    f"The RAND/UCLA classes need a scale in three equal parts; this one has "
                    f"{len(self._scale.values)} points. Use a share or a median instead.",
                )
                return
        elif outside := [*self._off_the_scale(test, at)]:
            yield from outside
            return
        if not named:
            yield from self._decides_nothing(test, at)

    def _unknown_names(self, test: AnyTest, at: str) -> Iterator[Problem]:
        if isinstance(test, ShareTest) and test.band not in self._scale.bands:
            yield Problem(f"{at}.band", _unknown("band", test.band, self._scale.bands, "The scale"))
        if isinstance(test.criteria, tuple):
            for code in test.criteria:
                if code not in self._criteria:
                    yield Problem(f"{at}.criteria", _unknown("criterion", code, self._criteria))
        kind, _, code = test.of.partition(":")
        known = self._structure.panel_by_code if kind == "panel" else self._structure.group_by_code
        if code and code not in known:
            yield Problem(f"{at}.of", _unknown(kind, code, known))
        if not code and not self._logic.whom(test.of):
            yield Problem(f"{at}.of", f"{test.of!r} is asked for, but the study has none.")

    def _off_the_scale(self, test: ShareTest | MedianTest | IqrTest, at: str) -> Iterator[Problem]:
        low, high, what = 0, 100, "A share lies between 0 and 100 per cent"
        if isinstance(test, MedianTest):
            low, high = self._scale.minimum, self._scale.maximum
            what = f"The scale runs from {low} to {high}"
        elif isinstance(test, IqrTest):
            high = self._scale.maximum - self._scale.minimum
            what = f"On this scale an interquartile range lies between 0 and {high}"
        for name, value in test.thresholds:
            if not low <= value <= high:
                yield Problem(f"{at}.{name}", f"{what}; {write_number(value)} is outside.")

    def _decides_nothing(self, test: AnyTest, at: str) -> Iterator[Problem]:
        passing = self._logic.passing_values(test)
        if not passing:
            yield Problem(at, f"This can never be met: no figure is {_range(test)}.")
        elif passing == self._logic.possible_values(test):
            yield Problem(at, f"This is always met: every figure is {_range(test)}.")

    def outcomes_can_happen(self, where: str) -> Iterator[Problem]:
        """Clauses that can never be the outcome, and a rule by which nothing is ever agreed."""
        dead = 0
        agreed = [clause for clause in self._rule.clauses if clause.outcome is Outcome.AGREED]
        for number, clause in enumerate(self._rule.clauses):
            if problem := self._never_the_outcome(number, clause, f"{where}.outcomes[{number}]"):
                dead += clause.outcome is Outcome.AGREED
                yield problem
        at_end = f"{where}.outcomes[{len(self._rule.clauses)}].otherwise"
        if self._rule.otherwise.otherwise is Outcome.AGREED:
            yield Problem(
                at_end,
                '"agreed" must be stated as a condition, never be what is left over: a figure that is '
                "missing would make a section agreed.",
            )
        elif len(agreed) == dead:
            yield Problem(f"{where}.outcomes", 'No section could ever be "agreed" by this rule.')

    def _never_the_outcome(self, number: int, clause: Clause, at: str) -> Problem | None:
        holds = self._logic.formula(clause.when)
        if not self._logic.can_hold([holds]):
            return Problem(f"{at}.when", "This can never be met: its parts contradict each other.")
        if not self._logic.can_hold([self._logic.formula(clause.when, negated=True)]):
            return Problem(f"{at}.when", "This is always met, whatever the panel answers.")
        rounds = [n for n in range(1, self._max_rounds + 1) if clause.counts_in(n)]
        for round_number in rounds:
            above = [c for c in self._rule.clauses[:number] if c.counts_in(round_number)]
            misses = [self._logic.formula(other.when, negated=True) for other in above]
            if self._logic.can_hold([holds, *misses]):
                return None
        for earlier, other in enumerate(self._rule.clauses[:number]):
            covers = all(other.counts_in(n) for n in rounds)
            miss = self._logic.formula(other.when, negated=True)
            if covers and not self._logic.can_hold([holds, miss]):
                return Problem(
                    at,
                    f"This is never reached: whenever it is met, outcomes[{earlier}] above it "
                    f'("{other.outcome.value}") is met too and counts first.',
                )
        return Problem(at, "This is never reached: whenever it is met, an entry above it is met too.")


def _unknown(
    kind: str, name: str, known: Mapping[str, object] | Sequence[str], who: str = "The study"
) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return f"{who} has no {kind} {name!r}. Did you mean {near[0]!r}?"
    return f"{who} has no {kind} {name!r}. It has: {', '.join(known) or 'none'}."


def _range(test: AnyTest) -> str:
    if isinstance(test, RandUclaTest):
        return " or ".join(known.value for known in test.is_)
    words = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "below": "below"}
    return " and ".join(f"{words[name]} {_plain(value)}" for name, value in test.thresholds)


def _plain(value: Fraction) -> str:
    return str(write_number(value))
