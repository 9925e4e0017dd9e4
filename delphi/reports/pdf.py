"""The report as a PDF: tagged, with a language, a title and words for every picture (made to PDF/UA-1).

Typst refuses a document that lacks any of them. What it sets is the report's own page, taken apart into
blocks; its template is the only code, and texts reach it as JSON and nothing else. Typst is imported where it
is used: a web worker starts without it.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delphi import paths
from delphi.reports.audience import NOT_FOR_SHARING
from delphi.reports.content import ReportContent
from delphi.reports.html import day, render_html
from delphi.reports.paper import blocks_of
from delphi.reports.paper_pictures import PictureStore
from delphi.reports.paper_words import fit_for_paper
from delphi.reports.plates import Plates

if TYPE_CHECKING:
    import typst

TEMPLATE = "reports/report.typ"
FONT, MONO = "Atkinson Hyperlegible Next", "DejaVu Sans Mono"
"""Ours, and one that comes with Typst and has the letters of more scripts."""

REGION_LETTERS = 2
"""Of what may follow a language, only a country's code is of use to the page setter: "zh-Hant-TW"."""

UNKNOWN_LETTER = "\ufffd"
UNKNOWN_LETTERS = (
    f"“{UNKNOWN_LETTER}” stands where somebody wrote a letter or picture sign that the fonts of this file do "
    "not have. The report as a web page (HTML) shows it."
)
_NO_LETTER = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_MOST_TRIES = 4


def write_pdf(content: ReportContent, path: Path) -> None:
    """Write the whole report to one file."""
    path.write_bytes(render_pdf(content))


def render_pdf(content: ReportContent) -> bytes:
    """The report as PDF; the same content gives the same bytes."""
    report, pictures = laid_out(content)
    with tempfile.TemporaryDirectory(prefix="delphi-pdf-") as name:
        folder = Path(name)
        _put_beside(folder, pictures)
        report["broken"] = [file for file in pictures.files if not _is_picture(folder, file)]
        return _set(folder, report, round(content.written_at.timestamp()))


def laid_out(content: ReportContent) -> tuple[dict[str, Any], PictureStore]:
    """Everything that goes on paper as plain data, and the pictures that it names."""
    plates, pictures = Plates(), PictureStore()
    report = _cover(content)
    report["blocks"] = blocks_of(render_html(content, plates), plates.kept, pictures)
    return report, pictures


def _cover(content: ReportContent) -> dict[str, Any]:
    """Everything but the blocks: what the cover, the edges of the pages and the file itself say."""
    study, audience = content.setting.study, content.audience
    language, *subtags = study.language.split("-")
    title = fit_for_paper(study.title)
    organisation = fit_for_paper(study.information["organisation"])
    written = day(content.setting.day(content.written_at))
    standing = [] if study.state == "finished" else ["The study is not finished yet."]
    mark = NOT_FOR_SHARING if audience.is_team else ""
    return {
        "title": title,
        "name": f"{mark}: {title}" if mark else title,
        "author": organisation,
        "language": language,
        "region": next((tag for tag in subtags if len(tag) == REGION_LETTERS), None),
        "font": FONT,
        "mono": MONO,
        "kind": "Report of a Delphi consultation",
        "by": [organisation, f"Written on {written} from the records of the study"],
        "header": f"{fit_for_paper(study.short_title)}: report of the consultation",
        "finding": content.summary.finding,
        "standing": standing,
        "sharing": audience.sentence,
        "mark": mark,
        "labels": {"contents": "In this report", "page": "Page", "of": "of"},
    }


def _put_beside(folder: Path, pictures: PictureStore) -> None:
    """Put the template, its signs and the study's pictures where Typst may read, and nothing else."""
    template = paths.templates_folder() / TEMPLATE
    shutil.copy(template, folder)
    shutil.copytree(template.parent / "signs", folder / "signs")
    (folder / "pictures").mkdir()
    for name, data in pictures.files.items():
        (folder / "pictures" / name).write_bytes(data)


def _is_picture(folder: Path, file: str) -> bool:
    """Whether Typst can draw a picture; one that it cannot must not take the whole report down."""
    import typst

    source = f'#image("/pictures/{file}", alt: "")'.encode()
    try:
        typst.Compiler(source, root=folder, ignore_system_fonts=True).compile(output=folder / "trial.pdf")
    except typst.TypstError:
        return False
    return True


def _set(folder: Path, report: dict[str, Any], timestamp: int) -> bytes:
    """Let Typst set the pages, with a sign for letters that no font has (it names all of them at once).

    Raises RuntimeError, Typst's own, when the template and the blocks do not fit each other.
    """
    import typst

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[paths.static_folder() / "fonts"])
    compiler = typst.Compiler(folder / Path(TEMPLATE).name, root=folder, font_paths=fonts)
    output, unknown = folder / "report.pdf", set[str]()
    for tries_left in reversed(range(_MOST_TRIES)):
        inputs = {"report": _as_json(report, unknown)}
        try:
            compiler.compile(output=output, pdf_standards="ua-1", timestamp=timestamp, sys_inputs=inputs)
            break
        except typst.TypstError as error:
            found = _letters_without_font(error) - unknown
            if not found or not tries_left:
                raise
            unknown |= found
    return output.read_bytes()


def _as_json(report: dict[str, Any], unknown: set[str]) -> str:
    text = json.dumps(report | {"note": UNKNOWN_LETTERS if unknown else ""}, ensure_ascii=False)
    for letters in sorted(unknown, key=len, reverse=True):
        text = text.replace(letters, UNKNOWN_LETTER)
    return text


def _letters_without_font(error: typst.TypstError) -> set[str]:
    return {
        _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], found)
        for found in _NO_LETTER.findall(error.diagnostic)
    }
