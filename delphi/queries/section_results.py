"""One section of an analysed round in full: statements, one of them by group, who moved, what was said."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.charts.agreement_rows import agreement_rows
from delphi.charts.figures import Full, Level, UnitRow
from delphi.consensus.counts import Histogram
from delphi.consensus.summaries import summarise
from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotFound
from delphi.domain.permissions import Permission, is_allowed
from delphi.models.sections import Criterion
from delphi.queries.item_words import item_in_words
from delphi.queries.move_rows import MoveRows, move_rows
from delphi.queries.movement import Movement, movements, why_withheld
from delphi.queries.results import answers_were_deleted
from delphi.queries.results_look import Figure, Look, PutSection, Unit, points_of
from delphi.queries.results_rows import ResultRow, result_rows
from delphi.queries.rounds_before import Before, rating_before
from delphi.queries.section_said import Said, said_about

BAR = 210.0


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One criterion: its statement, the figures of all and of each panel, and the median."""

    code: str
    label: str
    statement: str
    figures: tuple[Figure, ...]
    median: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PointRow:
    """One set of people in the table of a criterion: counts for each point, can't say, left out, median."""

    label: str
    counts: tuple[int, ...]
    n_unable: int
    n_skipped: int
    figure: Figure
    median: str


@dataclass(frozen=True, slots=True)
class Moved:
    """How the same people answered a criterion in two rounds.

    `rows` are the answers before, from the lowest, each with a cell for every answer after. `then` and `now`
    are the figures of all and of each panel; there are none after a deletion from the earlier round (E34).
    """

    number_before: int
    sentence: str
    detail: str
    rows: MoveRows
    by_panel: tuple[tuple[str, Figure, Figure], ...]


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion of a section in full."""

    code: str
    label: str
    statement: str
    sentence: str
    picture: str
    rows: tuple[PointRow, ...]
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section's results in full.

    `not_comparable` says why rounds stand beside each other only; empty where they are compared, or where
    the round is the first to put the section.
    """

    number: int
    row: ResultRow
    met: tuple[str, ...]
    missed: tuple[str, ...]
    panels: tuple[Unit, ...]
    statements: tuple[StatementRow, ...]
    chosen: CriterionResult
    points: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    cannot_say: str
    draft_words: str
    not_comparable: str
    said: Said | None
    previous: tuple[str, str] | None
    following: tuple[str, str] | None


def section_result(member: TeamMember, number: int, code: str, criterion: str = "") -> SectionResult:
    """One section's results in full; NotFound for a section that the round did not rate.

    `criterion` is the one shown by group; else the one that holds the section back, or is lowest.
    """
    look = Look(member, number)
    rows = result_rows(look)
    place = next((i for i, one in enumerate(rows) if one.code == code), None)
    if place is None:
        raise NotFound(f"Round {number} has no results for a section “{code}”.")
    section, row, outcome = look.sections[code], rows[place], look.results.outcomes[code]
    before = rating_before(look.round, section.id)
    chosen = next((one for one in look.criteria if one.code == criterion), None) or _telling(look, row)
    comparable = before if before is not None and before.is_comparable else None
    return SectionResult(
        number=number,
        row=row,
        met=outcome.met,
        missed=outcome.missed,
        panels=look.panels,
        statements=tuple(_statement(look, section, one, one is chosen) for one in look.criteria),
        chosen=_in_full(look, section, chosen, comparable),
        points=tuple(point.label for point in look.scale.points),
        legend=points_of(look.scale),
        cannot_say=look.scale.cannot_say.label if look.scale.cannot_say else "",
        draft_words=_draft_words(section, before),
        not_comparable=_not_comparable(section, before),
        said=_said(member, look, section, before),
        previous=(rows[place - 1].code, rows[place - 1].title) if place else None,
        following=(rows[place + 1].code, rows[place + 1].title) if place + 1 < len(rows) else None,
    )


def _telling(look: Look, row: ResultRow) -> Criterion:
    """The criterion that a reader wants first: one that a panel or all hold back, else the lowest."""

    def weight(place: int) -> tuple[bool, float]:
        figures = [line.figures[place] for line in row.rows]
        failing = [one.share for one in figures if one.fails]
        return not failing, min(failing, default=figures[0].share)

    return look.criteria[min(range(len(look.criteria)), key=weight)]


def _statement(look: Look, section: PutSection, criterion: Criterion, is_chosen: bool) -> StatementRow:
    return StatementRow(
        code=criterion.code,
        label=criterion.label,
        statement=criterion.statement or criterion.label,
        figures=tuple(
            look.figure(section.code, criterion.code, criterion.label, unit, length=BAR)
            for unit in look.units
        ),
        median=_median(look.histogram(section.code, criterion.code, look.everybody)),
        is_chosen=is_chosen,
    )


def _median(histogram: Histogram) -> str:
    median = summarise(histogram).median if histogram.n else None
    return "–" if median is None else f"{float(median):g}"


def _in_full(look: Look, section: PutSection, criterion: Criterion, before: Before | None) -> CriterionResult:
    units = [(look.everybody, Level.EVERYONE)]
    for panel in look.panels:
        units.append((panel, Level.PANEL))
        units += [(one, Level.GROUP) for one in look.groups if one.groups[0] in panel.groups]
    rated = [(unit, level, look.histogram(section.code, criterion.code, unit)) for unit, level in units]
    return CriterionResult(
        code=criterion.code,
        label=criterion.label,
        statement=criterion.statement or criterion.label,
        sentence=item_in_words(look, section, criterion),
        picture=agreement_rows(
            f"{section.code}-{criterion.code}",
            f"{criterion.label}, by panel and group",
            [
                UnitRow(unit.label, level, Full(found.counts, found.n_unable))
                for unit, level, found in rated
                if found.n_answered or level != Level.GROUP
            ],
            look.scale,
            width=760,
        ),
        rows=tuple(
            PointRow(
                unit.label,
                found.counts,
                found.n_unable,
                found.n_skipped,
                look.figure(section.code, criterion.code, criterion.label, unit),
                _median(found),
            )
            for unit, _, found in rated
        ),
        moved=_moved(look, section, criterion, before),
    )


def _moved(look: Look, section: PutSection, criterion: Criterion, before: Before | None) -> Moved | None:
    if before is None:
        return None
    movement = movements(look.study, before.round, look.round, section.id, look.scale).get(criterion.code)
    if movement is None:
        return None
    number = before.round.number
    detail, rows = _who_moved(movement), move_rows(movement.pairs, look.scale)
    if answers_were_deleted(before.round):
        sentence = f"Answers to round {number} were deleted later, so its figures are not told beside these."
        return Moved(number, sentence, detail, rows, ())
    earlier = look.earlier(number)
    by_panel = tuple(
        (
            unit.label,
            earlier.figure(section.code, criterion.code, criterion.label, unit),
            look.figure(section.code, criterion.code, criterion.label, unit),
        )
        for unit in (*look.units, *look.groups)
    )
    _, then, now = by_panel[0]
    return Moved(
        number_before=number,
        sentence=(
            f"{then.n_agree} of {then.n} agreed in round {number} ({then.percent}), "
            f"{now.n_agree} of {now.n} in round {look.round.number} ({now.percent})."
        ),
        detail=detail,
        rows=rows,
        by_panel=by_panel,
    )


def _who_moved(movement: Movement) -> str:
    n = movement.n_pairs
    who = "1 person rated it" if n == 1 else f"{n} people rated it"
    into = "nobody moved into agreement" if not movement.n_in else f"{movement.n_in} moved into agreement"
    out = "nobody moved out" if not movement.n_out else f"{movement.n_out} moved out"
    return f"{who} both times: {into}, {out}, and {movement.n_same} gave the same answer."


def _draft_words(section: PutSection, before: Before | None) -> str:
    if before is None:
        return f"draft {section.draft}, put for the first time"
    number = before.round.number
    if before.draft_is_same:
        return f"draft {section.draft}, the same draft as in round {number}"
    return f"draft {section.draft}, a new draft since round {number}"


def _not_comparable(section: PutSection, before: Before | None) -> str:
    if before is None:
        return ""
    if before.is_comparable:
        # Only said where there is nothing to tell of who moved.
        return why_withheld(before) if answers_were_deleted(before.round) else ""
    return before.reason or f"Draft {section.draft} is a new text, and nobody declared the two comparable."


def _said(member: TeamMember, look: Look, section: PutSection, before: Before | None) -> Said | None:
    if not is_allowed(member, Permission.REVIEW_COMMENTS):
        return None
    return said_about(look.round, before.round if before else None, section.id)
