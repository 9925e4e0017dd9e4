"""Until when a study takes in new people: its protocol says so, its rounds say whether it has come."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.states import StudyState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether somebody new may still join; `sentence` says why not, and is empty while they may."""

    is_open: bool
    sentence: str


def admission_of(study: Study) -> Admission:
    """Whether the study still admits new panel members (requirement M23)."""
    if study.state not in (StudyState.DRAFT, StudyState.RUNNING):
        return Admission(False, f"“{study.short_title}” is {study.state.value}, so nobody new can join it.")
    until = study.protocol.get("admit_until")
    if until is None:
        return Admission(True, "")
    number, event = int(until["round"]), str(until["event"])
    moment = Round.opened_at if event == "opens" else Round.closed_at
    passed = db.session.scalar(
        db.select(moment).where(Round.study_id == study.id, Round.number == number, moment.is_not(None))
    )
    if passed is None:
        return Admission(True, "")
    happened = "opened" if event == "opens" else "closed"
    return Admission(
        False,
        f"This study admits new people until round {number} {event}, and it has {happened}. "
        "Admitting somebody now would change the protocol that was sealed.",
    )
