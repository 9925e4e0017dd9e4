"""The little SVG that all charts are written in: elements, numbers, text that fits, the outer frame.

Everything is an attribute or a class, never a style or a script, so that a strict Content Security
Policy holds; presentation attributes make a picture right on its own, and any rule of the style sheet
overrides them. Numbers are written in one way, so that the same figures give the same bytes. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from delphi.charts.palette import FONT, INK, INK_QUIET, PAPER

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _WIDE = frozenset("fijlrtI.,:;'’!|()[] "), frozenset("mwMW%—")


def plain(words: str) -> str:
    """Text made fit for XML: escaped, and without characters that no XML may hold."""
    return escape(_NOT_XML.sub("", words))


def number(value: float) -> str:
    """A coordinate with at most two decimals and no needless nought."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def tag(name: str, *children: str, **attributes: str | float | None) -> str:
    """An element; `font_size` is written font-size, `class_` class, and None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{plain(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def rect(
    x: float, y: float, width: float, height: float, class_: str, **attributes: str | float | None
) -> str:
    """A rectangle by its upper left corner."""
    return tag("rect", class_=class_, x=x, y=y, width=width, height=height, **attributes)


def line(path: str, class_: str, stroke: str, **attributes: str | float | None) -> str:
    """A path that is only drawn along, never filled."""
    return tag("path", class_=class_, d=path, fill="none", stroke=stroke, **attributes)


def text(
    x: float,
    y: float,
    words: str,
    class_: str,
    *,
    size: float = 15,
    bold: bool = False,
    quiet: bool = False,
    anchor: str | None = None,
    fill: str | None = None,
) -> str:
    """A line of text on a baseline; `anchor` is middle or end, `quiet` the secondary ink."""
    return tag(
        "text",
        plain(words),
        class_=class_,
        x=x,
        y=y,
        font_size=size,
        font_weight="700" if bold else None,
        text_anchor=anchor,
        fill=fill or (INK_QUIET if quiet else INK),
    )


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """About how wide a line will be: no font is at hand here, so this leans to the wide side."""
    ems = sum(0.32 if c in _NARROW else 0.88 if c in _WIDE else 0.68 if c.isupper() else 0.55 for c in words)
    return ems * size * (1.06 if bold else 1.0)


def wrapped(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The words in lines no wider than `width`; a single word may stick out."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def hatch(identity: str, ink: str = INK_QUIET, paper: str = PAPER) -> str:
    """A pattern of slanting lines, to fill with `url(#identity)`: told from plain fills without colour."""
    inside = rect(0, 0, 6, 6, "app-hatch__paper", fill=paper)
    slanting = line("M0 0V6", "app-hatch__line", ink, stroke_width=1.6)
    pattern = tag(
        "pattern", inside, slanting, id=identity, width=6, height=6, patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )  # fmt: skip
    return tag("defs", pattern)


def frame(
    key: str, title: str, description: str, size: tuple[float, float], parts: Iterable[str], kind: str
) -> str:
    """The picture as one image with a name and a description for those who do not see it.

    `key` begins every id in the picture and must be unique on the page. Raises ValueError for a key that
    cannot be an id, and for a picture without a name.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(
            f"{key!r} cannot be the id of a picture: use letters, digits, hyphens and underscores"
        )
    if not title.strip():
        raise ValueError("a picture needs a title, which is its name for a screen reader")
    width, height = size
    return tag(
        "svg",
        tag("title", plain(title), id=f"{key}-title"),
        tag("desc", plain(description), id=f"{key}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"app-chart app-chart--{kind}",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        font_family=FONT,
    )
