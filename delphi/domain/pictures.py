"""Pictures that may travel with a study: recognised by what they are, and safe to show.

A file's ending is a claim; its first bytes are not. An SVG is a program as much as a picture, so only
the parts that draw are let in: nothing that runs, moves, or fetches anything from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from xml.parsers import expat

from delphi.domain.errors import InvalidInput, Problem

MOST_BYTES = 5_000_000
MOST_SVG_BYTES = 1_000_000
_MOST_ELEMENTS = 20_000
_DEEPEST = 100


class MediaType(StrEnum):
    """What kind of picture a file holds."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    WEBP = "image/webp"
    SVG = "image/svg+xml"


_ENDINGS: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.PNG: (".png",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.GIF: (".gif",),
    MediaType.WEBP: (".webp",),
    MediaType.SVG: (".svg",),
}

_SVG = "http://www.w3.org/2000/svg"
# What drawing programs leave behind; browsers make nothing of it.
_IDLE_NAMESPACES = frozenset(
    {
        "http://www.inkscape.org/namespaces/inkscape",
        "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://creativecommons.org/ns#",
        "http://web.resource.org/cc/",
        "http://purl.org/dc/elements/1.1/",
    }
)
_DRAWING = frozenset(
    {
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "metadata",
        "symbol",
        "use",
        "marker",
        "pattern",
        "mask",
        "clipPath",
    }
    | {
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textPath",
        "style",
    }
    | {
        "linearGradient",
        "radialGradient",
        "stop",
        "filter",
        "feBlend",
        "feColorMatrix",
        "feComposite",
        "feFlood",
    }
    | {"feGaussianBlur", "feMerge", "feMergeNode", "feOffset"}
)
_URL = re.compile(r"url\(\s*['\"]?\s*(?!#|['\"#])", re.IGNORECASE)
_CSS_TRICKS = re.compile(r"@|\\|/\*|//|image|expression\s*\(|javascript\s*:", re.IGNORECASE)


def read_picture(name: str, content: bytes) -> MediaType:
    """What kind of picture this is; InvalidInput with a sentence when it may not be in a study."""
    if sentence := objection(name, content):
        raise InvalidInput([Problem(name, sentence)])
    kind = recognised(content)
    if kind is None:
        raise InvalidInput([Problem(name, "this is not a picture.")])
    return kind


def objection(name: str, content: bytes) -> str | None:
    """Why a file may not be a picture of a study, as a sentence; None when it may."""
    kind = recognised(content)
    if kind is None:
        return "this is not a PNG, JPEG, GIF, WebP or SVG picture; save it as one of these."
    most = MOST_SVG_BYTES if kind is MediaType.SVG else MOST_BYTES
    if len(content) > most:
        return f"the picture has {len(content):,} bytes; make it smaller, at most {most:,}."
    ending = PurePosixPath(name).suffix.lower()
    if ending not in _ENDINGS[kind]:
        return f'the name ends in "{ending}", but the file is {kind.name}; name it {_ENDINGS[kind][0]}.'
    return _SvgCheck().objection(content) if kind is MediaType.SVG else None


def recognised(content: bytes) -> MediaType | None:
    """What a file is by its first bytes, whatever it is called."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return MediaType.GIF
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") and b"<svg" in content[:10_000]:
        return MediaType.SVG
    return None


class _Refusal(Exception):
    """Ends the reading of an SVG at the first thing that may not be in it."""


class _SvgCheck:
    """Reads an SVG from start to end, building nothing, and stops at what may not be in it."""

    def __init__(self) -> None:
        self._depth = 0
        self._elements = 0
        self._style: list[str] | None = None
        self._parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._words

    def objection(self, content: bytes) -> str | None:
        """Why the SVG may not be shown; None when it only draws."""
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            return f"the SVG is damaged in line {error.lineno}: {expat.ErrorString(error.code)}."
        except _Refusal as refusal:
            line = self._parser.CurrentLineNumber
            return f"the SVG has {refusal} in line {line}; save it as a plain drawing without it."
        return None

    def _doctype(self, *_: object) -> None:
        raise _Refusal("a DOCTYPE or entities")

    def _instruction(self, target: str, _data: str) -> None:
        raise _Refusal(f"an instruction for other programs (<?{target}?>)")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or self._depth > _DEEPEST:
            raise _Refusal("more parts than a picture here may have")
        namespace, _, element = name.rpartition(" ")
        if self._depth == 1 and (namespace, element) != (_SVG, "svg"):
            raise _Refusal(f"<{element}> where <svg> of the SVG namespace should begin")
        if namespace not in _IDLE_NAMESPACES and (namespace != _SVG or element not in _DRAWING):
            raise _Refusal(f"<{element}>, which does more than draw or is not known,")
        self._style = [] if element == "style" else self._style
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._style is not None and name == f"{_SVG} style":
            _check_style("".join(self._style))
            self._style = None

    def _words(self, words: str) -> None:
        if self._style is not None:
            self._style.append(words)


def _check_attribute(qualified: str, value: str) -> None:
    namespace, _, name = qualified.rpartition(" ")
    if namespace in _IDLE_NAMESPACES:
        return
    if name.lower().startswith("on"):
        raise _Refusal(f'something that runs ({name}="…")')
    if name in ("href", "src") and not value.startswith("#"):
        raise _Refusal("a link to something outside the picture")
    if name == "base":
        raise _Refusal("a base address (xml:base)")
    if name == "style":
        _check_style(value)
    elif _URL.search(value) or ("\\" in value and "(" in value):
        raise _Refusal("a link to something outside the picture")


def _check_style(style: str) -> None:
    if _CSS_TRICKS.search(style) or _URL.search(style):
        raise _Refusal("a style that could fetch something from elsewhere")
