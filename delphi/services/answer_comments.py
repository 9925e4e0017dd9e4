"""The comments that a person writes while answering: on a section, or about the guidance as a whole.

What becomes of them after the close is reviewed in `comments`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import DraftId, PanellistId, SectionId
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.models.sections import CommentPrompt

LONGEST_COMMENT = 10_000
"""In characters."""


@dataclass(frozen=True)
class _Asked:
    """A prompt that a page carries, and what the person wrote there before."""

    prompt: CommentPrompt
    comment: Comment | None


def _prompts_with_comments(scope: str, where: ColumnElement[bool]) -> Any:
    """The question behind every save with comments, put together once."""
    is_the_persons = db.and_(
        Comment.prompt == CommentPrompt.code,
        Comment.round_id == bindparam("round"),
        Comment.panellist_id == bindparam("person"),
        where,
    )
    return (
        db.select(CommentPrompt, Comment)
        .outerjoin(Comment, is_the_persons)
        .where(CommentPrompt.study_id == bindparam("study"), CommentPrompt.scope == scope)
    )


_ON_THE_WHOLE = _prompts_with_comments("round", Comment.section_id.is_(None))
_ON_A_SECTION = _prompts_with_comments("section", Comment.section_id == bindparam("section"))


def save_comments(
    round_: Round,
    panellist_id: PanellistId,
    comments: Mapping[str, str],
    *,
    now: datetime,
    section_id: SectionId | None = None,
    draft_id: DraftId | None = None,
) -> None:
    """Write a person's comments by prompt, on a section or, without one, on the whole; an empty text clears.

    Whether the round takes answers now is the caller's question. Raises InvalidInput for a prompt that
    is not asked here and for a text longer than `LONGEST_COMMENT`; then nothing is written.
    """
    if not comments:
        return
    texts = {prompt: clean_text(text) for prompt, text in comments.items()}
    asked = _asked(round_, panellist_id, section_id)
    _check(texts, asked, round_)
    for prompt, text in texts.items():
        comment = asked[prompt].comment
        if comment is not None and comment.text != text and comment.state != CommentState.NEW:
            # Reviewed before the round was opened again: what is written now nobody has reviewed.
            db.session.delete(comment)
            db.session.flush()
            comment = None
        if comment is None and text:
            db.session.add(
                Comment(
                    study_id=round_.study_id,
                    round_id=round_.id,
                    panellist_id=panellist_id,
                    section_id=section_id,
                    draft_id=draft_id,
                    prompt=prompt,
                    text=text,
                    saved_at=now,
                )
            )
        elif comment is not None and not text:
            db.session.delete(comment)
        elif comment is not None and comment.text != text:
            comment.text, comment.saved_at = text, now
    db.session.flush()


def _asked(round_: Round, panellist_id: PanellistId, section_id: SectionId | None) -> dict[str, _Asked]:
    """The prompts of the page with the person's comments, by code, asked for in one statement."""
    values = {"study": round_.study_id, "round": round_.id, "person": panellist_id}
    if section_id is None:
        rows = db.session.execute(_ON_THE_WHOLE, values)
    else:
        rows = db.session.execute(_ON_A_SECTION, {**values, "section": section_id})
    return {prompt.code: _Asked(prompt, comment) for prompt, comment in rows}


def clean_text(text: str) -> str:
    """The text as written, with one kind of line end and without the NUL that PostgreSQL cannot hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _check(texts: Mapping[str, str], asked: Mapping[str, _Asked], round_: Round) -> None:
    problems = []
    for code, text in texts.items():
        prompt = asked[code].prompt if code in asked else None
        if prompt is None or round_.number not in (prompt.conditions.get("rounds") or [round_.number]):
            problems.append(Problem(code, "This question is not asked here. Load the page again."))
        if len(text) > LONGEST_COMMENT:
            problems.append(
                Problem(
                    code,
                    f"This comment has {len(text):,} characters; the longest we can keep has "
                    f"{LONGEST_COMMENT:,}. Please shorten it, or send it to the study team. "
                    "Nothing was saved.",
                )
            )
    if problems:
        raise InvalidInput(problems)
