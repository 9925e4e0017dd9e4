"""A study's own colour: whether people can read with it, and the shades that pages need of it. Pure.

Contrast is measured as WCAG 2.2 defines it (relative luminance of sRGB): 1 for no difference, 21 for black on
white. Text needs 4.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

from delphi.domain.errors import InvalidInput

TEXT = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3)."""

PLATFORM = "#0b4f6c"
"""The accent of the platform, which a study without its own has."""

WHITE, BLACK = "#ffffff", "#000000"
WASH = "#f6f4ef"
DARK_PAPER, DARK_WASH = "#12181e", "#1b232b"
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Shades:
    """What one mode (light or dark) needs of an accent; each a colour as #rrggbb."""

    accent: str
    hover: str
    tint: str
    on_accent: str
    masthead: str


@dataclass(frozen=True, slots=True)
class Accent:
    """A study's colour with its shades. White reads on the masthead, the accent on paper, wash and tint."""

    colour: str
    light: Shades
    dark: Shades


def accent_of(colour: str) -> Accent:
    """The shades of a colour written as #rrggbb.

    Raises InvalidInput for what is no such colour, and for one too light to read white words on; the
    sentence then names a darker shade that would do.
    """
    colour = colour.strip().lower()
    if not _HEX.fullmatch(colour):
        raise InvalidInput(
            f"“{colour}” is not a colour we can read. Write it as # and six digits or letters from a to f, "
            "such as #0b4f6c."
        )
    light = _light(colour)
    if not _reads(light, (WHITE, WASH)):
        raise InvalidInput(
            f"The colour {colour} is too light: white words on it have a contrast of "
            f"{_to_one(contrast(colour, WHITE))}, and reading well needs {TEXT} to 1. "
            f"Choose a darker one; {_dark_enough(colour)} would do."
        )
    return Accent(colour, light, _dark(colour))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb), from 1 to 21; which is text and which is ground is all one."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with `share` (0 to 1) of another in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _light(colour: str) -> Shades:
    return Shades(
        accent=colour,
        hover=mixed(colour, BLACK, 0.3),
        tint=mixed(WHITE, colour, 0.11),
        on_accent=WHITE,
        masthead=colour,
    )


def _dark(colour: str) -> Shades:
    """Lighter letters on a dark ground; the masthead stays dark under white words."""
    tint = mixed(DARK_PAPER, colour, 0.25)
    grounds = (DARK_PAPER, DARK_WASH, tint)
    lighter = (_lightened(colour, step / 20) for step in range(21))
    accent = next(
        shade for shade in lighter if all(contrast(shade, ground) >= TEXT + 1 for ground in grounds)
    )
    return Shades(
        accent=accent,
        hover=mixed(accent, WHITE, 0.3),
        tint=tint,
        on_accent=DARK_PAPER,
        masthead=mixed(colour, BLACK, 0.35),
    )


def _lightened(colour: str, share: float) -> str:
    """The same hue, nearer to white and no louder than reading needs; mixing with white would grey it."""
    hue, lightness, saturation = rgb_to_hls(*_shares(colour))
    parts = hls_to_rgb(hue, lightness + (1 - lightness) * share, min(saturation, 0.6))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _reads(shades: Shades, grounds: Iterable[str]) -> bool:
    return all(contrast(shades.accent, ground) >= TEXT for ground in (*grounds, shades.tint))


def _dark_enough(colour: str) -> str:
    darker = (mixed(colour, BLACK, step / 50) for step in range(51))
    return next(shade for shade in darker if _reads(_light(shade), (WHITE, WASH)))


def _to_one(ratio: float) -> str:
    """Cut, not rounded: 4.49 must not read as 4.5."""
    return f"{int(ratio * 10) / 10} to 1"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _shares(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shares(colour: str) -> tuple[float, float, float]:
    red, green, blue = _parts(colour)
    return red / 255, green / 255, blue / 255
