"""Leaving: declining, stopping, having one's contact details deleted, having everything deleted.

Different acts with different consequences (requirement E30); skipping a round is none of them and needs
nothing. Nobody has to give a reason, and nobody who has left is written to.
"""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import INVITATION, PANELLIST, words_of
from delphi.domain.permissions import Permission, require
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.panellists import Panellist, Tombstone
from delphi.queries.identities import identity_of
from delphi.services.events import record
from delphi.services.membership import (
    call_off_messages,
    forget_messages,
    panellist_acted_on,
    subject_of,
    switch_off_links,
)
from delphi.services.transitions import move

LONGEST_REASON = 300

_ENDS_AS = {
    InvitationState.SENT: InvitationState.DECLINED,
    InvitationState.OPENED: InvitationState.DECLINED,
    InvitationState.CONSENTED: InvitationState.REVOKED,
}


def decline(*, study_id: StudyId, code: str, reason: str | None = None, actor: Actor, now: datetime) -> None:
    """Say no before joining: to an invitation, or after an interest that was registered.

    Raises WrongState for somebody who has joined; they can stop instead.
    """
    require(actor, Permission.LEAVE, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    if panellist.state != PanellistState.REGISTERED:
        raise WrongState(
            f"{code} is {words_of(panellist.state)}, so there is nothing to decline. "
            "Somebody who has joined can stop taking part."
        )
    _leave(panellist, reason, actor, now)


def stop(*, study_id: StudyId, code: str, reason: str | None = None, actor: Actor, now: datetime) -> None:
    """Stop taking part; answers given so far stay, links and messages end.

    `reason` is optional and goes with the answers when they are deleted. Raises WrongState for somebody
    who has not joined or has left already.
    """
    require(actor, Permission.LEAVE, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    if panellist.state == PanellistState.REGISTERED:
        raise WrongState(f"{code} has not joined yet. An invitation can be declined.")
    _leave(panellist, reason, actor, now)


def _leave(panellist: Panellist, reason: str | None, actor: Actor, now: datetime) -> None:
    move(
        panellist,
        PANELLIST,
        PanellistState.STOPPED,
        study_id=panellist.study_id,
        actor=actor,
        now=now,
        subject=subject_of(panellist),
        left_at=now,
        left_reason=_said(reason),
    )
    end_access(panellist, actor, now)


def _said(reason: str | None) -> str | None:
    words = " ".join((reason or "").split())
    if len(words) > LONGEST_REASON:
        sentence = f"This has {len(words)} characters; there is room for {LONGEST_REASON}. Please shorten it."
        raise InvalidInput([Problem("reason", sentence)])
    return words or None


def end_access(panellist: Panellist, actor: Actor, now: datetime) -> None:
    """Close the invitation, switch off every link and take back messages that have not left yet."""
    call_off_messages(panellist)
    invitation = panellist.invitation
    if invitation is None:
        return
    target = _ENDS_AS.get(invitation.state)
    if target is not None:
        move(
            invitation,
            INVITATION,
            target,
            study_id=panellist.study_id,
            actor=actor,
            now=now,
            subject=subject_of(panellist),
            answered_at=invitation.answered_at or now,
        )
    switch_off_links(invitation, now)


def delete_contact_details(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> Tombstone:
    """Delete a person's name and the ways of reaching them, and nothing else.

    Answers stay, without a way back to the person; links that they hold go on working, but nothing is
    sent any more. Raises WrongState when it has been done already.
    """
    require(actor, Permission.LEAVE, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    if not forget_identity(panellist):
        raise WrongState(f"The contact details of {code} have been deleted already.")
    tombstone = add_tombstone(panellist, "contact details", now)
    subject = subject_of(panellist)
    record("contact_details_deleted", study_id=study_id, actor=actor, now=now, subject=subject)
    return tombstone


def forget_identity(panellist: Panellist) -> bool:
    """Remove who a panellist is, with every trace of messages to them; False when nothing was there."""
    forget_messages(panellist)
    identity = identity_of(panellist.study_id, panellist.code)
    if identity is None:
        return False
    db.session.delete(identity)
    db.session.flush()
    return True


def add_tombstone(panellist: Panellist, scope: str, now: datetime) -> Tombstone:
    """Keep what was deleted, whose by code, and when: a restored backup can be cleaned again."""
    tombstone = Tombstone(study_id=panellist.study_id, code=panellist.code, deleted_at=now, scope=scope[:200])
    db.session.add(tombstone)
    db.session.flush()
    return tombstone
