"""The page that sets panels, or stakeholder groups, against each other on every statement of a round.

Counts come from the kept results alone. Tests describe: panellists are not a random sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from delphi.charts.scatter import Dot, panel_scatter
from delphi.consensus.bands import Share
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import Interval, newcombe
from delphi.consensus.multiplicity import holm
from delphi.consensus.plain_words import SIGNIFICANT, Part, difference_in_words, spread_in_words
from delphi.consensus.rank_correlation import correlation_of_values
from delphi.consensus.uncertainty import Uncertainty
from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.models.sections import Criterion
from delphi.queries.number_words import p_in_words, points_in_words, two_decimals
from delphi.queries.results_look import Figure, Look, PutSection, Unit

PANELS, GROUPS = "panels", "groups"
IN_ORDER, WIDEST, SMALLEST_P = "order", "difference", "p"
SORTS = (
    (IN_ORDER, "Section, in the order of the guidance"),
    (WIDEST, "Difference, the widest first"),
    (SMALLEST_P, "Test, the smallest p first"),
)
ALL, CLEAR, NOT_CLEAR = "", "clear", "not-clear"


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """The share of one panel or group that agrees, with its 95% interval; both in per cent for drawing."""

    unit: Unit
    figure: Figure
    uncertainty: Uncertainty
    at: float | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One statement: each panel's or group's figure, the widest difference, and a test of all of them.

    `gap` is in percentage points, first less second; `p_adjusted` is by Holm over all statements.
    """

    code: str
    title: str
    criterion: str
    label: str
    words: str
    figures: tuple[GroupFigure, ...]
    gap: float | None
    gap_words: str
    interval_words: str
    delta: Fraction | None
    delta_words: str
    effect: float | None
    effect_words: str
    p: float | None
    p_adjusted: float | None
    p_words: str
    is_clear: bool
    position: int


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """The page. `is_two` sets two against each other; else all are tested together."""

    number: int
    heading: str
    sentence: str
    by: str
    ways: tuple[tuple[str, str], ...]
    kind: str
    units: tuple[Unit, ...]
    is_two: bool
    rows: tuple[GroupRow, ...]
    n_rows: int
    n_clear: int
    shown: str
    sorted_by: str
    sorts: tuple[tuple[str, str], ...]
    criterion: str
    criteria: tuple[tuple[str, str], ...]
    picture: str
    correlation: str
    may_export: bool


def groups_page(
    member: TeamMember, number: int, *, by: str = "", show: str = "", sort: str = "", criterion: str = ""
) -> GroupsPage:
    """Panels or stakeholder groups beside each other.

    Raises WrongState before the analysis, and once answers were deleted after they were shared (E34).
    What is not known counts as not chosen: an old bookmark still opens.
    """
    look = Look(member, number)
    can_panels, can_groups = len(look.panels) > 1, len(look.groups) > 1
    by = by if by in (PANELS, GROUPS) else (PANELS if can_panels else GROUPS)
    units = look.panels if by == PANELS else look.groups
    rows = _rows(look, units) if len(units) > 1 else []
    is_two = len(units) == 2
    n_clear = sum(row.is_clear for row in rows)
    labels = {one.code: one.label for one in look.criteria}
    criterion = criterion if criterion in labels else ""
    show = show if show in (CLEAR, NOT_CLEAR) else ALL
    sort = sort if sort in dict(SORTS) else IN_ORDER
    picture, correlation = _scatter(look, units, rows) if is_two else ("", "")
    ways = ((PANELS, "Panels", can_panels), (GROUPS, "Stakeholder groups", can_groups))
    return GroupsPage(
        number=number,
        heading=_heading(number, by, len(rows), n_clear),
        sentence=_sentence(rows, by, is_two=is_two),
        by=by,
        ways=tuple((key, words) for key, words, can in ways if can),
        kind="panel" if by == PANELS else "group",
        units=units,
        is_two=is_two,
        rows=tuple(_sorted(_shown(rows, show, criterion), sort)),
        n_rows=len(rows),
        n_clear=n_clear,
        shown=show,
        sorted_by=sort,
        sorts=SORTS,
        criterion=criterion,
        criteria=tuple(labels.items()),
        picture=picture,
        correlation=correlation,
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def _heading(number: int, by: str, n: int, n_clear: int) -> str:
    what = "panels" if by == PANELS else "groups"
    if not n:
        return f"Round {number}: there are no two {what} to compare"
    if not n_clear:
        return f"Round {number}: the {what} differ clearly on none of {n} statements"
    return f"Round {number}: the {what} differ clearly on {n_clear} of {n} statements"


def _sentence(rows: list[GroupRow], by: str, *, is_two: bool) -> str:
    """What is most worth knowing: the widest clear difference, in words."""
    clear = [row for row in rows if row.is_clear]
    if not rows:
        return ""
    if clear:
        widest = max(clear, key=lambda row: abs(row.gap or 0.0))
        return f"Widest apart, {widest.title}, {widest.label.lower()}: {widest.words}"
    how = "has an interval that leaves out 0" if is_two else "is told apart by its test"
    return f"No difference between the {'panels' if by == PANELS else 'groups'} {how}."


def _rows(look: Look, units: tuple[Unit, ...]) -> list[GroupRow]:
    items = [
        (section, criterion)
        for section in look.sections.values()
        for criterion in look.criteria
        if look.has(section.code, criterion.code)
    ]
    tables = [[look.histogram(section.code, one.code, unit) for unit in units] for section, one in items]
    tests = [_test(table) for table in tables]
    after = holm([test.p for test in tests])
    return [
        _row(look, place, section, criterion, units, table, test, p)
        for place, ((section, criterion), table, test, p) in enumerate(
            zip(items, tables, tests, after, strict=True)
        )
    ]


@dataclass(frozen=True, slots=True)
class _Test:
    """A test of two or of several, and the size of what it found."""

    p: float | None
    delta: Fraction | None
    effect: float | None


def _test(table: list[Histogram]) -> _Test:
    if len(table) == 2:
        two = mann_whitney(*table)
        p = two.p_asymptotic_cc if two.p_exact_conditional is None else two.p_exact_conditional
        return _Test(p, two.cliffs_delta, None)
    several = kruskal_wallis({str(place): one for place, one in enumerate(table)})
    return _Test(several.p, None, several.epsilon_squared)


def _row(
    look: Look,
    place: int,
    section: PutSection,
    criterion: Criterion,
    units: tuple[Unit, ...],
    table: list[Histogram],
    test: _Test,
    p_adjusted: float | None,
) -> GroupRow:
    band = look.scale.bands["agree"]
    parts = [
        Part(unit.label, Share(found.count_in(band), found.n))
        for unit, found in zip(units, table, strict=True)
    ]
    first, second = _ends(parts)
    interval = newcombe(first.share.k, first.share.n, second.share.k, second.share.n)
    gap = 100 * (first.share.k / first.share.n - second.share.k / second.share.n) if interval else None
    is_two = len(units) == 2
    return GroupRow(
        code=section.code,
        title=section.title,
        criterion=criterion.code,
        label=criterion.label,
        words=difference_in_words(first, second, interval) if is_two else spread_in_words(parts, p_adjusted),
        figures=tuple(
            _figure(look, section, criterion, unit, found) for unit, found in zip(units, table, strict=True)
        ),
        gap=gap,
        gap_words="–" if gap is None else points_in_words(gap, signed=is_two),
        interval_words=_interval(interval),
        delta=test.delta,
        delta_words=two_decimals(test.delta),
        effect=test.effect,
        effect_words=two_decimals(test.effect),
        p=test.p,
        p_adjusted=p_adjusted,
        p_words=p_in_words(p_adjusted),
        is_clear=_is_clear(interval) if is_two else p_adjusted is not None and p_adjusted < SIGNIFICANT,
        position=place,
    )


def _ends(parts: list[Part]) -> tuple[Part, Part]:
    """The two parts to set against each other: of several those with the most and the least agreement."""
    rated = [part for part in parts if part.share.n]
    if len(parts) == 2 or len(rated) < 2:
        return parts[0], parts[1]

    def share(part: Part) -> Fraction:
        return Fraction(part.share.k, part.share.n)

    return max(rated, key=share), min(rated, key=share)


def _is_clear(interval: Interval | None) -> bool:
    return interval is not None and (interval.low > 0 or interval.high < 0)


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return f"{points_in_words(100 * interval.low)} to {points_in_words(100 * interval.high)}"


def _figure(
    look: Look, section: PutSection, criterion: Criterion, unit: Unit, found: Histogram
) -> GroupFigure:
    figure = look.figure(section.code, criterion.code, criterion.label, unit)
    return GroupFigure(unit, figure, figure.unsure, round(100 * figure.share, 1) if found.n else None)


def _shown(rows: list[GroupRow], show: str, criterion: str) -> list[GroupRow]:
    return [
        row
        for row in rows
        if (not show or row.is_clear == (show == CLEAR)) and criterion in ("", row.criterion)
    ]


def _sorted(rows: list[GroupRow], sort: str) -> list[GroupRow]:
    if sort == WIDEST:
        return sorted(rows, key=lambda row: (-abs(row.gap or 0.0), row.position))
    if sort == SMALLEST_P:
        return sorted(rows, key=lambda row: (2.0 if row.p is None else row.p, row.position))
    return rows


def _scatter(look: Look, units: tuple[Unit, ...], rows: list[GroupRow]) -> tuple[str, str]:
    """Panel against panel (F6): a dot for each statement, what the rule needs, and the correlation."""
    x, y = units
    rated = [row for row in rows if all(one.at is not None for one in row.figures)]
    dots = [
        Dot(
            f"{row.title.split('.')[0]} {row.label}",
            row.figures[0].figure.share,
            row.figures[1].figure.share,
            row.is_clear,
        )
        for row in rated
    ]
    if not dots:
        return "", ""
    needs = [look.limits.get((unit.code, look.criteria[0].code)) for unit in units]
    lines = tuple(float(one.percent) / 100 if one else None for one in needs)
    picture = panel_scatter("panels", "Agreement panel against panel", (x.label, y.label), dots, lines)
    rho = correlation_of_values([(dot.x, dot.y) for dot in dots]).rho
    if rho is None:
        return picture, ""
    return (
        picture,
        f"Spearman's rank correlation of the two over {len(dots)} statements: {two_decimals(rho)}.",
    )
