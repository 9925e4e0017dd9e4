"""The last list that was brought onto a panel, and whether it can still be taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.ids import StudyId
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.panellists import Invitation, Panellist


@dataclass(frozen=True, slots=True)
class LastImport:
    """One import: when, and whom by code. It can be undone while nobody of them has been asked."""

    at: datetime
    codes: tuple[str, ...]
    can_be_undone: bool


def last_import(study_id: StudyId) -> LastImport | None:
    """The newest import of people; None when there was none."""
    event = db.session.scalar(
        db.select(Event)
        .where(Event.study_id == study_id, Event.kind == "panel_imported")
        .order_by(Event.number.desc())
        .limit(1)
    )
    if event is None:
        return None
    codes = tuple(json.loads(event.data).get("codes", ()))
    n_untouched = db.session.scalar(
        db.select(db.func.count(Panellist.id))
        .outerjoin(Invitation, Invitation.panellist_id == Panellist.id)
        .where(
            Panellist.study_id == study_id,
            Panellist.code.in_(codes),
            Panellist.state == PanellistState.REGISTERED,
            Invitation.id.is_(None) | (Invitation.state == InvitationState.PREPARED),
        )
    )
    return LastImport(event.at, codes, bool(codes) and n_untouched == len(codes))


def is_untouched(panellist: Panellist) -> bool:
    """Whether somebody is on the panel and has never been asked."""
    invitation = panellist.invitation
    return panellist.state == PanellistState.REGISTERED and (
        invitation is None or invitation.state == InvitationState.PREPARED
    )
