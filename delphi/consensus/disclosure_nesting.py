"""What follows from nested figures by adding and subtracting, and what to withhold so that it does not.

Everyone consists of panels, and a panel of feedback groups. Of such nested sets the whole of what can be
worked out is simple: take each open set without the largest open sets inside it. These *remainders* do
not overlap, and the sums that can be worked out are exactly the sums of whole remainders (the open sets'
0/1 vectors and the remainders' span the same space). So a release is safe exactly when each remainder is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from delphi.consensus.disclosure_release import Unit, UnitKind
from delphi.domain.groups import GroupStructure

IsSafe = Callable[[frozenset[str]], bool]
"""Whether the people of some stakeholder groups, taken together, may be seen; true for nobody."""

Price = tuple[int, int]
"""What closing a unit costs beside the unit itself; compared in this order, summed over units."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A consensus panel with its feedback groups."""

    panel: Unit
    groups: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Nesting:
    """Everyone, the panels and the feedback groups, each inside the one before."""

    units: tuple[Unit, ...]
    branches: tuple[Branch, ...]

    @classmethod
    def of(cls, structure: GroupStructure, everyone_label: str) -> Nesting:
        """The nesting of a study, units in the fixed order of display: everyone, panels, feedback groups.

        ValueError if the feedback groups do not make up their panels, or the panels everyone.
        """
        everyone = Unit(UnitKind.EVERYONE, "", everyone_label, structure.group_codes)
        panels = (Unit(UnitKind.PANEL, p.code, p.label, p.groups) for p in structure.panels)
        groups = (
            Unit(UnitKind.FEEDBACK_GROUP, g.code, g.label, g.groups, structure.panel_of(g.groups[0]).code)
            for g in structure.feedback_groups
        )
        return cls.of_units((everyone, *panels, *groups))

    @classmethod
    def of_units(cls, units: tuple[Unit, ...]) -> Nesting:
        """The nesting of units given in their order of display; ValueError if they do not nest."""
        branches = tuple(
            Branch(
                panel,
                tuple(u for u in units if u.kind is UnitKind.FEEDBACK_GROUP and u.panel == panel.code),
            )
            for panel in units
            if panel.kind is UnitKind.PANEL
        )
        for branch in branches:
            if sorted(branch.panel.groups) != sorted(_members(branch.groups)):
                raise ValueError(f"the feedback groups of panel {branch.panel.code!r} do not make it up")
        if sorted(units[0].groups) != sorted(_members(branch.panel for branch in branches)):
            raise ValueError("the panels do not make up everyone")
        return cls(units, branches)

    @property
    def everyone(self) -> Unit:
        """All panel members together."""
        return self.units[0]

    def remainders(self, closed: Collection[Unit]) -> tuple[frozenset[str], ...]:
        """What can be worked out of the closed units: sets of stakeholder groups whose sums follow."""
        found = [
            _codes(group for group in branch.groups if group in closed)
            for branch in self.branches
            if branch.panel not in closed
        ]
        if self.everyone not in closed:
            found.append(self.left_of_everyone(closed))
        return tuple(left for left in found if left)

    def left_of_everyone(self, closed: Collection[Unit]) -> frozenset[str]:
        """What is left of everyone when the largest open units are taken away."""
        return _codes(
            group
            for branch in self.branches
            if branch.panel in closed
            for group in branch.groups
            if group in closed
        )


def close_leaks(
    nesting: Nesting, closed: Collection[Unit], is_safe: IsSafe, prices: Mapping[Unit, Price]
) -> frozenset[Unit]:
    """The further units to close so that every remainder is safe, at the least loss.

    Everyone is never closed for this; after that as few panels as possible are, then as few feedback
    groups, then those of the lowest price, then the first in order. Needs, and the rules grant, that each
    open unit with anything to see is safe, and that a union with such a unit is safe too: then one group
    mends a panel, and one panel with at most one of its groups mends everyone.
    """
    order = {unit: place for place, unit in enumerate(nesting.units)}

    def loss(units: frozenset[Unit]) -> tuple[int, int, int, int, tuple[int, ...]]:
        n_panels = sum(unit.kind is UnitKind.PANEL for unit in units)
        first, second = (sum(prices[unit][i] for unit in units) for i in (0, 1))
        return (n_panels, len(units), first, second, tuple(sorted(order[unit] for unit in units)))

    further: dict[Unit, frozenset[Unit]] = {}
    for branch in nesting.branches:
        options = _ways_to_mend_panel(branch, closed, is_safe)
        further[branch.panel] = min(options, key=loss)
    plan = frozenset[Unit]().union(*further.values())
    left = nesting.left_of_everyone(closed)
    if nesting.everyone in closed or is_safe(left):
        return plan
    # A panel that is closed for everyone's sake no longer needs what was closed for its own.
    whole = (
        (plan - further[branch.panel] if branch.panel in option else plan) | option
        for branch in nesting.branches
        for option in _ways_to_mend_everyone(branch, left, closed, is_safe)
    )
    return min(whole, key=loss)


def _ways_to_mend_panel(
    branch: Branch, closed: Collection[Unit], is_safe: IsSafe
) -> Iterator[frozenset[Unit]]:
    """Sets of groups to close so that the panel's remainder is safe; the empty set when it is."""
    left = _codes(group for group in branch.groups if group in closed)
    if branch.panel in closed or is_safe(left):
        yield frozenset()
        return
    for group in branch.groups:
        if group not in closed and is_safe(left | _codes([group])):
            yield frozenset([group])


def _ways_to_mend_everyone(
    branch: Branch, left: frozenset[str], closed: Collection[Unit], is_safe: IsSafe
) -> Iterator[frozenset[Unit]]:
    """Sets of units of one panel to close so that everyone's remainder is safe."""
    panel: frozenset[Unit] = frozenset() if branch.panel in closed else frozenset([branch.panel])
    left |= _codes(group for group in branch.groups if group in closed)
    if is_safe(left):
        yield panel
        return
    for group in branch.groups:
        if group not in closed and is_safe(left | _codes([group])):
            yield panel | {group}


def _members(units: Iterable[Unit]) -> Iterator[str]:
    return (code for unit in units for code in unit.groups)


def _codes(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(_members(units))
