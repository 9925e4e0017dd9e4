"""Where the same people went between two rounds: answers before at the left, answers after at the right (F5).

A band is people, as wide as there are. Told apart without colour: who stayed is light with an outline, who
went higher is dark, who went lower is hatched. Only counts are drawn, never a person. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.charts.palette import AGREE, DISAGREE, EDGE, INK, PAPER, WASH
from delphi.charts.svg import frame, hatch, number, rect, tag, text, text_width
from delphi.charts.words import people
from delphi.domain.scale import Scale

TOP, BAR, SLOT, GAP, LABEL, DRAWN = 76.0, 14.0, 22.0, 6.0, 220.0, 240.0
KINDS = {"same": "Same answer", "up": "Higher", "down": "Lower"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One round: where each answer's bar begins, from the lowest answer, and how high the side is."""

    tops: tuple[float, ...]
    height: float


def moves_chart(
    key: str,
    title: str,
    counts: Sequence[Sequence[int]],
    scale: Scale,
    rounds: tuple[int, int],
    *,
    width: float = 760,
) -> str:
    """The picture as an SVG string; `counts[i][j]` people went from point i to point j, from the lowest.

    `key` begins the ids and must be unique on the page. Raises ValueError for counts that do not fit the
    scale, and when nobody answered both times.
    """
    size = len(scale.points)
    if len(counts) != size or any(len(row) != size for row in counts):
        raise ValueError(f"the counts do not fit a scale of {size} points")
    n = sum(map(sum, counts))
    if n == 0:
        raise ValueError("nobody answered both times, so that there is nothing to draw")
    unit = DRAWN / n
    before = [sum(row) for row in counts]
    after = [sum(column) for column in zip(*counts, strict=True)]
    sides = _side(before, unit), _side(after, unit)
    height = TOP + max(side.height for side in sides) + 4
    parts = [hatch(f"{key}-down", DISAGREE, PAPER), *_legend(key), *_heads(rounds, width)]
    parts += _bands(key, counts, sides, unit, width)
    parts += _bars(before, sides[0], scale, unit, LABEL, is_left=True)
    parts += _bars(after, sides[1], scale, unit, width - LABEL - BAR, is_left=False)
    return frame(key, title, _said(counts, scale, rounds), (width, height), parts, "moves")


def _side(totals: Sequence[int], unit: float) -> _Side:
    """The highest answer on top; every answer has room for its words."""
    tops = [0.0] * len(totals)
    y = 0.0
    for place in range(len(totals) - 1, -1, -1):
        tops[place] = TOP + y
        y += max(SLOT, totals[place] * unit) + GAP
    return _Side(tuple(tops), y - GAP)


def _kind(before: int, after: int) -> str:
    return "same" if before == after else "up" if after > before else "down"


def _fill(key: str, kind: str) -> tuple[str, str]:
    """Fill and outline of a band."""
    return {"same": (WASH, EDGE), "up": (AGREE, AGREE), "down": (f"url(#{key}-down)", DISAGREE)}[kind]


def _bands(
    key: str, counts: Sequence[Sequence[int]], sides: tuple[_Side, _Side], unit: float, width: float
) -> list[str]:
    """One band for each pair of answers; who stayed lies at the back."""
    left, right, middle = LABEL + BAR, width - LABEL - BAR, width / 2
    size = len(counts)
    starts, ends = list(sides[0].tops), list(sides[1].tops)
    drawn: dict[str, list[str]] = {"same": [], "up": [], "down": []}
    down = range(size - 1, -1, -1)
    from_y: dict[tuple[int, int], float] = {}
    for i in down:
        for j in down:
            from_y[i, j] = starts[i]
            starts[i] += counts[i][j] * unit
    for j in down:
        for i in down:
            n = counts[i][j]
            if not n:
                continue
            y1, y2, thick, kind = from_y[i, j], ends[j], max(n * unit, 1.0), _kind(i, j)
            ends[j] += n * unit
            fill, stroke = _fill(key, kind)
            path = (
                f"M{number(left)} {number(y1)}C{number(middle)} {number(y1)} {number(middle)} {number(y2)} "
                f"{number(right)} {number(y2)}v{number(thick)}C{number(middle)} {number(y2 + thick)} "
                f"{number(middle)} {number(y1 + thick)} {number(left)} {number(y1 + thick)}Z"
            )
            drawn[kind].append(
                tag(
                    "path", class_=f"app-chart__move app-chart__move--{kind}", d=path, fill=fill,
                    fill_opacity=0.82 if kind == "up" else None, stroke=stroke, stroke_width=0.75,
                )
            )  # fmt: skip
    return [*drawn["same"], *drawn["down"], *drawn["up"]]


def _bars(
    totals: Sequence[int], side: _Side, scale: Scale, unit: float, x: float, *, is_left: bool
) -> list[str]:
    """The answers of one round, each with its words and how many people gave it."""
    parts = []
    at = x - 10 if is_left else x + BAR + 10
    kind = "app-chart__end app-chart__end--end" if is_left else "app-chart__end"
    for point, n, top in zip(scale.points, totals, side.tops, strict=True):
        high = max(n * unit, 1.5)
        parts.append(rect(x, top, BAR, high, "app-chart__answer", fill=INK if n else EDGE))
        words = _short(point.label, f"{point.value} ")
        written = f"{words}: {n}" if n else words
        y = top + (min(high, 40) / 2 + 5 if n * unit >= SLOT else SLOT / 2 + 4)
        parts.append(text(at, y, written, kind, size=13.5, anchor="end" if is_left else None, quiet=not n))
    return parts


def _short(label: str, number_: str) -> str:
    """The point with its words, cut where they would not fit beside the bar."""
    words = number_ + label if label != number_.strip() else label
    while text_width(words, 13.5) > LABEL - 44 and " " in words:
        words = words.rsplit(" ", 1)[0]
    return words


def _heads(rounds: tuple[int, int], width: float) -> list[str]:
    end = "app-chart__group"
    return [
        text(LABEL + BAR, 58, f"Round {rounds[0]}", f"{end} app-chart__endwords", bold=True, anchor="end"),
        text(width - LABEL - BAR, 58, f"Round {rounds[1]}", end, bold=True),
    ]


def _legend(key: str) -> list[str]:
    parts, x = [], 0.0
    for kind, words in KINDS.items():
        fill, stroke = _fill(key, kind)
        move = f"app-chart__move app-chart__move--{kind}"
        parts.append(rect(x + 0.5, 4.5, 17, 13, move, fill=fill, stroke=stroke, stroke_width=1))
        parts.append(text(x + 24, 16, words, "app-chart__end", size=13.5, quiet=True))
        x += 24 + text_width(words, 13.5) + 24
    return parts


def _said(counts: Sequence[Sequence[int]], scale: Scale, rounds: tuple[int, int]) -> str:
    """Every movement in words: from which answer to which, and how many."""
    labels = [point.label for point in scale.points]
    kept = sum(counts[i][i] for i in range(len(counts)))
    moved = [
        f"{people(n)} from {labels[i]} to {labels[j]}"
        for i, row in enumerate(counts)
        for j, n in enumerate(row)
        if n and i != j
    ]
    words = f"Round {rounds[0]} to round {rounds[1]}. {people(kept)} gave the same answer."
    return f"{words} {'; '.join(moved)}." if moved else words
