"""What stands on each sheet of the Excel file: headings, column widths, rows. Knows nothing of Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from delphi.reports import codebook
from delphi.reports.content import ReportContent, snapshot_in_words
from delphi.reports.figures import UnitFigures, measures
from delphi.reports.items import ItemRow
from delphi.reports.protect import People
from delphi.reports.response import MODE_WORDS, MODES
from delphi.reports.words import decision_words

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters, and how its numbers are written."""

    heading: str
    width: int = 12
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `is_wide` prints it across; `n_labels` are the first columns, repeated on further pages.

    With labels the sheet is printed on large paper, two pages side by side.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_wide: bool = True
    n_labels: int = 0


def sheets_of(content: ReportContent) -> tuple[Sheet, ...]:
    """All sheets in their order; the first says what the others are."""
    sheets = (
        _response(content),
        _sections(content),
        _items(content),
        _other_rules(content),
        _comments(content),
        _revisions(content),
        _deviations(content),
        _codebook(content),
    )
    return (_read_me(content, sheets), *sheets)


def _read_me(content: ReportContent, sheets: Sequence[Sheet]) -> Sheet:
    about = {
        "Response": "People invited, consenting and answering, by panel and group and by round.",
        "Sections": "What became of each section in each round.",
        "Items": "Every item (section and criterion) of every round for everyone and each panel and group.",
        "Other rules": "Every section by every other rule, by its last round; how far it is from changing.",
        "Comments": "Comments shared with the panel and the team's answers; words if quotation is allowed.",
        "Revisions": "You said, we did: how each text changed, and why.",
        "Deviations": "Deviations, corrections to agreed text, advice before round 1, deleted answers.",
        "Codebook": "What every column and measure means.",
    }
    snapshots = [(f"Snapshot of round {one.round}", snapshot_in_words(one)) for one in content.snapshots]
    rows: list[tuple[Cell, ...]] = [
        ("Sharing", content.audience.sentence),
        ("Study", content.setting.study.title),
        ("Finding", content.summary.finding),
        *((f"Sheet {sheet.name}", f"{about[sheet.name]} {len(sheet.rows)} rows.") for sheet in sheets),
        *(("Counting", words) for words in content.study.counting),
        *((f"Round {one.round}", one.note) for one in content.trail.deletions),
        *((f"Round {number}", words) for number, notes in content.notes.items() for words in notes),
        ("Rule", content.study.rule_text),
        ("Seal (SHA-256)", content.study.seal or "not sealed"),
        *snapshots,
        ("Written at", content.written_at.isoformat()),
    ]
    return Sheet("Read me", (Column("What", 24), Column("", 100)), tuple(rows), is_wide=False)


def _response(content: ReportContent) -> Sheet:
    minimum = content.setting.min_cell

    def cell(people: People | None) -> Cell:
        if people is None:
            return "not kept"
        return people.n if people.n is not None else people.in_words(minimum)

    response = content.response
    rows: list[tuple[Cell, ...]] = []
    totals = ("registered", "invited", "consented", "declined", "no_reply", "stopped")
    for name in totals:
        words = name.replace("_", " ").capitalize()
        rows.append(("Whole panel", "", "Everyone", words, None, cell(getattr(response, name))))
    for row in response.rows:
        place = ("By group", _kind(row.kind), row.label)
        rows.append((*place, "Invited", None, cell(row.invited)))
        rows.append((*place, "Consented", None, cell(row.consented)))
        rows += [(*place, "Answered", number, cell(people)) for number, people in row.took_part.items()]
    for one in response.rounds:
        found: list[tuple[str, People | None]] = [("Asked", one.asked), ("Answered", one.took_part)]
        found += [(MODE_WORDS[mode], one.modes.get(mode)) for mode in MODES]
        kept = bool(one.modes)
        found += [("Handed in", one.handed_in if kept else None)]
        found += [("Not handed in, counted", one.not_handed_in if kept else None)]
        found += [("Late, admitted", one.late if kept else None)]
        rows += [("By round", "", "Everyone", words, one.round, cell(people)) for words, people in found]
    columns = (
        Column("Table", 14),
        Column("Kind", 20),
        Column("Group", 40),
        Column("What", 28),
        Column("Round", 8, "whole"),
        Column("People", 16, "whole"),
    )
    return Sheet("Response", columns, tuple(rows), is_wide=False)


def _sections(content: ReportContent) -> Sheet:
    columns = (
        Column("No", 6, "whole"),
        Column("Code", 26),
        Column("Section", 40),
        Column("At the end", 18),
        Column("Round", 8, "whole"),
        Column("Draft", 8, "whole"),
        Column("Came in as", 30),
        Column("Outcome", 26),
        Column("Decision", 24),
        Column("Reason", 60),
    )
    rows = (
        (
            finding.place,
            finding.code,
            finding.title,
            finding.end_words,
            step.round,
            step.draft,
            step.came,
            step.headline,
            step.decision_words,
            step.reason,
        )
        for finding in content.findings
        for step in finding.steps
    )
    return Sheet("Sections", columns, tuple(rows))


def _other_rules(content: ReportContent) -> Sheet:
    columns = (
        Column("Section", 40),
        Column("Round", 8, "whole"),
        Column("By the sealed rule", 20),
        Column("Answers to change it", 14),
        Column("What it would take", 60),
        Column("Kind", 14),
        Column("Decided by", 44),
        Column("Comes out as", 20),
        Column("Otherwise", 11),
        Column("Source", 60),
    )
    far = {one.code: one for one in content.other_rules.sections}
    rows = (
        (
            one.title,
            one.round,
            one.sealed,
            far[one.section].answers,
            far[one.section].how_far,
            one.kind,
            one.way,
            one.says,
            "yes" if one.differs else "no",
            one.source,
        )
        for one in content.other_rules.rows
    )
    return Sheet("Other rules", columns, tuple(rows))


def _kind(code: str) -> str:
    """The kind of a row, in words."""
    return code.replace("_", " ").capitalize()


FIGURES = (
    ("n", "n", "whole"),
    ("n_unable", "Can't say", "whole"),
    ("n_agree", "Agree", "whole"),
    ("pct_agree", "Agree %", "percent"),
    ("wilson95_low", "95% low", "percent"),
    ("wilson95_high", "95% high", "percent"),
    ("n_disagree", "Disagree", "whole"),
    ("pct_disagree", "Disagree %", "percent"),
    ("median", "Median", "points"),
    ("q1", "Lower quarter", "points"),
    ("q3", "Upper quarter", "points"),
    ("iqr", "IQR", "points"),
    ("mean", "Mean", "decimal"),
    ("sd", "SD", "decimal"),
)


def _items(content: ReportContent) -> Sheet:
    points = content.setting.scale.points
    columns = (
        Column("Round", 8, "whole"),
        Column("No", 6, "whole"),
        Column("Section", 34),
        Column("Draft", 7, "whole"),
        Column("Criterion", 14),
        Column("Kind", 16),
        Column("Group", 38),
        Column("Shown", 10),
        *(Column(heading, 10, style) for _, heading, style in FIGURES),
        *(Column(f"{point.value} {point.label}", 11, "whole") for point in points),
        Column("Below rule", 10),
        Column("Outcome", 22),
        Column("Decision", 20),
        Column("Note", 84),
    )
    rows = tuple(_item(row, figures, len(points)) for row in content.items for figures in row.figures)
    return Sheet("Items", columns, rows, n_labels=7)


def _item(row: ItemRow, figures: UnitFigures, n_points: int) -> tuple[Cell, ...]:
    found: dict[str, Any] = dict(measures(figures))
    counts: Sequence[Cell] = figures.counts or (None,) * n_points
    return (
        row.round,
        row.place,
        row.section_title,
        row.draft,
        row.criterion_label,
        _kind(figures.kind),
        figures.label,
        figures.display.value,
        *(found.get(name) for name, _, _ in FIGURES),
        *counts,
        "yes" if row.misses(figures) else "",
        row.headline,
        decision_words(row.decision),
        figures.note,
    )


def _comments(content: ReportContent) -> Sheet:
    titles = {code: section.title for code, section in content.setting.sections.items()}
    columns = (
        Column("No", 6, "whole"),
        Column("Round", 8, "whole"),
        Column("Section", 34),
        Column("Asked", 12),
        Column("Themes", 26),
        Column("Answer", 24),
        Column("Reason", 60),
        Column("Words (where quotation is allowed)", 70),
        Column("Group", 30),
    )
    rows = (
        (
            entry.number,
            entry.round,
            titles[entry.section] if entry.section else "The guidance as a whole",
            entry.prompt,
            ", ".join(entry.themes),
            entry.disposition,
            entry.reason,
            entry.text or "",
            entry.group or "",
        )
        for entry in content.comments.entries
    )
    return Sheet("Comments", columns, tuple(rows))


def _revisions(content: ReportContent) -> Sheet:
    columns = (
        Column("For round", 10, "whole"),
        Column("Section", 34),
        Column("From draft", 10, "whole"),
        Column("To draft", 10, "whole"),
        Column("Comparable", 20),
        Column("Why", 40),
        Column("You said", 50),
        Column("We did", 50),
        Column("Comments", 14),
        Column("Words changed", 80),
    )
    return Sheet("Revisions", columns, tuple(_revision_rows(content)))


def _revision_rows(content: ReportContent) -> Iterator[tuple[Cell, ...]]:
    for entry in content.revisions:
        place = (entry.for_round, entry.title, entry.draft_before, entry.draft_after, entry.comparable_words)
        edits = "\n".join(entry.edits)
        said = [(one.you_said, one.we_did, ", ".join(map(str, one.comments))) for one in entry.changes] or [
            ("", entry.summary, "")
        ]
        for i, change in enumerate(said):
            yield (*place, entry.comparable_reason, *change, edits if i == 0 else "")


def _deviations(content: ReportContent) -> Sheet:
    columns = (
        Column("Kind", 22),
        Column("Recorded", 14, "date"),
        Column("What", 34),
        Column("Laid down, or said", 50),
        Column("Done", 50),
        Column("Reason", 60),
    )
    trail = content.trail
    rows: list[tuple[Cell, ...]] = [
        ("Deviation", one.on, one.subject, one.before, one.after, one.reason) for one in trail.deviations
    ]
    rows += [
        ("Correction", None, f"{one.title}, draft {one.draft}", "", one.edit, one.kind)
        for one in content.corrections
    ]
    rows += [("Advice before round 1", None, one.title, one.text, one.action, "") for one in trail.advice]
    rows += [
        ("Deleted answers", None, f"Round {one.round}", one.note, one.recomputed or "", "")
        for one in trail.deletions
    ]
    return Sheet("Deviations", columns, tuple(rows))


def _codebook(content: ReportContent) -> Sheet:
    headings = zip(codebook.HEADINGS, (22, 12, 16, 80, 60), strict=True)
    columns = tuple(Column(heading.capitalize(), width) for heading, width in headings)
    return Sheet("Codebook", columns, tuple(codebook.rows()))
