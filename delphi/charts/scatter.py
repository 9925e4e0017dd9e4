"""Panel against panel: a dot for each statement at the two shares that agree (figure F6).

On the slanting line both panels agree alike. A full dot is a clear difference and has its name beside it, an
open one is not: told apart without colour. Dots on the same place are one, with how many it stands for. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.charts.palette import AGREE, EDGE, INK, LINE, PAPER
from delphi.charts.svg import frame, line, number, tag, text, text_width, wrapped

SIZE, LEFT, TOP = 380.0, 74.0, 18.0
STEPS = (0, 25, 50, 75, 100)
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Dot:
    """One statement: its name, the shares of both panels (0 to 1), and whether they differ clearly."""

    label: str
    x: float
    y: float
    is_clear: bool


def panel_scatter(
    key: str,
    title: str,
    panels: tuple[str, str],
    dots: Sequence[Dot],
    needs: tuple[float | None, ...] = (None, None),
) -> str:
    """The picture as an SVG string; `panels` are across and up, `needs` what the rule asks of each (0 to 1).

    Raises ValueError for a share that is not between 0 and 1.
    """
    for dot in dots:
        if not (0 <= dot.x <= 1 and 0 <= dot.y <= 1):
            raise ValueError(f"{dot.label}: a share lies between 0 and 1")
    parts = [*_grid(panels), *_needs(needs)]
    clear = sorted((one for one in dots if one.is_clear), key=lambda one: -abs(one.x - one.y))
    parts += _marks([one for one in dots if not one.is_clear], is_clear=False)
    parts += _marks(clear, is_clear=True)
    parts += _names(clear[:MOST_NAMED])
    size = (LEFT + SIZE + 190, TOP + SIZE + 64)
    return frame(key, title, _said(panels, dots), size, parts, "scatter")


def _said(panels: tuple[str, str], dots: Sequence[Dot]) -> str:
    """What the picture shows, for those who do not see it; every figure is in the table beside it."""
    if not dots:
        return "There is no statement that both rated."
    right = sum(dot.x > dot.y for dot in dots)
    above = sum(dot.x < dot.y for dot in dots)
    clear = [dot for dot in dots if dot.is_clear]
    words = (
        f"{len(dots)} statements. More agree in {panels[0]} on {right}, more in {panels[1]} on {above}, "
        f"as many in both on {len(dots) - right - above}."
    )
    if not clear:
        return f"{words} None differs clearly."
    listed = "; ".join(f"{dot.label} {100 * dot.x:.0f}% and {100 * dot.y:.0f}%" for dot in clear)
    return f"{words} Clear differences: {listed}."


def _x(share: float) -> float:
    return LEFT + share * SIZE


def _y(share: float) -> float:
    return TOP + (1 - share) * SIZE


def _grid(panels: tuple[str, str]) -> list[str]:
    parts = []
    for step in STEPS:
        x, y = number(_x(step / 100)), number(_y(step / 100))
        parts.append(line(f"M{x} {number(TOP)}V{number(TOP + SIZE)}", "app-chart__part", LINE))
        parts.append(line(f"M{number(LEFT)} {y}H{number(LEFT + SIZE)}", "app-chart__part", LINE))
        end = "app-chart__end"
        parts.append(
            text(
                _x(step / 100), TOP + SIZE + 20, f"{step}%", f"{end} app-chart__mid",
                size=13.5, anchor="middle", quiet=True,
            )
        )  # fmt: skip
        parts.append(
            text(
                LEFT - 8, _y(step / 100) + 5, f"{step}%", f"{end} {end}--end",
                size=13.5, anchor="end", quiet=True,
            )
        )  # fmt: skip
    diagonal = f"M{number(_x(0))} {number(_y(0))}L{number(_x(1))} {number(_y(1))}"
    parts.append(line(diagonal, "app-chart__base", EDGE))
    parts.append(text(LEFT + SIZE / 2, TOP + SIZE + 46, f"{panels[0]} →", "app-chart__mid", anchor="middle"))
    for place, words in enumerate(wrapped(f"↑ {panels[1]}", 180, 15)):
        parts.append(text(LEFT + SIZE + 14, TOP + 12 + 18 * place, words, "app-chart__group"))
    return parts


def _needs(needs: tuple[float | None, ...]) -> list[str]:
    across, up = needs
    parts = []
    dashed = "4 4"
    if across is not None:
        x = number(_x(across))
        parts.append(
            line(f"M{x} {number(TOP)}V{number(TOP + SIZE)}", "app-chart__need", INK, stroke_dasharray=dashed)
        )
    if up is not None:
        y = number(_y(up))
        parts.append(
            line(
                f"M{number(LEFT)} {y}H{number(LEFT + SIZE)}", "app-chart__need", INK, stroke_dasharray=dashed
            )
        )
    return parts


def _marks(dots: Sequence[Dot], *, is_clear: bool) -> list[str]:
    """A dot for each place; larger where several statements share it."""
    places: dict[tuple[float, float], int] = {}
    for dot in dots:
        places[dot.x, dot.y] = places.get((dot.x, dot.y), 0) + 1
    parts = []
    for (x, y), n in places.items():
        parts.append(
            tag(
                "circle",
                class_=f"app-chart__dot app-chart__dot--{'clear' if is_clear else 'open'}",
                cx=_x(x),
                cy=_y(y),
                r=5 + 1.5 * min(n - 1, 5),
                fill=AGREE if is_clear else PAPER,
                stroke=AGREE,
                stroke_width=1.75,
            )
        )
        if n > 1:
            fill = PAPER if is_clear else INK
            kind = "app-chart__mid app-chart__few" + (" app-chart__few--clear" if is_clear else "")
            parts.append(text(_x(x), _y(y) + 4, str(n), kind, size=12, anchor="middle", fill=fill))
    return parts


def _names(dots: Sequence[Dot]) -> list[str]:
    """The names of clear differences, each on a line of its own: near its dot, and never over another."""
    parts: list[str] = []
    taken: list[float] = []
    for dot in sorted(dots, key=lambda one: (-one.y, one.x)):
        y = _y(dot.y) + 5
        away = 16 if y < TOP + SIZE / 2 else -16
        while any(abs(y - other) < 16 for other in taken):
            y += away
        taken.append(y)
        is_left = _x(dot.x) + 12 + text_width(dot.label, 13.5) > LEFT + SIZE + 186
        kind = "app-chart__end app-chart__end--end" if is_left else "app-chart__end"
        x = _x(dot.x) - 10 if is_left else _x(dot.x) + 10
        parts.append(text(x, y, dot.label, kind, size=13.5, anchor="end" if is_left else None, quiet=True))
    return parts
