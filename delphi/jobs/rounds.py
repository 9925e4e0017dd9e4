"""The clock of rounds: opening, reminding and closing when the time that a person armed has come.

A person may have been quicker, or may have moved the time: neither is an error.
"""

from __future__ import annotations

from datetime import datetime

from delphi.config import Settings
from delphi.domain.actors import Clock
from delphi.domain.calendar import end_of_day, start_of_day
from delphi.domain.ids import StudyId
from delphi.domain.states import RoundState
from delphi.jobs.claims import Work
from delphi.jobs.results import Done, Later, Result
from delphi.models.rounds import Round
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services import reminders, rounds


def open_when_due(work: Work, now: datetime, settings: Settings) -> Result:
    """Open a round on its day, unless somebody has opened or cancelled it."""
    study_id, round_ = _round(work)
    if round_.state != RoundState.PLANNED:
        return Done(f"Nothing to do: the round is {round_.state.value} already.")
    opens_at = start_of_day(round_.opens_on, study_of(study_id).timezone)
    if opens_at > now:
        return Later(opens_at)
    rounds.open_round(study_id=study_id, number=round_.number, actor=Clock(), now=now)
    return Done()


def close_when_due(work: Work, now: datetime, settings: Settings) -> Result:
    """Close a round at the end of its last day, unless it was extended or somebody has closed it."""
    study_id, round_ = _round(work)
    if round_.state != RoundState.OPEN:
        return Done(f"Nothing to do: the round is {round_.state.value}.")
    closes_at = end_of_day(round_.closes_on, study_of(study_id).timezone)
    if closes_at > now:
        return Later(closes_at)
    rounds.close_round(study_id=study_id, number=round_.number, actor=Clock(), now=now)
    return Done()


def remind_when_due(work: Work, now: datetime, settings: Settings) -> Result:
    """Remind those who have not answered, while the round is open."""
    study_id, round_ = _round(work)
    if round_.state != RoundState.OPEN:
        return Done(f"Nobody was reminded: the round is {round_.state.value}.")
    reminders.remind(
        study_id=study_id,
        number=round_.number,
        reminder=str(work.payload["day"]),
        actor=Clock(),
        now=now,
    )
    return Done()


def _round(work: Work) -> tuple[StudyId, Round]:
    study_id = StudyId(int(work.payload["study_id"]))
    return study_id, round_of(study_id, int(work.payload["number"]))
