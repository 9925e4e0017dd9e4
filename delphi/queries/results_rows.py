"""The sections of an analysed round: outcome, its reason in a sentence, agreement of all and each panel."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.rule import Outcome
from delphi.domain.wording import with_capital
from delphi.queries.results import OutcomeRecord
from delphi.queries.results_look import Figure, Look, Unit

MARKS = {
    Outcome.AGREED: "agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "left",
    Outcome.CLOSE: "close",
    Outcome.NOT_AGREED: "not",
    Outcome.NOT_ASSESSABLE: "na",
}
"""The sign of each outcome in the sprite."""

PANELS_DIFFER = "panels_differ"
"""The name that a rule's clause gives to "all together pass, a panel does not"."""

TALLY_WORDS = {
    "agreed": "agreed",
    "left": "agreed to leave out",
    "differ": "not agreed: the panels differ",
    "close": "close",
    "not": "not agreed",
    "na": "not assessable",
}
ORDER = ("differ", "not", "close", "na", "left", "agreed")
"""From what needs most attention to what needs least: how sections are sorted by outcome."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """All criteria of one section by one set of people."""

    unit: Unit
    is_all: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One section: outcome, why, and its figures. `difference` is the widest gap between panels, 0 to 1."""

    code: str
    title: str
    draft: str
    mark: str
    outcome: str
    why: str
    rows: tuple[FigureRow, ...]
    position: int
    difference: float
    difference_words: str

    @property
    def lowest(self) -> float:
        """The lowest share of all panel members on any criterion; -1 without ratings."""
        return min((one.share for one in self.rows[0].figures), default=-1.0)


def result_rows(look: Look) -> list[ResultRow]:
    """Every section with an outcome, in the order in which it was asked."""
    return [
        _row(look, place, outcome)
        for place, outcome in enumerate(look.results.outcomes.values(), start=1)
        if outcome.section in look.sections
    ]


def outcome_mark(outcome: OutcomeRecord, *, is_veto: bool = False) -> str:
    """The sign of an outcome: a section that one panel alone holds back has its own."""
    mark = MARKS[outcome.outcome]
    return "differ" if mark == "not" and (is_veto or outcome.because == PANELS_DIFFER) else mark


def _row(look: Look, place: int, outcome: OutcomeRecord) -> ResultRow:
    section = look.sections[outcome.section]
    rows = tuple(
        FigureRow(
            unit,
            unit == look.everybody,
            tuple(look.figure(section.code, one.code, one.label, unit) for one in look.criteria),
        )
        for unit in look.units
    )
    all_pass = not any(one.fails for one in rows[0].figures)
    panel_fails = any(one.fails for row in rows[1:] for one in row.figures)
    mark = outcome_mark(outcome, is_veto=all_pass and panel_fails)
    words = outcome.label or OUTCOME_WORDS[outcome.outcome]
    difference, said = _difference(rows)
    return ResultRow(
        code=section.code,
        title=section.title,
        draft=f"Draft {section.draft}",
        mark=mark,
        outcome=with_capital(words),
        why=_why(mark, rows) or _first_missed(mark, outcome),
        rows=rows,
        position=place,
        difference=difference,
        difference_words=said,
    )


def _first_missed(mark: str, outcome: OutcomeRecord) -> str:
    """What the rule itself says was missing; the outcome again where it says nothing."""
    is_settled = mark in ("agreed", "left")
    return outcome.headline if is_settled or not outcome.missed else outcome.missed[0]


def _difference(rows: tuple[FigureRow, ...]) -> tuple[float, str]:
    """The widest gap between two panels on one criterion, and a sentence that says it."""
    widest, words = 0.0, ""
    for place in range(len(rows[0].figures)):
        rated = [(row.figures[place], row.unit) for row in rows[1:] if row.figures[place].n]
        if len(rated) < 2:
            continue
        low, high = (pick(rated, key=lambda found: found[0].share) for pick in (min, max))
        gap = high[0].share - low[0].share
        if gap > widest:
            widest = gap
            words = (
                f"{low[0].label}: {low[1].short} {low[0].percent}, {high[1].short} {high[0].percent}, "
                f"{round(100 * gap)} points apart."
            )
    return widest, words


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
