"""Where a study went another way than was laid down before data."""

from __future__ import annotations

from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.studies import Deviation


def deviations_of(study_id: StudyId) -> list[Deviation]:
    """The deviations of a study, oldest first."""
    return list(
        db.session.scalars(
            db.select(Deviation)
            .where(Deviation.study_id == study_id)
            .order_by(Deviation.recorded_at, Deviation.id)
        )
    )
