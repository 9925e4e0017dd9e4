"""Tables of the report's page as plain data, with how wide their columns shall be.

A browser measures all cells before it divides a table; paper gets the same by counting letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from delphi.reports.paper_pictures import PictureStore
from delphi.reports.paper_words import Run, Words, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Cell = dict[str, Any]

LONGEST_WORD = 28
LINE = 84
"""Letters that a line of a table holds."""

SHORT_TABLE, FEW_LETTERS = 15, 900
"""Rows and letters below which a table stands on one page."""

SHORT = 7
"""Letters up to which a column of words needs no share of the page."""

NARROW = "self::*[@class='narrow'][not(ancestor::*[@class='pair'])]"
"""A table that need not fill the page."""

PLAIN = "ancestor::table[@class='items'] and @scope='row' or parent::tr[contains(@class, '_group')]"
"""Headings of rows that are not bold: those below another heading."""

TALL = 700
"""Letters from which on a row may be cut at the end of a page: it could be higher than a page."""

_ROWS = ("total", "row--panel", "row--feedback_group", "row--stakeholder_group")


@dataclass(slots=True)
class _Column:
    """What is known of the letters in one column."""

    is_number: bool
    heading: str
    lengths: list[int] = field(default_factory=list)
    longest_word: int = 0

    def note(self, text: str, *, bold: bool) -> None:
        """Count one more cell; `bold` ones are a little wider."""
        lines = text.split("\n")
        self.lengths.append(max(len(line) for line in lines) + (1 if bold else 0))
        self.longest_word = max(self.longest_word, *(len(word) for word in text.split() or [""]))

    @property
    def width(self) -> dict[str, float]:
        """A fixed number of letters for numbers, a share of what is left for words."""
        words = self.heading.split() or [""]
        if self.is_number:
            body = max(self.lengths, default=0)
            heading = max(*(len(word) for word in words), round(len(self.heading) / 3.2))
            return {"letters": max(body, heading, 2)}
        longest = max([len(self.heading), *self.lengths])
        if longest <= SHORT:
            return {"letters": longest}
        mean = sum(self.lengths) / len(self.lengths) if self.lengths else 0
        least = max(self.longest_word + 2, *(len(word) for word in words), min(longest, 12))
        return {"share": round(least + mean**0.8, 1)}


def table_block(element: HtmlElement, pictures: PictureStore) -> dict[str, Any]:
    """A table of the page: caption, heading rows, body rows and columns."""
    caption = element.find("caption")
    shown = caption is not None and "unseen" not in caption.get("class", "")
    head = [list(_cells(row, pictures)) for row in element.xpath("./thead/tr")]
    groups = [[_row(row, pictures) for row in body.xpath("./tr")] for body in element.xpath("./tbody")]
    for group in groups[1:]:
        if group:
            group[0]["first"] = True
    rows = [row for group in groups for row in group]
    columns = _columns(head[-1] if head else [], rows)
    return {
        "k": "table",
        "caption": _words(caption, pictures).runs if shown else [],
        "head": head,
        "rows": rows,
        "whole": len(rows) < SHORT_TABLE and sum(row["letters"] for row in rows) < FEW_LETTERS,
        "columns": _widths(columns, is_narrow=bool(element.xpath(NARROW))),
        "kind": element.get("class", ""),
    }


def _widths(columns: Sequence[_Column], *, is_narrow: bool) -> list[dict[str, float]]:
    """As wide as the page, but for a narrow table whose longest lines fit beside each other."""
    longest = [max([*column.lengths, len(column.heading)]) for column in columns]
    if is_narrow and sum(longest) <= LINE:
        return [
            column.width if column.is_number else {"letters": letters}
            for column, letters in zip(columns, longest, strict=True)
        ]
    return [column.width for column in columns]


def _row(row: HtmlElement, pictures: PictureStore) -> dict[str, Any]:
    cells = list(_cells(row, pictures))
    letters = [len(text_of(cell["c"])) for cell in cells]
    style = next((name for name in _ROWS if name in row.get("class", "")), "")
    tall = max(letters, default=0) > TALL
    return {"cells": cells, "style": style, "tall": tall, "letters": sum(letters), "first": False}


def _cells(row: HtmlElement, pictures: PictureStore) -> Iterator[Cell]:
    for cell in row:
        classes = cell.get("class", "").split()
        shade = next((one.removeprefix("shade--") for one in classes if one.startswith("shade--")), "")
        yield {
            "c": _words(cell, pictures).runs,
            "head": cell.tag == "th",
            "strong": cell.tag == "th" and cell.get("scope") != "col" and not cell.xpath(PLAIN),
            "align": _alignment(classes),
            "number": "num" in classes or bool(shade),
            "span": int(cell.get("colspan", "1")),
            "rows": int(cell.get("rowspan", "1")),
            "shade": shade,
        }


def _alignment(classes: Sequence[str]) -> str:
    if "shade" in classes or "align-center" in classes:
        return "center"
    return "right" if "num" in classes or "align-right" in classes else "left"


def _words(element: HtmlElement, pictures: PictureStore) -> Words:
    words = Words(pictures, longest=LONGEST_WORD)
    words.add_inside(element)
    return words


def _columns(heads: Sequence[Cell], rows: Sequence[dict[str, Any]]) -> list[_Column]:
    """Every column with the letters of all cells that stand in it alone."""
    columns = [_Column(cell["number"], text_of(cell["c"])) for cell in heads]
    taken: dict[int, int] = {}
    for row in rows:
        place = 0
        for cell in row["cells"]:
            while taken.get(place, 0):
                taken[place] -= 1
                place += 1
            while place + cell["span"] > len(columns):
                columns.append(_Column(is_number=False, heading=""))
            if cell["span"] == 1:
                columns[place].is_number = columns[place].is_number or bool(cell["shade"])
                columns[place].note(_lines(cell["c"]), bold=cell["head"])
                taken[place] = cell["rows"] - 1
            place += cell["span"]
    return columns


def _lines(runs: Sequence[Run]) -> str:
    """The words of a cell with its line breaks."""
    parts = []
    for run in runs:
        if isinstance(run, str):
            parts.append(run)
        elif run["s"] == "br":
            parts.append("\n")
        elif run["s"] in ("sign", "mark"):
            parts.append("MM")
        elif run["s"] != "spoken":
            parts.append(_lines(run.get("c", [])))
    return "".join(parts)
