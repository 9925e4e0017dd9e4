"""The page of a round's results: which sections are agreed and why, filtered and sorted by links."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.queries.next_step import NextStep, step_after_analysis
from delphi.queries.results_limits import needs_in_words
from delphi.queries.results_look import Look, Unit, points_of
from delphi.queries.results_rows import ORDER, TALLY_WORDS, ResultRow, result_rows
from delphi.queries.results_views import View, view_of, views_of

IN_ORDER, BY_OUTCOME, BY_AGREEMENT, BY_DIFFERENCE = "order", "outcome", "agreement", "difference"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sections have one outcome."""

    key: str
    words: str
    n: int


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """The page of a round's results.

    `shown` is the outcome that is filtered by ("" for all), `sorted_by` the order, of which `sorts` are all.
    `view` is another way to look at the same sections, None for the table of agreement by panel.
    """

    number: int
    heading: str
    caption: str
    tally: tuple[Tally, ...]
    n_sections: int
    differing: tuple[ResultRow, ...]
    rows: tuple[ResultRow, ...]
    criteria: tuple[tuple[str, str, str], ...]
    units: tuple[Unit, ...]
    points: tuple[tuple[str, str], ...]
    shown: str
    sorted_by: str
    sorted_words: str
    sorts: tuple[tuple[str, str], ...]
    views: tuple[tuple[str, str], ...]
    view_key: str
    view: View | None
    needs: str
    n_submitted: int
    n_partial: int
    n_late: int
    snapshot: int
    checksum: str
    next: NextStep | None
    may_act: bool
    may_export: bool


def results_page(
    member: TeamMember,
    number: int,
    *,
    show: str = "",
    sort: str = IN_ORDER,
    view: str = "",
    criterion: str = "",
) -> ResultsPage:
    """The results of an analysed round; WrongState before that.

    `show` filters by outcome, `sort` orders the sections, `view` and `criterion` choose another table of
    the same sections. What is not known counts as not chosen: an old bookmark still opens.
    """
    look = Look(member, number)
    rows = result_rows(look)
    tally = _tally(rows)
    shown = show if any(one.key == show and one.n for one in tally) else ""
    sorts = _sorts(look)
    sorted_by = sort if sort in dict(sorts) else IN_ORDER
    chosen = _sorted([row for row in rows if not shown or row.mark == shown], sorted_by, look)
    response = look.results.response.values()
    n_agreed = sum(row.mark == "agreed" for row in rows)
    n_took_part, n_submitted = (sum(one[key] for one in response) for key in ("took_part", "submitted"))
    step, views = step_after_analysis(look.study, look.round), views_of(look)
    key = view if view in dict(views) else ""
    return ResultsPage(
        number=number,
        heading=f"Round {number}: {n_agreed} of {len(rows)} sections are agreed",
        caption=f"Analysed on {look.analysed_on}, from the answers of {n_took_part} people. "
        "Team only, not for sharing",
        tally=tally,
        n_sections=len(rows),
        differing=tuple(row for row in rows if row.mark == "differ"),
        rows=tuple(chosen),
        criteria=tuple((one.code, one.label, one.statement or one.label) for one in look.criteria),
        units=look.units,
        points=points_of(look.scale),
        shown=shown,
        sorted_by=sorted_by,
        sorted_words=dict(sorts)[sorted_by],
        sorts=sorts,
        views=views,
        view_key=key,
        view=view_of(key, look, [row.code for row in chosen], criterion),
        needs=needs_in_words(look.limits),
        n_submitted=n_submitted,
        n_partial=n_took_part - n_submitted,
        n_late=sum(one["late"] for one in response),
        snapshot=look.snapshot.number,
        checksum=look.snapshot.checksum[:12],
        next=step,
        may_act=step is not None and is_allowed(member, step.permission),
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def _tally(rows: list[ResultRow]) -> tuple[Tally, ...]:
    return tuple(
        Tally(key, words, sum(row.mark == key for row in rows)) for key, words in TALLY_WORDS.items()
    )


def _sorts(look: Look) -> tuple[tuple[str, str], ...]:
    return (
        (IN_ORDER, "Section, in the order of the guidance"),
        (BY_OUTCOME, "Outcome, what needs most attention first"),
        (BY_AGREEMENT, "Agreement, the lowest figure first"),
        (BY_DIFFERENCE, "Difference between panels, the widest first"),
        *((one.code, f"{one.label}, the lowest first") for one in look.criteria),
    )


def _sorted(rows: list[ResultRow], sort: str, look: Look) -> list[ResultRow]:
    codes = [one.code for one in look.criteria]
    if sort == BY_OUTCOME:
        return sorted(rows, key=lambda row: (ORDER.index(row.mark), row.position))
    if sort == BY_AGREEMENT:
        return sorted(rows, key=lambda row: (row.lowest, row.position))
    if sort == BY_DIFFERENCE:
        return sorted(rows, key=lambda row: (-row.difference, row.position))
    if sort in codes:
        place = codes.index(sort)
        return sorted(rows, key=lambda row: (row.rows[0].figures[place].share, row.position))
    return rows
