"""Asking people to take part, and the personal links by which they come in.

A link is a credential: long, random, stored as a hash only, never in the outbox. Each message carries a
link of its own, made when the message leaves; all work until they expire or are switched off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import Actor, Clock, PanellistActor
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.lifecycles import INVITATION, words_of
from delphi.domain.permissions import Permission, require
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.panellists import Identity, Invitation, Panellist
from delphi.queries.admission import admission_of
from delphi.queries.identities import WRITTEN_TO, identity_of
from delphi.queries.invitations import lapsed_invitations, look_at_link, personal_link
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.filled_in import require_filled_in_texts
from delphi.services.membership import (
    add_access,
    call_off_messages,
    invitation_for,
    mark_opened,
    panellist_acted_on,
    subject_of,
    switch_off_links,
)
from delphi.services.outbox import enqueue
from delphi.services.transitions import move

HAS_LINKS = (InvitationState.SENT, InvitationState.OPENED, InvitationState.CONSENTED)


@dataclass(frozen=True, slots=True)
class LinkAndCode:
    """A personal link, and a short code that opens the same; no code when none was asked for."""

    link: str
    short_code: str


def invite(
    *,
    study_id: StudyId,
    codes: Iterable[str],
    due_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Invite people, or again those whose invitation bounced or expired; returns how many messages leave.

    Messages leave at `due_at` (now unless told). Somebody without an e-mail address is marked as invited
    by letter or phone, which the team sees to. Raises InvalidInput naming everybody who cannot be
    invited, and then nobody is; WrongState when the study admits nobody any more or has texts to write.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    study = study_of(study_id)
    require_filled_in_texts(study)
    admission = admission_of(study)
    if not admission.is_open:
        raise WrongState(admission.sentence)
    people = [panellist_acted_on(study_id, code, actor) for code in dict.fromkeys(codes)]
    problems = [Problem(person.code, obstacle) for person in people if (obstacle := _obstacle(person))]
    if problems:
        raise InvalidInput(problems, heading="Nobody was invited.")
    return sum(_send(person, due_at or now, actor, now) for person in people)


def _obstacle(panellist: Panellist) -> str:
    """Why somebody cannot be invited now; empty when they can."""
    if panellist.state != PanellistState.REGISTERED:
        return f"This person is {words_of(panellist.state)} already. Take them off the list."
    if identity_of(panellist.study_id, panellist.code) is None:
        return "The contact details of this person have been deleted. Take them off the list."
    state = panellist.invitation.state if panellist.invitation else InvitationState.PREPARED
    if state in (InvitationState.PREPARED, InvitationState.BOUNCED, InvitationState.EXPIRED):
        return ""
    return f"The invitation of this person is {words_of(state)} already. Take them off the list."


def _send(panellist: Panellist, due_at: datetime, actor: Actor, now: datetime) -> bool:
    """Mark one invitation as sent; True when a message leaves by itself."""
    identity = identity_of(panellist.study_id, panellist.code)
    if identity is not None:
        # Whoever invites again wants this address tried again.
        identity.email_bounced_at = None
    by = _way_to(identity)
    invitation = invitation_for(panellist)
    is_again = invitation.state != InvitationState.PREPARED
    move(
        invitation,
        INVITATION,
        InvitationState.SENT,
        study_id=panellist.study_id,
        actor=actor,
        now=now,
        subject=subject_of(panellist),
        data={"by": by},
        sent_at=due_at,
        generation=invitation.generation + 1 if is_again else invitation.generation,
    )
    return by == "mail" and _enqueue_message("invitation", panellist, invitation, due_at)


def _way_to(identity: Identity | None) -> str:
    if identity is not None and identity.email:
        return "mail"
    return "letter" if identity is not None and identity.address else "phone"


def _enqueue_message(message: str, panellist: Panellist, invitation: Invitation, due_at: datetime) -> bool:
    return enqueue(
        "message",
        key=f"{message}:{panellist.id}:{invitation.generation}",
        payload={"message": message, "panellist_id": panellist.id},
        due_at=due_at,
        study_id=panellist.study_id,
    )


def issue_link(
    *, panellist_id: PanellistId, base_url: str = "", actor: Actor | None = None, now: datetime
) -> str:
    """Make one more personal link and return it; its token is written down nowhere else.

    Called when a message leaves, by the clock unless told otherwise. Raises NotFound for an unknown
    person, WrongState for somebody who has stopped or was never invited: they are not written to.
    """
    actor = actor or Clock()
    require(actor, Permission.RUN_CLOCK)
    return _issue(panellist_id, base_url, "", actor, now).link


def issue_link_and_code(
    *, panellist_id: PanellistId, base_url: str, code_key: str, actor: Actor, now: datetime
) -> LinkAndCode:
    """As `issue_link`, with a short code that opens the same; `code_key` is the instance's secret."""
    require(actor, Permission.RUN_CLOCK)
    return _issue(panellist_id, base_url, code_key, actor, now)


def _issue(
    panellist_id: PanellistId, base_url: str, code_key: str, actor: Actor, now: datetime
) -> LinkAndCode:
    panellist = db.session.get(Panellist, panellist_id, populate_existing=True)
    if panellist is None:
        raise NotFound("There is no such person on any panel.")
    require(actor, Permission.RUN_CLOCK, panellist.study_id)
    invitation = panellist.invitation
    if panellist.state not in WRITTEN_TO:
        raise WrongState(f"{panellist.code} has stopped taking part, so no link is made.")
    if invitation is None or invitation.state in (InvitationState.PREPARED, InvitationState.REVOKED):
        raise WrongState(f"{panellist.code} has no invitation that holds, so no link is made.")
    made = add_access(invitation, code_key, now)
    return LinkAndCode(personal_link(base_url, made.token), made.short_code)


def open_link(*, token: str, now: datetime) -> PanellistActor:
    """Sign somebody in with a personal link; the first time, their invitation counts as opened.

    `token` is the link's last part, or the whole link. Whoever holds it is the actor. Raises NotFound for
    a damaged link, WrongState for one that has expired or was switched off; both say whom to ask.
    """
    link = look_at_link(token, now)
    require(link.actor, Permission.ANSWER, link.study_id)
    mark_opened(link.actor, now)
    return link.actor


def revoke_links(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> int:
    """Switch off all links of one person, as after a lost phone, and send a new one.

    Open sessions end too. Membership stays as it is. Returns how many links worked until now.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    invitation = panellist.invitation
    if invitation is None or invitation.state not in HAS_LINKS or panellist.state not in WRITTEN_TO:
        raise WrongState(f"{code} has no links that could be replaced. Invite this person first.")
    call_off_messages(panellist)
    n = switch_off_links(invitation, now)
    subject = subject_of(panellist)
    record("links_replaced", study_id=study_id, actor=actor, now=now, subject=subject, data={"links": n})
    identity = identity_of(study_id, code)
    if identity is not None and identity.email:
        identity.email_bounced_at = None
        message = "new_link" if invitation.state == InvitationState.CONSENTED else "invitation"
        _enqueue_message(message, panellist, invitation, now)
    return n


def revoke_invitation(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> None:
    """Take an invitation back for good, before the person has consented; their links stop working."""
    require(actor, Permission.MANAGE_PANEL, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    if panellist.state != PanellistState.REGISTERED:
        raise WrongState(f"{code} is {words_of(panellist.state)}, so there is no invitation to take back.")
    invitation = invitation_for(panellist)
    move(
        invitation,
        INVITATION,
        InvitationState.REVOKED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=subject_of(panellist),
    )
    call_off_messages(panellist)
    switch_off_links(invitation, now)


def expire_invitations(*, study_id: StudyId, actor: Actor, now: datetime) -> int:
    """Mark invitations as expired whose links have all run out unanswered; returns how many."""
    require(actor, Permission.RUN_CLOCK, study_id)
    lapsed = lapsed_invitations(study_id, now)
    for invitation in lapsed:
        move(
            invitation,
            INVITATION,
            InvitationState.EXPIRED,
            study_id=study_id,
            actor=actor,
            now=now,
            subject=subject_of(invitation.panellist),
        )
    return len(lapsed)
