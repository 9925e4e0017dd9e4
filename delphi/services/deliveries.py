"""Messages that did not arrive: addresses that bounce, and sending again what did not leave.

A mail server that refuses an address tells at once; a message that comes back days later reaches people,
who note it. Either way nothing more is sent there until somebody corrects the address or tries it again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.lifecycles import INVITATION
from delphi.domain.permissions import Permission, require
from delphi.domain.states import InvitationState
from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState
from delphi.models.panellists import Identity, Panellist
from delphi.services.events import record
from delphi.services.membership import call_off_messages, panellist_acted_on, subject_of, switch_off_links
from delphi.services.transitions import move

NEVER_WRITTEN_TO = (None, InvitationState.PREPARED)


def mark_bounced(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> None:
    """Note that messages to this person come back.

    An invitation that nobody has opened counts as not arrived, and its links stop working: they may be in
    a stranger's hands. Raises WrongState when nothing was ever sent, or no address is known.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    state = panellist.invitation.state if panellist.invitation else None
    if state in NEVER_WRITTEN_TO:
        raise WrongState("Nothing has been sent to this person yet, so nothing can have come back.")
    _bounce(panellist, actor, now)


def note_refused_address(*, panellist_id: PanellistId, actor: Actor, now: datetime) -> None:
    """Note that the mail server refused somebody's address; whoever is not there any more is passed over."""
    require(actor, Permission.RUN_CLOCK)
    panellist = db.session.get(Panellist, panellist_id, with_for_update=True, populate_existing=True)
    if panellist is None:
        return
    require(actor, Permission.RUN_CLOCK, panellist.study_id)
    _bounce(panellist, actor, now)


def _bounce(panellist: Panellist, actor: Actor, now: datetime) -> None:
    identity = db.session.get(Identity, panellist.id)
    if identity is None or not identity.email:
        raise WrongState("No e-mail address of this person is known.")
    identity.email_bounced_at = now
    call_off_messages(panellist)
    invitation, subject = panellist.invitation, subject_of(panellist)
    if invitation is None or invitation.state != InvitationState.SENT:
        db.session.flush()
        record("address_bounced", study_id=panellist.study_id, actor=actor, now=now, subject=subject)
        return
    move(
        invitation,
        INVITATION,
        InvitationState.BOUNCED,
        study_id=panellist.study_id,
        actor=actor,
        now=now,
        subject=subject,
    )
    switch_off_links(invitation, now)


def send_again(*, study_id: StudyId, only: Collection[int] | None = None, actor: Actor, now: datetime) -> int:
    """Try everything again that did not leave, or only the pieces of work with these ids; how many.

    What is no longer true by then is not sent. Raises NotFound when nothing is there to be tried again.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    statement = (
        db.select(OutboxEntry)
        .where(OutboxEntry.study_id == study_id, OutboxEntry.state == OutboxState.FAILED)
        .order_by(OutboxEntry.id)
        .with_for_update()
    )
    if only is not None:
        statement = statement.where(OutboxEntry.id.in_(only))
    entries = db.session.scalars(statement).all()
    if not entries:
        raise NotFound("There is nothing here that could be sent again. Perhaps it has left meanwhile.")
    for entry in entries:
        entry.state, entry.attempts, entry.due_at = OutboxState.WAITING, 0, now
        entry.last_error = entry.done_at = None
        _try_address_again(entry)
    db.session.flush()
    n = len(entries)
    record("messages_sent_again", study_id=study_id, actor=actor, now=now, data={"messages": n})
    return n


def _try_address_again(entry: OutboxEntry) -> None:
    panellist_id = entry.payload.get("panellist_id")
    identity = db.session.get(Identity, PanellistId(int(panellist_id))) if panellist_id is not None else None
    if identity is not None and identity.study_id == entry.study_id:
        identity.email_bounced_at = None
