"""The formats of a report: what each is called, which files it makes, and who writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from delphi.domain.errors import InvalidInput, Problem
from delphi.reports.content import ReportContent
from delphi.reports.csv_file import write_codebook, write_data
from delphi.reports.excel import write_excel
from delphi.reports.html import write_html
from delphi.reports.json_file import write_json
from delphi.reports.pdf import write_pdf

Writer = Callable[[ReportContent, Path], None]


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One format: its name on the command line, what people read about it, files with their writers."""

    id: str
    title: str
    purpose: str
    usual_size: str
    files: tuple[tuple[str, Writer], ...]


FORMATS: tuple[ReportFormat, ...] = (
    ReportFormat(
        "html",
        "Web page (HTML)",
        "To read on a screen or a phone and to send round: one file with everything in it.",
        "1 to 3 MB",
        (("report.html", write_html),),
    ),
    ReportFormat(
        "pdf",
        "Document (PDF)",
        "To print, to file and to hand in: with a title page, contents and page numbers. Tagged for screen "
        "readers, made to PDF/UA-1.",
        "1 to 5 MB",
        (("report.pdf", write_pdf),),
    ),
    ReportFormat(
        "excel",
        "Tables (Excel)",
        "To look figures up, sort and filter them: response, sections, items, comments and revisions.",
        "less than 1 MB",
        (("report.xlsx", write_excel),),
    ),
    ReportFormat(
        "csv",
        "Figures for statistics programs (CSV)",
        "To compute with: one figure a line, and a codebook that says what each column means.",
        "1 to 5 MB",
        (("data.csv", write_data), ("codebook.csv", write_codebook)),
    ),
    ReportFormat(
        "json",
        "Data for other programs (JSON)",
        "To keep or to pass on to another program: all parts of the report, unrounded.",
        "less than 2 MB",
        (("report.json", write_json),),
    ),
)


def chosen_formats(ids: Iterable[str]) -> tuple[ReportFormat, ...]:
    """The formats with these names, each once, in the order of the registry; InvalidInput for others."""
    wanted = set(ids)
    known = {one.id for one in FORMATS}
    problems = [
        Problem(name, f"There is no such format. Formats are: {', '.join(one.id for one in FORMATS)}.")
        for name in sorted(wanted - known)
    ]
    if problems:
        raise InvalidInput(problems)
    if not wanted:
        raise InvalidInput(f"Choose at least one format: {', '.join(one.id for one in FORMATS)}.")
    return tuple(one for one in FORMATS if one.id in wanted)
