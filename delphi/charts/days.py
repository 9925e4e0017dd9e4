"""How many people had finished by each day of a round: one line, the round before as dots. Pure.

A line that only climbs, labelled at its end; reminders are triangles below, the people asked a dashed line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.charts import svg
from delphi.charts.palette import AGREE, EDGE, INK_QUIET, LINE

LEFT, RIGHT, TOP, BOTTOM = 46.0, 656.0, 40.0, 216.0
SIZE = (760.0, 250.0)
LINE_HEIGHT = 18.0


@dataclass(frozen=True, slots=True)
class Reminded:
    """A day on which people were reminded, counted from 0, with its words."""

    day: int
    words: str


@dataclass(frozen=True, slots=True)
class DaysSoFar:
    """What is drawn: `finished[i]` people had finished by the end of day i of `n_days`.

    `before` is the same of the round before, empty without one. Raises ValueError when a line would fall,
    is longer than the round, or there is no day at all.
    """

    n_days: int
    asked: int
    finished: Sequence[int]
    before: Sequence[int]
    before_words: str
    first_words: str
    last_words: str
    reminded: Sequence[Reminded] = ()

    def __post_init__(self) -> None:
        for counts in (self.finished, self.before):
            if list(counts) != sorted(counts):
                raise ValueError("people who have finished do not become fewer from one day to the next")
        if not self.finished or len(self.finished) > self.n_days:
            raise ValueError("a round has a first day, and no day after its last")


def days_chart(key: str, title: str, description: str, days: DaysSoFar) -> str:
    """The picture as SVG; `key` begins its ids."""
    top = max(days.asked, days.finished[-1], *(days.before or (0,)), 1)
    place = _Place(top, days.n_days)
    asked = svg.line(
        f"M{LEFT:g} {svg.number(place.y(days.asked))}H{RIGHT:g}", "need", INK_QUIET, stroke_dasharray="5 3"
    )
    parts = [*_grid(place, top), asked]
    if days.before:
        parts.append(
            svg.line(place.path(days.before[: days.n_days]), "line-before", INK_QUIET, stroke_dasharray="2 4")
        )
    n, last = days.finished[-1], len(days.finished) - 1
    x, y = place.x(last), place.y(n)
    parts.append(svg.line(place.path(days.finished), "line", AGREE, stroke_width=2.5))
    parts.append(svg.tag("circle", class_="dot", cx=x, cy=y, r=6, fill=AGREE))
    parts += _labels(place, days, beside_end=x > RIGHT - 110)
    for one in days.reminded:
        at = place.x(one.day)
        parts.append(
            svg.tag("path", class_="rem", d=f"M{svg.number(at)} {BOTTOM + 4:g}l6 10h-12z", fill=EDGE)
        )
    parts.append(svg.text(LEFT, BOTTOM + 30, days.first_words, "t-s", size=13.5, anchor="middle"))
    parts.append(svg.text(RIGHT, BOTTOM + 30, days.last_words, "t-s", size=13.5, anchor="middle"))
    parts += [
        svg.text(place.x(one.day), BOTTOM + 30, one.words, "t-s", size=13.5, anchor="middle")
        for one in days.reminded
        if LEFT + 90 < place.x(one.day) < RIGHT - 90
    ]
    return svg.frame(key, title, description, SIZE, parts, "days")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a count on a day stands in the picture."""

    top: int
    n_days: int

    def x(self, day: int) -> float:
        return LEFT + (RIGHT - LEFT) * day / max(self.n_days - 1, 1)

    def y(self, n: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * n / self.top

    def path(self, counts: Sequence[int]) -> str:
        points = (f"{svg.number(self.x(day))} {svg.number(self.y(n))}" for day, n in enumerate(counts))
        return "M" + " L".join(points)


def _grid(place: _Place, top: int) -> list[str]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10**6) if top / step <= 5)
    parts = []
    for n in range(0, top + 1, step):
        y = place.y(n)
        parts.append(svg.line(f"M{LEFT:g} {svg.number(y)}H{RIGHT:g}", "grid", LINE))
        parts.append(svg.text(LEFT - 8, y + 5, str(n), "t-s t-end", size=13.5, anchor="end"))
    return parts


def _labels(place: _Place, days: DaysSoFar, *, beside_end: bool) -> list[str]:
    """What each line is: at the right end, one under the other, and beside the dot while there is room."""
    n = days.finished[-1]
    words, lowest = f"{n} finished", place.y(days.asked) + 5
    parts = [svg.text(RIGHT + 8, lowest, f"asked: {days.asked}", "t-s", size=13.5)]
    if beside_end:
        lowest = max(place.y(n) + 5, lowest + LINE_HEIGHT)
        parts.append(svg.text(RIGHT + 12, lowest, words, "t-b t-accent", size=15, bold=True, fill=AGREE))
    else:
        x, y = place.x(len(days.finished) - 1) + 10, place.y(n) + 22
        parts.append(svg.text(x, y, words, "t-b t-accent", size=15, bold=True, fill=AGREE))
    if days.before:
        shown = days.before[: days.n_days][-1]
        y = max(place.y(shown) + 5, lowest + LINE_HEIGHT)
        parts.append(svg.text(RIGHT + 8, y, f"{days.before_words}: {shown}", "t-s", size=13.5))
    return parts
