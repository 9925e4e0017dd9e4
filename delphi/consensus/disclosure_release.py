"""What may be shown of one round: the frozen answer of the small-number rules, and its stored form.

A `Release` holds released figures and nothing else: what is hidden is not in it, so that a page, a
chart, a file or a snapshot made from it cannot give away more than it says (requirement E24). Every
further statistic shown to the panel (share, median, interval) must be computed from its histograms.
Pure: knows neither Flask nor the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from delphi.consensus.counts import Histogram
from delphi.domain.errors import InvalidInput

EDITION = 2
"""The edition of these rules that new releases are made by; what was released by an earlier one stays."""

SCHEMAS = {1: "release/1", 2: "release/2"}
"""How a stored release names the edition it was made by."""


class UnitKind(StrEnum):
    """The three levels at which figures are shown, in the order in which they are shown."""

    EVERYONE = "everyone"
    PANEL = "panel"
    FEEDBACK_GROUP = "feedback_group"


class Display(StrEnum):
    """How much of one cell is shown: each point, agree or not, or nothing."""

    FULL = "full"
    COARSE = "coarse"
    HIDDEN = "hidden"


class Reason(StrEnum):
    """Why a unit is shown or hidden throughout a round."""

    LARGE_ENOUGH = "large_enough"
    TOO_SMALL = "too_small"
    PROTECTS_ANOTHER = "protects_another"
    TOO_NEAR = "too_near"
    """Large enough, but so near to what was shown before that taking away would leave a few people."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A study's small-number rules, settled before its data.

    A unit is shown in a round only if at least `min_cell` of its people answered each item (never
    below 3). `secondary_suppression`: more is withheld until nothing protected can be worked out.
    `unanimity_coarse`: a unit of one mind is shown as agree or do not agree only. `edition` is that of the
    rules: 1 looked at what follows by adding and subtracting only, 2 also at what noughts tell.
    Raises InvalidInput for a minimum below 3.
    """

    min_cell: int = 5
    secondary_suppression: bool = True
    unanimity_coarse: bool = True
    edition: int = EDITION

    def __post_init__(self) -> None:
        if self.min_cell < 3:
            raise InvalidInput(
                f"privacy: min_cell is {self.min_cell}, but figures of fewer than 3 people are never shown. "
                "Choose 3 or more; 5 is usual."
            )


@dataclass(frozen=True, slots=True)
class Unit:
    """Everyone, a consensus panel or a feedback group: what one row of figures speaks of.

    `groups` are its stakeholder groups; `panel` is the panel of a feedback group, else None.
    """

    kind: UnitKind
    code: str
    label: str
    groups: tuple[str, ...]
    panel: str | None = None


@dataclass(frozen=True, slots=True)
class UnitDecision:
    """Whether a unit is shown in this round, the same for every item, and why."""

    unit: Unit
    reason: Reason

    @property
    def is_shown(self) -> bool:
        """True if the unit has figures in this release."""
        return self.reason is Reason.LARGE_ENOUGH


@dataclass(frozen=True, slots=True)
class CoarseCounts:
    """The figures of a cell shown coarsely: people who agreed, who did not, and who could not say."""

    n_agree: int
    n_not_agree: int
    n_unable: int = 0

    @property
    def n(self) -> int:
        """Number of ratings."""
        return self.n_agree + self.n_not_agree


@dataclass(frozen=True, slots=True)
class Cell:
    """One item's figures for one unit: exactly one of the two for full and coarse, none when hidden.

    A released histogram has no skipped answers (`n_skipped` is 0): they are not part of feedback.
    """

    display: Display
    histogram: Histogram | None = None
    coarse: CoarseCounts | None = None


HIDDEN = Cell(Display.HIDDEN)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an item's figures."""

    unit: Unit
    cell: Cell


@dataclass(frozen=True, slots=True)
class Release:
    """All that may be shown of one round, in the fixed order everyone, panels, feedback groups.

    `cells[item_key][i]` belongs to `units[i]`.
    """

    policy: Policy
    agree_band: tuple[int, ...]
    units: tuple[UnitDecision, ...]
    cells: Mapping[str, tuple[Cell, ...]]

    def rows(self, item_key: str) -> tuple[Row, ...]:
        """The lines of an item, hidden ones included; KeyError for an item not of this round."""
        cells = self.cells[item_key]
        return tuple(Row(entry.unit, cell) for entry, cell in zip(self.units, cells, strict=True))

    def cell(self, item_key: str, kind: UnitKind, code: str = "") -> Cell:
        """One item's figures for one unit (everyone has no code); KeyError if there is none."""
        for row in self.rows(item_key):
            if row.unit.kind is kind and row.unit.code == code:
                return row.cell
        raise KeyError(f"{kind} {code}")

    @property
    def hidden(self) -> tuple[UnitDecision, ...]:
        """The units without figures in this round."""
        return tuple(entry for entry in self.units if not entry.is_shown)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-able copy for a stored snapshot; `from_dict` gives the same release back."""
        policy = asdict(self.policy)
        return {
            "schema": SCHEMAS[policy.pop("edition")],
            "policy": policy,
            "agree_band": list(self.agree_band),
            "units": [
                {
                    "kind": entry.unit.kind.value,
                    "code": entry.unit.code,
                    "label": entry.unit.label,
                    "groups": list(entry.unit.groups),
                    "panel": entry.unit.panel,
                    "reason": entry.reason.value,
                }
                for entry in self.units
            ],
            # A list, not a mapping: the order of items must survive a store that sorts keys.
            "items": [
                {"key": key, "cells": [_cell_to_dict(cell) for cell in cells]}
                for key, cells in self.cells.items()
            ],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Release:
        """Read a stored release; raises InvalidInput when it was written in another form."""
        edition = edition_of(stored)
        units = tuple(
            UnitDecision(
                Unit(UnitKind(u["kind"]), u["code"], u["label"], tuple(u["groups"]), u["panel"]),
                Reason(u["reason"]),
            )
            for u in stored["units"]
        )
        cells = {item["key"]: _cells_from_list(item["cells"]) for item in stored["items"]}
        return cls(Policy(**stored["policy"], edition=edition), tuple(stored["agree_band"]), units, cells)


def edition_of(stored: Mapping[str, Any]) -> int:
    """The edition of the rules by which a stored release was made; InvalidInput for one we cannot read."""
    found = {schema: edition for edition, schema in SCHEMAS.items()}.get(stored.get("schema", ""))
    if found is None:
        raise InvalidInput(
            f"The stored figures say {stored.get('schema')!r}; this version reads {SCHEMAS[EDITION]!r} and "
            "what came before. Open them with the version of Delphi that wrote them."
        )
    return found


def _cell_to_dict(cell: Cell) -> dict[str, Any]:
    entry: dict[str, Any] = {"display": cell.display.value}
    if cell.histogram is not None:
        entry |= {"minimum": cell.histogram.minimum, "counts": list(cell.histogram.counts)}
        entry["cannot_say"] = cell.histogram.n_unable
    if cell.coarse is not None:
        entry |= {"agree": cell.coarse.n_agree, "not_agree": cell.coarse.n_not_agree}
        entry["cannot_say"] = cell.coarse.n_unable
    return entry


def _cells_from_list(stored: Sequence[Mapping[str, Any]]) -> tuple[Cell, ...]:
    return tuple(_cell_from_dict(entry) for entry in stored)


def _cell_from_dict(entry: Mapping[str, Any]) -> Cell:
    display = Display(entry["display"])
    if display is Display.FULL:
        return Cell(display, Histogram(entry["minimum"], tuple(entry["counts"]), entry["cannot_say"]))
    if display is Display.COARSE:
        return Cell(display, coarse=CoarseCounts(entry["agree"], entry["not_agree"], entry["cannot_say"]))
    return HIDDEN
