"""Reminding people who could go on and have not, with words for where they stopped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import words_of
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.identities import reachable_by_mail
from delphi.queries.reminding import BEFORE_JOINING, STOP_MESSAGES, Stop, open_round_of, people_by_stop
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.outbox import enqueue

IN_A_ROUND = (Stop.NOT_STARTED, Stop.HALF_DONE)


def remind(
    *, study_id: StudyId, number: int, reminder: str | None = None, actor: Actor, now: datetime
) -> int:
    """Promise a reminder to everybody who is asked and has not submitted; returns to how many.

    `reminder` tells one reminder of a round from the next and is the day it is due unless said
    otherwise: nobody gets the same one twice. People whom no mail reaches are counted in the event, for
    the team to ring or write to. Raises WrongState unless the round is open.
    """
    require(actor, Permission.RUN_CLOCK, study_id)
    round_ = round_of(study_id, number)
    if round_.state != RoundState.OPEN:
        raise WrongState(f"Round {number} is {words_of(round_.state)}, so nobody was reminded.")
    return _remind(study_of(study_id), round_, IN_A_ROUND, reminder, actor, now)


def remind_where_stopped(*, study_id: StudyId, stops: Collection[str], actor: Actor, now: datetime) -> int:
    """Promise today's reminder to everybody who stopped at one of these places; returns to how many.

    Raises InvalidInput when no place is chosen or there is no such place.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    chosen = [stop for stop in Stop if stop.value in stops]
    if not chosen or len(chosen) != len(set(stops)):
        raise InvalidInput([Problem("stops", "Choose whom to remind.")])
    study = study_of(study_id)
    return _remind(study, open_round_of(study), chosen, None, actor, now)


def _remind(
    study: Study,
    round_: Round | None,
    stops: Collection[Stop],
    reminder: str | None,
    actor: Actor,
    now: datetime,
) -> int:
    day = reminder or day_of(now, study.timezone).isoformat()
    people, by_mail = people_by_stop(study, round_), reachable_by_mail(study.id)
    counts, without = dict.fromkeys(stops, 0), 0
    for stop in stops:
        payload: dict[str, object] = {"message": STOP_MESSAGES[stop].value}
        if round_ is not None and stop not in BEFORE_JOINING:
            payload["round"] = round_.number
        occasion = round_.id if round_ is not None and "round" in payload else "join"
        for person in people[stop]:
            if person not in by_mail:
                without += 1
                continue
            counts[stop] += enqueue(
                "message",
                key=f"remind:{occasion}:{person}:{day}",
                payload=payload | {"panellist_id": person},
                due_at=now,
                study_id=study.id,
            )
    n = sum(counts.values())
    if n:
        record(
            "reminders_sent",
            study_id=study.id,
            actor=actor,
            now=now,
            subject=f"round:{round_.number}" if round_ is not None else "panel",
            data={"reminder": day, "without_email": without}
            | {stop.value: sent for stop, sent in counts.items()},
        )
    return n
