"""The comments that a person writes while answering: on a section, or about the guidance as a whole.

What becomes of them after the close is reviewed in `comments`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, inspect

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import CommentId
from delphi.domain.states import CommentState
from delphi.extensions import rows_of
from delphi.models.answers import Comment
from delphi.queries.answers import Answering
from delphi.queries.round_outline import SectionOutline, outline_of

LONGEST_COMMENT = 10_000
"""In characters."""


# Every save with comments asks for these, so each is put together once.
_comments: Any = inspect(Comment).local_table
_person_in_round = (
    _comments.c.round_id == bindparam("round"),
    _comments.c.panellist_id == bindparam("person"),
)
_said = _comments.select().with_only_columns(
    _comments.c.prompt, _comments.c.id, _comments.c.text, _comments.c.state
)
_SAID_OF_THE_WHOLE = _said.where(*_person_in_round, _comments.c.section_id.is_(None))
_SAID_OF_A_SECTION = _said.where(*_person_in_round, _comments.c.section_id == bindparam("section"))
_SAY = _comments.insert()
_SAY_AGAIN = (
    _comments.update()
    .where(_comments.c.id == bindparam("comment"))
    .values(text=bindparam("words"), saved_at=bindparam("at"))
)
_UNSAY = _comments.delete().where(_comments.c.id.in_(bindparam("comments", expanding=True)))


def save_comments(
    who: Answering, comments: Mapping[str, str], *, now: datetime, section: SectionOutline | None = None
) -> None:
    """Write a person's comments by prompt, on a section or, without one, on the whole; an empty text clears.

    Whether the round takes answers now is the caller's question. Raises InvalidInput for a prompt that
    is not asked here and for a text longer than `LONGEST_COMMENT`; then nothing is written.
    """
    if not comments:
        return
    texts = {prompt: clean_text(text) for prompt, text in comments.items()}
    scope = "round" if section is None else "section"
    asked = {one.code for one in outline_of(who.study_id, who.number).prompts_for(scope)}
    _check(texts, asked)
    gone: list[CommentId] = []
    changed: list[dict[str, Any]] = []
    said = _said_before(who, section)
    new = {prompt: text for prompt, text in texts.items() if text and prompt not in said}
    for prompt, (comment_id, before, state) in said.items():
        text = texts.get(prompt, before)
        if text == before:
            continue
        # One reviewed before the round was opened again gives way: what is written now nobody has reviewed.
        if not text or state != CommentState.NEW:
            gone.append(comment_id)
            new |= {prompt: text} if text else {}
        else:
            changed.append({"comment": comment_id, "words": text, "at": now})
    if gone:
        rows_of(_UNSAY, {"comments": gone})
    if changed:
        rows_of(_SAY_AGAIN, changed)
    if new:
        common = {
            "study_id": who.study_id,
            "round_id": who.round_id,
            "panellist_id": who.panellist_id,
            "section_id": section.section_id if section else None,
            "draft_id": section.draft_id if section else None,
            "saved_at": now,
            "state": CommentState.NEW,
        }
        rows_of(_SAY, [{**common, "prompt": prompt, "text": text} for prompt, text in new.items()])


def _said_before(
    who: Answering, section: SectionOutline | None
) -> dict[str, tuple[CommentId, str, CommentState]]:
    """What the person has written here so far, by prompt."""
    values = {"round": who.round_id, "person": who.panellist_id}
    if section is None:
        rows = rows_of(_SAID_OF_THE_WHOLE, values)
    else:
        rows = rows_of(_SAID_OF_A_SECTION, {**values, "section": section.section_id})
    return {row.prompt: (row.id, row.text, row.state) for row in rows}


def clean_text(text: str) -> str:
    """The text as written, with one kind of line end and without the NUL that PostgreSQL cannot hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _check(texts: Mapping[str, str], asked: Container[str]) -> None:
    problems = []
    for code, text in texts.items():
        if code not in asked:
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
