"""The figures as one long CSV for statistics programs: a row for each round, item, unit and measure.

Long and not wide, because what may be shown differs from unit to unit and round to round, and because
adding a measure must not move a column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from delphi.reports import codebook
from delphi.reports.content import ReportContent
from delphi.reports.figures import UnitFigures, measures
from delphi.reports.items import ItemRow

ENCODING = "utf-8-sig"
"""UTF-8 with a byte order mark: without it Excel reads every curly quote as two wrong letters."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Value = str | int | float | None


def write_data(content: ReportContent, path: Path) -> None:
    """Write data.csv. The team's file says in its first line, after #, that it is not for sharing."""
    first = f"# {content.audience.sentence}" if content.audience.is_team else None
    write_table(path, [entry.name for entry in codebook.COLUMNS], data_rows(content), first)


def write_codebook(content: ReportContent, path: Path) -> None:
    """Write codebook.csv."""
    points = [
        (f"count_{point.value}", "measure", "people", f"People who chose “{point.label}” (full only).", "")
        for point in content.setting.scale.points
    ]
    entries = [
        row for entry in codebook.rows() for row in (points if entry[0].startswith("count_") else [entry])
    ]
    first = f"# {content.audience.sentence}" if content.audience.is_team else None
    write_table(path, codebook.HEADINGS, [*entries, ("", "note", "", codebook.FORMULA_NOTE, "")], first)


def data_rows(content: ReportContent) -> Iterator[tuple[Value, ...]]:
    """Every figure of the report under the columns of the codebook."""
    for row in content.items:
        for figures in row.figures:
            yield from _rows_of_unit(content, row, figures)


def n_data_rows(content: ReportContent) -> int:
    """How many rows data.csv has under its headings; the manifest says it, so that a cut file is noticed."""
    return sum(1 for _ in data_rows(content))


def _rows_of_unit(content: ReportContent, row: ItemRow, figures: UnitFigures) -> Iterator[tuple[Value, ...]]:
    place = (content.setting.study.slug, row.round, row.section, row.section_title, row.draft, row.criterion)
    unit = (figures.kind, figures.code, figures.label, figures.display.value)
    verdict = (row.outcome, row.decision)
    found = dict(measures(figures))
    if not found:
        yield (*place, *unit, "n", None, *verdict)
    if figures.counts is not None:
        points = (point.value for point in content.setting.scale.points)
        found |= {f"count_{value}": n for value, n in zip(points, figures.counts, strict=True)}
    for name, value in found.items():
        yield (*place, *unit, name, value, *verdict)


def write_table(
    path: Path, headings: Sequence[str], rows: Iterable[Sequence[Value]], first: str | None = None
) -> None:
    """Write a table that every spreadsheet and statistics program reads, and none executes."""
    with path.open("w", encoding=ENCODING, newline="") as file:
        writer = csv.writer(file)
        if first:
            file.write(f"{first}\r\n")
        writer.writerow(headings)
        writer.writerows([harmless(value) for value in row] for row in rows)


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The same table for a browser, without a file in between."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue().encode(ENCODING)


def harmless(value: Value) -> Value:
    """A text as it is, or with a quote before it where a spreadsheet would take it for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
