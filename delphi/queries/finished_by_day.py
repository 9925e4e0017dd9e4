"""How many people had finished a round by each of its days: counts only, never who or what they said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from delphi.charts.days import DaysSoFar, Reminded, days_chart
from delphi.domain.calendar import day_of
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.log import Event
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.rounds import rounds_of


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: how many had finished by its end, and on the same day of the round before."""

    day: str
    n: int
    n_before: int | None


@dataclass(frozen=True, slots=True)
class FinishedByDay:
    """The picture of a round's days, with its finding in a sentence and its figures as a table."""

    finding: str
    about_before: str
    picture: str
    rows: tuple[DayRow, ...]
    before: int | None


def finished_by_day(study: Study, round_: Round, n_asked: int, now: datetime) -> FinishedByDay | None:
    """The days of a round so far; None before it has opened, and while it is a single day old."""
    first, last, until = _days(study, round_, now)
    finished = _counts(study, round_, first, until)
    if len(finished) < 2:
        return None
    before = _round_before(study, round_)
    earlier: list[int] = []
    if before is not None:
        opened, _, closed = _days(study, before, now)
        earlier = _counts(study, before, opened, closed)
    n_days = (max(last, until) - first).days + 1
    reminded = _reminded(study, round_, first, n_days)
    picture = days_chart(
        "finished",
        "Finished so far, by day",
        f"{finished[-1]} people had finished by the end of day {len(finished)} of {n_days}.",
        DaysSoFar(
            n_days=n_days,
            asked=max(n_asked, finished[-1]),
            finished=finished,
            before=earlier[:n_days],
            before_words=f"round {before.number}" if before else "",
            first_words=_short(first),
            last_words=_short(max(last, until)),
            reminded=[Reminded(day, f"reminder {place}") for place, day in enumerate(reminded, 1)],
        ),
    )
    return FinishedByDay(
        finding=_finding(finished, reminded)
        if round_.state == RoundState.OPEN
        else f"{finished[-1]} had finished when the round closed.",
        about_before=f"The dotted line is round {before.number} on the same day."
        if earlier and before
        else "",
        picture=picture,
        rows=tuple(
            DayRow(
                _short(first + timedelta(days=i)), n, earlier[min(i, len(earlier) - 1)] if earlier else None
            )
            for i, n in enumerate(finished)
        ),
        before=before.number if before and earlier else None,
    )


def _days(study: Study, round_: Round, now: datetime) -> tuple[date, date, date]:
    """The first day of a round, its last one by plan, and the day until which there is something to count."""
    if round_.opened_at is None:
        return round_.opens_on, round_.closes_on, round_.opens_on - timedelta(days=1)
    end = day_of(round_.closed_at or now, study.timezone)
    first = day_of(round_.opened_at, study.timezone)
    return first, max(first, round_.closes_on), min(end, max(first, round_.closes_on))


def _counts(study: Study, round_: Round, first: date, until: date) -> list[int]:
    """How many people had handed in by the end of each day; forms entered later count on the last one."""
    moments = db.session.scalars(
        db.select(Submission.submitted_at).where(
            Submission.round_id == round_.id,
            Submission.state == SubmissionState.SUBMITTED,
            Submission.submitted_at.is_not(None),
        )
    )
    n_days = (until - first).days + 1
    if n_days < 1:
        return []
    by_day = Counter(
        min(max((day_of(moment, study.timezone) - first).days, 0), n_days - 1) for moment in moments if moment
    )
    return list(accumulate(by_day[i] for i in range(n_days)))


def _round_before(study: Study, round_: Round) -> Round | None:
    earlier = [
        one
        for one in rounds_of(study.id)
        if one.number < round_.number and one.opened_at is not None and one.state != RoundState.CANCELLED
    ]
    return earlier[-1] if earlier else None


def _reminded(study: Study, round_: Round, first: date, n_days: int) -> list[int]:
    """The days on which reminders went out, counted from the first."""
    moments = db.session.scalars(
        db.select(Event.at)
        .where(
            Event.study_id == study.id,
            Event.kind == "reminders_sent",
            Event.subject == f"round:{round_.number}",
        )
        .order_by(Event.number)
    )
    days = {(day_of(moment, study.timezone) - first).days for moment in moments}
    return sorted(day for day in days if 0 <= day < n_days)


def _finding(finished: Sequence[int], reminded: Sequence[int]) -> str:
    """What came in on the last whole day, in a sentence."""
    place = len(finished) - 2
    n = finished[place] - (finished[place - 1] if place else 0)
    which = f", the day of reminder {reminded.index(place) + 1}" if place in reminded else ""
    return f"{n or 'Nobody'} {'more ' if place and n else ''}finished yesterday{which}."


def _short(day: date) -> str:
    return f"{day.day} {day:%B}"
