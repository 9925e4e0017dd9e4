"""The report as an Excel file: tables to work with, each ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from delphi.reports.audience import NOT_FOR_SHARING, Audience
from delphi.reports.content import ReportContent
from delphi.reports.sheets import Cell, Sheet, sheets_of

LONGEST_TEXT = 32_767
"""More characters than this Excel drops without a word."""

CUT = " … (cut here: the whole text is in the JSON file)"

LINE_HEIGHT = 13.0
HIGHEST_ROW = 409.0
"""In points; Excel knows no higher row."""

A3, A4 = 8, 9
STYLES: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "whole": {"num_format": "0", "align": "right"},
    "percent": {"num_format": "0.0", "align": "right"},
    "points": {"num_format": "0.##", "align": "right"},
    "decimal": {"num_format": "0.00", "align": "right"},
    "small": {"num_format": "0.000", "align": "right"},
    "date": {"num_format": "d mmmm yyyy", "align": "left"},
}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_excel(content: ReportContent, path: Path) -> None:
    """Write the report as one workbook. The same content gives the same bytes."""
    title = f"{content.setting.study.short_title}: report"
    write_book(path, sheets_of(content), title=title, audience=content.audience, at=content.written_at)


def write_book(path: Path, sheets: Sequence[Sheet], *, title: str, audience: Audience, at: datetime) -> None:
    """Write sheets as one workbook that says for whom it is; the same sheets and time give the same bytes."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        about = {"title": title, "comments": audience.sentence, "created": at.replace(tzinfo=None)}
        book.set_properties(about)
        base = {"valign": "top", "font_name": "Arial", "font_size": 10}
        formats = {name: book.add_format(base | style) for name, style in STYLES.items()}
        heading = base | {
            "bold": True, "text_wrap": True, "bottom": 2, "bg_color": "#E4EEF2", "valign": "bottom"
        }  # fmt: skip
        formats["heading"] = book.add_format(heading)
        formats["heading over numbers"] = book.add_format(heading | {"align": "right"})
        formats["mark"] = book.add_format(base | {"bold": True, "font_color": "#A3262A"})
        for sheet in sheets:
            _write_sheet(book, sheet, formats, is_team=audience.is_team)


def _write_sheet(book: Any, sheet: Sheet, formats: dict[str, Any], *, is_team: bool) -> None:
    page = book.add_worksheet(sheet.name)
    first = 0
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, formats[column.style])
    if is_team:
        page.write_string(0, 0, NOT_FOR_SHARING, formats["mark"])
        first = 1
    for place, column in enumerate(sheet.columns):
        style = "heading" if column.style == "text" else "heading over numbers"
        page.write_string(first, place, column.heading, formats[style])
    for number, row in enumerate(sheet.rows, start=first + 1):
        page.set_row(number, _height(row, sheet))
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _write_cell(page, number, place, value, formats[column.style])
    page.freeze_panes(first + 1, sheet.n_labels)
    if sheet.rows and sheet.name != "Read me":
        page.autofilter(first, 0, first + len(sheet.rows), len(sheet.columns) - 1)
    _set_up_print(page, sheet, first, is_team=is_team)


def _height(row: Sequence[Cell], sheet: Sheet) -> float:
    """How high a row must be for its longest text: not every program finds out when it opens a file."""
    lines = 1
    for value, column in zip(row, sheet.columns, strict=True):
        if isinstance(value, str):
            needed = sum(1 + int(len(part) / (1.15 * column.width)) for part in value.split("\n"))
            lines = max(lines, needed)
    return min(LINE_HEIGHT * lines + 2, HIGHEST_ROW)


def _write_cell(page: Any, row: int, place: int, value: Cell, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        page.write_string(row, place, _fitting(value), style)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, style)
    else:
        page.write_number(row, place, value, style)


def _fitting(text: str) -> str:
    """A text that Excel keeps; one that is too long says that it was cut."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT


def _set_up_print(page: Any, sheet: Sheet, first: int, *, is_team: bool) -> None:
    if sheet.is_wide:
        page.set_landscape()
    page.set_paper(A3 if sheet.n_labels else A4)
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
    page.fit_to_pages(2 if sheet.n_labels else 1, 0)
    if sheet.n_labels:
        page.repeat_columns(0, sheet.n_labels - 1)
    page.repeat_rows(first)
    mark = f"&R&B{NOT_FOR_SHARING}" if is_team else ""
    page.set_header(f"&L{sheet.name}{mark}")
    page.set_footer("&RPage &P of &N")
