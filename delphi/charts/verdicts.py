"""How firm outcomes are: a bar for each section, made of what every other way to decide it says.

What agrees with the sealed rule stands at the left, so that lengths compare on one start; what comes out
otherwise stands apart at the right. Kinds are told apart by fill, hatch and outline, not by colour. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delphi.charts.palette import AGREE, DISAGREE, DISAGREE_TINT, EDGE, INK, PAPER
from delphi.charts.svg import frame, hatch, line, number, rect, text, text_width, wrapped

KINDS = {
    "agreed": "Agreed",
    "left": "Agreed to leave out",
    "not": "Not agreed",
    "na": "Not assessable",
}
"""The signs of outcomes with their words, in the order of a bar."""

WIDTH, LABEL, TAIL, BAR, GAP = 760.0, 270.0, 120.0, 24.0, 8.0
MOST = 30
"""Sections drawn; of more those that come out otherwise most often."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One section: the sign of its outcome, and how many other ways give it which sign."""

    label: str
    outcome: str
    counts: Mapping[str, int]

    @property
    def n(self) -> int:
        """The ways that say anything of it."""
        return sum(self.counts.values())

    @property
    def n_otherwise(self) -> int:
        """The ways by which it comes out otherwise."""
        return self.n - self.counts.get(self.outcome, 0)


def verdict_rows(key: str, title: str, rows: Sequence[VerdictRow]) -> str:
    """The picture as an SVG string, at most `MOST` rows in their order.

    `key` begins the ids and must be unique on the page. Raises ValueError without rows, and for a sign that
    is not one of `KINDS`.
    """
    if not rows:
        raise ValueError("a chart of outcomes needs at least one row")
    for row in rows:
        if unknown := {row.outcome, *row.counts} - set(KINDS):
            raise ValueError(f"{row.label}: there is no outcome {min(unknown)!r}")
    drawn = _drawn(rows)
    parts, y = _legend(key, drawn)
    unit = (WIDTH - LABEL - TAIL - GAP) / max(1, *(row.n for row in drawn))
    start = y
    for row in drawn:
        found, y = _row(key, row, unit, y)
        parts += found
    parts.append(
        line(f"M{number(LABEL)} {number(start)}V{number(y)}", "app-chart__axis", INK, stroke_width=1.5)
    )
    patterns = [hatch(f"{key}-left", AGREE)] if any("left" in _shown(row) for row in drawn) else []
    return frame(key, title, _said(rows), (WIDTH, y + 2), [*patterns, *parts], "verdicts")


def _drawn(rows: Sequence[VerdictRow]) -> list[VerdictRow]:
    kept = sorted(range(len(rows)), key=lambda place: (-rows[place].n_otherwise, place))[:MOST]
    return [rows[place] for place in sorted(kept)]


def _shown(row: VerdictRow) -> list[str]:
    """The kinds that a bar has: the sealed rule's first."""
    order = [row.outcome, *(kind for kind in KINDS if kind != row.outcome)]
    return [kind for kind in order if row.counts.get(kind)]


def _look(key: str, kind: str) -> tuple[str, str, str, str | None]:
    """Fill, outline, ink and dashes of a kind."""
    return {
        "agreed": (AGREE, AGREE, PAPER, None),
        "left": (f"url(#{key}-left)", AGREE, INK, None),
        "not": (DISAGREE_TINT, DISAGREE, INK, None),
        "na": (PAPER, EDGE, INK, "3 2"),
    }[kind]


def _swatch(key: str, kind: str, x: float, y: float, wide: float, high: float) -> str:
    fill, outline, _, dashes = _look(key, kind)
    return rect(
        x, y, wide, high, f"app-chart__verdict app-chart__verdict--{kind}",
        fill=fill, stroke=outline, stroke_width=1.25, stroke_dasharray=dashes,
    )  # fmt: skip


def _legend(key: str, rows: Sequence[VerdictRow]) -> tuple[list[str], float]:
    """The kinds that are drawn, and where the rows begin."""
    parts, x, y = [], 0.0, 2.0
    for kind, words in KINDS.items():
        if any(kind in _shown(row) for row in rows):
            parts.append(_swatch(key, kind, x + 0.75, y + 2.75, 16.5, 12.5))
            parts.append(text(x + 24, y + 14, words, "app-chart__end", size=13.5, quiet=True))
            x += 24 + text_width(words, 13.5) + 20
    end = "app-chart__end app-chart__end--end"
    parts.append(text(WIDTH, y + 40, "Otherwise", end, size=13.5, anchor="end", quiet=True))
    heads = "Ways that say the same, then ways that say otherwise"
    parts.append(text(LABEL + 4, y + 40, heads, "app-chart__end", size=13.5, quiet=True))
    return parts, y + 48


def _row(key: str, row: VerdictRow, unit: float, y: float) -> tuple[list[str], float]:
    """A row and where the next one begins."""
    labels = wrapped(row.label, LABEL - 20, 15)
    parts = [text(0, y + 20 + 18 * i, words, "app-chart__group", size=15.5) for i, words in enumerate(labels)]
    same = unit * row.counts.get(row.outcome, 0)
    x = LABEL
    for kind in _shown(row):
        if kind != row.outcome and x <= LABEL + same:
            x = LABEL + same + GAP
        wide = unit * row.counts[kind]
        parts += _piece(key, kind, row.counts[kind], x, y + 3, wide)
        x += wide
    tail = f"{row.n_otherwise} of {row.n}" if row.n else "not asked"
    quiet = not row.n_otherwise
    parts.append(text(WIDTH, y + 20, tail, "app-chart__sum", size=15, anchor="end", quiet=quiet))
    return parts, max(y + BAR + 10, y + 14 + 18 * len(labels))


def _piece(key: str, kind: str, n: int, x: float, y: float, wide: float) -> list[str]:
    """A stretch of a bar with its number, on paper where it would be hard to read."""
    parts = [_swatch(key, kind, x + 0.75, y + 0.5, max(wide - 1.5, 0.75), BAR - 1)]
    written, needed = str(n), text_width(str(n), 15) + 6
    if wide < needed:
        return parts
    middle = x + wide / 2
    if kind == "left":
        parts.append(
            rect(middle - needed / 2 - 1, y + 3, needed + 2, BAR - 6, "app-chart__paper", fill=PAPER)
        )
    inside = f"app-chart__inside app-chart__inside--{'agree' if kind == 'agreed' else kind}"
    ink = _look(key, kind)[2]
    return [*parts, text(middle, y + 17.5, written, inside, size=15, anchor="middle", fill=ink)]


def _said(rows: Sequence[VerdictRow]) -> str:
    """Every bar in words, for those who do not see the picture: also those that are not drawn."""
    lines = []
    for row in rows:
        counts = [f"{KINDS[kind].lower()} by {row.counts[kind]}" for kind in _shown(row)]
        ways = "way" if row.n == 1 else "ways"
        said = f"of {row.n} other {ways} {', '.join(counts)}" if row.n else "no other way can be asked"
        lines.append(f"{row.label}: {KINDS[row.outcome].lower()} by the sealed rule; {said}.")
    return " ".join(lines)
