"""Writing a study's sections and rounds into the tables. Steps of setting a study up and of changing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from delphi.domain.errors import WrongState
from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_parts import SectionPart
from delphi.extensions import db
from delphi.models.decisions import Revision
from delphi.models.rounds import Round
from delphi.models.sections import Draft, DraftVariant, Section
from delphi.models.studies import AdvisoryComment, SignOff, Study
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of


def put_sections(study: Study, file: StudyFile, texts: Mapping[str, str], now: datetime) -> None:
    """Make the sections be those of the file. Drafts that are there stay; new sections bring theirs.

    Raises WrongState for a section that would go although something was written down about it.
    """
    there = {section.code: section for section in sections_of(study.id)}
    for position, part in enumerate(file.sections, start=1):
        section = there.get(part.id)
        if section is None:
            section = Section(study_id=study.id, code=part.id)
            db.session.add(section)
            _add_drafts(section, part, texts, now)
        section.title, section.kind, section.origin = part.title, part.kind, part.origin
        section.added_in_round, section.position = part.added_in_round, position
    wanted = {part.id for part in file.sections}
    for code, section in there.items():
        if code not in wanted:
            _take_out(section)
    db.session.flush()


def put_rounds(study: Study, file: StudyFile) -> None:
    """Make the planned rounds be those of the file, by number."""
    there = {round_.number: round_ for round_ in rounds_of(study.id)}
    for part in file.rounds:
        round_ = there.get(part.number)
        if round_ is None:
            round_ = Round(study_id=study.id, number=part.number)
            db.session.add(round_)
        round_.kind, round_.purpose = part.kind, part.purpose
        round_.opens_on, round_.closes_on = part.opens, part.closes
        round_.reminders_on = [day.isoformat() for day in part.reminders]
        round_.feedback_on = part.feedback_published
        round_.planned_items = dict(part.items)
        # Another order alone is no difference to SQLAlchemy, and is one to the panel.
        flag_modified(round_, "planned_items")
    for number, round_ in there.items():
        if number > len(file.rounds):
            db.session.delete(round_)
    db.session.flush()


def _add_drafts(section: Section, part: SectionPart, texts: Mapping[str, str], now: datetime) -> None:
    for number, paths in part.drafts.items():
        draft = Draft(study_id=section.study_id, number=number, created_at=now)
        for variant, path in paths.by_variant.items():
            draft.variants.append(DraftVariant(variant=variant, text=texts[path]))
        section.drafts.append(draft)


def _take_out(section: Section) -> None:
    """Delete a section that no round has put, with its drafts and the signatures under them."""
    for kind, words in (
        (AdvisoryComment, "the advisory committee has said something about it"),
        (Revision, "it is written down what changed in it"),
    ):
        if db.session.scalar(db.select(db.exists().where(kind.section_id == section.id))):
            raise WrongState(f"“{section.title}” cannot be taken out: {words}. It can be renamed.")
    subjects = [f"draft:{section.code}:{draft.number}" for draft in section.drafts]
    db.session.execute(
        db.delete(SignOff).where(SignOff.study_id == section.study_id, SignOff.subject.in_(subjects))
    )
    for draft in list(section.drafts):
        db.session.delete(draft)
    db.session.flush()
    db.session.delete(section)
