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
    AnyTest,
    ApmoTest,
    AttritionTest,
    Clause,
    Condition,
    LawsheTest,
    Outcome,
    RandAgreementTest,
    RandDisagreementTest,
    RandUclaTest,
    Rule,
    ShareTest,
    SomeCriteria,
    StabilityTest,
    StopRule,
    ThresholdTest,
    ValidityTest,
)
from delphi.domain.rule_logic import RuleLogic
from delphi.domain.rule_numbers import write_number
from delphi.domain.rule_ranges import range_of, why_not_for_scale
from delphi.domain.scale import Scale


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
    problems += _too_many_ratings(rule, max_rounds, where)
    for number, clause in enumerate(rule.clauses):
        here = f"{where}.outcomes[{number}]"
        problems += check.rounds_exist(clause, here)
        for test, at in _walk(clause.when, f"{here}.when"):
            problems += check.test_fits(test, at)
            problems += check.can_have_moved(clause, test, at)
    if rule.stop is not None:
        problems += check.stop_fits(rule.stop, f"{where}.stop")
    # What hangs together is looked at once every part makes sense by itself.
    return problems or [*check.outcomes_can_happen(where), *check.can_stop(where)]


def misfits(
    rule: Rule, scale: Scale, structure: GroupStructure, criteria: Sequence[str], *, where: str = "rule"
) -> list[Problem]:
    """Objections to single tests alone: names, the scale, panels that the study has not.

    What hangs together is not looked at, which takes most of the time: for rules that are known to be sound.
    """
    check = _Check(rule, scale, structure, tuple(criteria), max_rounds=1)
    return [
        problem
        for number, clause in enumerate(rule.clauses)
        for test, at in _walk(clause.when, f"{where}.outcomes[{number}].when")
        for problem in check.test_fits(test, at)
    ]


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


def _too_many_ratings(rule: Rule, max_rounds: int, where: str) -> Iterator[Problem]:
    most = rule.most_ratings_per_draft
    if most is not None and most > max_rounds:
        yield Problem(
            f"{where}.most_ratings_per_draft",
            f"One draft may be rated {most} times, but the study has {max_rounds} "
            f"{'round' if max_rounds == 1 else 'rounds'} at most: the limit would limit nothing.",
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
        if reason := why_not_for_scale(test, self._scale):
            yield Problem(f"{at}.statistic", reason)
            return
        if isinstance(test, ThresholdTest) and (outside := [*self._off_the_scale(test, at)]):
            yield from outside
            return
        if not named:
            yield from self._decides_nothing(test, at)

    def can_have_moved(self, clause: Clause, test: AnyTest, at: str) -> Iterator[Problem]:
        """A test of movement where there is no round before: it can never be met."""
        if not isinstance(test, StabilityTest | AttritionTest):
            return
        if not any(clause.counts_in(number) for number in range(2, self._max_rounds + 1)):
            what = "Nobody is lost" if isinstance(test, AttritionTest) else "Nothing has moved"
            yield Problem(
                at,
                f"{what} in round 1, and this counts in round 1 only: it can never be met. Name a later "
                "round, or leave the test out.",
            )

    def stop_fits(self, stop: StopRule, at: str) -> Iterator[Problem]:
        """Objections to the stop rule: its round, and each of its tests."""
        if stop.after_round is not None and stop.after_round > self._max_rounds:
            yield Problem(
                f"{at}.after_round",
                f"Round {stop.after_round} is named, but the study has {self._max_rounds} at most.",
            )
        if stop.stable is None:
            return
        tests = [*_walk(stop.stable, f"{at}.stable")]
        for test, place in tests:
            yield from self.test_fits(test, place)
        if all(test.statistic == "marginal_homogeneity_p" for test, _ in tests):
            yield Problem(
                f"{at}.stable",
                "A test of the distribution alone always passes in a small panel. Put a share of people who "
                "changed, or a kappa, beside it.",
            )
        if self._max_rounds == 1 or stop.after_round == 1:
            yield Problem(f"{at}.stable", "Nothing has moved in round 1: this can never be met.")

    def can_stop(self, where: str) -> Iterator[Problem]:
        """A stop rule whose tests contradict each other."""
        stop = self._rule.stop
        if stop is None or stop.stable is None:
            return
        at = f"{where}.stop.stable"
        if not self._logic.can_hold([self._logic.formula(stop.stable)]):
            yield Problem(at, "This can never be met: its parts contradict each other.")

    def _unknown_names(self, test: AnyTest, at: str) -> Iterator[Problem]:
        yield from self._unknown_band(test, at)
        yield from self._unknown_criteria(test, at)
        kind, _, code = test.of.partition(":")
        known = self._structure.panel_by_code if kind == "panel" else self._structure.group_by_code
        if code and code not in known:
            yield Problem(f"{at}.of", _unknown(kind, code, known))
        if not code and not self._logic.whom(test.of):
            yield Problem(f"{at}.of", f"{test.of!r} is asked for, but the study has none.")

    def _unknown_band(self, test: AnyTest, at: str) -> Iterator[Problem]:
        if not isinstance(test, ShareTest | ValidityTest | LawsheTest | ApmoTest):
            return
        if test.band not in self._scale.bands:
            yield Problem(f"{at}.band", _unknown("band", test.band, self._scale.bands, "The scale"))
        elif isinstance(test, ApmoTest) and test.band not in ("agree", "disagree"):
            yield Problem(
                f"{at}.band",
                f"The cut-off counts majorities that agree or disagree, and {test.band!r} is neither. "
                "Compare 'agree' or 'disagree' with it.",
            )

    def _unknown_criteria(self, test: AnyTest, at: str) -> Iterator[Problem]:
        some = test.criteria if isinstance(test.criteria, SomeCriteria) else None
        named = test.criteria if isinstance(test.criteria, tuple) else (some.of or () if some else ())
        for code in named:
            if code not in self._criteria:
                yield Problem(f"{at}.criteria", _unknown("criterion", code, self._criteria))
        if some is not None and some.of is None and some.at_least > len(self._criteria):
            yield Problem(
                f"{at}.criteria",
                f"At least {some.at_least} criteria are asked for, but the study has {len(self._criteria)}: "
                "this can never be met.",
            )

    def _off_the_scale(self, test: ThresholdTest, at: str) -> Iterator[Problem]:
        bounds = range_of(test, self._scale)
        for name, value in test.thresholds:
            if not bounds.low <= value <= bounds.high:
                yield Problem(f"{at}.{name}", f"{bounds.words}; {write_number(value)} is outside.")

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
        rounds = [n for n in range(1, self._max_rounds + 1) if clause.counts_in(n)]
        holds = self._logic.formula(clause.when)
        if not self._logic.can_hold([holds]):
            return Problem(f"{at}.when", "This can never be met: its parts contradict each other.")
        if not self._logic.can_hold([self._logic.formula(clause.when, negated=True)]):
            return Problem(f"{at}.when", "This is always met, whatever the panel answers.")
        for n in rounds:
            above = [c for c in self._rule.clauses[:number] if c.counts_in(n)]
            misses = [self._logic.formula(other.when, negated=True, in_round=n) for other in above]
            if self._logic.can_hold([self._logic.formula(clause.when, in_round=n), *misses]):
                return None
        for earlier, other in enumerate(self._rule.clauses[:number]):
            covers = all(other.counts_in(n) for n in rounds)
            miss = self._logic.formula(other.when, negated=True)
            if covers and not self._logic.can_hold([holds, miss]):
                return Problem(
                    at,
                    f"This is never reached: whenever it is met, outcome {earlier + 1} above it "
                    f"({other.outcome.value.replace('_', ' ')}) is met too and counts first.",
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
    if isinstance(test, RandDisagreementTest | RandAgreementTest | LawsheTest | ApmoTest):
        return str(test.is_)
    words = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "below": "below"}
    return " and ".join(f"{words[name]} {_plain(value)}" for name, value in test.thresholds)


def _plain(value: Fraction) -> str:
    return str(write_number(value))
