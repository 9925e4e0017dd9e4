"""What the panel's services share: whose membership it is, their links, and messages on their way.

Nothing here asks for a permission; the use cases that call it have done so.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement

from delphi.domain.actors import Actor, PanellistActor
from delphi.domain.errors import NotAllowed, NotFound
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.lifecycles import INVITATION
from delphi.domain.short_codes import ALPHABET, LENGTH
from delphi.domain.states import InvitationState
from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState
from delphi.models.panellists import AccessToken, Invitation, Panellist
from delphi.queries.invitations import short_code_hash, token_hash
from delphi.services.outbox import enqueue
from delphi.services.transitions import move

LINK_LIFETIME = timedelta(days=120)
"""Longer than a study of three rounds; a reminder in a longer one brings a fresh link."""

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewAccess:
    """A way in that was just made; its token and its short code are written down nowhere else."""

    token: str
    short_code: str


def panellist_acted_on(study_id: StudyId, code: str, actor: Actor) -> Panellist:
    """The person whose membership is about to change, held until the transaction ends.

    Raises NotAllowed when a panellist names somebody else's code, NotFound for an unknown code.
    """
    if isinstance(actor, PanellistActor) and actor.code != code:
        raise NotAllowed(
            "You can do this for yourself only. If somebody needs help, please ask the study team."
        )
    found: Panellist | None = db.session.scalar(
        db.select(Panellist)
        .where(Panellist.study_id == study_id, Panellist.code == code)
        .with_for_update(of=Panellist)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(f"Nobody on this panel has the code {code}.")
    return found


def subject_of(panellist: Panellist) -> str:
    """How events name a panellist: by code, never by name."""
    return f"panellist:{panellist.code}"


def invitation_for(panellist: Panellist) -> Invitation:
    """The person's invitation; a fresh one is prepared when there is none yet."""
    if panellist.invitation is None:
        panellist.invitation = Invitation(study_id=panellist.study_id, panellist_id=panellist.id)
        db.session.flush()
    return panellist.invitation


def add_access(invitation: Invitation, code_key: str, now: datetime) -> NewAccess:
    """Make one more way in; with a short code when the key for one is given, without when it is empty.

    Somebody who has still to consent gets until its end: then the clock looks whether another holds.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    short_code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) if code_key else ""
    db.session.add(
        AccessToken(
            invitation_id=invitation.id,
            token_hash=token_hash(token),
            code_hash=short_code_hash(short_code, code_key) if short_code else None,
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    db.session.flush()
    if invitation.state != InvitationState.CONSENTED:
        _look_after_its_last_day(invitation.study_id, now + LINK_LIFETIME)
    return NewAccess(token, short_code)


def _look_after_its_last_day(study_id: StudyId, expires_at: datetime) -> None:
    """Have the clock look for invitations that have run out, once for all links of a study and a day."""
    day = expires_at.astimezone(UTC).date() + timedelta(days=1)
    enqueue(
        "expire_invitations",
        key=f"expire_invitations:{study_id}:{day}",
        payload={},
        due_at=datetime.combine(day, time(), UTC),
        study_id=study_id,
    )


def mark_opened(actor: PanellistActor, now: datetime) -> None:
    """Count the invitation of somebody who has just come in as opened, the first time."""
    invitation = db.session.scalar(
        db.select(Invitation)
        .where(Invitation.panellist_id == actor.panellist_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is not None and invitation.state == InvitationState.SENT:
        move(
            invitation,
            INVITATION,
            InvitationState.OPENED,
            study_id=actor.study_id,
            actor=actor,
            now=now,
            subject=f"panellist:{actor.code}",
            opened_at=now,
        )


def switch_off_links(invitation: Invitation, now: datetime) -> int:
    """Revoke every link of an invitation and end the sessions begun with one; returns how many worked."""
    living = [token for token in invitation.tokens if token.revoked_at is None and token.expires_at > now]
    db.session.execute(
        db.update(AccessToken)
        .where(AccessToken.invitation_id == invitation.id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    invitation.generation += 1
    db.session.flush()
    db.session.refresh(invitation, ["tokens", "generation"])
    return len(living)


def call_off_messages(panellist: Panellist) -> None:
    """Take back every message to this person that has not left yet."""
    db.session.execute(
        db.delete(OutboxEntry)
        .where(_messages_to(panellist.study_id, panellist.id), OutboxEntry.state == OutboxState.WAITING)
        .execution_options(synchronize_session=False)
    )


def forget_messages(panellist: Panellist) -> None:
    """Remove every trace of messages to this person: the error of a failed one may hold the address."""
    db.session.execute(
        db.delete(OutboxEntry)
        .where(_messages_to(panellist.study_id, panellist.id))
        .execution_options(synchronize_session=False)
    )


def _messages_to(study_id: StudyId, panellist_id: PanellistId) -> ColumnElement[bool]:
    theirs: ColumnElement[bool] = (
        (OutboxEntry.study_id == study_id)
        & (OutboxEntry.kind == "message")
        & (OutboxEntry.payload["panellist_id"].as_integer() == panellist_id)
    )
    return theirs
