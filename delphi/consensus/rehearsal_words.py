"""What a rehearsal says: which group alone can decide, and what made-up panels cannot show of a rule.

One room for the command and the page, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from delphi.consensus.context import Need, needs_of
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Rule

ALIKE = 90
"""Per cent who agree in all groups, or in all others where one group differs."""
NOTICEABLE = 5
"""A group that takes no more than this per cent of the panels from agreement decides nothing."""
LIMITS = {
    Need.ROUND: "What the rule takes from the whole round cannot be tried here, and counts as not met.",
    Need.EARLIER: "What the rule asks about the round before cannot be tried here, and counts as not met.",
    Need.ATTRITION: "What the rule asks about people who left cannot be tried here, and counts as not met.",
}
BY_ROUND = "The rule is not the same in every round; this is what it does in round 1."

Play = Callable[[Mapping[str, float]], float]
"""The part of made-up panels, 0 to 1, that call a section agreed, by the part of each group that agrees."""


@dataclass(frozen=True, slots=True)
class GroupThatDiffers:
    """One group that thinks otherwise than all others: its people, and the panels that still agree."""

    label: str
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class GroupsApart:
    """Panels in which `differs` per cent of one group agree and ALIKE per cent of all others.

    `alike` is the part of panels that agree when no group differs; the heaviest group comes first.
    """

    alike: float
    differs: int
    groups: tuple[GroupThatDiffers, ...]

    @property
    def words(self) -> str:
        """Which group can decide most; nothing where there is one group only."""
        if not self.groups:
            return ""
        first = self.groups[0]
        if round(100 * (self.alike - first.share), 6) <= NOTICEABLE:
            return "No single group decides the outcome."
        return (
            f"{first.label} ({first.people} people) can decide most: if only {self.differs}% of them agree, "
            f"a section that {ALIKE}% of all others agree with is agreed in {100 * first.share:.0f}% of "
            f"panels, not in {100 * self.alike:.0f}%."
        )


def groups_apart(
    play: Play, structure: GroupStructure, sizes: Mapping[str, int], differs: int
) -> GroupsApart:
    """Let one group after the other think otherwise.

    Parameters
    ----------
    play : callable
        The part of panels that agree, given the true agreement of each group.
    structure : GroupStructure
        The study's groups; with one alone there is none to differ from.
    sizes : mapping of group code to int
        People of each group who rate.
    differs : int
        Per cent who agree in the group that differs.
    """
    everywhere = dict.fromkeys(structure.group_codes, ALIKE / 100)
    alike = play(everywhere)
    if len(structure.groups) < 2:
        return GroupsApart(alike, differs, ())
    found = [
        GroupThatDiffers(group.label, sizes[group.code], play(everywhere | {group.code: differs / 100}))
        for group in structure.groups
    ]
    return GroupsApart(alike, differs, tuple(sorted(found, key=lambda one: one.share)))


def limits_of(rule: Rule) -> tuple[str, ...]:
    """What made-up figures of one section in one round leave out; a stop rule decides no outcome."""
    needs = needs_of(rule.model_copy(update={"stop": None}))
    return tuple(words for need, words in LIMITS.items() if need in needs)


def limits_of_rehearsal(rule: Rule) -> tuple[str, ...]:
    """The same, and that only round 1 is played."""
    changes = any(clause.rounds is not None for clause in rule.clauses)
    return (*limits_of(rule), *([BY_ROUND] if changes else []))
