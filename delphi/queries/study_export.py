"""A study as it would be set up again elsewhere: its study file, texts and pictures, without people."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from delphi.domain.study_archive import StudyBundle, document_path, section_path
from delphi.domain.study_file import FORMAT, from_plain
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.rounds import Round
from delphi.models.sections import CommentPrompt
from delphi.models.studies import ConsentText, Document, Study
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.studies import criteria_of, groups_of, structure_of


def bundle_of(study: Study) -> StudyBundle:
    """The study file of a study with every text and picture; the newest consent text is the one given."""
    texts: dict[str, str] = {}
    structure = structure_of(study.id)
    plain = {
        "format": FORMAT,
        "study": {
            "slug": study.slug,
            "title": study.title,
            "short_title": study.short_title,
            "language": study.language,
            "timezone": study.timezone,
        },
        "look": study.look,
        "information": study.information,
        "documents": [_document(document, texts) for document in study.documents],
        "consent": _consent(study.consent_texts[-1]),
        "stakeholder_groups": [
            _set(id=group.code, label=group.label, easy_read=group.easy_read, target=group.target)
            for group in groups_of(study.id)
        ],
        "consensus_panels": [_union(union) for union in structure.panels],
        "feedback_groups": [_union(union) for union in structure.feedback_groups],
        "scale": study.scale,
        "criteria": [
            _set(id=c.code, label=c.label, statement=c.statement, easy_read=c.easy_read)
            for c in criteria_of(study.id)
        ],
        "comment_prompts": _prompts(study),
        "protocol": study.protocol,
        "consensus_rule": study.rule | {"fixed_on": date.fromisoformat(study.rule["fixed_on"])},
        "privacy": study.privacy,
        "rounds": _rounds(study),
        "sections": _sections(study, texts),
    }
    pictures = {picture.name: picture.content for picture in study.pictures}
    return StudyBundle(from_plain(plain), texts, pictures)


def _set(**fields: Any) -> dict[str, Any]:
    """The fields that have a value, in their order."""
    return {name: value for name, value in fields.items() if value is not None}


def _union(union: Any) -> dict[str, Any]:
    return {"id": union.code, "label": union.label, "groups": list(union.groups)}


def _document(document: Document, texts: dict[str, str]) -> dict[str, Any]:
    paths = {variant: document_path(document.code, variant) for variant in document.texts}
    texts |= {paths[variant]: text for variant, text in document.texts.items()}
    return _set(
        id=document.code,
        title=document.title,
        version=document.version,
        date=document.dated_on,
        formats=document.formats,
        texts=paths or None,
    )


def _consent(consent: ConsentText) -> dict[str, Any]:
    return _set(
        version=consent.version,
        date=consent.dated_on,
        statements=[
            _set(id=one.code, text=one.text, easy_read=one.easy_read)
            for one in consent.statements
            if not one.is_optional
        ],
        optional=[
            _set(id=one.code, text=one.text, easy_read=one.easy_read, purpose=one.purpose)
            for one in consent.statements
            if one.is_optional
        ],
        special_category_note=consent.special_category_note,
        withdrawal_cutoff=consent.withdrawal_cutoff,
    )


def _prompts(study: Study) -> list[dict[str, Any]]:
    prompts = db.session.scalars(
        db.select(CommentPrompt).where(CommentPrompt.study_id == study.id).order_by(CommentPrompt.position)
    )
    return [
        _set(id=one.code, scope=one.scope, text=one.text, easy_read=one.easy_read) | one.conditions
        for one in prompts
    ]


def _rounds(study: Study) -> list[dict[str, Any]]:
    return [_round(round_) for round_ in rounds_of(study.id)]


def _round(round_: Round) -> dict[str, Any]:
    """A round as it was planned: a day that was moved in play may not fit with the rounds to come."""
    closes_on = planned_closing_day(round_)
    reminders = [date.fromisoformat(day) for day in round_.reminders_on]
    return _set(
        number=round_.number,
        kind=round_.kind,
        purpose=round_.purpose,
        opens=round_.opens_on,
        closes=closes_on,
        reminders=[day for day in reminders if day <= closes_on],
        feedback_published=round_.feedback_on,
        items=round_.planned_items,
    )


def planned_closing_day(round_: Round) -> date:
    """The last day of a round as it was before anybody put it off or opened the round again."""
    first_move: str | None = db.session.scalar(
        db.select(Event.data)
        .where(
            Event.study_id == round_.study_id,
            Event.subject == f"round:{round_.number}",
            Event.kind.in_(["round_extended", "round_reopened"]),
        )
        .order_by(Event.number)
        .limit(1)
    )
    return date.fromisoformat(json.loads(first_move)["before"]) if first_move else round_.closes_on


def _sections(study: Study, texts: dict[str, str]) -> list[dict[str, Any]]:
    sections = []
    for section in sections_of(study.id):
        drafts: dict[int, dict[str, str]] = {}
        for draft in section.drafts:
            paths = {
                one.variant: section_path(section.position, section.code, draft.number, one.variant)
                for one in draft.variants
            }
            texts |= {paths[one.variant]: one.text for one in draft.variants}
            drafts[draft.number] = paths
        sections.append(
            _set(
                id=section.code,
                title=section.title,
                kind=section.kind,
                origin=section.origin,
                added_in_round=section.added_in_round,
                drafts=drafts or None,
            )
        )
    return sections
