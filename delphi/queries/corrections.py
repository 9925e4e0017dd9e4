"""Edits to agreed text (requirement M18)."""

from __future__ import annotations

from delphi.domain.ids import DraftId, StudyId
from delphi.domain.states import DraftState
from delphi.extensions import db
from delphi.models.decisions import Correction
from delphi.models.sections import Draft

IN_FORCE = (DraftState.PUBLISHED, DraftState.SUPERSEDED)


def corrections_of(study_id: StudyId) -> list[Correction]:
    """The corrections that hold, oldest first; one whose new text is not published yet is left out."""
    return list(
        db.session.scalars(
            db.select(Correction)
            .join(Draft, Draft.id == Correction.draft_id)
            .where(Correction.study_id == study_id, Draft.state.in_(IN_FORCE))
            .order_by(Correction.corrected_at, Correction.id)
        )
    )


def is_correction(draft_id: DraftId) -> bool:
    """Whether a draft was written to correct an agreed text."""
    found = db.session.scalar(db.select(Correction.id).where(Correction.draft_id == draft_id).limit(1))
    return found is not None
