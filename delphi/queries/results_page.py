"""A round's results as its team sees them: outcomes with their reasons, agreement of all and of each panel.

Everything is shown, also small groups: these pages are for the team and not for sharing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from delphi.charts.agreement_rows import agreement_rows
from delphi.charts.figures import Full, Level, UnitRow
from delphi.consensus.counts import Histogram
from delphi.consensus.summaries import summarise
from delphi.consensus.vocabulary import percent_in_words, threshold_in_words
from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import NotFound
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule, ShareTest, each_test
from delphi.domain.scale import Scale
from delphi.extensions import db
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section
from delphi.queries.results import OutcomeRecord, Results, item_key, newest_snapshot, read_results
from delphi.queries.rounds import round_of
from delphi.queries.studies import criteria_of, rule_of, scale_of, structure_of, study_of

SPARK = 68.0
VERDICT = 250.0
GAP = 0.8
MARKS = {
    Outcome.AGREED: "agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "left",
    Outcome.CLOSE: "close",
    Outcome.NOT_AGREED: "not",
    Outcome.NOT_ASSESSABLE: "na",
}
ORDER = ("differ", "not", "close", "na", "left", "agreed")
"""From what needs most attention to what needs least: how sections are sorted by outcome."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar: its class in the style sheet, where it begins, how long it is."""

    css: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Unit:
    """Whose ratings: everybody, a panel, or a stakeholder group."""

    code: str
    label: str
    short: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One criterion of one section by one set of people."""

    label: str
    percent: str
    n_agree: int
    n: int
    pieces: tuple[Piece, ...]
    notch: float | None
    needs: str
    fails: bool
    share: float


@dataclass(frozen=True, slots=True)
class FigureRow:
    """All criteria of one section by one set of people."""

    unit: Unit
    is_all: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One section: outcome, why, and its figures."""

    code: str
    title: str
    draft: str
    mark: str
    outcome: str
    why: str
    rows: tuple[FigureRow, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sections have one outcome."""

    key: str
    words: str
    n: int


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """The page of a round's results."""

    number: int
    heading: str
    caption: str
    tally: tuple[Tally, ...]
    differing: tuple[ResultRow, ...]
    rows: tuple[ResultRow, ...]
    criteria: tuple[tuple[str, str, str], ...]
    units: tuple[Unit, ...]
    points: tuple[tuple[str, str], ...]
    sorted_by: str
    needs: str
    n_submitted: int
    n_late: int
    snapshot: int
    checksum: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """One set of people in the table of a criterion: counts for each point, can't say, median."""

    label: str
    counts: tuple[int, ...]
    n_unable: int
    n: int
    percent: str
    n_agree: int
    median: str
    fails: bool


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion of a section in full."""

    code: str
    label: str
    statement: str
    sentence: str
    picture: str
    rows: tuple[PointRow, ...]


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section's results in full."""

    number: int
    row: ResultRow
    met: tuple[str, ...]
    missed: tuple[str, ...]
    criteria: tuple[CriterionResult, ...]
    points: tuple[str, ...]
    cannot_say: str


def results_page(member: TeamMember, number: int, *, show: str = "", sort: str = "order") -> ResultsPage:
    """The results of an analysed round; WrongState before that. `show` filters by outcome."""
    look = _Look(member, number)
    rows = look.rows()
    criteria = tuple((one.code, one.label, one.statement or "") for one in look.criteria)
    tally = tuple(
        Tally(key, words, n)
        for key, words in _TALLY_WORDS.items()
        if (n := sum(row.mark == key for row in rows)) or key in ("agreed", "not")
    )
    n_agreed = sum(row.mark == "agreed" for row in rows)
    response = look.results.response.values()
    shown = [row for row in rows if not show or row.mark == show]
    return ResultsPage(
        number=number,
        heading=f"Round {number}: {n_agreed} of {len(rows)} sections are agreed",
        caption=f"Analysed on {look.analysed_on}, from {sum(one['took_part'] for one in response)} people. "
        "Team only, not for sharing",
        tally=tally,
        differing=tuple(row for row in rows if row.mark == "differ"),
        rows=tuple(_sorted(shown, sort, [code for code, _, _ in criteria])),
        criteria=criteria,
        units=look.units,
        points=tuple(
            (_css_of(look.scale, point.value), point.label) for point in reversed(look.scale.points)
        ),
        sorted_by=sort,
        needs=look.needs_in_words(),
        n_submitted=sum(one["submitted"] for one in response),
        n_late=sum(one["late"] for one in response),
        snapshot=look.snapshot.number,
        checksum=look.snapshot.checksum[:12],
    )


def section_result(member: TeamMember, number: int, code: str) -> SectionResult:
    """One section's results in full; NotFound for a section that the round did not rate."""
    look = _Look(member, number)
    row = next((one for one in look.rows() if one.code == code), None)
    if row is None:
        raise NotFound(f"Round {number} has no results for a section “{code}”.")
    outcome = look.results.outcomes[code]
    return SectionResult(
        number=number,
        row=row,
        met=outcome.met,
        missed=outcome.missed,
        criteria=tuple(look.criterion(code, place) for place in range(len(look.criteria))),
        points=tuple(point.label for point in look.scale.points),
        cannot_say=look.scale.cannot_say.label if look.scale.cannot_say else "",
    )


_TALLY_WORDS = {
    "agreed": "agreed",
    "left": "agreed to leave out",
    "differ": "not agreed: the panels differ",
    "close": "close",
    "not": "not agreed",
    "na": "not assessable",
}


class _Look:
    """What every row is made from, read once."""

    def __init__(self, member: TeamMember, number: int) -> None:
        study = study_of(member.study_id)
        self.round: Round = round_of(member.study_id, number)
        self.snapshot = newest_snapshot(self.round)
        self.results: Results = read_results(self.snapshot)
        self.scale: Scale = scale_of(study)
        self.structure: GroupStructure = structure_of(study.id)
        self.criteria = criteria_of(study.id)
        self.limits = agreed_limits(
            rule_of(study), self.structure, [one.code for one in self.criteria], number
        )
        everybody = Unit("pooled", "All panel members", "All", self.structure.group_codes)
        self.units = (
            everybody,
            *(
                Unit(f"panel:{one.code}", one.label, _short(one.code), one.groups)
                for one in self.structure.panels
            ),
        )
        self.analysed_on = in_words(day_of(self.snapshot.computed_at, study.timezone))
        self.sections = {
            section.code: (section, draft)
            for section, draft in db.session.execute(
                db.select(Section, Draft)
                .join(RoundSection, RoundSection.section_id == Section.id)
                .join(Draft, Draft.id == RoundSection.draft_id)
                .where(RoundSection.round_id == self.round.id)
                .order_by(RoundSection.position)
            )
        }

    def rows(self) -> list[ResultRow]:
        """Every section with an outcome, in the order in which it was asked."""
        return [
            self._row(place, outcome)
            for place, outcome in enumerate(self.results.outcomes.values(), start=1)
            if outcome.section in self.sections
        ]

    def _row(self, place: int, outcome: OutcomeRecord) -> ResultRow:
        section, _ = self.sections[outcome.section]
        rows = tuple(
            FigureRow(
                unit,
                unit.code == "pooled",
                tuple(self._figure(section.code, one.code, one.label, unit) for one in self.criteria),
            )
            for unit in self.units
        )
        mark = MARKS[outcome.outcome]
        if mark == "not" and not any(one.fails for one in rows[0].figures):
            mark = "differ"
        words = outcome.label or OUTCOME_WORDS[outcome.outcome]
        return ResultRow(
            code=section.code,
            title=section.title,
            draft=f"Draft {outcome.draft}",
            mark=mark,
            outcome=words[0].upper() + words[1:],
            why=_why(mark, rows) or outcome.headline,
            rows=rows,
            position=place,
        )

    def _figure(self, section: str, criterion: str, label: str, unit: Unit) -> Figure:
        histogram = self.results.items[item_key(section, criterion)].of(unit.groups)
        limit = self.limits.get((unit.code, criterion))
        agree = histogram.count_in(self.scale.bands["agree"])
        share = Fraction(100 * agree, histogram.n) if histogram.n else None
        fails = limit is not None and (share is None or not limit.holds(share))
        return Figure(
            label=label,
            percent=percent_in_words(share, [limit.percent] if limit else []) if share is not None else "–",
            n_agree=agree,
            n=histogram.n,
            pieces=_pieces(histogram, self.scale, SPARK),
            notch=round(float(limit.percent) * SPARK / 100, 1) if limit else None,
            needs=threshold_in_words(limit.percent) if limit else "",
            fails=fails,
            share=float(share) if share is not None else -1.0,
        )

    def needs_in_words(self) -> str:
        """What the notch in the bars stands for; empty for a rule that compares other figures."""
        found: dict[str, str] = {}
        for (unit, _), limit in self.limits.items():
            who = "all" if unit == "pooled" else "each panel"
            found.setdefault(who, f"{threshold_in_words(limit.percent)} of {who}")
        return ", ".join(found.values())

    def criterion(self, section: str, place: int) -> CriterionResult:
        """One criterion of a section with every point of the scale, by all, panel and group."""
        one = self.criteria[place]
        groups = tuple(
            Unit(f"group:{group.code}", group.label, group.label, (group.code,))
            for group in self.structure.groups
        )
        histograms = [
            (unit, self.results.items[item_key(section, one.code)].of(unit.groups))
            for unit in (*self.units, *groups)
        ]
        pooled = histograms[0][1]
        agree = pooled.count_in(self.scale.bands["agree"])
        levels = [Level.EVERYONE, *[Level.PANEL] * (len(self.units) - 1), *[Level.GROUP] * len(groups)]
        picture = agreement_rows(
            f"{section}-{one.code}",
            f"{one.label}, by panel and group",
            [
                UnitRow(unit.label, level, Full(histogram.counts, histogram.n_unable))
                for (unit, histogram), level in zip(histograms, levels, strict=True)
                if histogram.n or level != Level.GROUP
            ],
            self.scale,
            width=760,
        )
        return CriterionResult(
            code=one.code,
            label=one.label,
            statement=one.statement or one.label,
            sentence=f"{agree} of {pooled.n} people who gave a rating agree.",
            picture=picture,
            rows=tuple(self._points(unit, histogram, one.code) for unit, histogram in histograms),
        )

    def _points(self, unit: Unit, histogram: Histogram, criterion: str) -> PointRow:
        agree = histogram.count_in(self.scale.bands["agree"])
        share = Fraction(100 * agree, histogram.n) if histogram.n else None
        limit = self.limits.get((unit.code, criterion))
        median = summarise(histogram).median if histogram.n else None
        return PointRow(
            label=unit.label,
            counts=histogram.counts,
            n_unable=histogram.n_unable,
            n=histogram.n,
            percent=percent_in_words(share, [limit.percent] if limit else []) if share is not None else "–",
            n_agree=agree,
            median="–" if median is None else f"{float(median):g}",
            fails=limit is not None and (share is None or not limit.holds(share)),
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """What the rule asks of one share before a section is agreed, in per cent."""

    percent: Fraction
    is_strict: bool

    def holds(self, share: Fraction) -> bool:
        """Whether an exact share reaches it."""
        return share > self.percent if self.is_strict else share >= self.percent


def agreed_limits(
    rule: Rule, structure: GroupStructure, criteria: list[str], number: int
) -> dict[tuple[str, str], Limit]:
    """The shares of the agree band that "agreed" needs, by people and criterion; empty for other rules.

    Where a rule names alternatives the figures are marked against each of them; the outcome itself is
    never read from here, it stands in the snapshot.
    """
    clause = next(
        (
            one
            for one in rule.clauses
            if one.outcome == Outcome.AGREED and (not one.rounds or number in one.rounds)
        ),
        None,
    )
    limits: dict[tuple[str, str], Limit] = {}
    for test in each_test(clause.when) if clause else ():
        if not isinstance(test, ShareTest) or test.band != "agree":
            continue
        bound = next(((n, v) for n, v in test.thresholds if n in ("at_least", "more_than")), None)
        if bound is None:
            continue
        limit = Limit(bound[1], bound[0] == "more_than")
        of = [f"panel:{one.code}" for one in structure.panels] if test.of == "each_panel" else [test.of]
        named = criteria if test.criteria in ("all", "any") else list(test.criteria)
        limits |= {(who, criterion): limit for who in of for criterion in named}
    return limits


def _short(code: str) -> str:
    """A panel's code as a short name for a narrow column: "Experience"."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def _why(mark: str, rows: tuple[FigureRow, ...]) -> str:
    """The reason for an outcome in a sentence, people before per cent; empty where shares do not decide."""
    everybody, panels = rows[0], rows[1:]
    if not any(one.needs for row in rows for one in row.figures):
        return ""
    lowest = min(everybody.figures, key=lambda one: one.share)
    failing = [one for one in everybody.figures if one.fails]
    vetoes = [(row, one) for row in panels for one in row.figures if one.fails]
    n = len(everybody.figures)
    if mark == "agreed":
        return f"All {n} pass, in each panel too. Lowest: {lowest.label}, {lowest.percent}."
    if mark in ("differ", "close") and not failing and vetoes:
        row, one = min(vetoes, key=lambda found: found[1].share)
        return (
            f"All together pass. On {one.label}, {one.n_agree} of {one.n} in “{row.unit.label}” agree "
            f"({one.percent}); each panel needs {one.needs}."
        )
    if mark == "close" and len(failing) == 1:
        one = failing[0]
        return f"{one.label} has {one.percent} of all; agreed needs {one.needs}. The other {n - 1} pass."
    if mark in ("not", "close") and failing:
        return (
            f"{len(failing)} of {n} are below {lowest.needs} of all. "
            f"Lowest: {lowest.label}, {lowest.n_agree} of {lowest.n} ({lowest.percent})."
        )
    return ""


def _css_of(scale: Scale, value: int) -> str:
    """The class of a point: five shades for five points, one a band for any other scale."""
    if len(scale.points) == 5:
        return f"s{value - scale.minimum + 1}"
    if value in scale.bands["agree"]:
        return "s5"
    return "s1" if value in scale.bands["disagree"] else "s3"


def _pieces(histogram: Histogram, scale: Scale, length: float) -> tuple[Piece, ...]:
    """The bar of one figure: agreement at the left, so that lengths compare on one start."""
    if not histogram.n:
        return ()
    counts: dict[str, int] = {}
    for value, count in zip(reversed(histogram.values), reversed(histogram.counts), strict=True):
        css = _css_of(scale, value)
        counts[css] = counts.get(css, 0) + count
    found = []
    x = 0.0
    for css, count in counts.items():
        wide = count / histogram.n * length
        if count:
            found.append(Piece(css, round(x, 1), round(max(wide - GAP, 0.5), 1)))
        x += wide
    return tuple(found)


def _sorted(rows: list[ResultRow], sort: str, criteria: list[str]) -> list[ResultRow]:
    if sort == "outcome":
        return sorted(rows, key=lambda row: (ORDER.index(row.mark), row.position))
    if sort in criteria:
        place = criteria.index(sort)
        return sorted(rows, key=lambda row: (row.rows[0].figures[place].share, row.position))
    return rows
