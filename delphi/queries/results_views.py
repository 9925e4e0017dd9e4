"""Other tables of the same sections: by stakeholder group, who did not rate, and against the round before.

Each is plain cells with words, so that the page, a screen reader and an exported file say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from delphi.queries.movement import Compared, compared, movement_of
from delphi.queries.results import answers_were_deleted
from delphi.queries.results_look import Figure, Look, PutSection, Unit

BY_GROUP, NOT_RATED, MOVED = "groups", "not-rated", "moved"
VIEWS = (
    ("", "All and each panel"),
    (BY_GROUP, "Each group"),
    (NOT_RATED, "Who did not rate"),
    (MOVED, "Since the round before"),
)
"""The tables of a round's results: what stands in the address, and its name."""

LOWEST = "lowest"
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Where the shades of the heat map change, as shares that agree."""


@dataclass(frozen=True, slots=True)
class ViewCell:
    """A cell: what stands in bold, what stands beside it, and its class in the style sheet."""

    main: str
    small: str = ""
    css: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A section with its cells, one for each head after the first."""

    code: str
    title: str
    cells: tuple[ViewCell, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A table: a sentence about it, its heads, its rows, and the criteria that can be chosen between."""

    key: str
    caption: str
    explanation: str
    heads: tuple[str, ...]
    rows: tuple[ViewRow, ...]
    criteria: tuple[tuple[str, str, bool], ...] = ()


def view_of(key: str, look: Look, codes: list[str], criterion: str) -> View | None:
    """The table that a reader chose, for these sections in this order; None for the usual one."""
    sections = [look.sections[code] for code in codes]
    if key == BY_GROUP:
        return _by_group(look, sections, criterion)
    if key == NOT_RATED:
        return _not_rated(look, sections)
    return _moved(look, sections) if key == MOVED else None


def _by_group(look: Look, sections: list[PutSection], criterion: str) -> View:
    labels = {one.code: one.label for one in look.criteria}
    chosen = criterion if criterion in labels else LOWEST
    columns = (look.everybody, *(unit for panel in look.panels for unit in _with_groups(look, panel)))
    return View(
        BY_GROUP,
        "Share who agree, by panel and stakeholder group",
        "The lowest of each group's figures stands in the cell, with the statement it belongs to."
        if chosen == LOWEST
        else f"Share who agree with “{_statement(look, chosen)}”.",
        tuple(unit.label for unit in columns),
        tuple(
            ViewRow(one.code, one.title, tuple(_group_cell(look, one, unit, chosen) for unit in columns))
            for one in sections
        ),
        (
            (LOWEST, "Lowest", chosen == LOWEST),
            *((code, label, code == chosen) for code, label in labels.items()),
        ),
    )


def _with_groups(look: Look, panel: Unit) -> tuple[Unit, ...]:
    return (panel, *(group for group in look.groups if group.groups[0] in panel.groups))


def _statement(look: Look, criterion: str) -> str:
    return next(one.statement or one.label for one in look.criteria if one.code == criterion)


def _group_cell(look: Look, section: PutSection, unit: Unit, criterion: str) -> ViewCell:
    named = [one for one in look.criteria if criterion in (LOWEST, one.code)]
    figures = [look.figure(section.code, one.code, one.label, unit) for one in named]
    rated = [one for one in figures if one.n]
    if not rated:
        return ViewCell("–", "", "heat-none", "nobody rated it")
    lowest = min(rated, key=lambda one: one.share)
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
    return View(
        NOT_RATED,
        "Who took part and did not rate",
        f"Of everybody who took part: how many chose “{cannot_say}”, and how many left the statement out. "
        "Neither is in any share.",
        tuple(one.label for one in look.criteria),
        tuple(
            ViewRow(
                one.code,
                one.title,
                tuple(
                    _missing_cell(look.figure(one.code, c.code, c.label, look.everybody))
                    for c in look.criteria
                ),
            )
            for one in sections
        ),
    )


def _missing_cell(figure: Figure) -> ViewCell:
    if not figure.n_unable and not figure.n_skipped:
        return ViewCell("–", f"all {figure.n} rated")
    words = [
        f"{n} {said}" for n, said in ((figure.n_unable, "can't say"), (figure.n_skipped, "left out")) if n
    ]
    return ViewCell(", ".join(words), f"{figure.n} rated")


def _moved(look: Look, sections: list[PutSection]) -> View:
    beside = compared(look.study, look.round, look.scale)
    return View(
        MOVED,
        "The same people in this round and the one before",
        "Only where the draft is the same, or its rewording was declared comparable. “In” and “out”: people "
        "who moved into and out of agreement, of those who rated both times.",
        ("Round before", *(one.label for one in look.criteria)),
        tuple(_moved_row(look, one, beside) for one in sections),
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
            cells.append(ViewCell("–"))
            continue
        movement = movement_of(pairs, look.scale)
        then, now = (
            each.figure(section.code, one.code, one.label, look.everybody).percent if each else "not told"
            for each in (earlier, look)
        )
        said = f"{movement.n_in} in, {movement.n_out} out, {movement.n_same} of {movement.n_pairs} the same"
        cells.append(ViewCell(f"{then} → {now}", said))
    draft = "same draft" if before.draft_is_same else "reworded"
    return ViewRow(section.code, section.title, (ViewCell(number, draft), *cells))
