"""The figures of one item for one set of people, computed from what was released and nothing else.

A full cell gives every figure, a coarse one the share that agreed, a hidden one its reason. Only a
team's report adds rows from the counts themselves, for each stakeholder group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.consensus.bands import Share
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.describe import Description, describe
from delphi.consensus.disclosure_reasons import EITHER, reasons_told
from delphi.consensus.disclosure_release import (
    Cell,
    CoarseCounts,
    Display,
    Reason,
    Release,
    Unit,
    UnitDecision,
    UnitKind,
)
from delphi.consensus.intervals import Interval, wilson
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting

STAKEHOLDER_GROUP = "stakeholder_group"
"""A further kind of row, in the team's report only."""

HIDDEN_WORDS: dict[Reason | None, str] = {
    Reason.TOO_SMALL: "Not shown: fewer than {min_cell} people answered.",
    Reason.PROTECTS_ANOTHER: "Not shown, so that a smaller group cannot be worked out.",
    None: f"Not shown, {EITHER}.",
}
COARSE_WORDS = "Only agree or not is shown, so that nobody's own answer can be worked out."


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One row of an item: everyone, a panel, a feedback group or (team only) a stakeholder group.

    `description` is there for full figures only; `agree` and `wilson95` for coarse ones too. All are None
    when hidden, and `note` says why. `counts` are ratings on each point of the scale, low to high.
    """

    kind: str
    code: str
    label: str
    display: Display
    note: str
    n: int | None = None
    n_unable: int | None = None
    counts: tuple[int, ...] | None = None
    agree: Share | None = None
    wilson95: Interval | None = None
    description: Description | None = None

    @property
    def is_everyone(self) -> bool:
        """Whether it is the row of all panel members."""
        return self.kind == UnitKind.EVERYONE

    @property
    def disagree(self) -> Share | None:
        """People who disagreed; None when shown coarsely or hidden."""
        return self.description.disagree if self.description else None

    def as_chart_row(self) -> UnitRow:
        """The row as charts draw it."""
        level = {UnitKind.EVERYONE.value: Level.EVERYONE, UnitKind.PANEL.value: Level.PANEL}
        return UnitRow(self.label, level.get(self.kind, Level.GROUP), self.as_chart_figures())

    def as_chart_figures(self) -> Full | Coarse | NotShown:
        """The figures as charts draw them."""
        if self.counts is not None:
            return Full(self.counts, self.n_unable or 0)
        if self.agree is not None and self.n is not None:
            return Coarse(self.agree.k, self.n - self.agree.k, self.n_unable or 0)
        return NotShown()


def item_figures(setting: Setting, record: RoundRecord, key: str) -> tuple[UnitFigures, ...]:
    """Every row of one item in the order everyone, panels, feedback groups, stakeholder groups."""
    if record.release is None:
        return ()
    if record.results is not None:
        return tuple(_all_figures(setting, record.release, record.results.items[key]))
    reasons = reasons_told(record.release)
    rows = zip(record.release.units, record.release.cells[key], strict=True)
    return tuple(_released(setting, entry, cell, reasons.get(entry.unit)) for entry, cell in rows)


def _all_figures(setting: Setting, release: Release, counts: ItemCounts) -> Iterator[UnitFigures]:
    """The team's rows: nothing withheld, every stakeholder group besides."""
    for entry in release.units:
        yield _full(setting, entry.unit, entry.unit.kind.value, counts.of(entry.unit.groups))
    for group in setting.structure.groups:
        unit = Unit(UnitKind.FEEDBACK_GROUP, group.code, group.label, (group.code,))
        yield _full(setting, unit, STAKEHOLDER_GROUP, counts.of(unit.groups))


def _released(setting: Setting, entry: UnitDecision, cell: Cell, reason: Reason | None) -> UnitFigures:
    unit, kind = entry.unit, entry.unit.kind.value
    if cell.histogram is not None:
        return _full(setting, unit, kind, cell.histogram)
    if cell.coarse is not None:
        return _coarse(setting, unit, kind, cell.coarse)
    note = HIDDEN_WORDS[reason].format(min_cell=setting.min_cell)
    return UnitFigures(kind, unit.code, unit.label, Display.HIDDEN, note)


def _full(setting: Setting, unit: Unit, kind: str, histogram: Histogram) -> UnitFigures:
    rule = setting.rule
    found = describe(histogram, setting.scale, quantile_type=rule.quantile_type, denominator=rule.denominator)
    return UnitFigures(
        kind,
        unit.code,
        unit.label,
        Display.FULL,
        "",
        n=histogram.n,
        n_unable=histogram.n_unable,
        counts=histogram.counts,
        agree=found.agree,
        wilson95=found.agree_wilson95,
        description=found,
    )


def _coarse(setting: Setting, unit: Unit, kind: str, coarse: CoarseCounts) -> UnitFigures:
    counts_unable = setting.rule.denominator == "respondents"
    share = Share(coarse.n_agree, coarse.n + (coarse.n_unable if counts_unable else 0))
    return UnitFigures(
        kind,
        unit.code,
        unit.label,
        Display.COARSE,
        COARSE_WORDS,
        n=coarse.n,
        n_unable=coarse.n_unable,
        agree=share,
        wilson95=wilson(share.k, share.n) if coarse.n else None,
    )


def as_plain(figures: UnitFigures) -> dict[str, Any]:
    """The row as plain names and numbers, unrounded; what is withheld is not in it."""
    plain: dict[str, Any] = {
        "unit_kind": figures.kind,
        "unit": figures.code,
        "unit_label": figures.label,
        "display": figures.display.value,
    }
    if figures.note:
        plain["note"] = figures.note
    return plain | dict(measures(figures))


def measures(figures: UnitFigures) -> Mapping[str, Any]:
    """Every figure of a row by the name that it has in the codebook; empty when hidden."""
    if figures.agree is None:
        return {}
    found: dict[str, Any] = {"n": figures.n, "n_unable": figures.n_unable}
    found["n_agree"] = figures.agree.k
    found["pct_agree"] = _number(figures.agree.percent) if figures.n else None
    interval = figures.wilson95
    found["wilson95_low"] = 100 * interval.low if interval else None
    found["wilson95_high"] = 100 * interval.high if interval else None
    if figures.description is None or figures.counts is None:
        return found
    described = figures.description
    for name, share in (("disagree", described.disagree), ("neutral", described.neutral)):
        found |= {f"n_{name}": share.k, f"pct_{name}": _number(share.percent) if figures.n else None}
    for name in ("median", "q1", "q3", "iqr", "mean"):
        found[name] = _number(getattr(described, name))
    found["sd"] = described.sd
    return found


def _number(value: Any) -> int | float | None:
    """An exact number as a file holds it."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
