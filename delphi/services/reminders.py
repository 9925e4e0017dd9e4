"""Reminding people who have not handed in their answers, with words for where they stopped."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of
from delphi.domain.errors import WrongState
from delphi.domain.ids import PanellistId, RoundId, StudyId
from delphi.domain.lifecycles import words_of
from delphi.domain.permissions import Permission, require
from delphi.domain.states import PanellistState, RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.panellists import Panellist
from delphi.queries.identities import reachable_by_mail
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.outbox import enqueue


def remind(
    *, study_id: StudyId, number: int, reminder: str | None = None, actor: Actor, now: datetime
) -> int:
    """Promise a reminder to everybody who takes part and has not submitted; returns to how many.

    `reminder` tells one reminder of a round from the next and is the day it is due unless said
    otherwise: nobody gets the same one twice. People without an e-mail address are counted in the
    event, for the team to ring or write to. Raises WrongState unless the round is open.
    """
    require(actor, Permission.RUN_CLOCK, study_id)
    round_ = round_of(study_id, number)
    if round_.state != RoundState.OPEN:
        raise WrongState(f"Round {number} is {words_of(round_.state)}, so nobody was reminded.")
    due = reminder or day_of(now, study_of(study_id).timezone).isoformat()
    unfinished = _unfinished(study_id, round_.id)
    by_mail = reachable_by_mail(study_id)
    counts = {"reminder_not_started": 0, "reminder_half_done": 0}
    for panellist_id, has_started in unfinished.items():
        if panellist_id not in by_mail:
            continue
        message = "reminder_half_done" if has_started else "reminder_not_started"
        counts[message] += enqueue(
            "message",
            key=f"remind:{round_.id}:{panellist_id}:{due}",
            payload={"message": message, "panellist_id": panellist_id, "round": number},
            due_at=now,
            study_id=study_id,
        )
    n = sum(counts.values())
    if n:
        record(
            "reminders_sent",
            study_id=study_id,
            actor=actor,
            now=now,
            subject=f"round:{number}",
            data={
                "reminder": due,
                "not_started": counts["reminder_not_started"],
                "half_done": counts["reminder_half_done"],
                "without_email": len(unfinished.keys() - by_mail),
            },
        )
    return n


def _unfinished(study_id: StudyId, round_id: RoundId) -> dict[PanellistId, bool]:
    """Who takes part and has not submitted, with whether they have begun."""
    rows = db.session.execute(
        db.select(Panellist.id, Submission.state)
        .outerjoin(Submission, (Submission.panellist_id == Panellist.id) & (Submission.round_id == round_id))
        .where(Panellist.study_id == study_id, Panellist.state == PanellistState.ACTIVE)
        .order_by(Panellist.id)
    )
    return {
        panellist_id: state is not None for panellist_id, state in rows if state != SubmissionState.SUBMITTED
    }
