"""Who is on the panel: stakeholder groups, and the two kinds of union made of them before data.

Consensus panels are the unions a rule speaks of ("at least 70% in each panel"); feedback groups are
the unions a panellist is shown. Both are fixed before round 1, so that neither can follow the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Group:
    """One stakeholder group: the perspective that a panellist speaks for."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class GroupUnion:
    """A consensus panel or a feedback group: stakeholder groups taken together."""

    code: str
    label: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class GroupStructure:
    """All groups of a study in their fixed order, with its consensus panels and feedback groups.

    Every stakeholder group belongs to exactly one consensus panel and one feedback group, and a
    feedback group never crosses two panels; the study file is refused otherwise.
    """

    groups: tuple[Group, ...]
    panels: tuple[GroupUnion, ...]
    feedback_groups: tuple[GroupUnion, ...]

    @cached_property
    def panel_by_code(self) -> Mapping[str, GroupUnion]:
        """Consensus panels by code."""
        return {panel.code: panel for panel in self.panels}

    @cached_property
    def group_by_code(self) -> Mapping[str, Group]:
        """Stakeholder groups by code."""
        return {group.code: group for group in self.groups}

    @cached_property
    def group_codes(self) -> tuple[str, ...]:
        """Codes of all stakeholder groups, in order."""
        return tuple(group.code for group in self.groups)

    def panel_of(self, group_code: str) -> GroupUnion:
        """The consensus panel to which a stakeholder group belongs; KeyError if there is none."""
        return union_holding(self.panels, group_code)


def union_holding(unions: tuple[GroupUnion, ...], group_code: str) -> GroupUnion:
    """The union that holds a stakeholder group; raises KeyError when none does."""
    for union in unions:
        if group_code in union.groups:
            return union
    raise KeyError(group_code)
