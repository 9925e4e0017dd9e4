"""Asking, after the close, to add answers. A person decides, and admits a late form with a reason."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState
from delphi.domain.wording import required_words
from delphi.models.answers import LateRequest
from delphi.queries.answers import answering, round_to_answer
from delphi.queries.late_requests import may_be_late
from delphi.services.answers import require_asked, require_taking_part
from delphi.services.events import record
from delphi.services.upsert import upsert

LONGEST_REASON = 300


def ask_to_be_late(
    *, study_id: StudyId, number: int, code: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Ask the team to take late answers; asking again puts the new reason in place of the old.

    Raises InvalidInput without a reason, WrongState when the round is not closed, is analysed already, or
    the protocol takes no late answers.
    """
    require(actor, Permission.ANSWER, study_id)
    round_, study = round_to_answer(study_id, number)
    who = answering(study_id, number, code)
    require_taking_part(who, actor)
    require_asked(who)
    if round_.state == RoundState.OPEN:
        raise WrongState(f"Round {number} is open, so your answers are not late. You can send them now.")
    if not may_be_late(study, round_):
        raise WrongState(
            f"Late answers cannot be added to round {number} any more. "
            "If you want to say something, please phone or write to the study team."
        )
    words = required_words(
        "reason",
        reason,
        at_most=LONGEST_REASON,
        missing="Write a few words, such as “I was ill”. They help us to decide.",
    )
    row = {
        "round_id": round_.id,
        "panellist_id": who.panellist_id,
        "study_id": study_id,
        "reason": words,
        "asked_at": now,
    }
    upsert(LateRequest, [row], update=["reason", "asked_at"])
    record(
        "late_answers_requested", study_id=study_id, actor=actor, now=now, subject=f"round:{number}:{code}"
    )
