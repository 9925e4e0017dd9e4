"""Edits to agreed text that change no meaning, each listed in the report (requirement M18).

What has to change in substance is not corrected: the section is taken up again (`decisions.reopen_section`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import DraftState, SectionState
from delphi.domain.study_file_texts import plain_newlines
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.decisions import Correction
from delphi.models.sections import Draft, Section
from delphi.queries.comments import comment_of
from delphi.queries.corrections import is_correction
from delphi.queries.sections import published_draft_of, section_of
from delphi.queries.studies import study_of
from delphi.services.bylines import account_of
from delphi.services.draft_checks import check_texts, require_under_way
from delphi.services.draft_texts import begin_draft, texts_of
from delphi.services.drafts import move_draft
from delphi.services.events import record
from delphi.services.locks import hold

KINDS = ("correction", "minor")


def correct_agreed_text(
    *,
    study_id: StudyId,
    section: str,
    kind: str,
    edit: str,
    comment_id: CommentId | None = None,
    texts: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> Correction:
    """List an edit to an agreed section: a "correction" (spelling) or a "minor" one; `edit` says which.

    `texts` holds the variants whose words change. Since a published draft is never edited, they become the
    next draft, proposed for sign-off, and hold once that is published; the ratings stay with the draft that
    was rated. Without `texts` no word changes: the edit is in how the text is presented.

    Raises WrongState when the section is not agreed or another correction is under way, NotFound for a
    comment of another study, InvalidInput when nothing would change or a text cannot stand.
    """
    require(actor, Permission.WRITE_DRAFTS, study_id)
    require_under_way(study_of(study_id))
    row = section_of(study_id, section)
    hold(row)
    draft = _agreed_draft(row)
    if kind not in KINDS:
        raise InvalidInput(
            [
                Problem(
                    "kind",
                    "It is a correction (spelling) or minor. A change of substance means that the section is "
                    "taken up again and rated.",
                )
            ]
        )
    words = required_words("edit", edit, missing="Say what was edited; the report prints it.")
    if comment_id is not None:
        comment_of(study_id, comment_id)
    if texts:
        draft = _next_draft(row, draft, texts, actor=actor, now=now)
    correction = Correction(
        study_id=study_id,
        draft_id=draft.id,
        kind=kind,
        edit=words,
        comment_id=comment_id,
        corrected_by=account_of(actor),
        corrected_at=now,
    )
    db.session.add(correction)
    db.session.flush()
    subject = f"draft:{section}:{draft.number}"
    record("correction_made", study_id=study_id, actor=actor, now=now, subject=subject, data={"kind": kind})
    return correction


def _agreed_draft(section: Section) -> Draft:
    if section.state != SectionState.AGREED:
        raise WrongState(
            f"“{section.title}” is {section.state.value.replace('_', ' ')}; only agreed text is corrected. "
            "Write a new draft instead."
        )
    draft = published_draft_of(section)
    if draft is None:
        raise WrongState(f"“{section.title}” has no published draft to correct.")
    return draft


def _next_draft(
    section: Section, agreed: Draft, texts: Mapping[str, str], *, actor: Actor, now: datetime
) -> Draft:
    for begun in section.drafts:
        if begun.state in (DraftState.WORKING, DraftState.PROPOSED) and is_correction(begun.id):
            raise WrongState(
                f"Draft {begun.number} of “{section.title}” corrects it and is not published yet. "
                "Publish that one first."
            )
    before = texts_of(agreed)
    after = before | {variant: plain_newlines(text) for variant, text in texts.items()}
    if after == before:
        raise InvalidInput([Problem("texts", "Not a word differs from the agreed text.")])
    check_texts(section.study_id, after)
    draft = begin_draft(section, section.drafts[-1].number + 1, after, actor=actor, now=now)
    move_draft(draft, DraftState.PROPOSED, actor=actor, now=now)
    return draft
