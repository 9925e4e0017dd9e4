"""The panel by code. Names are elsewhere: see queries/identities.py."""

from __future__ import annotations

from delphi.domain.errors import NotFound
from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.panellists import Panellist


def panellist_of(study_id: StudyId, code: str) -> Panellist:
    """One member of the panel by code; NotFound otherwise."""
    found: Panellist | None = db.session.scalar(
        db.select(Panellist).where(Panellist.study_id == study_id, Panellist.code == code)
    )
    if found is None:
        raise NotFound(f"Nobody on this panel has the code {code}.")
    return found


def panel_of(study_id: StudyId) -> list[Panellist]:
    """Everybody registered for a study, by code."""
    return list(
        db.session.scalars(
            db.select(Panellist).where(Panellist.study_id == study_id).order_by(Panellist.code)
        ).all()
    )
