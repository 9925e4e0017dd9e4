"""Flow charts of a study: what came in at each stage, what stayed, what left, with the numbers in boxes.

For sections by round (F1) and for people (F2). The numbers must add up from stage to stage, or there is no
picture: a flow chart that loses somebody is worse than none. Every chart can also be said in words. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from delphi.charts.palette import BAD, BAD_TINT, EDGE, GOOD, GOOD_TINT, INK, PAPER, WASH
from delphi.charts.svg import frame, line, number, rect, tag, text, wrapped

WIDE = 640.0
"""From this width on, what comes in stands at the left; below it, at the right above what leaves."""

_GAP, _PAD, _LINE = 14.0, 12.0, 18.0


class Tone(StrEnum):
    """What kind of box: colour and a sign, beside words that say the same."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


_COLOURS = {Tone.PLAIN: (WASH, EDGE, INK), Tone.GOOD: (GOOD_TINT, GOOD, GOOD), Tone.BAD: (BAD_TINT, BAD, BAD)}


@dataclass(frozen=True, slots=True)
class Count:
    """So many of something that joined or left: "3 agreed", with more words below."""

    n: int
    words: str
    detail: str = ""
    tone: Tone = Tone.PLAIN

    @property
    def head(self) -> str:
        """The number and its words."""
        return f"{self.n} {self.words}"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the flow: `n` are in it, of whom some joined here and some leave after it.

    `words` go with the number ("sections rated"), `lines` are further lines in the box, `onward` says how
    the rest goes on ("5 revised, 1 re-rated unchanged").
    """

    label: str
    n: int
    words: str
    joined: tuple[Count, ...] = ()
    left: tuple[Count, ...] = ()
    lines: tuple[str, ...] = ()
    onward: str = ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left end and width of what joins, of the stages and of what leaves."""

    joined: tuple[float, float]
    stage: tuple[float, float]
    left: tuple[float, float]
    is_wide: bool


def flow_chart(
    key: str, title: str, stages: Sequence[Stage], *, closing: str = "", width: float = 360
) -> str:
    """The flow as an SVG string; `closing` is a last sentence in a box of its own.

    `key` begins the ids and must be unique on the page. Raises ValueError when the numbers do not add up:
    each stage must hold those of the stage before, less those who left it, and those who joined.
    """
    _check(stages)
    columns = _columns(width, any(stage.joined for stage in stages))
    parts: list[str] = []
    y = 2.0
    for i, stage in enumerate(stages):
        drawn, bottom = _stage(stage, columns, y)
        parts += drawn
        y = bottom
        if i < len(stages) - 1:
            drawn, y = _onward(stage.onward, columns, bottom, width)
            parts += drawn
    if closing:
        x = columns.stage[0]
        box, height = _box(x, y + 20, width - x - 1, closing, (), Tone.PLAIN, is_stage=True)
        parts += box
        y += 20 + height
    return frame(key, title, " ".join(flow_in_words(stages, closing=closing)), (width, y + 4), parts, "flow")


def flow_in_words(stages: Sequence[Stage], *, closing: str = "") -> tuple[str, ...]:
    """The same as sentences, one a stage: the text alternative. Raises ValueError as the chart does."""
    _check(stages)
    sentences = []
    for stage in stages:
        clauses = [f"{stage.label}: {', '.join((f'{stage.n} {stage.words}', *stage.lines))}"]
        if stage.joined:
            clauses.append(f"came in: {_listed(stage.joined)}")
        if stage.left:
            clauses.append(f"left: {_listed(stage.left)}")
        if stage.onward:
            clauses.append(f"went on: {stage.onward}")
        sentences.append("; ".join(clauses) + ".")
    return (*sentences, closing) if closing else tuple(sentences)


def _listed(counts: Sequence[Count]) -> str:
    return ", ".join(f"{count.head} ({count.detail})" if count.detail else count.head for count in counts)


def _check(stages: Sequence[Stage]) -> None:
    if not stages:
        raise ValueError("a flow chart needs at least one stage")
    # Where the first stage names nobody who joined, it begins with those it holds.
    before = 0 if stages[0].joined else stages[0].n
    for stage in stages:
        came = before + sum(count.n for count in stage.joined)
        if stage.n != came:
            raise ValueError(f"{stage.label}: {stage.n} {stage.words}, but {came} came in")
        before = stage.n - sum(count.n for count in stage.left)
        if before < 0:
            raise ValueError(f"{stage.label}: more left than the {stage.n} that were in it")


def _columns(width: float, any_joined: bool) -> _Columns:
    if width >= WIDE:
        side = (width - 96) * 0.3 if any_joined else 0.0
        start = side + 48 if any_joined else 1.0
        middle = (width - 96) * 0.3
        last = start + middle + 48
        return _Columns((1, side), (start, middle), (last, width - last - 1), is_wide=True)
    stage = width * 0.46
    return _Columns(
        (stage + 28, width - stage - 29), (1, stage), (stage + 28, width - stage - 29), is_wide=False
    )


def _stage(stage: Stage, columns: _Columns, y: float) -> tuple[list[str], float]:
    """A stage with its boxes and arrows, all starting at one height; and where the lowest ends."""
    x, width = columns.stage
    parts: list[str] = []
    joined_y = left_y = y
    arrows: list[tuple[float, bool]] = []
    for count in stage.joined:
        box, height = _count_box(count, columns.joined, joined_y)
        parts += box
        arrows.append((joined_y + height / 2, True))
        joined_y += height + _GAP
    if not columns.is_wide:
        left_y = joined_y
    for count in stage.left:
        box, height = _count_box(count, columns.left, left_y)
        parts += box
        arrows.append((left_y + height / 2, False))
        left_y += height + _GAP
    low = max(joined_y, left_y) - _GAP if arrows else y
    first = f"{stage.n} {stage.words}"
    own, height = _box(x, y, width, stage.label, (first, *stage.lines), Tone.PLAIN, True, low - y)
    parts = [*own, *parts]
    for at, comes_in in arrows:
        parts.append(_side_arrow(columns, at, comes_in=comes_in))
    return parts, max(y + height, low)


def _count_box(count: Count, column: tuple[float, float], y: float) -> tuple[list[str], float]:
    return _box(column[0], y, column[1], count.head, (count.detail,) if count.detail else (), count.tone)


def _box(
    x: float,
    y: float,
    width: float,
    head: str,
    lines: tuple[str, ...],
    tone: Tone,
    is_stage: bool = False,
    least: float = 0.0,
) -> tuple[list[str], float]:
    """A box with a bold head and quiet lines, as high as its words need; and that height."""
    fill, edge, ink = (PAPER, INK, INK) if is_stage else _COLOURS[tone]
    indent = 0.0 if tone is Tone.PLAIN else 17.0
    heads = wrapped(head, width - 2 * _PAD - indent, 15, bold=True)
    rest = [part for words in lines for part in wrapped(words, width - 2 * _PAD, 13.5)]
    height = max(least, 2 * _PAD + _LINE * (len(heads) + len(rest)) - 3)
    kind = "stage" if is_stage else tone.value
    parts = [
        rect(x, y, width, height, f"app-chart__box app-chart__box--{kind}", rx=4, fill=fill, stroke=edge)
    ]
    if tone is Tone.GOOD:
        parts.append(
            tag(
                "circle",
                class_="app-chart__sign app-chart__sign--good",
                cx=x + _PAD + 5,
                cy=y + _PAD + 7,
                r=5,
                fill=edge,
            )
        )
    elif tone is Tone.BAD:
        parts.append(rect(x + _PAD, y + _PAD + 2, 10, 10, "app-chart__sign app-chart__sign--bad", fill=edge))
    at = y + _PAD + 12
    for words in heads:
        parts.append(
            text(
                x + _PAD + indent,
                at,
                words,
                f"app-chart__boxhead app-chart__boxhead--{kind}",
                size=15,
                bold=True,
                fill=ink,
            )
        )
        at += _LINE
    for words in rest:
        parts.append(text(x + _PAD, at, words, "app-chart__boxline", size=13.5, quiet=not is_stage))
        at += _LINE
    return parts, height


def _side_arrow(columns: _Columns, y: float, *, comes_in: bool) -> str:
    """An arrow between a stage and a box beside it."""
    stage_left, stage_right = columns.stage[0], columns.stage[0] + columns.stage[1]
    if comes_in and columns.is_wide:
        return _arrow(columns.joined[0] + columns.joined[1], y, stage_left, y)
    if comes_in:
        return _arrow(columns.joined[0], y, stage_right, y)
    return _arrow(stage_right, y, columns.left[0], y)


def _onward(words: str, columns: _Columns, y: float, width: float) -> tuple[list[str], float]:
    """The arrow down to the next stage with its words beside it; and where that stage begins."""
    x = columns.stage[0] + min(columns.stage[1] / 2, 60.0)
    lines = wrapped(words, width - x - 14, 14, bold=True)
    end = y + max(34.0, 18.0 + _LINE * len(lines))
    parts = [_arrow(x, y, x, end)]
    first = (y + end) / 2 - 2 - _LINE * (len(lines) - 1) / 2 + 5
    for i, part in enumerate(lines):
        parts.append(text(x + 12, first + _LINE * i, part, "app-chart__onward", size=14, bold=True))
    return parts, end


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """A straight arrow, along or down, ending just short of the second point."""
    dx, dy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    tip_x, tip_y = x2 - 1.5 * dx, y2 - 1.5 * dy
    back_x, back_y = tip_x - 8 * dx, tip_y - 8 * dy
    shaft = f"M{number(x1 + dx)} {number(y1 + dy)}L{number(back_x)} {number(back_y)}"
    head = (
        f"M{number(tip_x)} {number(tip_y)}L{number(back_x + 4.5 * dy)} {number(back_y + 4.5 * dx)}"
        f"L{number(back_x - 4.5 * dy)} {number(back_y - 4.5 * dx)}Z"
    )
    drawn = line(shaft, "app-chart__arrow", INK, stroke_width=1.25)
    return drawn + tag("path", class_="app-chart__arrowhead", d=head, fill=INK)
