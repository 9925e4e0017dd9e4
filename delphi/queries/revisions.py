"""How the text of sections changed: revisions and re-ratings."""

from __future__ import annotations

from sqlalchemy.orm import selectinload

from delphi.domain.ids import SectionId, StudyId
from delphi.extensions import db
from delphi.models.decisions import Revision, RevisionChange
from delphi.models.sections import Section


def revisions_of(study_id: StudyId, *, for_round: int | None = None) -> list[Revision]:
    """The revisions and re-ratings of a study (or into one round), by round and section, with changes."""
    statement = (
        db.select(Revision)
        .join(Section, Section.id == Revision.section_id)
        .where(Revision.study_id == study_id)
        .order_by(Revision.for_round, Section.position, Revision.id)
        .options(selectinload(Revision.changes).selectinload(RevisionChange.comments))
    )
    if for_round is not None:
        statement = statement.where(Revision.for_round == for_round)
    return list(db.session.scalars(statement))


def revision_of(section_id: SectionId, for_round: int) -> Revision | None:
    """How a section goes into a round, if that is written down."""
    found: Revision | None = db.session.scalar(
        db.select(Revision).where(Revision.section_id == section_id, Revision.for_round == for_round)
    )
    return found


def later_revision_of(section_id: SectionId, after_round: int) -> Revision | None:
    """The next entry that takes a section into a round after this one, if there is one."""
    found: Revision | None = db.session.scalar(
        db.select(Revision)
        .where(Revision.section_id == section_id, Revision.for_round > after_round)
        .order_by(Revision.for_round)
        .limit(1)
    )
    return found
