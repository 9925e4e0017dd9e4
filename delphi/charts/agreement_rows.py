"""One item in several units: a bar a row, agreeing to the right of a common line, the rest to the left.

The line is where agreement begins, not the middle of the scale: the length at its right is the share the
rule asks about, rows compare on it, and a coarse row (agree or not) fits the same picture. Withheld rows
say so. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.charts.figures import Coarse, Full, Level, NotShown, Side, UnitRow, n_agree, side_of
from delphi.charts.palette import AGREE, AGREE_TINT, DISAGREE, DISAGREE_TINT, EDGE, INK, LINE, MIDDLE, PAPER
from delphi.charts.svg import frame, hatch, line, number, rect, text, text_width, wrapped
from delphi.charts.words import described, finding, group_finding, short_share
from delphi.domain.scale import Scale

BAR = 24.0
WIDE = 640.0
"""From this width on, labels stand at the left of the bars instead of above them."""

REST_ROOM, AGREE_ROOM = 116.0, 72.0

_FILL = {
    "agree": (AGREE, AGREE, PAPER),
    "agree-light": (AGREE_TINT, AGREE, INK),
    "middle": (MIDDLE, MIDDLE, INK),
    "disagree-light": (DISAGREE_TINT, DISAGREE, INK),
    "disagree": (DISAGREE, DISAGREE, PAPER),
}
"""Fill, outline and text of each kind of segment. A light one keeps 3:1 by its outline."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand: the bars' left and right ends, the common line, and pixels for a share of one."""

    width: float
    left: float
    right: float
    axis: float
    unit: float
    is_wide: bool


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of a bar, named in the order outwards from the line."""

    kind: str
    count: int


def agreement_rows(key: str, title: str, rows: Sequence[UnitRow], scale: Scale, *, width: float = 360) -> str:
    """A chart of one item by unit as an SVG string; rows in the order given.

    Each row has its label, a bar with counts in it, the people who agreed of those who rated, and how many
    could not say. `width` from 640 puts labels beside the bars. ValueError without rows, or if counts do not
    fit the scale.
    """
    if not rows:
        raise ValueError("a chart of units needs at least one row")
    plan = _plan(rows, scale, width)
    any_coarse = any(isinstance(row.figures, Coarse) for row in rows)
    parts = [hatch(f"{key}-coarse-agree", AGREE), hatch(f"{key}-coarse-rest", EDGE)] if any_coarse else []
    legend, y = _legend(key, scale, plan, any_coarse=any_coarse)
    parts += legend
    parts += _heads(plan, y)
    y += 24
    start = y
    for row in rows:
        drawn, y = _row(key, row, scale, plan, y)
        parts += drawn
    if plan.is_wide:
        parts.append(_axis(plan, start, y))
    return frame(key, title, _said(rows, scale), (width, y + 4), parts, "rows")


def _axis(plan: _Plan, top: float, bottom: float) -> str:
    """The line where agreement begins; on a narrow picture in pieces, so that it never crosses a label."""
    path = f"M{number(plan.axis)} {number(top)}V{number(bottom)}"
    return line(path, "app-chart__axis", INK, stroke_width=1.5)


def _said(rows: Sequence[UnitRow], scale: Scale) -> str:
    """The finding, then every figure of every row."""
    first = rows[0].figures
    lead = [] if isinstance(first, NotShown) else [f"{rows[0].label}: {finding(first, scale)}"]
    lead.append(group_finding(rows, scale))
    lead += [f"{row.label}: {described(row.figures, scale)}" for row in rows]
    return " ".join(sentence for sentence in lead if sentence)


def _plan(rows: Sequence[UnitRow], scale: Scale, width: float) -> _Plan:
    """Both sides get the room that the largest share on them needs, so that bars are as long as can be."""
    is_wide = width >= WIDE
    left, right = (min(300.0, width * 0.3), width - 180) if is_wide else (0.0, width - 46)
    agree = rest = 0.0
    for row in rows:
        if not isinstance(row.figures, NotShown) and row.figures.n:
            share = n_agree(row.figures, scale) / row.figures.n
            agree, rest = max(agree, share), max(rest, 1 - share)
    # The words above the two sides need their room, whatever the shares.
    room = right - left
    rest = max(rest, REST_ROOM / (room - REST_ROOM) * max(agree, 0.01))
    agree = max(agree, AGREE_ROOM / (room - AGREE_ROOM) * rest)
    unit = room / (agree + rest)
    return _Plan(width, left, right, left + rest * unit, unit, is_wide)


def _sides(figures: Full | Coarse, scale: Scale) -> tuple[list[_Segment], list[_Segment]]:
    """Segments left and right of the line, each from the line outwards."""
    if isinstance(figures, Coarse):
        return [_Segment("coarse-rest", figures.n_not_agree)], [_Segment("coarse-agree", figures.n_agree)]
    kinds = _kinds(scale)
    counted = dict(zip(scale.values, figures.counts, strict=True))
    band = set(scale.bands["agree"])
    rest = [value for value in scale.values if value not in band]

    def outwards(values: list[int], others: list[int]) -> list[_Segment]:
        by_distance = sorted(values, key=lambda value: min((abs(value - o) for o in others), default=value))
        return [_Segment(kinds[value], counted[value]) for value in by_distance]

    return outwards(rest, sorted(band)), outwards(sorted(band), rest)


def _kinds(scale: Scale) -> dict[int, str]:
    """How each point is drawn: the ends of a short scale solid, the points between them light."""
    kinds = {}
    for value in scale.values:
        side = side_of(scale, value)
        name = {Side.AGREE: "agree", Side.MIDDLE: "middle", Side.DISAGREE: "disagree"}[side]
        is_end = value in (scale.minimum, scale.maximum)
        kinds[value] = f"{name}-light" if side and not is_end and _is_short(scale) else name
    return kinds


def _is_short(scale: Scale) -> bool:
    return len(scale.points) <= 5


def _row(key: str, row: UnitRow, scale: Scale, plan: _Plan, y: float) -> tuple[list[str], float]:
    """A row and where the next one starts."""
    parts: list[str] = []
    if row.level is Level.PANEL:
        parts.append(line(f"M0 {number(y + 2.5)}H{number(plan.width)}", "app-chart__part", LINE))
        y += 4
    bold = row.level is not Level.GROUP
    mark = "" if row.level is Level.GROUP else f" app-chart__group--{row.level.name.lower()}"
    share = "not shown" if isinstance(row.figures, NotShown) else short_share(row.figures, scale)
    room = plan.left - 16 if plan.is_wide else plan.width - text_width(share, 15, bold=bold) - 14
    labels = wrapped(row.label, room, 15.5, bold=bold)
    text_y = y + 20
    for i, words in enumerate(labels):
        parts.append(text(0, text_y + 19 * i, words, f"app-chart__group{mark}", size=15.5, bold=bold))
    share_x = plan.right + 96 if plan.is_wide else plan.width
    quiet = isinstance(row.figures, NotShown)
    parts.append(
        text(
            share_x,
            text_y,
            share,
            "app-chart__sum",
            size=15,
            bold=bold and not quiet,
            quiet=quiet,
            anchor="end",
        )
    )
    bar_y = y + 3 if plan.is_wide else y + 8 + 19 * len(labels)
    if isinstance(row.figures, NotShown):
        return parts, max(y + 32, y + 12 + 19 * len(labels))
    parts += _bars(key, row.figures, scale, plan, bar_y)
    if not plan.is_wide:
        parts.append(_axis(plan, bar_y - 3, bar_y + BAR + 3))
    unable_x, unable = plan.width, str(row.figures.n_unable)
    parts.append(text(unable_x, bar_y + 17, unable, "app-chart__n", size=15, anchor="end"))
    return parts, max(bar_y + BAR + (6 if plan.is_wide else 8), y + 12 + 19 * len(labels))


def _bars(key: str, figures: Full | Coarse, scale: Scale, plan: _Plan, y: float) -> list[str]:
    """The two halves of a bar; lengths are shares of the row's ratings."""
    if not figures.n:
        return [
            line(f"M{number(plan.left)} {number(y + BAR / 2)}H{number(plan.right)}", "app-chart__part", LINE)
        ]
    parts = []
    for direction, segments in zip((-1, 1), _sides(figures, scale), strict=True):
        x = plan.axis
        for segment in segments:
            wide = plan.unit * segment.count / figures.n
            if segment.count:
                left = x if direction > 0 else x - wide
                parts += _segment(key, segment, left, y, wide)
            x += direction * wide
    return parts


def _segment(key: str, segment: _Segment, x: float, y: float, wide: float) -> list[str]:
    """A stretch with a hair of paper round it and its count inside, if there is room for the count."""
    fill, outline, ink = _FILL.get(segment.kind, (f"url(#{key}-{segment.kind})", EDGE, INK))
    if segment.kind == "coarse-agree":
        outline = AGREE
    drawn = max(wide - 1.5, 0.75)
    parts = [
        rect(
            x + 0.75, y + 0.5, drawn, BAR - 1, f"app-chart__{segment.kind}", fill=fill, stroke=outline,
            stroke_width=1,
        )
    ]  # fmt: skip
    count, needed = str(segment.count), text_width(str(segment.count), 15) + 6
    if wide >= needed:
        middle = x + wide / 2
        if segment.kind.startswith("coarse"):
            parts.append(
                rect(middle - needed / 2 - 2, y + 3, needed + 4, BAR - 6, "app-chart__paper", fill=PAPER)
            )
        parts.append(
            text(
                middle, y + 17.5, count, f"app-chart__inside app-chart__inside--{segment.kind}", size=15,
                anchor="middle", fill=ink,
            )
        )  # fmt: skip
    return parts


def _heads(plan: _Plan, y: float) -> list[str]:
    """What the two sides of the line and the last column are."""
    last = plan.width
    parts = [
        text(
            plan.axis - 8,
            y + 16,
            "← Do not agree",
            "app-chart__end app-chart__end--end",
            size=13.5,
            quiet=True,
            anchor="end",
        ),
        text(plan.axis + 8, y + 16, "Agree →", "app-chart__end", size=13.5, quiet=True),
        text(
            last,
            y + 16,
            "Can’t say",
            "app-chart__end app-chart__end--end",
            size=13.5,
            quiet=True,
            anchor="end",
        ),
    ]
    if plan.is_wide:
        parts.append(
            text(
                plan.right + 96,
                y + 16,
                "Agreed",
                "app-chart__end app-chart__end--end",
                size=13.5,
                quiet=True,
                anchor="end",
            )
        )
    return parts


def _legend(key: str, scale: Scale, plan: _Plan, *, any_coarse: bool) -> tuple[list[str], float]:
    """Swatches with words, as they follow each other in the bars; and where the legend ends."""
    parts: list[str] = []
    x, y = 0.0, 2.0
    for kind, words in _legend_entries(scale, any_coarse=any_coarse):
        needed = 24 + text_width(words, 13.5) + 12
        if x and x + needed > plan.width + 12:
            x, y = 0.0, y + 22
        fill, outline, _ = _FILL.get(kind, (f"url(#{key}-{kind})", AGREE, INK))
        parts.append(
            rect(x + 0.5, y + 2.5, 17, 13, f"app-chart__{kind}", fill=fill, stroke=outline, stroke_width=1)
        )
        parts.append(text(x + 24, y + 14, words, "app-chart__end", size=13.5, quiet=True))
        x += needed
    return parts, y + 26


def _legend_entries(scale: Scale, *, any_coarse: bool) -> list[tuple[str, str]]:
    """One entry a point for a short scale, one a band for a long one."""
    kinds = _kinds(scale)
    entries: list[tuple[str, str]] = []
    if _is_short(scale):
        entries = [(kinds[point.value], point.label) for point in scale.points]
    else:
        for name, words in (("disagree", "disagree"), ("middle", "neither"), ("agree", "agree")):
            values = [value for value in scale.values if kinds[value] == name]
            if values:
                entries.append((name, f"{values[0]} to {values[-1]}: {words}"))
    if any_coarse:
        entries.append(("coarse-agree", "Shown only as agree or not"))
    return entries
