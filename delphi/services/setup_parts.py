"""Writing the parts of a study file into the tables: when a study is set up, and when its set-up changes.

Rows are known again by their codes, so that what refers to them stays true. Steps of use cases: who calls
them has asked whether the actor may, and has checked that the parts fit together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import StudyId
from delphi.domain.pictures import read_picture
from delphi.domain.rule import to_dict
from delphi.domain.study_archive import StudyBundle
from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_parts import GroupUnionPart
from delphi.extensions import db
from delphi.models.base import Model
from delphi.models.groups import ConsensusPanel, FeedbackGroup, StakeholderGroup
from delphi.models.panellists import ConsentRecord, Panellist
from delphi.models.sections import CommentPrompt, Criterion
from delphi.models.studies import ConsentStatement, ConsentText, Document, Picture, Study
from delphi.queries.consent import newest_consent_text
from delphi.services.setup_plan import put_rounds, put_sections

Row = TypeVar("Row", bound=Model)

COLUMNS = ("look", "information", "scale", "protocol", "privacy")
"""Parts that are kept as they are written, each in a column of its name."""


def put_parts(
    study: Study, bundle: StudyBundle, *, now: datetime, parts: Collection[str] | None = None
) -> None:
    """Make the tables say what a bundle says, in the parts that are named (all of them without a name).

    Pictures are only added: published drafts may show one that nothing else names.
    """
    file, texts = bundle.study_file, bundle.texts
    put_pictures(study, bundle.pictures)
    writers: dict[str, Callable[[], None]] = {
        "study": lambda: _put_names(study, file),
        "consensus_rule": lambda: setattr(study, "rule", rule_plain(file)),
        "documents": lambda: _put_documents(study, file, texts),
        "consent": lambda: _put_consent(study, file),
        "groups": lambda: _put_groups(study, file),
        "questions": lambda: _put_questions(study, file),
        "sections": lambda: put_sections(study, file, texts, now),
        "rounds": lambda: put_rounds(study, file),
    }
    for part in COLUMNS:
        if parts is None or part in parts:
            setattr(study, part, plain(getattr(file, part)))
    for part, write in writers.items():
        if parts is None or part in parts:
            write()
    db.session.flush()


def _put_names(study: Study, file: StudyFile) -> None:
    study.title, study.short_title = file.study.title, file.study.short_title
    study.language, study.timezone = file.study.language, file.study.timezone


def plain(part: BaseModel) -> dict[str, Any]:
    """A part of the study file as it is kept in a column."""
    written: dict[str, Any] = part.model_dump(mode="json", exclude_none=True)
    return written


def rule_plain(file: StudyFile) -> dict[str, Any]:
    """The rule as it is kept in its column."""
    return to_dict(file.consensus_rule) | {"fixed_on": file.consensus_rule.fixed_on.isoformat()}


def put_pictures(study: Study, pictures: Mapping[str, bytes]) -> None:
    """Add the pictures that are not there yet; InvalidInput for a file that is no picture."""
    there = set(db.session.scalars(db.select(Picture.name).where(Picture.study_id == study.id)))
    for name, content in pictures.items():
        if name not in there:
            media_type = read_picture(name, content)
            db.session.add(Picture(study_id=study.id, name=name, media_type=media_type, content=content))


def put_rows(kind: type[Row], study_id: StudyId, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Row]:
    """Make a study's rows of a kind be those that are wanted, by code, in this order; returns them.

    Rows that are not wanted any more go last, so that what referred to them can be moved before.
    """
    # Every kind that comes here has a study and a code; the type of a row in general does not say so.
    there: dict[str, Row] = {
        row.code: row
        for row in db.session.scalars(db.select(kind).where(kind.study_id == study_id))  # type: ignore[attr-defined]
    }
    for position, (code, values) in enumerate(wanted.items(), start=1):
        row = there.get(code)
        if row is None:
            row = there[code] = kind(study_id=study_id, code=code)
            db.session.add(row)
        for name, value in {**values, "position": position}.items():
            setattr(row, name, value)
    db.session.flush()
    return there


def drop_rows(rows: Mapping[str, Row], wanted: Collection[str]) -> None:
    """Delete the rows whose codes are not wanted any more."""
    for code, row in rows.items():
        if code not in wanted:
            db.session.delete(row)
    db.session.flush()


def _put_documents(study: Study, file: StudyFile, texts: Mapping[str, str]) -> None:
    wanted = {
        part.id: {
            "title": part.title,
            "version": part.version,
            "dated_on": part.date,
            "formats": list(part.formats),
            "texts": {v: texts[path] for v, path in part.texts.by_variant.items()} if part.texts else {},
        }
        for part in file.documents
    }
    drop_rows(put_rows(Document, study.id, wanted), wanted)


def _put_consent(study: Study, file: StudyFile) -> None:
    """The text is rewritten until somebody has answered it; then a new version is put beside it."""
    part, text = file.consent, newest_consent_text(study.id)
    answered = text is not None and db.session.scalar(
        db.select(db.exists().where(ConsentRecord.consent_text_id == text.id))
    )
    if text is None or answered:
        if text is not None and text.version == part.version:
            sentence = f"Somebody has agreed to version {part.version} already. Give this one a new version."
            raise InvalidInput([Problem("consent.version", sentence)])
        text = ConsentText(study_id=study.id)
        db.session.add(text)
    for statement in list(text.statements):
        db.session.delete(statement)
    text.version, text.dated_on = part.version, part.date
    text.special_category_note, text.withdrawal_cutoff = part.special_category_note, part.withdrawal_cutoff
    db.session.flush()
    for position, one in enumerate((*part.statements, *part.optional), start=1):
        purpose = getattr(one, "purpose", None)
        db.session.add(
            ConsentStatement(
                consent_text_id=text.id,
                code=one.id,
                text=one.text,
                easy_read=one.easy_read,
                is_optional=purpose is not None,
                purpose=purpose,
                position=position,
            )
        )
    db.session.flush()
    db.session.expire(text, ["statements"])
    db.session.expire(study, ["consent_texts"])


def _put_groups(study: Study, file: StudyFile) -> None:
    panels = _put_unions(ConsensusPanel, study, file.consensus_panels)
    feedback = _put_unions(FeedbackGroup, study, file.feedback_groups)
    panel_of = {group: panels[part.id].id for part in file.consensus_panels for group in part.groups}
    feedback_of = {group: feedback[part.id].id for part in file.feedback_groups for group in part.groups}
    wanted = {
        part.id: {
            "label": part.label,
            "easy_read": part.easy_read,
            "target": part.target,
            "panel_id": panel_of[part.id],
            "feedback_group_id": feedback_of[part.id],
        }
        for part in file.stakeholder_groups
    }
    groups = put_rows(StakeholderGroup, study.id, wanted)
    for code, group in groups.items():
        inside = db.session.scalar(db.select(db.exists().where(Panellist.group_id == group.id)))
        if code not in wanted and inside:
            sentence = f"“{group.label}” cannot be taken out: people of the panel are in it. Move them first."
            raise InvalidInput([Problem("stakeholder_groups", sentence)])
    drop_rows(groups, wanted)
    drop_rows(panels, {part.id for part in file.consensus_panels})
    drop_rows(feedback, {part.id for part in file.feedback_groups})


Union = TypeVar("Union", ConsensusPanel, FeedbackGroup)


def _put_unions(kind: type[Union], study: Study, parts: Sequence[GroupUnionPart]) -> dict[str, Union]:
    return put_rows(kind, study.id, {part.id: {"label": part.label} for part in parts})


def _put_questions(study: Study, file: StudyFile) -> None:
    criteria = {
        part.id: {"label": part.label, "statement": part.statement, "easy_read": part.easy_read}
        for part in file.criteria
    }
    drop_rows(put_rows(Criterion, study.id, criteria), criteria)
    prompts = {
        part.id: {
            "scope": part.scope,
            "text": part.text,
            "easy_read": part.easy_read,
            "conditions": part.model_dump(
                mode="json", exclude_none=True, include={"rounds", "only_if_comparable", "shown_when"}
            ),
        }
        for part in file.comment_prompts
    }
    drop_rows(put_rows(CommentPrompt, study.id, prompts), prompts)
