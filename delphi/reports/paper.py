"""The report's page as a list of blocks, so that paper says what the page says, word for word.

What the HTML report tells is told by its templates once; this reads the finished page and gives headings,
paragraphs, tables and pictures as plain data. A block is a mapping with its kind (`k`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from delphi.reports.paper_pictures import PictureStore
from delphi.reports.paper_tables import table_block
from delphi.reports.paper_words import Run, Words
from delphi.reports.plates import PLACE, Plate

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Block = dict[str, Any]
Reader = Callable[["HtmlElement"], Iterator[Block]]

STYLES = ("finding", "note", "quiet")
"""Paragraphs that look different."""

NOT_LISTED = (
    "ancestor::*[@id='comments' or @id='revisions' or @id='items' or @id='checklists' "
    "or @class='distribution' or @class='short']"
)
"""Where headings are left out of the contents: each section comes again in each of these parts."""

NEW_PAGES = ("study", "comments", "guidance", "checklists")

SHOWN = ("table", "plate", "beside")
"""What a paragraph right before it leads in to."""


def blocks_of(page: str, plates: Sequence[Plate], pictures: PictureStore) -> list[Block]:
    """A report's page as blocks, without cover and contents: paper has a title page and page numbers."""
    from lxml import html

    tree, reader = html.document_fromstring(page), _Reader(plates, pictures)
    return [*reader.flow(tree.find(".//main")), {"k": "end", "c": reader.flow(tree.find(".//footer"))}]


class _Reader:
    """Reads one page; `plates` and `pictures` are what it may show."""

    def __init__(self, plates: Sequence[Plate], pictures: PictureStore) -> None:
        self._plates = plates
        self._pictures = pictures
        self._readers: dict[str, Reader] = {
            "article": self._flow,
            "blockquote": self._quotation,
            "details": self._details,
            "div": self._division,
            "dl": self._facts,
            "figure": self._figure,
            "hr": self._rule,
            "nav": self._nothing,
            "ol": self._list,
            "p": self._paragraph,
            "pre": self._code,
            "section": self._section,
            "table": self._table,
            "ul": self._list,
        } | {f"h{level}": self._heading for level in range(1, 7)}

    def flow(self, element: HtmlElement) -> list[Block]:
        """Everything inside an element; loose words between its blocks become paragraphs."""
        return _led_in(list(self._flow(element)))

    def _flow(self, element: HtmlElement) -> Iterator[Block]:
        words = self._words()
        words.add_text(element.text)
        for child in element:
            reader = self._reader(child)
            if reader is None:
                words.add(child)
            else:
                yield from _paragraphs(words.runs)
                words = self._words()
                yield from reader(child)
            words.add_text(child.tail)
        yield from _paragraphs(words.runs)

    def _reader(self, element: HtmlElement) -> Reader | None:
        if element.get(PLACE) is not None:
            return self._plate
        return self._readers.get(element.tag)

    def _words(self) -> Words:
        return Words(self._pictures)

    def _inside(self, element: HtmlElement) -> list[Run]:
        words = self._words()
        words.add_inside(element)
        return words.runs

    def _heading(self, element: HtmlElement) -> Iterator[Block]:
        # The page's first heading is the title, which paper has on its cover.
        level = int(element.tag[1]) - 1
        is_listed = level == 1 or (level == 2 and not element.xpath(NOT_LISTED))
        yield {"k": "heading", "level": level, "listed": is_listed, "c": self._inside(element)}

    def _paragraph(self, element: HtmlElement) -> Iterator[Block]:
        style = next((name for name in STYLES if name in _classes(element)), "")
        yield from _paragraphs(self._inside(element), style)

    def _section(self, element: HtmlElement) -> Iterator[Block]:
        classes, inside = _classes(element), self.flow(element)
        if "part" in classes or "summary" in classes:
            wide = "part--wide" in classes
            yield {"k": "part", "wide": wide, "new": _begins_a_page(element), "c": inside}
        else:
            yield from inside

    def _division(self, element: HtmlElement) -> Iterator[Block]:
        classes = _classes(element)
        if classes & {"pair", "charts--two"}:
            yield {"k": "beside", "c": [list(self._one(child)) for child in element]}
        elif "short" in classes:
            yield {"k": "box", "c": self.flow(element)}
        elif "narrow" not in classes:
            yield from self._flow(element)

    def _one(self, element: HtmlElement) -> Iterator[Block]:
        return (self._reader(element) or self._flow)(element)

    def _list(self, element: HtmlElement) -> Iterator[Block]:
        for name in ("outcomes", "themes"):
            if name in _classes(element):
                yield {"k": name, "items": [self._inside(child) for child in element]}
                return
        items = [self.flow(child) for child in element]
        start = int(element.get("start", "1")) if element.tag == "ol" else None
        yield {"k": "list", "start": start, "items": items}

    def _facts(self, element: HtmlElement) -> Iterator[Block]:
        rows = [
            (self._inside(row.find("dt")), [block for one in row.findall("dd") for block in self.flow(one)])
            for row in element
        ]
        yield {"k": "facts", "rows": rows}

    def _table(self, element: HtmlElement) -> Iterator[Block]:
        yield table_block(element, self._pictures)

    def _figure(self, element: HtmlElement) -> Iterator[Block]:
        caption = element.find("figcaption")
        said = self._inside(caption) if caption is not None else []
        if "quote" in _classes(element):
            words = self.flow(element.find("blockquote"))
            yield {"k": "quote", "c": words, "by": said}
            return
        place = next(iter(element.xpath(f".//*[@{PLACE}]")))
        yield self._plate_block(place) | {"caption": said}

    def _plate(self, element: HtmlElement) -> Iterator[Block]:
        yield self._plate_block(element)

    def _plate_block(self, element: HtmlElement) -> Block:
        plate = self._plates[int(element.get(PLACE))]
        return {"k": "plate", "svg": plate.svg, "alt": plate.words, "width": plate.width, "caption": []}

    def _quotation(self, element: HtmlElement) -> Iterator[Block]:
        yield {"k": "quote", "c": self.flow(element), "by": []}

    def _details(self, element: HtmlElement) -> Iterator[Block]:
        """What is folded away on a page: both texts are printed, a picture's words are its alternative."""
        if "difference" not in _classes(element):
            return
        yield {"k": "heading", "level": 3, "listed": False, "c": self._inside(element.find("summary"))}
        element.remove(element.find("summary"))
        yield {"k": "frame", "c": self.flow(element)}

    def _code(self, element: HtmlElement) -> Iterator[Block]:
        yield {"k": "code", "text": element.text_content().rstrip("\n")}

    def _rule(self, _element: HtmlElement) -> Iterator[Block]:
        yield {"k": "rule"}

    def _nothing(self, _element: HtmlElement) -> Iterator[Block]:
        return iter(())


def _paragraphs(runs: list[Run], style: str = "") -> Iterator[Block]:
    if runs:
        yield {"k": "p", "style": style, "sticky": False, "c": runs}


def _led_in(blocks: list[Block]) -> list[Block]:
    """Keep each paragraph that leads in to a table or picture on the page of what it speaks of."""
    for block, after in reversed(list(pairwise(blocks))):
        if block["k"] == "p":
            block["sticky"] = after["k"] in SHOWN or after.get("sticky", False)
    return blocks


def _begins_a_page(element: HtmlElement) -> bool:
    """The summary and what is looked up by itself; other parts follow on."""
    return "summary" in _classes(element) or element.get("id") in NEW_PAGES


def _classes(element: HtmlElement) -> set[str]:
    return set(element.get("class", "").split())
