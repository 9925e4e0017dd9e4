"""The table of results that a page shows, as plain values for a file: the same rows in the same order."""

from __future__ import annotations

from delphi.queries.plain_table import PlainTable
from delphi.queries.results_page import ResultsPage
from delphi.queries.results_rows import FigureRow, ResultRow
from delphi.queries.results_views import View

Value = str | int | float | None


def results_table(slug: str, page: ResultsPage) -> PlainTable:
    """What the page of a round's results shows, filtered and sorted as it is there."""
    name = f"{slug}-round-{page.number}-{page.view_key or 'results'}"
    title = f"{page.heading}. {page.caption}. Sorted by: {page.sorted_words}"
    if page.view is not None:
        return _of_view(name, f"{title}. {page.view.caption}", page, page.view)
    heads = ["Section", "Draft", "Outcome", "Why", "Whose ratings"]
    for _, label, _ in page.criteria:
        heads += [f"{label}: {what}" for what in ("% agree", "agree", "rated", "can't say", "left out")]
        heads += [f"{label}: 95% from", f"{label}: 95% to"]
    rows = tuple((*_labels(row, line), *_figures(line)) for row in page.rows for line in row.rows)
    return PlainTable(name, f"Round {page.number}", title, tuple(heads), rows)


def _labels(row: ResultRow, line: FigureRow) -> tuple[Value, ...]:
    return (row.title, row.draft, row.outcome, row.why, line.unit.label)


def _figures(line: FigureRow) -> list[Value]:
    values: list[Value] = []
    for one in line.figures:
        share = round(100 * one.share, 1) if one.n else None
        values += [share, one.n_agree, one.n, one.n_unable, one.n_skipped]
        interval = one.unsure.share
        values += [round(interval.low, 1), round(interval.high, 1)] if interval else [None, None]
    return values


def _of_view(name: str, title: str, page: ResultsPage, view: View) -> PlainTable:
    chosen = next((label for _, label, is_chosen in view.criteria if is_chosen), "")
    rows = tuple(
        (
            row.title,
            *(" · ".join(part for part in (cell.main, cell.small, cell.note) if part) for cell in row.cells),
        )
        for row in view.rows
    )
    full = f"{title}: {chosen}" if chosen else title
    return PlainTable(name, f"Round {page.number}", full, ("Section", *view.heads), rows)
