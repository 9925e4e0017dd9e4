"""What a rule asks of single shares before a section is agreed: where a figure is marked as too low.

The outcome itself is never read from here; it stands in the snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.vocabulary import threshold_in_words
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule, ShareTest, each_test


@dataclass(frozen=True, slots=True)
class Limit:
    """What the rule asks of one share before a section is agreed, in per cent."""

    percent: Fraction
    is_strict: bool

    def holds(self, share: Fraction) -> bool:
        """Whether an exact share, in per cent, reaches it."""
        return share > self.percent if self.is_strict else share >= self.percent


Limits = dict[tuple[str, str], Limit]
"""Limits by whose ratings ("pooled" or "panel:code") and criterion."""


def agreed_limits(rule: Rule, structure: GroupStructure, criteria: list[str], number: int) -> Limits:
    """The shares of the agree band that "agreed" needs, by people and criterion; empty for other rules.

    Where a rule names alternatives the figures are marked against each of them.
    """
    clause = next(
        (
            one
            for one in rule.clauses
            if one.outcome == Outcome.AGREED and (not one.rounds or number in one.rounds)
        ),
        None,
    )
    limits: Limits = {}
    for test in each_test(clause.when) if clause else ():
        if not isinstance(test, ShareTest) or test.band != "agree":
            continue
        bound = next(((n, v) for n, v in test.thresholds if n in ("at_least", "more_than")), None)
        if bound is None:
            continue
        limit = Limit(bound[1], bound[0] == "more_than")
        of = [f"panel:{one.code}" for one in structure.panels] if test.of == "each_panel" else [test.of]
        named = test.criteria if isinstance(test.criteria, tuple) else criteria
        limits |= {(who, criterion): limit for who in of for criterion in named}
    return limits


def needs_in_words(limits: Limits) -> str:
    """What the notch in the bars stands for; empty for a rule that compares other figures."""
    found: dict[str, str] = {}
    for (unit, _), limit in limits.items():
        who = "all" if unit == "pooled" else "each panel"
        found.setdefault(who, f"{threshold_in_words(limit.percent)} of {who}")
    return ", ".join(found.values())
