"""The chart of feedback pages: a column for each answer, a row for each set of people, classes only.

The columns stand in the order of the answer cells below it, so "where was I, where was everybody" needs no
legend. Bars of one kind are one path and colours come from the style sheet: a page holds several of these,
and must stay small. Charts for files are elsewhere (distribution, agreement_rows). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup, escape

from delphi.charts.figures import Coarse, Full, Level, NotShown, Side, UnitRow, n_agree, side_of
from delphi.charts.svg import number, text_width, wrapped
from delphi.charts.words import cannot_say, share_said, short_share
from delphi.domain.scale import Scale
from delphi.domain.scale_bands import bands_of

WIDTH = 360.0
HEAD = 13.5
"""The size of the words over the columns."""

MOST_IN_WORDS = 7
"""A scale of more points has numbers over its columns."""

KIND = {Side.AGREE: "agree", Side.MIDDLE: "middle", Side.DISAGREE: "disagree"}

Own = int | Literal["unable"] | None


@dataclass(slots=True)
class _Drawing:
    """What has been drawn so far, kept by kind."""

    y: float
    texts: list[str] = field(default_factory=list)
    bars: dict[str, list[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    mine: list[str] = field(default_factory=list)

    def say(self, kind: str, x: float, y: float, first: str, *more: str) -> None:
        """A text of one or more lines with the class of its kind; a plain count needs none."""
        at = f' x="{number(round(x))}"' if x else ""
        named = f' class="{kind}"' if kind else ""
        rest = "".join(f'<tspan{at} dy="15">{escape(line)}</tspan>' for line in more)
        self.texts.append(f'<text{named}{at} y="{number(round(y))}">{escape(first)}{rest}</text>')

    def bar(self, kind: str, x: float, height: float, width: float) -> None:
        """A bar that stands on the present line."""
        wide = number(round(width))
        path = f"M{number(round(x))} {number(self.y)}h{wide}v{number(-height)}h-{wide}z"
        self.bars.setdefault(kind, []).append(path)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the columns stand: left ends and widths, "can't say" last if the scale has it."""

    left: tuple[float, ...]
    width: tuple[float, ...]
    kinds: tuple[str, ...]

    def middle(self, index: int) -> float:
        return self.left[index] + self.width[index] / 2


def columns(
    key: str,
    title: str,
    said: str,
    rows: Sequence[UnitRow],
    scale: Scale,
    *,
    own: Own = None,
    tag: str = "You",
) -> Markup:
    """A chart of one item as an SVG string for a page.

    `key` begins the ids and must be unique on the page, `said` tells who does not see it what the page does
    not say elsewhere, `own` is the reader's answer. Rows that are not shown are left out. A page with this
    needs one pattern `app-hatch`. ValueError if counts do not fit the scale.
    """
    grid = _grid(scale)
    drawing = _Drawing(4.0 if own is None else 26.0)
    _heads(drawing, grid, scale)
    shown = [row for row in rows if not isinstance(row.figures, NotShown)]
    column = _own_column(scale, own)
    for row in shown:
        _row(drawing, grid, row, scale, column, _peak(shown, row.level))
    parts = [_own_tag(drawing, grid, column, tag)] if column is not None else []
    parts.append(f'<path class="app-chart__part" d="{"".join(drawing.parts)}"/>' if drawing.parts else "")
    for kind, paths in drawing.bars.items():
        fill = ' fill="url(#app-hatch)"' if kind == "cannot" else ""
        parts.append(f'<path class="app-chart__{kind}"{fill} d="{"".join(paths)}"/>')
    parts.append(f'<path class="app-chart__base" d="{"".join(drawing.lines)}"/>')
    head = (
        f'<svg class="app-chart" viewBox="0 0 360 {number(drawing.y)}" role="img" '
        f'aria-labelledby="{escape(key)}-t{f" {escape(key)}-d" if said else ""}">'
        f'<title id="{escape(key)}-t">{escape(title)}</title>'
        + (f'<desc id="{escape(key)}-d">{escape(said)}</desc>' if said else "")
    )
    return Markup(head + "".join(parts) + "".join(drawing.texts) + "</svg>")  # noqa: S704 - escaped above


def _grid(scale: Scale) -> _Grid:
    n = len(scale.points)
    last, gap = ((58.0 if n <= 5 else 44.0), 12.0) if scale.cannot_say else (0.0, 0.0)
    step = (WIDTH - last - gap) / n
    left = [i * step for i in range(n)]
    width = [step] * n
    kinds = [KIND[side_of(scale, value)] for value in scale.values]
    if scale.cannot_say:
        left, width, kinds = [*left, WIDTH - last], [*width, last], [*kinds, "cannot"]
    return _Grid(tuple(left), tuple(width), tuple(kinds))


def _heads(drawing: _Drawing, grid: _Grid, scale: Scale) -> None:
    """The words of each answer above its column; of a long scale the numbers, and the words of its bands."""
    words = [point.label for point in scale.points]
    # "Neither agree nor disagree": half of it would say the opposite.
    heads = [
        ["Neither"] if one.startswith("Neither ") else wrapped(one, width - 2, HEAD)
        for one, width in zip(words, grid.width, strict=False)
    ]
    last = [wrapped(cannot_say(scale), grid.width[-1] - 2, HEAD)] if scale.cannot_say else []
    is_long = len(words) > MOST_IN_WORDS
    if is_long:
        _band_heads(drawing, grid, scale)
        heads = [[str(value)] for value in scale.values]
    elif any(
        text_width(line, HEAD) > width
        for lines, width in zip(heads, grid.width, strict=False)
        for line in lines
    ):
        heads = []
    drawing.y += 16
    if not heads:
        half = (grid.left[len(words) - 1] + grid.width[len(words) - 1]) / 2
        ends = wrapped(words[0], half - 4, HEAD), wrapped(words[-1], half - 4, HEAD)
        drawing.say("app-chart__end", 0, drawing.y, *ends[0])
        drawing.say("app-chart__end app-chart__end--end", 2 * half, drawing.y, *ends[1])
        heads = list(ends)
    else:
        for i, lines in enumerate(heads):
            drawing.say("app-chart__head", grid.middle(i), drawing.y, *lines)
    for lines in last:
        drawing.say("app-chart__head", grid.middle(len(words)), drawing.y, *lines)
    drawing.y += 10 + 15 * (max(len(lines) for lines in [*heads, *last]) - 1)


def _band_heads(drawing: _Drawing, grid: _Grid, scale: Scale) -> None:
    """What the bands of a long scale are called, each over its columns."""
    bands = [band for band in bands_of([(one.value, one.label) for one in scale.points]) if band.words]
    told = []
    for band in bands:
        first, last = (scale.values.index(value) for value in (band.values[0], band.values[-1]))
        left, right = grid.left[first], grid.left[last] + grid.width[last]
        told.append((left, right, wrapped(band.words, right - left - 4, HEAD)))
    most = max((len(lines) for _, _, lines in told), default=0)
    for left, right, lines in told:
        drawing.say("app-chart__head", (left + right) / 2, drawing.y + 16 + 15 * (most - len(lines)), *lines)
        at = drawing.y + 7 + 15 * most
        drawing.parts.append(f"M{number(left + 2)} {number(at)}H{number(right - 2)}")
    drawing.y += 15 * most + 7 if told else 0


def _peak(rows: Sequence[UnitRow], level: Level) -> float:
    """The largest share in the rows that are drawn on a common scale: everyone apart, the others together."""
    alike = [row for row in rows if (row.level is Level.EVERYONE) == (level is Level.EVERYONE)]
    shares = [
        count / max(1, sum(_counts(row.figures)))
        for row in alike
        if isinstance(row.figures, Full)
        for count in _counts(row.figures)
    ]
    return max(shares, default=1.0) or 1.0


def _counts(figures: Full) -> tuple[int, ...]:
    return (*figures.counts, figures.n_unable)


def _row(drawing: _Drawing, grid: _Grid, row: UnitRow, scale: Scale, own: int | None, peak: float) -> None:
    figures = row.figures
    if isinstance(figures, NotShown):
        return
    is_tall = row.level is Level.EVERYONE
    high = 60.0 if is_tall else 26.0
    kind = {Level.EVERYONE: "--all", Level.PANEL: "--panel"}.get(row.level, "")
    if row.level is Level.PANEL:
        drawing.y += 6
        drawing.parts.append(f"M0 {number(drawing.y)}H360")
        drawing.y += 6
    drawing.y += 20
    drawing.say(_classes("group", kind), 0, drawing.y, row.label)
    share = share_said(figures, scale) if is_tall else short_share(figures, scale)
    drawing.say(_classes("sum", kind), WIDTH, drawing.y, share)
    drawing.y += 7 + high + (26 if is_tall else 0)
    if isinstance(figures, Coarse):
        _coarse(drawing, grid, figures, scale)
    else:
        _bars(drawing, grid, figures, high / peak, is_tall=is_tall)
        if own is not None:
            left, wide = grid.left[own] + 1, grid.width[own] - 2
            up = high + (24 if is_tall else 1)
            drawing.mine.append(
                f"M{number(left)} {number(drawing.y)}h{number(wide)}v{number(-up)}h{number(-wide)}z"
            )
    ends = len(scale.points) - 1
    drawing.lines.append(f"M0 {number(drawing.y)}H{number(grid.left[ends] + grid.width[ends])}")
    if len(grid.left) > len(scale.points):
        drawing.lines.append(f"M{number(grid.left[-1])} {number(drawing.y)}h{number(grid.width[-1])}")
    drawing.y += 8 if is_tall else 12


def _classes(role: str, kind: str) -> str:
    return f"app-chart__{role}" + (f" app-chart__{role}{kind}" if kind else "")


def _bars(drawing: _Drawing, grid: _Grid, figures: Full, unit: float, *, is_tall: bool) -> None:
    counts = _counts(figures)[: len(grid.left)]
    total = max(1, sum(counts))
    for i, count in enumerate(counts):
        if not count:
            continue
        height = max(2.0, round(unit * count / total, 1))
        wide = min(grid.width[i] * (0.52 if is_tall else 0.38), 30.0)
        middle = grid.middle(i)
        x = middle - wide / 2 if is_tall else middle - grid.width[i] * 0.36
        drawing.bar(grid.kinds[i], x, height, wide)
        if is_tall:
            drawing.say("app-chart__head app-chart__n--all", middle, drawing.y - height - 5, str(count))
        else:
            drawing.say("", x + wide + 4, drawing.y - 1, str(count))


def _coarse(drawing: _Drawing, grid: _Grid, figures: Coarse, scale: Scale) -> None:
    """A bar across the points of a side: how the answers spread over them is not shown."""
    sides = ((n_agree(figures, scale), True, "agree"), (figures.n_not_agree, False, "middle"))
    for count, agrees, kind in sides:
        if not count:
            continue
        at = [i for i, v in enumerate(scale.values) if (side_of(scale, v) is Side.AGREE) == agrees]
        left, right = grid.left[at[0]] + 10, grid.left[at[-1]] + grid.width[at[-1]] - 10
        drawing.bar(kind, left, 12, right - left)
        if count < figures.n:
            drawing.say("app-chart__head", (left + right) / 2, drawing.y - 16, str(count))


def _own_column(scale: Scale, own: Own) -> int | None:
    if own == "unable":
        return len(scale.points) if scale.cannot_say else None
    return scale.values.index(own) if own in scale.values else None


def _own_tag(drawing: _Drawing, grid: _Grid, column: int, tag: str) -> str:
    middle = grid.middle(column)
    return (
        f'<path class="app-chart__you" d="{"".join(drawing.mine)}"/>'
        f'<rect class="app-chart__tag" x="{number(middle - 22)}" y="1" width="44" height="22" rx="3"/>'
        f'<text class="app-chart__tagtext" x="{number(middle)}" y="17">{escape(tag)}</text>'
    )
