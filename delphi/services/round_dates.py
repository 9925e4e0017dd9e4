"""Moving the dates of a round that has not opened yet; an open one is extended instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from delphi.domain.actors import Actor
from delphi.domain.calendar import in_words
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState, StudyState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.studies import study_of
from delphi.services.deviations import record_deviation
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.rounds import call_off_clock


def move_dates(
    *,
    study_id: StudyId,
    number: int,
    opens_on: date,
    closes_on: date,
    reminders_on: Sequence[date] = (),
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Give a round other dates; once the study is sealed this is a deviation and needs its reason.

    A round that was armed has to be armed again: its old dates are no longer in force. Raises WrongState
    when it has opened, InvalidInput with everything that is wrong with the dates.
    """
    require(actor, Permission.RUN_ROUNDS, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    hold(round_)
    if round_.state != RoundState.PLANNED:
        raise WrongState(f"Round {number} has been opened. Its closing day can be put off: extend it.")
    problems = list(
        problems_with_dates(round_.number, rounds_of(study_id), opens_on, closes_on, reminders_on)
    )
    if problems:
        raise InvalidInput(problems, heading=f"The dates of round {number} were not moved.")
    before, after = _in_words(round_.opens_on, round_.closes_on), _in_words(opens_on, closes_on)
    if study.state == StudyState.RUNNING and before != after:
        record_deviation(
            study_id=study_id,
            subject=f"Dates of round {number}",
            before=before,
            after=after,
            reason=reason,
            actor=actor,
            now=now,
        )
    call_off_clock(round_)
    round_.armed_at = None
    round_.opens_on, round_.closes_on = opens_on, closes_on
    round_.reminders_on = [day.isoformat() for day in sorted(set(reminders_on))]
    db.session.flush()
    record(
        "round_dates_moved",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        data={"opens": opens_on.isoformat(), "closes": closes_on.isoformat()},
    )


def problems_with_dates(
    number: int,
    rounds: Sequence[Round],
    opens_on: date,
    closes_on: date,
    reminders_on: Sequence[date] = (),
) -> Iterator[Problem]:
    """What is wrong with the dates of a round of this number among the study's rounds."""
    if closes_on < opens_on:
        yield Problem(
            "closes_on", f"A round that opens on {in_words(opens_on)} cannot close before that day."
        )
    for day in reminders_on:
        if not opens_on <= day <= closes_on:
            yield Problem(
                "reminders", f"{in_words(day)} is not in the round. Choose a day between its dates."
            )
    earlier = [one for one in rounds if one.number < number and one.state != RoundState.CANCELLED]
    if earlier and opens_on <= earlier[-1].closes_on:
        last = earlier[-1]
        yield Problem(
            "opens_on", f"Round {last.number} runs until {in_words(last.closes_on)}. Choose a day after that."
        )


def _in_words(opens_on: date, closes_on: date) -> str:
    return f"{in_words(opens_on)} to {in_words(closes_on)}"
