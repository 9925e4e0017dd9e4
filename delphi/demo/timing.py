"""When each simulated person answers: more on the first days, around reminders and at the end.

Times are minutes of a day in the study's time zone; the player turns them into moments. Pure: random
numbers come in as a stream.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from delphi.demo.cast import Panellist
from delphi.demo.script import Script
from delphi.demo.storyline import RoundPlan

FIRST_MINUTE, END_MINUTE = 480, 1320
"""People answer from 08:00 to 22:00."""
MOST_DAYS_TO_ENTER = 3
"""A paper form is entered one to three days after it comes."""
_SATURDAY = 5


class Draws(Protocol):
    """A random stream."""

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` up to, not including, `high`."""

    def place(self, weights: Sequence[float]) -> int:
        """The place of one of the weights, drawn in proportion to them."""


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """When somebody's answers for a round reach the team and the platform.

    `answered_on` is the day of submitting, or the day a paper form is received. `minute` is the
    minute of that day (of the day of entry, for paper). `entered_on` is for paper only;
    `started_on` for those who save part way and finish on another day.
    """

    answered_on: date
    minute: int
    started_on: date | None = None
    entered_on: date | None = None

    def saved_on(self, last_day: date) -> date:
        """The day on which the answers are saved on the platform.

        A paper form that came in time is entered on the round's last day at the latest, because a
        closed round takes nothing; one that came late is entered when its turn comes.
        """
        if self.entered_on is None:
            return self.answered_on
        return self.entered_on if self.answered_on > last_day else min(self.entered_on, last_day)


def answer_times(script: Script, draws: Draws) -> Mapping[tuple[int, str], AnswerTimes]:
    """Times by round and panellist code, for everybody who answers."""
    return {
        (plan.number, panellist.code): _times(plan, panellist, draws)
        for plan in script.rounds
        for panellist in script.panellists
        if panellist.answers_in(plan.number)
    }


def day_weights(plan: RoundPlan) -> dict[date, float]:
    """How likely each day of a round is, from the opening to the last closing day (not yet shares)."""
    length = (plan.last_day - plan.opens).days + 1
    days = [plan.opens + timedelta(days=number) for number in range(length)]
    nudges = (plan.opens, *plan.reminders)
    lively = {*nudges, *(day + timedelta(days=1) for day in nudges)}
    weights = {}
    for day in days:
        weight = 1.0 + (3.0 if day in lively else 0.0) + (2.0 if day in days[-2:] else 0.0)
        weights[day] = weight / 2 if day.weekday() >= _SATURDAY else weight
    return weights


def _times(plan: RoundPlan, panellist: Panellist, draws: Draws) -> AnswerTimes:
    weights = day_weights(plan)
    day = tuple(weights)[draws.place(tuple(weights.values()))]
    minute = draws.whole(FIRST_MINUTE, END_MINUTE)
    if panellist.mode == "paper":
        days_to_enter = draws.whole(1, MOST_DAYS_TO_ENTER + 1)
        late = panellist.late_form
        received = late.received_on if late and late.round == plan.number else day
        return AnswerTimes(received, minute, entered_on=received + timedelta(days=days_to_enter))
    pause = panellist.pause
    if pause and pause.round == plan.number:
        started = min(day, plan.last_day - timedelta(days=pause.days))
        return AnswerTimes(started + timedelta(days=pause.days), minute, started_on=started)
    return AnswerTimes(day, minute)
