"""A criterion's released figures as a page shows them: a sentence, a chart, a table.

Everything here is made from a published `Release`; what that hides cannot be shown by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from delphi.charts.columns import columns
from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.charts.words import (
    cannot_say,
    chose,
    easy_finding,
    finding,
    group_finding,
    short_share,
    tenths,
)
from delphi.consensus.disclosure_release import Cell, Display, Release, UnitKind
from delphi.consensus.summaries import summarise
from delphi.domain.scale import Scale
from delphi.domain.scale_bands import words_of
from delphi.domain.wording import with_capital
from delphi.queries.answers import Answer
from delphi.queries.frozen import kept
from delphi.queries.results import item_key

LEVELS = {
    UnitKind.EVERYONE: Level.EVERYONE,
    UnitKind.PANEL: Level.PANEL,
    UnitKind.FEEDBACK_GROUP: Level.GROUP,
}
FEEDBACK_OF = {
    "all_panel": Level.EVERYONE,
    "consensus_panels": Level.PANEL,
    "feedback_groups": Level.GROUP,
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a figure's table: who, each count (or a sentence instead), and how many agreed."""

    label: str
    counts: tuple[int, ...]
    instead: str
    agreed: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The figures of one criterion, as far as they may be shown; `key` is unique on the page of a section.

    `tenths` is how many of ten people agreed, for the row of people in Easy Read.
    """

    key: str
    title: str
    finding: str
    easy_finding: str
    tenths: int | None
    by_group: str
    heads: tuple[str, ...]
    agreed_head: str
    table: tuple[TableRow, ...]
    top_rows: tuple[UnitRow, ...]
    group_rows: tuple[UnitRow, ...]
    scale: Scale
    source: tuple[object, ...]

    def chart(self, own: Answer | None) -> Markup:
        """Everyone and the consensus panels, with the reader's own column marked."""
        return kept((*self.source, "top", own), lambda: self._drawn("all", self.top_rows, own))

    @property
    def groups_chart(self) -> Markup | None:
        """Each feedback group, the same for everybody; None when no group may be shown."""
        if not self.group_rows:
            return None
        return kept((*self.source, "groups"), lambda: self._drawn("by", self.group_rows, None))

    def _drawn(self, which: str, rows: Sequence[UnitRow], own: Answer | None) -> Markup:
        # The finding above and the table below say the rest; twice would only be longer to listen to.
        said = "" if own is None else f"Your answer: {said_as(self.scale, own)}."
        return columns(f"{self.key}-{which}", self.title, said, rows, self.scale, own=own)


def figure_of(
    release: Release,
    section: str,
    criterion: str,
    *,
    title: str,
    scale: Scale,
    feedback: dict[str, list[str]],
    source: tuple[object, ...],
) -> Figure | None:
    """The figure of one criterion; None when the round did not ask it or nothing of it may be shown.

    `feedback` is the protocol's own list of whose figures and which statistics the panel gets.
    """
    key = item_key(section, criterion)
    if key not in release.cells:
        return None
    wanted = {FEEDBACK_OF[one] for one in feedback.get("of") or FEEDBACK_OF}
    rows = [
        UnitRow(_label(row.unit.kind, row.unit.label), LEVELS[row.unit.kind], _figures(row.cell))
        for row in release.rows(key)
        if LEVELS[row.unit.kind] in wanted
    ]
    shown = [row for row in rows if not isinstance(row.figures, NotShown)]
    if not shown:
        return None
    return Figure(
        key=criterion.replace("_", "-"),
        title=title,
        finding=_finding(shown[0], scale, feedback.get("statistics") or []),
        easy_finding=_easy_finding(shown[0], scale),
        tenths=_tenths(shown[0], scale),
        by_group=group_finding(shown, scale),
        heads=tuple(point.label for point in scale.points)
        + ((cannot_say(scale),) if scale.cannot_say else ()),
        agreed_head=with_capital(chose(scale)),
        table=tuple(_table_row(row, scale) for row in shown),
        top_rows=tuple(row for row in shown if row.level is not Level.GROUP),
        group_rows=tuple(row for row in shown if row.level is Level.GROUP),
        scale=scale,
        source=(*source, section, criterion),
    )


def label_of(scale: Scale, answer: Answer, variant: str = "standard") -> str:
    """An answer in the words that stand beside it."""
    if answer == "unable":
        found = scale.cannot_say
        easy = found.easy_read if found else None
        return (easy if variant == "easy_read" else None) or cannot_say(scale)
    point = next(point for point in scale.points if point.value == answer)
    return (point.easy_read if variant == "easy_read" else None) or point.label


def said_as(scale: Scale, answer: Answer, variant: str = "standard") -> str:
    """An answer within a sentence: "6, Important" of a point labelled "6: Important"."""
    label = label_of(scale, answer, variant)
    if not isinstance(answer, int):
        return label
    words = words_of(answer, label)
    return f"{answer}, {words}" if words and words != label else label


def _label(kind: UnitKind, label: str) -> str:
    return "Everyone" if kind is UnitKind.EVERYONE else label


def _figures(cell: Cell) -> Full | Coarse | NotShown:
    if cell.display is Display.FULL and cell.histogram is not None:
        return Full(tuple(cell.histogram.counts), cell.histogram.n_unable)
    if cell.display is Display.COARSE and cell.coarse is not None:
        return Coarse(cell.coarse.n_agree, cell.coarse.n_not_agree, cell.coarse.n_unable)
    return NotShown()


def _finding(row: UnitRow, scale: Scale, statistics: Sequence[str]) -> str:
    figures = row.figures
    if isinstance(figures, NotShown):
        return ""
    sentence = finding(figures, scale)
    if row.level is not Level.EVERYONE:
        sentence = f"{row.label}: {sentence}"
    if "median" in statistics and isinstance(figures, Full) and figures.n:
        sentence += f" {_median(figures, scale)}"
    return sentence


def _easy_finding(row: UnitRow, scale: Scale) -> str:
    if isinstance(row.figures, NotShown):
        return ""
    who = "" if row.level is Level.EVERYONE else f"{row.label}: "
    return f"{who}{easy_finding(row.figures, scale)}"


def _tenths(row: UnitRow, scale: Scale) -> int | None:
    return None if isinstance(row.figures, NotShown) else tenths(row.figures, scale)


def _median(figures: Full, scale: Scale) -> str:
    from delphi.consensus.counts import Histogram

    middle = summarise(Histogram(scale.minimum, figures.counts, figures.n_unable), 7).median
    if middle is None:
        return ""
    low, high = int(middle), int(middle) + 1
    if Fraction(low) == middle:
        return f"The middle answer (median) was “{scale.label_of(low)}”."
    between = f"“{scale.label_of(low)}” and “{scale.label_of(high)}”"
    return f"The middle answer (median) lay between {between}."


def _table_row(row: UnitRow, scale: Scale) -> TableRow:
    figures = row.figures
    if isinstance(figures, Full):
        counts = (*figures.counts, figures.n_unable) if scale.cannot_say else figures.counts
        return TableRow(row.label, counts, "", short_share(figures, scale))
    if isinstance(figures, Coarse):
        instead = f"Shown as {chose(scale)} or not only"
        return TableRow(row.label, (), instead, short_share(figures, scale))
    return TableRow(row.label, (), "Not shown", "")
