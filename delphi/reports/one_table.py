"""One table of the team's pages as a file to work with, marked where small groups are in it in full."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.queries.plain_table import PlainTable
from delphi.reports.audience import Audience
from delphi.reports.csv_file import write_table
from delphi.reports.excel import write_book
from delphi.reports.sheets import Column, Sheet
from delphi.reports.writing import ExportRecorder

TABLE_FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
"""The kinds of file that a table can be had as."""

NARROW, WIDE = 12, 40
LONG_TEXT = 24


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file to hand to a browser."""

    name: str
    mimetype: str
    content: bytes


def table_file(
    *,
    study_id: StudyId,
    table: PlainTable,
    kind: str,
    actor: Actor,
    now: datetime,
    record: ExportRecorder,
    audience: Audience = Audience.TEAM,
) -> TableFile:
    """A table of the team's pages as "xlsx" or "csv"; recorded as an export, with its checksum.

    A table is for the team unless the caller made it from what was released.

    Runs inside the caller's unit of work. Raises NotAllowed without the permissions to see results and to
    export, InvalidInput for another kind of file.
    """
    require(actor, Permission.EXPORT_STUDY, study_id)
    require(actor, Permission.SEE_RESULTS, study_id)
    if kind not in TABLE_FORMATS:
        raise InvalidInput([Problem("format", f"A table can be had as one of: {', '.join(TABLE_FORMATS)}.")])
    name = f"{table.name}{'-NOT-FOR-SHARING' if audience.is_team else ''}.{kind}"
    first = f"# {audience.sentence} {table.title}" if audience.is_team else None
    with tempfile.TemporaryDirectory(prefix="delphi-table-") as folder:
        path = Path(folder) / name
        if kind == "csv":
            write_table(path, table.heads, table.rows, first)
        else:
            write_book(path, [_sheet(table)], title=table.title, audience=audience, at=now)
        content = path.read_bytes()
    files = {name: hashlib.sha256(content).hexdigest()}
    record(study_id=study_id, audience=audience.value, files=files, actor=actor, now=now)
    return TableFile(name, TABLE_FORMATS[kind], content)


def _sheet(table: PlainTable) -> Sheet:
    columns = tuple(
        _column(head, [row[place] for row in table.rows]) for place, head in enumerate(table.heads)
    )
    return Sheet(table.sheet, columns, table.rows, n_labels=1)


def _column(head: str, values: list[str | int | float | None]) -> Column:
    """Numbers to the right, long texts wide."""
    given = [value for value in values if value not in (None, "")]
    if given and all(isinstance(value, int | float) for value in given):
        return Column(head, NARROW, _style([value for value in given if isinstance(value, int | float)]))
    longest = max((len(str(value)) for value in given), default=0)
    return Column(head, WIDE if longest > LONG_TEXT else 18)


def _style(numbers: list[int | float]) -> str:
    """Whole numbers, coefficients and p-values up to 1, or per cent: a p of 0.034 must not read 0.0."""
    if all(isinstance(one, int) for one in numbers):
        return "whole"
    return "small" if all(abs(one) <= 1 for one in numbers) else "percent"
