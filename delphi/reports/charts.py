"""The pictures of a report, drawn from its figures; each stands beside a table with the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from delphi.charts.agreement_rows import agreement_rows
from delphi.charts.flow import Stage, flow_chart, flow_in_words
from delphi.reports.content import ReportContent
from delphi.reports.flows import people_flow, section_flow
from delphi.reports.items import ItemRow

NARROW, WIDE = 360, 680


def _picture(svg: str) -> Markup:
    """Our own drawing, in which every word was escaped when it was written."""
    return Markup(svg)  # noqa: S704 - made by delphi.charts from numbers and escaped words


def distribution_of(content: ReportContent, row: ItemRow, key: str, width: float = NARROW) -> Markup:
    """The distribution of one item by unit; withheld rows say so. `key` is unique in the report."""
    title = f"Round {row.round}, {row.section_title}: {row.criterion_label}"
    rows = [one.as_chart_row() for one in row.figures if one.kind != "stakeholder_group"]
    return _picture(
        agreement_rows(
            f"{key}-{row.round}-{row.section}-{row.criterion}",
            title,
            rows,
            content.setting.scale,
            width=width,
        )
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow chart, drawn for wide and for narrow screens, and the same in words."""

    wide: Markup
    narrow: Markup
    words: tuple[str, ...]


def sections_chart(content: ReportContent) -> Flow | None:
    """F1: sections by round; None before a round is shared."""
    stages, closing = section_flow(content)
    return _flow("f1", "What happened to the sections in each round", stages, closing)


def people_chart(content: ReportContent) -> Flow | None:
    """F2: people from interest to the last round; None when a number in it may not be shown."""
    return _flow("f2", "From interest to the last round, in people", people_flow(content), "")


def _flow(key: str, title: str, stages: tuple[Stage, ...], closing: str) -> Flow | None:
    if not stages:
        return None
    wide, narrow = (
        _picture(flow_chart(f"{key}-{width}", title, stages, closing=closing, width=width))
        for width in (WIDE, NARROW)
    )
    return Flow(wide, narrow, flow_in_words(stages, closing=closing))
