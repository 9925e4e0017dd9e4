"""Rounds on one axis of time: when each runs, by how much it was put off, when its feedback is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from delphi.domain.calendar import in_words
from delphi.domain.rule import Outcome
from delphi.domain.states import RoundState
from delphi.models.rounds import Round
from delphi.queries.progress import progress_of_round
from delphi.queries.results import outcomes_of_round
from delphi.queries.team_frame import STATE_WORDS

TONES = {
    RoundState.PUBLISHED: "good",
    RoundState.OPEN: "now",
    RoundState.CLOSED: "now",
    RoundState.ANALYSED: "now",
}
WIDTH = 700
"""Width of the time axis in its own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the time axis: where it begins, how long it is, and of which kind."""

    kind: str
    x: float
    width: float

    @property
    def drawn(self) -> tuple[str, float, float]:
        """As the ledger draws it."""
        return (self.kind, self.x, self.width)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round in the ledger."""

    number: int
    days: str
    sections: str
    state: str
    tone: str
    is_now: bool
    lines: tuple[str, ...]
    bars: tuple[tuple[str, float, float], ...]
    feedback: tuple[float, str] | None
    is_planned: bool
    said: str


class Axis:
    """One axis of time for all rounds, from the month of the first day to the end of the last."""

    def __init__(self, rounds: list[Round], today: date) -> None:
        days = [day for one in rounds for day in (one.opens_on, one.closes_on, one.feedback_on) if day]
        self.first = min(days, default=today).replace(day=1)
        last = max(days, default=today)
        self.last = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
        self.length = max((self.last - self.first).days, 1)

    def x(self, day: date) -> float | None:
        """Where a day stands; None when it is not on the axis."""
        if not self.first <= day <= self.last:
            return None
        return round((day - self.first).days / self.length * WIDTH, 1)

    @property
    def months(self) -> tuple[tuple[float, str], ...]:
        """The first of each month with its name; not so many that the names run into each other."""
        found = []
        month = self.first
        while month < self.last:
            found.append((self.x(month) or 0.0, f"{month:%B}"))
            month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        every = 1 + len(found) // 8
        return tuple(found[::every])


def round_row(round_: Round, axis: Axis) -> RoundRow:
    """One round in the ledger: its days on the axis, its state, and how far it has come in counts."""
    n_sections = len(round_.sections) or len(round_.planned_items)
    lines = []
    if round_.opened_at is not None:
        rows = progress_of_round(round_)
        lines.append(f"{sum(r.n_submitted for r in rows)} of {sum(r.n_asked for r in rows)} finished")
    if round_.analysed_at is not None:
        outcomes = outcomes_of_round(round_)
        n_agreed = sum(one.outcome == Outcome.AGREED for one in outcomes.values())
        if outcomes:
            lines.append(f"{n_agreed} of {len(outcomes)} sections agreed")
    if round_.state == RoundState.PLANNED:
        lines.append("Opens by itself" if round_.armed_at else "Not armed yet")
    days = f"{_short(round_.opens_on)} to {_short(round_.closes_on)}"
    return RoundRow(
        number=round_.number,
        days=f"{days}, planned" if round_.state == RoundState.PLANNED else days,
        sections=(
            "Sections not yet chosen"
            if not n_sections
            else f"{n_sections} {'section' if n_sections == 1 else 'sections'}"
        ),
        state=STATE_WORDS[round_.state],
        tone=TONES.get(round_.state, ""),
        is_now=round_.state in (RoundState.OPEN, RoundState.CLOSED, RoundState.ANALYSED),
        lines=tuple(lines),
        bars=tuple(one.drawn for one in _bars(round_, axis)),
        feedback=_feedback(round_, axis),
        is_planned=round_.published_at is None,
        said=f"Round {round_.number} runs from {in_words(round_.opens_on)} to {in_words(round_.closes_on)}.",
    )


def _bars(round_: Round, axis: Axis) -> list[Bar]:
    """The round on the axis: as planned, as run, and by how much it was extended."""
    kind = "plan" if round_.state in (RoundState.PLANNED, RoundState.CANCELLED) else "accent"
    begin, end = axis.x(round_.opens_on) or 0.0, axis.x(round_.closes_on + timedelta(days=1)) or float(WIDTH)
    if not round_.extensions:
        return [Bar(kind, begin, round(max(end - begin, 3), 1))]
    first_end = axis.x(round_.extensions[0].closes_on_before + timedelta(days=1)) or end
    return [
        Bar(kind, begin, round(max(first_end - begin, 3), 1)),
        Bar("ext", first_end, round(max(end - first_end, 2), 1)),
    ]


def _feedback(round_: Round, axis: Axis) -> tuple[float, str] | None:
    """Where the feedback stands on the axis: the day it was published, else the day it is planned for."""
    day = round_.feedback_on
    at = axis.x(day) if day else None
    return (at, f"feedback {_short(day)}") if day and at is not None else None


def _short(day: date) -> str:
    return f"{day.day} {day:%B}"
