"""The distribution of one item in one unit: a bar for each point of the scale, "can't say" apart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from delphi.charts.figures import Coarse, Full, Side, side_of
from delphi.charts.palette import AGREE, DISAGREE, EDGE, INK_QUIET, MIDDLE, PAPER, YOU, YOU_TINT
from delphi.charts.svg import frame, hatch, line, number, rect, text, text_width, wrapped
from delphi.charts.words import cannot_say, described, finding, percent, share_said
from delphi.domain.scale import Scale

HEIGHT = 110.0
FILL = {Side.AGREE: AGREE, Side.MIDDLE: MIDDLE, Side.DISAGREE: DISAGREE}
BAND_WORDS = {Side.AGREE: "agree", Side.MIDDLE: "neither", Side.DISAGREE: "disagree"}
NAME = {Side.AGREE: "agree", Side.MIDDLE: "middle", Side.DISAGREE: "disagree"}

Own = int | Literal["cannot_say"] | None
"""The reader's own answer: a value of the scale, "cannot_say", or none to mark."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One bar: where it stands, what it counts, what is written above and under it."""

    left: float
    width: float
    count: int
    kind: str
    fill: str
    share: str
    heads: tuple[str, ...]
    is_own: bool = False

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def distribution(
    key: str,
    title: str,
    figures: Full | Coarse,
    scale: Scale,
    *,
    label: str = "Everyone",
    own: Own = None,
    width: float = 360,
) -> str:
    """A chart of one item in one unit as an SVG string.

    Bars are labelled with people and with percent of ratings; people who could not say stand apart and
    without a percent, because they are in no share. A coarse figure has two bars. `key` begins the ids and
    must be unique on the page. ValueError if the counts do not fit the scale.
    """
    shows_unable = scale.cannot_say is not None or figures.n_unable > 0
    columns = _columns(figures, scale, own, width, shows_unable=shows_unable)
    head, top = _heading(figures, scale, label, width)
    base = top + (28 if any(column.is_own for column in columns) else 0) + 44 + HEIGHT
    most = max(1, *(column.count for column in columns))
    parts = [hatch(f"{key}-hatch")] if shows_unable else []
    parts += [_own_mark(column, top + 4, base) for column in columns if column.is_own]
    parts += head
    for column in columns:
        parts += _bar(key, column, base, HEIGHT * column.count / most)
    parts.append(_baseline(columns, base))
    bottom = base + 8 + 15 * max(len(column.heads) for column in columns)
    if isinstance(figures, Full) and columns[0].heads == (str(scale.minimum),):
        below, used = _long_scale(scale, columns, base + 28, width)
        parts += below
        bottom = max(bottom, used)
    said = f"{label}: {finding(figures, scale)} {described(figures, scale)}"
    return frame(key, title, said, (width, bottom + 6), parts, "distribution")


def _heading(figures: Full | Coarse, scale: Scale, label: str, width: float) -> tuple[list[str], float]:
    """Who, and how many of them agreed; with the height that takes."""
    total = share_said(figures, scale)
    room = width - text_width(total, 17, bold=True) - 12
    lines = wrapped(label, room, 17, bold=True)
    group, total_class = "app-chart__group app-chart__group--all", "app-chart__sum app-chart__sum--all"
    parts = [text(0, 18 + 21 * i, words, group, size=17, bold=True) for i, words in enumerate(lines)]
    parts.append(text(width, 18, total, total_class, size=17, bold=True, anchor="end"))
    return parts, 26 + 21 * (len(lines) - 1)


def _columns(
    figures: Full | Coarse, scale: Scale, own: Own, width: float, *, shows_unable: bool
) -> list[_Column]:
    """The places of the bars, left to right; "can't say" last, after a gap."""
    n = figures.n
    last, gap = (58.0 if len(scale.points) <= 5 else 46.0, 12.0) if shows_unable else (0.0, 0.0)
    entries = _coarse_entries(figures) if isinstance(figures, Coarse) else _entries(figures, scale)
    step = (width - gap - last) / len(entries)
    heads = [tuple(wrapped(words, step - 4, 13.5)) for words, *_ in entries]
    if isinstance(figures, Full) and any(text_width(w, 13.5) > step for lines in heads for w in lines):
        heads = [(str(value),) for value in scale.values]
    columns = [
        _Column(
            i * step, step, count, kind, fill,
            percent(count, n) if count else "",
            heads[i],
            isinstance(figures, Full) and own == scale.minimum + i,
        )
        for i, (_, count, kind, fill) in enumerate(entries)
    ]  # fmt: skip
    if shows_unable:
        words = tuple(wrapped(cannot_say(scale), last, 13.5))
        is_own = own == "cannot_say"
        columns.append(_Column(width - last, last, figures.n_unable, "cannot", PAPER, "", words, is_own))
    return columns


def _entries(figures: Full, scale: Scale) -> list[tuple[str, int, str, str]]:
    sides = [side_of(scale, value) for value in scale.values]
    return [
        (point.label, count, NAME[side], FILL[side])
        for point, count, side in zip(scale.points, figures.counts, sides, strict=True)
    ]


def _coarse_entries(figures: Coarse) -> list[tuple[str, int, str, str]]:
    return [
        ("Do not agree", figures.n_not_agree, "middle", MIDDLE),
        ("Agree", figures.n_agree, "agree", AGREE),
    ]


def _bar(key: str, column: _Column, base: float, height: float) -> list[str]:
    """A bar, its people and percent above it, its point below it; nobody is a nought on the line."""
    parts = []
    if column.count:
        height = max(2.0, height)
        wide = min(column.width * 0.62, 64.0)
        is_cannot = column.kind == "cannot"
        parts.append(
            rect(
                column.middle - wide / 2, base - height, wide, height, f"app-chart__{column.kind}",
                fill=f"url(#{key}-hatch)" if is_cannot else column.fill,
                stroke=INK_QUIET if is_cannot else None,
            )
        )  # fmt: skip
    else:
        height = 0
    count_up = 22 if column.share else 6
    many = "app-chart__n app-chart__n--all app-chart__head"
    parts.append(
        text(
            column.middle,
            base - height - count_up,
            str(column.count),
            many,
            size=17,
            bold=True,
            anchor="middle",
        )
    )
    if column.share:
        small = 13.5 if text_width(column.share, 13.5) <= column.width + 2 else 11.0
        parts.append(
            text(
                column.middle, base - height - 6, column.share, "app-chart__head app-chart__share",
                size=small, quiet=True, anchor="middle",
            )
        )  # fmt: skip
    for i, words in enumerate(column.heads):
        parts.append(
            text(
                column.middle,
                base + 18 + 15 * i,
                words,
                "app-chart__head",
                size=13.5,
                quiet=True,
                anchor="middle",
            )
        )
    return parts


def _baseline(columns: list[_Column], base: float) -> str:
    """The line the bars stand on, broken before "can't say"."""
    points = [column for column in columns if column.kind != "cannot"]
    path = f"M0 {number(base + 0.5)}H{number(points[-1].left + points[-1].width)}"
    if len(points) < len(columns):
        path += f"M{number(columns[-1].left)} {number(base + 0.5)}h{number(columns[-1].width)}"
    return line(path, "app-chart__base", EDGE)


def _long_scale(scale: Scale, columns: list[_Column], y: float, width: float) -> tuple[list[str], float]:
    """Under a scale of numbers: which of them agree, and the words of its two ends; with where that ends."""
    parts = []
    for side, values in groupby(scale.values, key=lambda value: side_of(scale, value)):
        run = list(values)
        first, last = columns[run[0] - scale.minimum], columns[run[-1] - scale.minimum]
        left, right = first.left + 4, last.left + last.width - 4
        parts.append(line(f"M{number(left)} {number(y + 0.5)}H{number(right)}", "app-chart__base", EDGE))
        words = BAND_WORDS[side]
        if text_width(words, 13.5) <= right - left + 8:
            parts.append(_quiet((left + right) / 2, y + 17, words, "middle"))
    ends = (scale.points[0], scale.points[-1])
    low, high = (wrapped(f"{point.value}: {point.label}", width * 0.45, 13.5) for point in ends)
    parts += [_quiet(0, y + 38 + 15 * i, words, "start") for i, words in enumerate(low)]
    parts += [_quiet(width, y + 38 + 15 * i, words, "end") for i, words in enumerate(high)]
    return parts, y + 28 + 15 * max(len(low), len(high))


def _quiet(x: float, y: float, words: str, anchor: str) -> str:
    kind = "app-chart__head" if anchor == "middle" else f"app-chart__end app-chart__end--{anchor}"
    return text(x, y, words, kind, size=13.5, quiet=True, anchor=anchor)


def _own_mark(column: _Column, top: float, base: float) -> str:
    """The reader's own answer: a dashed box round its column and a tag with a word."""
    box = rect(
        column.left + 1, top + 22, column.width - 2, base - top - 22, "app-chart__you",
        fill=YOU_TINT, stroke=YOU, stroke_width=1.25, stroke_dasharray="3 3",
    )  # fmt: skip
    label = rect(column.middle - 22, top, 44, 22, "app-chart__tag", rx=3, fill=YOU)
    words = text(
        column.middle, top + 16, "You", "app-chart__tagtext", size=14, bold=True, anchor="middle", fill=PAPER
    )
    return box + label + words
