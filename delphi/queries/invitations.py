"""Personal links: what a token opens, and what became of asking people. Looking changes nothing."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from delphi.domain.actors import PanellistActor
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.panellists import AccessToken, Invitation, Panellist, WrongCode
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """Where a personal link leads: the person by code, and what signing in would begin with."""

    study_id: StudyId
    study_slug: str
    study_title: str
    panellist_id: PanellistId
    code: str
    format: str
    has_consented: bool
    generation: int

    @property
    def actor(self) -> PanellistActor:
        """The person as an actor, for the services."""
        return PanellistActor(self.panellist_id, self.study_id, self.code)


def personal_link(base_url: str, token: str) -> str:
    """The address of the page on which a token signs somebody in."""
    return f"{base_url.rstrip('/')}/link/{token}"


def token_hash(token: str) -> str:
    """How a token is stored: nobody who reads the database can sign in with what stands there.

    A whole link may be given in place of its token.
    """
    return hashlib.sha256(token.strip().rpartition("/")[2].encode("utf-8")).hexdigest()


def whom_to_ask(study: Study) -> str:
    """The study's contact as the end of a sentence: "the study team, team@… or 01632 960 000"."""
    contact = study.information.get("contact") or {}
    ways = " or ".join(str(contact[way]) for way in ("email", "phone") if contact.get(way))
    name = str(contact.get("name") or "the study team")
    return f"{name}, {ways}" if ways else name


def short_code_hash(code: str, key: str) -> str:
    """How a short code is stored, with the instance's secret: without it, trying out all codes is no use."""
    return hmac.new(key.encode("utf-8"), f"short code:{code}".encode(), hashlib.sha256).hexdigest()


def n_wrong_codes(now: datetime, within: timedelta) -> int:
    """How often somebody typed a short code that nobody has, on the whole platform."""
    found = db.session.scalar(
        db.select(db.func.count()).select_from(WrongCode).where(WrongCode.tried_at > now - within)
    )
    return int(found or 0)


def look_at_link(token: str, now: datetime) -> PersonalLink:
    """Where a personal link leads. Mail programs open links by themselves, so this signs nobody in.

    Raises NotFound for a link that is damaged, WrongState for one that no longer works; both say whom
    to ask.
    """
    found = _look(AccessToken.token_hash == token_hash(token), "link", now)
    if found is None:
        raise NotFound(
            "This link is not known here. Perhaps it was cut when it was copied: open it from the message "
            "itself, or copy all of it. If it still does not work, reply to the message that it came in."
        )
    return found


def look_at_code(code: str, key: str, now: datetime) -> PersonalLink | None:
    """Where a short code leads; None when nobody has it. Raises WrongState for one that no longer works."""
    return _look(AccessToken.code_hash == short_code_hash(code, key), "short code", now)


def _look(is_it: Any, what: str, now: datetime) -> PersonalLink | None:
    row = db.session.execute(
        db.select(AccessToken, Invitation, Panellist, Study)
        .join(Invitation, Invitation.id == AccessToken.invitation_id)
        .join(Panellist, Panellist.id == Invitation.panellist_id)
        .join(Study, Study.id == Invitation.study_id)
        .where(is_it)
    ).one_or_none()
    if row is None:
        return None
    access, invitation, panellist, study = row
    _require_live(access, panellist, study, what, now)
    return PersonalLink(
        study_id=study.id,
        study_slug=study.slug,
        study_title=study.title,
        panellist_id=panellist.id,
        code=panellist.code,
        format=panellist.format,
        has_consented=invitation.state == InvitationState.CONSENTED,
        generation=invitation.generation,
    )


def _require_live(access: AccessToken, panellist: Panellist, study: Study, what: str, now: datetime) -> None:
    """Stop when a link or short code (`what`) no longer works, saying why and whom to ask."""
    ask = whom_to_ask(study)
    if panellist.state in (PanellistState.STOPPED, PanellistState.ERASED):
        raise WrongState(
            f"This {what} no longer works, because you are not taking part in “{study.short_title}” any "
            f"more. If you have a question, or did not ask for this, please ask {ask}."
        )
    newer = f"Use the {what} in the newest message, or ask {ask} for a new one."
    if access.revoked_at is not None:
        raise WrongState(f"This {what} was switched off. {newer}")
    if access.expires_at <= now:
        day = in_words(day_of(access.expires_at, study.timezone))
        raise WrongState(f"This {what} worked until {day}. {newer}")


def invitation_of(panellist_id: PanellistId) -> Invitation | None:
    """What became of asking one person, if they have been asked."""
    found: Invitation | None = db.session.scalar(
        db.select(Invitation).where(Invitation.panellist_id == panellist_id)
    )
    return found


def lapsed_invitations(study_id: StudyId, now: datetime) -> list[Invitation]:
    """Invitations without an answer whose links have all run out; letters, which carry none, never lapse."""
    living = db.select(AccessToken.id).where(
        AccessToken.invitation_id == Invitation.id, AccessToken.expires_at > now
    )
    any_link = db.select(AccessToken.id).where(AccessToken.invitation_id == Invitation.id)
    return list(
        db.session.scalars(
            db.select(Invitation)
            .where(
                Invitation.study_id == study_id,
                Invitation.state.in_([InvitationState.SENT, InvitationState.OPENED]),
                any_link.exists(),
                ~living.exists(),
            )
            .order_by(Invitation.id)
        ).all()
    )
