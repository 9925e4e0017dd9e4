"""What the advisory committee said before round 1; never mixed with the panel's comments."""

from __future__ import annotations

from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.sections import Section
from delphi.models.studies import AdvisoryComment


def advice_of(study_id: StudyId) -> list[tuple[Section, AdvisoryComment]]:
    """The advisory comments of a study with their sections, in the order of sections."""
    rows = db.session.execute(
        db.select(Section, AdvisoryComment)
        .join(AdvisoryComment, AdvisoryComment.section_id == Section.id)
        .where(AdvisoryComment.study_id == study_id)
        .order_by(Section.position, AdvisoryComment.id)
    )
    return list(rows)
