"""Sections of the guidance and their drafts."""

from __future__ import annotations

from delphi.domain.canonical import checksum
from delphi.domain.draft_texts import STANDARD
from delphi.domain.errors import NotFound
from delphi.domain.ids import StudyId
from delphi.domain.states import DraftState
from delphi.extensions import db
from delphi.models.sections import Draft, Section


def section_of(study_id: StudyId, code: str) -> Section:
    """One section of a study by its code; NotFound otherwise."""
    section: Section | None = db.session.scalar(
        db.select(Section).where(Section.study_id == study_id, Section.code == code)
    )
    if section is None:
        raise NotFound(f"This study has no section “{code}”.")
    return section


def sections_of(study_id: StudyId) -> list[Section]:
    """All sections of a study, in their order."""
    return list(
        db.session.scalars(
            db.select(Section).where(Section.study_id == study_id).order_by(Section.position)
        ).all()
    )


def draft_of(section: Section, number: int) -> Draft:
    """One draft of a section; NotFound otherwise."""
    draft: Draft | None = db.session.scalar(
        db.select(Draft).where(Draft.section_id == section.id, Draft.number == number)
    )
    if draft is None:
        raise NotFound(f"“{section.title}” has no draft {number}.")
    return draft


def published_draft_of(section: Section) -> Draft | None:
    """The newest published draft of a section, if there is one."""
    newest: Draft | None = db.session.scalar(
        db.select(Draft)
        .where(Draft.section_id == section.id, Draft.state == DraftState.PUBLISHED)
        .order_by(Draft.number.desc())
        .limit(1)
    )
    return newest


def parts_of(section: Section) -> list[Section]:
    """The sections that a section was split into, in their order."""
    return list(
        db.session.scalars(
            db.select(Section).where(Section.split_from_id == section.id).order_by(Section.position)
        )
    )


def outdated_variants(draft: Draft) -> list[str]:
    """The forms of a draft's text that nobody has looked at since its standard text changed."""
    standard = next((one.text for one in draft.variants if one.variant == STANDARD), "")
    now = checksum(standard)
    return [one.variant for one in draft.variants if one.checked_with not in (None, now)]
