"""Seeing who people are, which always leaves an event: the panel page, and looking up one name."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.queries.identities import PanelPage, PersonalDetails, details_of, panel_page
from delphi.services.events import record

LONGEST_REASON = 500


def open_panel_page(*, study_id: StudyId, actor: Actor, now: datetime) -> PanelPage:
    """The panel with names, contact and progress, never answers; one event a visit."""
    require(actor, Permission.MANAGE_PANEL, study_id)
    record("panel_page_opened", study_id=study_id, actor=actor, now=now)
    return panel_page(study_id)


def record_people_export(*, study_id: StudyId, checksum: str, actor: Actor, now: datetime) -> None:
    """Note that a file with names and contact details left the platform, with its SHA-256."""
    require(actor, Permission.MANAGE_PANEL, study_id)
    record("people_exported", study_id=study_id, actor=actor, now=now, data={"sha256": checksum})


def look_up_identity(
    *, study_id: StudyId, code: str, reason: str, actor: Actor, now: datetime
) -> PersonalDetails:
    """Go from a code, as on a comment or a rating, to a name; the reason stays in the log.

    Raises InvalidInput without a reason, NotFound for an unknown code or deleted contact details.
    """
    require(actor, Permission.SEE_IDENTITY, study_id)
    why = " ".join(reason.split())
    if not why:
        raise InvalidInput(
            [Problem("reason", "Say why you need to know who this is. It is kept in the log.")]
        )
    if len(why) > LONGEST_REASON:
        sentence = f"This has {len(why)} characters; there is room for {LONGEST_REASON}. Please shorten it."
        raise InvalidInput([Problem("reason", sentence)])
    details = details_of(study_id, code)
    record(
        "identity_looked_up",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"panellist:{code}",
        data={"reason": why},
    )
    return details
