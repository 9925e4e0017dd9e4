"""Why a reader is told that a set of people is not shown, in words that do not tell how many people it has.

"Fewer than 5 people answered" beside "so that the smaller group cannot be worked out" leaves one
possibility when both together are known to be six. Then both get the same words. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from delphi.consensus.disclosure_nesting import Nesting
from delphi.consensus.disclosure_release import Cell, Reason, Release, Unit, UnitKind

EITHER = "so that no small group can be worked out"


def is_size_told(total: int, n_small: int, n_large: int, min_cell: int) -> bool:
    """Whether words tell how many people are in a small set.

    `n_small` sets are said to have fewer than `min_cell` people (one at least), `n_large` others to have
    enough; `total` people are in all of them, which can be worked out.
    """
    least, most = n_small, n_small * (min_cell - 1)
    if n_large:
        most = min(most, total - n_large * min_cell)
        possible = range(least, most + 1)
    else:
        possible = range(total, total + 1)
    if not n_small or len(possible) > 1:
        return False
    return n_small == 1 or not possible or possible[0] in (least, n_small * (min_cell - 1))


def reasons_told(release: Release) -> Mapping[Unit, Reason | None]:
    """The reason that may be given for each hidden unit; None where it would tell how small a set is."""
    told: dict[Unit, Reason | None] = {entry.unit: entry.reason for entry in release.hidden}
    if not release.policy.secondary_suppression:
        return told
    nesting = Nesting.of_units(tuple(entry.unit for entry in release.units))
    for left, totals in _remainders(release, nesting):
        inside = [
            unit for unit in told if unit.kind is UnitKind.FEEDBACK_GROUP and left.issuperset(unit.groups)
        ]
        reasons = [told[unit] for unit in inside]
        n_small, n_large = (reasons.count(one) for one in (Reason.TOO_SMALL, Reason.PROTECTS_ANOTHER))
        if any(is_size_told(total, n_small, n_large, release.policy.min_cell) for total in totals):
            told |= dict.fromkeys(inside, None)
    return told


def reader_notes(release: Release) -> tuple[str, ...]:
    """A sentence for each hidden unit, fit for panellists and the public."""
    reasons = reasons_told(release)
    return tuple(
        f"{entry.unit.label}: not shown, {_why(entry.unit, reasons[entry.unit], release)}."
        for entry in release.hidden
    )


def _why(unit: Unit, reason: Reason | None, release: Release) -> str:
    if reason is Reason.TOO_SMALL:
        return f"because fewer than {release.policy.min_cell} people answered"
    if reason is None:
        return EITHER
    set_of_people = "panel" if unit.kind is UnitKind.PANEL else "group"
    return f"so that the smaller {set_of_people} cannot be worked out"


def _remainders(release: Release, nesting: Nesting) -> Iterator[tuple[frozenset[str], list[int]]]:
    """What can be worked out of the hidden groups together, with how many people answered each item."""
    hidden = {entry.unit for entry in release.hidden}
    place = {entry.unit: i for i, entry in enumerate(release.units)}
    wholes: list[tuple[Unit, list[Unit]]] = [
        (branch.panel, [group for group in branch.groups if group not in hidden])
        for branch in nesting.branches
        if branch.panel not in hidden
    ]
    if nesting.everyone not in hidden:
        inside = [
            unit
            for branch in nesting.branches
            for unit in ([branch.panel] if branch.panel not in hidden else branch.groups)
            if unit not in hidden
        ]
        wholes.append((nesting.everyone, inside))
    for whole, parts in wholes:
        left = frozenset(whole.groups).difference(*(part.groups for part in parts))
        if left:
            yield (
                left,
                [
                    _n_answered(cells[place[whole]]) - sum(_n_answered(cells[place[part]]) for part in parts)
                    for cells in release.cells.values()
                ],
            )


def _n_answered(cell: Cell) -> int:
    if cell.histogram is not None:
        return cell.histogram.n_answered
    return cell.coarse.n + cell.coarse.n_unable if cell.coarse else 0
