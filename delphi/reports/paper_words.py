"""Words of the report's page as plain data: runs of text, and what they look like, for the page setter.

A run is a string, or a mapping with its kind (`s`) and what is inside it (`c`). Nothing here knows the page
setter's language, so that no word of a panellist can become a part of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from delphi.reports.paper_pictures import PictureStore

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Run = str | dict[str, Any]

KINDS = {
    "b": "b",
    "strong": "b",
    "em": "i",
    "i": "i",
    "small": "small",
    "code": "code",
    "ins": "ins",
    "del": "del",
}
CLASSES = {
    "quiet": "quiet",
    "below": "below",
    "hash": "hash",
    "unseen": "spoken",
    "visually-hidden": "spoken",
    "verdict": "verdict",
}
SIGNS = {"✕": "below", "◪": "panel"}
LINKS = ("http://", "https://", "mailto:", "tel:")

LONGEST_WORD = 72
"""As many letters as a line of the report holds; a checksum is shorter."""

_SPACES = re.compile(r"[ \t\n\r\f]+")
_SIGN = re.compile(f"([{''.join(SIGNS)}])")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK = "\u200b"


class Words:
    """Collects the runs of one paragraph: white space as a browser shows it, no word wider than its place."""

    def __init__(self, pictures: PictureStore, longest: int = LONGEST_WORD) -> None:
        self._pictures = pictures
        self._too_long = re.compile(rf"\S{{{longest + 1},}}")
        self._after_space = True
        self._runs: list[Run] = []

    @property
    def runs(self) -> list[Run]:
        """What was collected, without a space at the end."""
        return _stripped(self._runs)

    def add_inside(self, element: HtmlElement) -> None:
        """Everything inside an element, without the element itself."""
        self.add_text(element.text)
        for child in element:
            self.add(child)
            self.add_text(child.tail)

    def add_text(self, text: str | None) -> None:
        """Plain text."""
        words = _SPACES.sub(" ", fit_for_paper(text or ""))
        if self._after_space:
            words = words.removeprefix(" ")
        if not words:
            return
        self._after_space = words.endswith(" ")
        for part in _SIGN.split(self._too_long.sub(_breakable, words)):
            if part:
                self._runs.append({"s": "sign", "name": SIGNS[part]} if part in SIGNS else part)

    def add(self, element: HtmlElement) -> None:
        """One element of a paragraph."""
        if element.tag == "br":
            self._runs.append({"s": "br"})
            self._after_space = True
        elif element.tag == "svg":
            name = next(one for one in element.get("class", "").split() if one.startswith("mark--"))
            self._runs.append({"s": "mark", "name": name.removeprefix("mark--")})
            self._after_space = False
        elif element.tag == "img":
            self._add_picture(element)
        else:
            self._add_kind(element)

    def _add_picture(self, element: HtmlElement) -> None:
        words = element.get("alt", "").strip()
        file = self._pictures.keep(element.get("src", ""))
        if file is None:
            self.add_text(f"[picture: {words}]" if words else "")
            return
        self._runs.append({"s": "picture", "file": file, "alt": words})
        self._after_space = False

    def _add_kind(self, element: HtmlElement) -> None:
        kinds = [KINDS[element.tag]] if element.tag in KINDS else []
        kinds += [CLASSES[name] for name in element.get("class", "").split() if name in CLASSES]
        outer, self._runs = self._runs, []
        after_space = self._after_space
        self.add_inside(element)
        inner, self._runs = self._runs, outer
        if not inner:
            return
        if "spoken" in kinds:
            # A space that is not seen must not stand in for one that is.
            self._after_space = after_space
        for kind in kinds:
            inner = [{"s": kind, "c": inner}]
        address = element.get("href", "")
        if element.tag == "a" and address.startswith(LINKS):
            inner = [{"s": "link", "to": address, "c": inner}]
        self._runs += inner


def fit_for_paper(text: str) -> str:
    """The text without control characters, for which no font has a sign."""
    return _NOT_TEXT.sub("", text)


def text_of(runs: list[Run]) -> str:
    """The words alone, as they are seen."""
    return "".join(
        run if isinstance(run, str) else "" if run["s"] == "spoken" else text_of(run.get("c", []))
        for run in runs
    )


def _breakable(match: re.Match[str]) -> str:
    """A word that is wider than a line, with places where it may be broken."""
    return _BREAK.join(re.findall(r".{1,8}", match[0]))


def _stripped(runs: list[Run]) -> list[Run]:
    """The runs without a space or a line break at their end."""
    while runs:
        last = runs[-1]
        if isinstance(last, str):
            if words := last.rstrip(" "):
                return [*runs[:-1], words]
        elif "c" in last:
            return [*runs[:-1], last | {"c": inner}] if (inner := _stripped(last["c"])) else runs[:-1]
        elif last["s"] != "br":
            return runs
        runs = runs[:-1]
    return runs
