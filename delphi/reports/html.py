"""The report as one HTML file that needs nothing beside it, for the screen and for paper."""

from __future__ import annotations

import base64
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Protocol

from markupsafe import Markup

from delphi import paths
from delphi.consensus.bands import Share
from delphi.consensus.intervals import Interval
from delphi.mail.rendering import environment
from delphi.reports import charts
from delphi.reports.charts import Flow
from delphi.reports.checklists import DRAFT, filled_in
from delphi.reports.content import ReportContent
from delphi.reports.firmness import THRESHOLDS
from delphi.reports.items import ItemRow
from delphi.reports.sections import End
from delphi.reports.words import counted, figure, listed

TEMPLATE = "reports/report.html"


class Drawings(Protocol):
    """Whatever draws the charts of a report where the templates ask for them."""

    def distribution_of(self, content: ReportContent, row: ItemRow, key: str) -> Markup:
        """The distribution of one item."""

    def sections_chart(self, content: ReportContent) -> Flow | None:
        """What happened to the sections."""

    def people_chart(self, content: ReportContent) -> Flow | None:
        """What happened to the people."""


def write_html(content: ReportContent, path: Path) -> None:
    """Write the whole report to one file."""
    path.write_text(render_html(content), encoding="utf-8", newline="\n")


def render_html(content: ReportContent, drawings: Drawings = charts) -> str:
    """The report as HTML. What people wrote is escaped; texts of the guidance are sanitised Markdown."""
    page = environment().get_template(TEMPLATE)
    return page.render(
        report=content,
        study=content.setting.study,
        min_cell=content.setting.min_cell,
        End=End,
        percent=content.setting.percent,
        interval=interval,
        figure=figure,
        points=points,
        counted=counted,
        listed=listed,
        day=day,
        round_heads=[(f"Round {number}", "num") for number in content.rounds],
        threshold_heads=[(label, "num") for label in _threshold_labels(content)],
        other_percents=[(f"{percent}%", "num") for percent in THRESHOLDS],
        tables=tables(content),
        charts=drawings,
        fonts=_fonts(),
        checklists=filled_in(content),
        checklist_draft=DRAFT,
        shade=shade,
    )


@cache
def _fonts() -> dict[str, str]:
    """Our font by subset as base64, so that the file looks as it should where the font is not installed."""
    folder = paths.static_folder() / "fonts"
    found = {}
    for subset in ("latin", "latin-ext"):
        (file,) = folder.glob(f"*[0-9]-{subset}.woff2")
        found[subset] = base64.b64encode(file.read_bytes()).decode("ascii")
    return found


def tables(content: ReportContent) -> list[tuple[int, list[list[ItemRow]]]]:
    """The items by round, and in it by section."""
    return [
        (number, [list(rows) for _, rows in groupby(content.items_of(number), key=lambda row: row.section)])
        for number in content.rounds
        if content.items_of(number)
    ]


def day(on: date | None) -> str:
    """A date without its weekday: "12 April 2024"."""
    return f"{on.day} {on:%B %Y}" if on else ""


def interval(found: Interval | None) -> str:
    """An interval in whole per cent: "84 to 98"."""
    return f"{round(100 * found.low)} to {round(100 * found.high)}" if found else ""


def points(difference: float) -> str:
    """A difference of percentages in whole points, with its sign: "+12", "−3", "0"."""
    whole = round(difference)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def _threshold_labels(content: ReportContent) -> list[str]:
    """Whose ratings the columns of the thresholds are about."""
    return list(content.firmness.thresholds[0].reached) if content.firmness.thresholds else []


def shade(share: Share | None) -> str:
    """Which of six shades a share has in the overview; each cell holds its number as well."""
    exact = share.percent if share else None
    if exact is None:
        return "none"
    steps = (Fraction(90), Fraction(80), Fraction(70), Fraction(60), Fraction(40))
    return str(next((5 - i for i, step in enumerate(steps) if exact >= step), 0))
