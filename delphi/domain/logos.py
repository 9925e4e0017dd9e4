"""A study's own logo: a small picture that fits beside the study's name on every page. Pure.

What may be a picture at all is said in `pictures`; here only what a logo needs on top: a kind that every
mail program and browser shows, few bytes, because it comes with every page, and a shape that leaves room
for the name on a phone.
"""

from __future__ import annotations

import re
import struct
from hashlib import sha256

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.pictures import MediaType, objection, recognised
from delphi.domain.wording import with_capital

MOST_BYTES = 200_000
LARGEST_SIDE = 2_000
"""Pixels."""
SMALLEST_HEIGHT = 36
"""Pixels; fewer would be blown up and look blurred."""
WIDEST_SHAPE = 5
"""Times as wide as high: at 36 px of height such a logo fills half of a phone's width."""

_ENDINGS = {MediaType.PNG: "png", MediaType.JPEG: "jpg", MediaType.SVG: "svg"}
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ATTRIBUTE = r"""\s{name}\s*=\s*["']\s*([^"']+?)\s*["']"""


def named_logo(content: bytes) -> str:
    """The name under which a logo is kept, made of its contents: another logo never has the same address.

    Raises InvalidInput, with a sentence for the person, for what cannot be a logo.
    """
    kind = recognised(content)
    name = f"logo-{sha256(content).hexdigest()[:12]}.{_ENDINGS.get(kind, 'svg') if kind else 'svg'}"
    if sentence := logo_objection(name, content):
        raise InvalidInput([Problem("logo", with_capital(sentence))])
    return name


def logo_objection(name: str, content: bytes) -> str | None:
    """Why a picture may not be a logo, as a sentence; None when it may."""
    kind = recognised(content)
    if kind not in _ENDINGS:
        return "this is not a picture we can use as a logo. Choose a PNG, JPEG or SVG file."
    if sentence := objection(name, content):
        return sentence
    if len(content) > MOST_BYTES:
        return (
            f"the logo has {len(content):,} bytes, and it comes with every page. Save it smaller: at most "
            f"{MOST_BYTES:,} bytes."
        )
    size = _size(kind, content)
    if size is None:
        return "the logo does not say how wide and high it is. Open it in a drawing program and save it anew."
    return _shape_objection(kind, *size)


def _shape_objection(kind: MediaType | None, width: float, height: float) -> str | None:
    if kind is not MediaType.SVG and max(width, height) > LARGEST_SIDE:
        return (
            f"the logo is {width:.0f} by {height:.0f} pixels. Save it smaller: at most {LARGEST_SIDE:,} "
            "pixels on each side."
        )
    if kind is not MediaType.SVG and height < SMALLEST_HEIGHT:
        return (
            f"the logo is only {height:.0f} pixels high and would look blurred. Save it at least "
            f"{SMALLEST_HEIGHT} pixels high."
        )
    if width > WIDEST_SHAPE * height:
        return (
            f"the logo is {width / height:.1f} times as wide as it is high, and there would be no room for "
            f"the study's name on a phone. Choose one at most {WIDEST_SHAPE} times as wide as high."
        )
    return None


def _size(kind: MediaType | None, content: bytes) -> tuple[float, float] | None:
    """Width and height in the picture's own units; None when it does not say."""
    if kind is MediaType.PNG:
        size = struct.unpack(">II", content[16:24]) if len(content) >= 24 else (0, 0)
    elif kind is MediaType.JPEG:
        size = _jpeg_size(content)
    else:
        size = _svg_size(content)
    return size if size[0] > 0 and size[1] > 0 else None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """From the frame header, skipping the segments before it (ISO/IEC 10918-1, B.2)."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _SIZES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big") if marker != 0xFF else 1
    return 0, 0


def _svg_size(content: bytes) -> tuple[float, float]:
    head = re.search(r"<svg\b[^>]*>", content.decode("utf-8", "replace"))
    if head is None:
        return 0, 0
    box = re.search(_ATTRIBUTE.format(name="viewBox"), head.group())
    parts = re.split(r"[\s,]+", box.group(1)) if box else []
    if len(parts) != 4:
        sides = (re.search(_ATTRIBUTE.format(name=side), head.group()) for side in ("width", "height"))
        parts = ["", "", *(side.group(1).removesuffix("px") if side else "" for side in sides)]
    try:
        return float(parts[2]), float(parts[3])
    except ValueError:
        return 0, 0
