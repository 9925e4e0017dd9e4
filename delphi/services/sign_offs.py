"""Signing for the team: who has signed what, and whether that is enough for this study."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor, Role, TeamMember
from delphi.domain.errors import NotAllowed, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db
from delphi.models.studies import SignOff
from delphi.queries.signatures import is_signed_off
from delphi.services.events import record

__all__ = ["is_signed_off", "sign", "unsign", "withdraw_signatures"]


def sign(kind: str, subject: str, *, study_id: StudyId, actor: Actor, now: datetime) -> None:
    """Put one's name under something; `kind` is the event ("rule_signed", "draft_signed" …).

    Raises NotAllowed for somebody outside the team, WrongState when this person has signed already: two
    signatures are two people's.
    """
    require(actor, Permission.SIGN_OFF, study_id)
    if not isinstance(actor, TeamMember):
        raise NotAllowed("Only a member of the study team can sign off.")
    if db.session.get(SignOff, (study_id, subject, actor.account_id)) is not None:
        raise WrongState("You have signed this already.")
    db.session.add(
        SignOff(
            study_id=study_id,
            subject=subject,
            account_id=actor.account_id,
            as_lead=Role.LEAD in actor.roles,
            signed_at=now,
        )
    )
    db.session.flush()
    record(kind, study_id=study_id, actor=actor, now=now, subject=subject)


def unsign(subject: str, *, study_id: StudyId, actor: Actor, now: datetime) -> None:
    """Take one's own name from under something; WrongState when it does not stand there."""
    require(actor, Permission.SIGN_OFF, study_id)
    row = (
        db.session.get(SignOff, (study_id, subject, actor.account_id))
        if isinstance(actor, TeamMember)
        else None
    )
    if row is None:
        raise WrongState("Your name does not stand under this.")
    db.session.delete(row)
    db.session.flush()
    record("signature_withdrawn", study_id=study_id, actor=actor, now=now, subject=subject)


def withdraw_signatures(study_id: StudyId, subject: str) -> None:
    """What was signed has changed, so the signatures no longer stand under it."""
    db.session.execute(db.delete(SignOff).where(SignOff.study_id == study_id, SignOff.subject == subject))
    db.session.flush()
