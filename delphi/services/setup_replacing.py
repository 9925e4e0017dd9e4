"""Bringing a study file back into the study it describes: everything is as the file says, until the seal.

For what no form can say, such as a finer rule, and for teams who like to write in an editor.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.canonical import canonical_json
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import DraftState, StudyState
from delphi.domain.study_archive import StudyBundle
from delphi.domain.study_file_parts import SectionPart
from delphi.extensions import db
from delphi.models.sections import Draft, DraftVariant, Section
from delphi.models.studies import Picture, Study
from delphi.queries.seals import sealed_content
from delphi.queries.sections import sections_of
from delphi.queries.signatures import RULE_SUBJECT, signing_of
from delphi.queries.studies import study_of
from delphi.queries.study_export import bundle_of
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.setup import Changed
from delphi.services.setup_parts import put_parts
from delphi.services.sign_offs import withdraw_signatures


def replace_setup(*, study_id: StudyId, bundle: StudyBundle, actor: Actor, now: datetime) -> Changed:
    """Make a study that is being set up be what a study file says; team, panel and its short name stay.

    All or nothing. Raises WrongState once the study is sealed, InvalidInput for a file of another study and
    for one that changes a text which was put forward already.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    study = study_of(study_id)
    hold(study)
    if study.state != StudyState.DRAFT:
        raise WrongState("The study has started, so it is no longer set up from a file.")
    if (slug := bundle.study_file.study.slug) != study.slug:
        sentence = f"This is the file of “{slug}”, and this study is “{study.slug}”. "
        raise InvalidInput([Problem("file", sentence + "Import it as another study, or change study.slug.")])
    if bundle_of(study) == bundle:
        return Changed(False, False)
    sealed = canonical_json(sealed_content(study))
    _drop_pictures(study, bundle.pictures)
    put_parts(study, bundle, now=now)
    sections = {section.code: section for section in sections_of(study_id)}
    for part in bundle.study_file.sections:
        _put_drafts(sections[part.id], part, bundle.texts, now)
    lost = False
    if canonical_json(sealed_content(study)) != sealed:
        lost = bool(signing_of(study, RULE_SUBJECT).signatures)
        withdraw_signatures(study_id, RULE_SUBJECT)
    data = {"signatures": "withdrawn"} if lost else None
    record("setup_replaced", study_id=study_id, actor=actor, now=now, subject=study.slug, data=data)
    return Changed(True, lost)


def _drop_pictures(study: Study, wanted: Mapping[str, bytes]) -> None:
    """Delete the pictures that the file does not have, or has otherwise; the file brings its own."""
    for picture in db.session.scalars(db.select(Picture).where(Picture.study_id == study.id)):
        if wanted.get(picture.name) != picture.content:
            db.session.delete(picture)
    db.session.flush()
    db.session.expire(study, ["pictures"])


def _put_drafts(section: Section, part: SectionPart, texts: Mapping[str, str], now: datetime) -> None:
    """Make a section's drafts be those of the file; only working ones may differ."""
    there = {draft.number: draft for draft in section.drafts}
    for number, paths in part.drafts.items():
        wanted = {variant: texts[path] for variant, path in paths.by_variant.items()}
        draft = there.pop(number, None)
        if draft is None:
            draft = Draft(study_id=section.study_id, number=number, created_at=now)
            section.drafts.append(draft)
        elif wanted == {one.variant: one.text for one in draft.variants}:
            continue
        else:
            _require_working(draft)
            draft.revision += 1
        _put_texts(draft, wanted)
    for draft in there.values():
        _require_working(draft)
        section.drafts.remove(draft)
        db.session.delete(draft)
    db.session.flush()


def _put_texts(draft: Draft, texts: Mapping[str, str]) -> None:
    kept = {one.variant: one for one in draft.variants}
    for variant, row in kept.items():
        if variant not in texts:
            draft.variants.remove(row)
    for variant, text in texts.items():
        if variant in kept:
            kept[variant].text = text
        else:
            draft.variants.append(DraftVariant(variant=variant, text=text))


def _require_working(draft: Draft) -> None:
    if draft.state != DraftState.WORKING:
        sentence = f"Draft {draft.number} of “{draft.section.title}” is {draft.state.value}; the file has "
        advice = "another text for it. Take it back first, or leave it in the file as it is."
        raise InvalidInput([Problem("file", sentence + advice)])
