"""Reading a list of people from a spreadsheet's CSV, whichever program wrote it.

Reads and reports, changes nothing. Rows are counted as spreadsheets show them: the headings are row 1.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.groups import GroupStructure
from delphi.services.panel_entries import PanelEntry, entry_from, faults_in

COLUMNS = (
    "name",
    "email",
    "phone",
    "address",
    "group",
    "format",
    "mode",
    "region",
    "other_perspectives",
    "code",
)
ALSO_CALLED = {
    "e_mail": "email",
    "email_address": "email",
    "e_mail_address": "email",
    "telephone": "phone",
    "postal_address": "address",
    "stakeholder_group": "group",
}
REQUIRED = ("name", "group")
WAYS_TO_REACH = ("email", "phone", "address")
LARGEST_FILE = 5_000_000
MOST_ROWS = 20_000

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One person of the file and the row that they stand in."""

    number: int
    entry: PanelEntry


@dataclass(frozen=True, slots=True)
class PanelPreview:
    """What a file would do: the people in it, and everything that stands against taking them in."""

    rows: tuple[PanelRow, ...]
    problems: tuple[Problem, ...]

    @property
    def n_by_group(self) -> dict[str, int]:
        """How many people the file brings to each group, by code."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.entry.group] = counts.get(row.entry.group, 0) + 1
        return counts


def read_panel_csv(content: bytes, structure: GroupStructure) -> PanelPreview:
    """Read a CSV of people: UTF-8 or UTF-16; commas, semicolons or tabs.

    Every problem of shape and meaning is in the preview, with row and column; who is on the panel
    already is not known here.
    """
    try:
        table = _table_of(_text_of(content))
    except InvalidInput as unreadable:
        return PanelPreview((), unreadable.problems)
    if not table:
        return PanelPreview(
            (), (Problem("", "The file is empty. It needs a row of headings and a row a person."),)
        )
    top, cells = table[0]
    headings = [_heading(cell) for cell in cells]
    problems = list(_faults_in_headings(top, headings))
    if problems:
        return PanelPreview((), tuple(problems))
    rows = []
    for number, cells in table[1:]:
        row, faults = _read_row(number, cells, headings, structure)
        problems += faults
        if row is not None:
            rows.append(row)
    problems += _repetitions(rows)
    if not rows and not problems:
        problems.append(Problem("", "There is nobody in this file: it holds nothing but headings."))
    return PanelPreview(tuple(rows), tuple(problems))


def _text_of(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise InvalidInput(
            f"This file has {len(content) / 1e6:.1f} MB; a list of people has at most "
            f"{LARGEST_FILE / 1e6:.0f} MB. Is it the right file?"
        )
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if encoding is None:
        # Without a mark, zero bytes beside Latin letters give UTF-16 away, and their places its order.
        odd, even = content[1:200:2].count(0), content[0:200:2].count(0)
        encoding = "utf-8" if max(odd, even) == 0 else "utf-16-le" if odd > even else "utf-16-be"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput(
            "This is not a CSV file in UTF-8, so names with accents would be damaged. In your spreadsheet "
            "choose “Save as”, “CSV UTF-8”, and bring that file."
        ) from None


def _table_of(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold something, each with its number."""
    # Excel's own first line, which says the separator and which it does not show or count as a row.
    declared = re.match(r'"?sep=([,;\t])"?\r?\n', text)
    body = text[declared.end() :] if declared else text
    delimiter = declared[1] if declared else _delimiter_of(body)
    rows = []
    number = 0
    try:
        for cells in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True):
            number += 1
            if number > MOST_ROWS:
                raise InvalidInput(
                    f"There are more than {MOST_ROWS:,} rows in this file. Is it the right file?"
                )
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
    except csv.Error as error:
        raise InvalidInput(
            f"The file cannot be read as CSV near row {number + 1}: {error}. "
            "Perhaps a quotation mark is missing there."
        ) from None
    return rows


def _delimiter_of(text: str) -> str:
    """Whichever of comma, semicolon and tab separates the headings."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _heading(cell: str) -> str:
    heading = "_".join(cell.casefold().replace("-", " ").replace("_", " ").split())
    return ALSO_CALLED.get(heading, heading)


def _faults_in_headings(row: int, headings: list[str]) -> Iterator[Problem]:
    for place, heading in enumerate(headings, start=1):
        if heading and heading not in COLUMNS:
            near = difflib.get_close_matches(heading, COLUMNS, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else f"Known are {', '.join(COLUMNS)}."
            yield Problem(
                f"row {row}, column {place}",
                f"The column “{heading}” is not known. {hint} Rename it or take it out: "
                "nothing is kept about people that the study did not ask for.",
            )
        elif heading and heading in headings[: place - 1]:
            yield Problem(f"row {row}, column {place}", f"The column “{heading}” is there twice. Keep one.")
    for missing in REQUIRED:
        if missing not in headings:
            yield Problem(
                f"row {row}", f"The column “{missing}” is missing. Add it, with a value for each person."
            )
    if not set(WAYS_TO_REACH) & set(headings):
        yield Problem(f"row {row}", "The column “email” is missing. Add it, or “phone” or “address”.")


def _read_row(
    number: int, cells: list[str], headings: list[str], structure: GroupStructure
) -> tuple[PanelRow | None, list[Problem]]:
    stray = [cell for place, cell in enumerate(cells) if cell.strip() and not _has_heading(place, headings)]
    if stray:
        sentence = (
            f"“{stray[0].strip()[:40]}” stands under no heading. Perhaps an address with a comma needs "
            "quotation marks around it."
        )
        return None, [Problem(f"row {number}", sentence)]
    values = dict(zip(headings, cells, strict=False))
    entry = entry_from(
        name=values.get("name"),
        group=values.get("group"),
        email=values.get("email"),
        phone=values.get("phone"),
        address=values.get("address"),
        format=values.get("format"),
        mode=values.get("mode"),
        region=values.get("region"),
        perspectives=_several(values.get("other_perspectives", "")),
        code=values.get("code"),
        structure=structure,
    )
    faults = [Problem(_where(number, field), sentence) for field, sentence in faults_in(entry, structure)]
    return PanelRow(number, entry), faults


def _has_heading(place: int, headings: list[str]) -> bool:
    return place < len(headings) and bool(headings[place])


def _several(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,|/]", cell) if part.strip()]


def _repetitions(rows: list[PanelRow]) -> Iterator[Problem]:
    """The same person or the same code twice in one file."""
    first_with: dict[tuple[str, str], int] = {}
    for row in rows:
        repeated = next((mark for mark in row.entry.marks if mark in first_with), None)
        if repeated:
            field = "email" if repeated[0] == "e-mail address" else "name"
            yield Problem(
                _where(row.number, field),
                f"The same {repeated[0]} stands in row {first_with[repeated]}: this person is in the file "
                "twice. Take one row out.",
            )
        code = ("code", row.entry.code or "")
        if row.entry.code and code in first_with:
            yield Problem(
                _where(row.number, "code"),
                f"Row {first_with[code]} has the code {row.entry.code} too. "
                "Give each person a code of their own.",
            )
        for mark in (*row.entry.marks, *([code] if row.entry.code else [])):
            first_with.setdefault(mark, row.number)


def _where(number: int, field: str) -> str:
    return f"row {number}, {field}"
