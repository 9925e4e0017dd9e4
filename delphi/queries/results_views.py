"""Other tables of the same sections: by group or region, who did not rate, and against the round before.

Each is plain cells with words, so that the page, a screen reader and an exported file say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from delphi.queries.movement import Compared, Movement, compared, movement_of
from delphi.queries.results import answers_were_deleted
from delphi.queries.results_look import BAR, GAP, Figure, Look, Piece, PutSection, Unit
from delphi.queries.results_regions import by_region, has_regions

BY_GROUP, BY_REGION, NOT_RATED, MOVED = "groups", "regions", "not-rated", "moved"
VIEWS = (
    ("", "All and each panel"),
    (BY_GROUP, "Each group"),
    (BY_REGION, "Each region"),
    (NOT_RATED, "Who did not rate"),
    (MOVED, "Since the round before"),
)
"""The tables of a round's results: what stands in the address, and its name."""

LOWEST = "lowest"
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Where the shades of the heat map change, as shares that agree."""


@dataclass(frozen=True, slots=True)
class ViewCell:
    """A cell: what stands in bold, what stands beside it, its class in the style sheet, and its bar."""

    main: str
    small: str = ""
    css: str = ""
    note: str = ""
    pieces: tuple[Piece, ...] = ()
    notch: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A section with its cells, one for each head after the first."""

    code: str
    title: str
    cells: tuple[ViewCell, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A table: what it finds, a sentence about it, heads, rows, and the criteria to choose between.

    `legend` says what the pieces of the bars stand for.
    """

    key: str
    caption: str
    finding: str
    explanation: str
    heads: tuple[str, ...]
    rows: tuple[ViewRow, ...]
    criteria: tuple[tuple[str, str, bool], ...] = ()
    legend: tuple[tuple[str, str], ...] = ()


def views_of(look: Look) -> tuple[tuple[str, str], ...]:
    """The tables that a round has: by region only where the panel's file has regions."""
    is_there = has_regions(look)
    return tuple(one for one in VIEWS if one[0] != BY_REGION or is_there)


def view_of(key: str, look: Look, codes: list[str], criterion: str) -> View | None:
    """The table that a reader chose, for these sections in this order; None for the usual one."""
    sections = [look.sections[code] for code in codes]
    if key == BY_GROUP:
        return _by_group(look, sections, criterion)
    if key == BY_REGION:
        return _by_region(look, sections, criterion)
    if key == NOT_RATED:
        return _not_rated(look, sections)
    return _moved(look, sections) if key == MOVED else None


def _by_group(look: Look, sections: list[PutSection], criterion: str) -> View:
    columns = (look.everybody, *(unit for panel in look.panels for unit in _with_groups(look, panel)))
    caption = "Share who agree, by panel and stakeholder group"
    return _heat_map(
        look, BY_GROUP, caption, "group", [(unit, look) for unit in columns], sections, criterion
    )


def _by_region(look: Look, sections: list[PutSection], criterion: str) -> View:
    regions, units = by_region(look)
    columns = [(look.everybody, look), *((unit, regions) for unit in units)]
    caption = "Share who agree, by region"
    return _heat_map(look, BY_REGION, caption, "region", columns, sections, criterion)


def _heat_map(
    look: Look,
    key: str,
    caption: str,
    what: str,
    columns: list[tuple[Unit, Look]],
    sections: list[PutSection],
    criterion: str,
) -> View:
    """Sections by sets of people, a statement or each cell's lowest; a unit's figures are in its look."""
    labels = {one.code: one.label for one in look.criteria}
    chosen = criterion if criterion in labels else LOWEST
    lowest = [[_lowest(where, one, unit, chosen) for unit, where in columns] for one in sections]
    return View(
        key,
        caption,
        _lowest_in_words(sections, [unit for unit, _ in columns], lowest),
        f"The lowest of each {what}'s figures stands in the cell, with the statement it belongs to."
        if chosen == LOWEST
        else f"Share who agree with “{_statement(look, chosen)}”.",
        tuple(unit.label for unit, _ in columns),
        tuple(
            ViewRow(one.code, one.title, tuple(_group_cell(figure, chosen) for figure in row))
            for one, row in zip(sections, lowest, strict=True)
        ),
        (
            (LOWEST, "Lowest", chosen == LOWEST),
            *((code, label, code == chosen) for code, label in labels.items()),
        ),
    )


def _lowest_in_words(sections: list[PutSection], units: list[Unit], lowest: list[list[Figure | None]]) -> str:
    """Where the fewest agree; everybody together are not set beside a part of them."""
    found = [
        (figure.share, figure, unit, section)
        for section, row in zip(sections, lowest, strict=True)
        for unit, figure in list(zip(units, row, strict=True))[1:]
        if figure is not None
    ]
    if not found:
        return "Nobody rated these sections."
    least = min(share for share, *_ in found)
    _, figure, unit, section = next(one for one in found if one[0] == least)
    also = sum(share == least for share, *_ in found) - 1
    more = f"; {also} more {'is' if also == 1 else 'are'} as low" if also else ""
    where = f"{section.title}, {figure.label.lower()}"
    return f"Lowest: {unit.label}, {where}: {figure.n_agree} of {figure.n} agree ({figure.percent}){more}."


def _with_groups(look: Look, panel: Unit) -> tuple[Unit, ...]:
    return (panel, *(group for group in look.groups if group.groups[0] in panel.groups))


def _statement(look: Look, criterion: str) -> str:
    return next(one.statement or one.label for one in look.criteria if one.code == criterion)


def _lowest(look: Look, section: PutSection, unit: Unit, criterion: str) -> Figure | None:
    """The figure of the chosen criterion, or the lowest of all; None where nobody rated."""
    named = [one for one in look.criteria if criterion in (LOWEST, one.code)]
    figures = [look.figure(section.code, one.code, one.label, unit) for one in named]
    return min((one for one in figures if one.n), key=lambda one: one.share, default=None)


def _group_cell(lowest: Figure | None, criterion: str) -> ViewCell:
    if lowest is None:
        return ViewCell("–", "", "heat-none", "nobody rated it")
    return ViewCell(
        lowest.percent,
        f"{lowest.n_agree}/{lowest.n}" + (f" {lowest.label}" if criterion == LOWEST else ""),
        _shade(lowest),
        f"below {lowest.needs}" if lowest.fails else "",
    )


def _shade(figure: Figure) -> str:
    step = sum(figure.share >= bound for bound in STEPS)
    return f"heat-{step}{' is-fail' if figure.fails else ''}"


def _not_rated(look: Look, sections: list[PutSection]) -> View:
    cannot_say = look.scale.cannot_say.label if look.scale.cannot_say else "Can't say"
    figures = [
        [look.figure(one.code, c.code, c.label, look.everybody) for c in look.criteria] for one in sections
    ]
    return View(
        NOT_RATED,
        "Who took part and did not rate",
        _missing_in_words(sections, figures),
        f"Of everybody who took part: how many chose “{cannot_say}”, and how many left the statement out. "
        "Neither is in any share.",
        tuple(one.label for one in look.criteria),
        tuple(
            ViewRow(one.code, one.title, tuple(_missing_cell(figure) for figure in row))
            for one, row in zip(sections, figures, strict=True)
        ),
        legend=(("s5", "Rated"), ("cs", cannot_say), ("track", "Left out")),
    )


def _missing_in_words(sections: list[PutSection], figures: list[list[Figure]]) -> str:
    """On which statement most people gave no rating."""
    found = [
        (figure.n_unable + figure.n_skipped, figure, section)
        for section, row in zip(sections, figures, strict=True)
        for figure in row
        if figure.n + figure.n_unable + figure.n_skipped
    ]
    most = max((n for n, *_ in found), default=0)
    if not most:
        return "Everybody who took part rated every statement."
    _, figure, section = next(one for one in found if one[0] == most)
    also = sum(n == most for n, *_ in found) - 1
    more = f", and as many on {also} more" if also else ""
    where = f"{section.title}, {figure.label.lower()}"
    return f"Most went without a rating on {where}: {most} of {most + figure.n}{more}."


def _missing_cell(figure: Figure) -> ViewCell:
    counts = (("s5", figure.n), ("cs", figure.n_unable), ("track", figure.n_skipped))
    if not figure.n_unable and not figure.n_skipped:
        return ViewCell("–", f"all {figure.n} rated", pieces=_bar(counts))
    words = [
        f"{n} {said}" for n, said in ((figure.n_unable, "can't say"), (figure.n_skipped, "left out")) if n
    ]
    return ViewCell(", ".join(words), f"{figure.n} rated", pieces=_bar(counts))


def _bar(counts: Iterable[tuple[str, int]]) -> tuple[Piece, ...]:
    """Numbers of people as stretches of a bar, from the left."""
    counts = tuple(counts)
    whole, x, pieces = sum(n for _, n in counts), 0.0, []
    for css, n in counts:
        if n:
            wide = BAR * n / whole
            pieces.append(Piece(css, round(x, 1), round(max(wide - GAP, 0.5), 1)))
            x += wide
    return tuple(pieces)


def _moved(look: Look, sections: list[PutSection]) -> View:
    beside = compared(look.study, look.round, look.scale)
    return View(
        MOVED,
        "The same people in this round and the one before",
        _moved_in_words([movement_of(pairs, look.scale) for pairs in beside.pairs.values()]),
        "Only where the draft is the same, or its rewording was declared comparable. “In” and “out”: people "
        "who moved into and out of agreement, of those who rated both times.",
        ("Round before", *(one.label for one in look.criteria)),
        tuple(_moved_row(look, one, beside) for one in sections),
        legend=(("s1p", "Lower"), ("move-same", "The same answer"), ("s5", "Higher")) if beside.pairs else (),
    )


def _moved_in_words(moved: list[Movement]) -> str:
    """On how many statements more people came into agreement than left it, and the other way round."""
    if not moved:
        return "Nothing can be compared with a round before."
    into, out = sum(one.n_in > one.n_out for one in moved), sum(one.n_in < one.n_out for one in moved)
    n = len(moved)
    on = "the one statement" if n == 1 else f"the {n} statements"
    return (
        f"Of {on} that can be compared, more people moved into agreement than out of it on {into}, more out "
        f"of it on {out}, and as many on {n - into - out}."
    )


def _moved_row(look: Look, section: PutSection, beside: Compared) -> ViewRow:
    before = beside.before.get(section.id)
    empty = tuple(ViewCell("–") for _ in look.criteria)
    if before is None:
        return ViewRow(section.code, section.title, (ViewCell("First time"), *empty))
    number = f"Round {before.round.number}"
    if not before.is_comparable:
        return ViewRow(section.code, section.title, (ViewCell(number, "new draft, not comparable"), *empty))
    earlier = None if answers_were_deleted(before.round) else look.earlier(before.round.number)
    cells = []
    for one in look.criteria:
        pairs = beside.pairs.get((section.id, one.code))
        if pairs is None:
            is_cut = (section.id, one.code) in beside.withheld
            cells.append(ViewCell("–", "not told: answers were deleted" if is_cut else ""))
            continue
        movement = movement_of(pairs, look.scale)
        then, now = (
            each.figure(section.code, one.code, one.label, look.everybody).percent if each else "not told"
            for each in (earlier, look)
        )
        said = f"{movement.n_in} in, {movement.n_out} out, {movement.n_same} of {movement.n_pairs} the same"
        n_stayed = movement.n_pairs - movement.n_down - movement.n_up
        bar = _bar((("s1p", movement.n_down), ("move-same", n_stayed), ("s5", movement.n_up)))
        cells.append(ViewCell(f"{then} → {now}", said, pieces=bar))
    draft = "same draft" if before.draft_is_same else "reworded"
    return ViewRow(section.code, section.title, (ViewCell(number, draft), *cells))
