"""What one person has saved on one section's page, and said of it the last time it was put."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, func, null, union_all

from delphi.domain.errors import NotFound
from delphi.domain.ids import PanellistId
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db, rows_of
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.panellists import Tombstone
from delphi.models.rounds import Item, Round
from delphi.models.snapshots import FeedbackCopy
from delphi.queries.answers import UNABLE, Answer
from delphi.queries.round_outline import RoundOutline, SectionOutline


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What is known of one person on one page."""

    state: RoundState
    closes_on: date
    submission: SubmissionState | None
    revision: int
    saved_at: datetime | None
    deletions: int
    ratings: Mapping[str, Answer]
    comments: Mapping[str, str]
    before: Mapping[str, Answer]
    said_before: tuple[Mapping[str, Any], ...]


# Every page asks these; putting a statement together takes longer than running it, so that is done once.
_round: BindParameter[int] = bindparam("round")
_person: BindParameter[int] = bindparam("person")
_section: BindParameter[int] = bindparam("section")
_STANDING = (
    db.select(
        Round.state, Round.closes_on, Submission.state, SectionSave.revision, SectionSave.saved_at,
        db.select(func.coalesce(func.max(Tombstone.id), 0))
        .where(Tombstone.study_id == bindparam("study"))
        .scalar_subquery(),
        FeedbackCopy.content,
    )
    .outerjoin(Submission, (Submission.round_id == Round.id) & (Submission.panellist_id == _person))
    .outerjoin(
        SectionSave,
        (SectionSave.round_id == Round.id)
        & (SectionSave.panellist_id == _person)
        & (SectionSave.section_id == _section),
    )
    .outerjoin(
        FeedbackCopy,
        (FeedbackCopy.round_id == bindparam("last_round")) & (FeedbackCopy.panellist_id == _person),
    )
    .where(Round.id == _round)
)  # fmt: skip
_ANSWERS = union_all(
    db.select(Rating.item_id, Rating.value, null(), null())
    .join(Item, Item.id == Rating.item_id)
    .where(Rating.round_id == _round, Rating.panellist_id == _person, Item.section_id == _section),
    db.select(null(), null(), Comment.prompt, Comment.text).where(
        Comment.round_id == _round, Comment.panellist_id == _person, Comment.section_id == _section
    ),
)
_COPY = db.select(FeedbackCopy.content).where(
    FeedbackCopy.round_id == _round, FeedbackCopy.panellist_id == _person
)


def own_page(panellist_id: PanellistId, outline: RoundOutline, section: SectionOutline) -> OwnPage:
    """What is known of one person on one page, in at most two statements."""
    values = {
        "study": outline.study_id,
        "round": outline.round_id,
        "person": panellist_id,
        "section": section.section_id,
        "last_round": section.last.round_id if section.last else None,
    }
    row = rows_of(_STANDING, values).one_or_none()
    if row is None:
        raise NotFound("There is no such round.")
    state, closes_on, submission, revision, saved_at, deletions, copy = row
    before, said_before = _before(copy, section)
    ratings, comments = _answers(panellist_id, outline, section) if revision else ({}, {})
    return OwnPage(
        state=state,
        closes_on=closes_on,
        submission=submission,
        revision=revision or 0,
        saved_at=saved_at,
        deletions=int(deletions),
        ratings=ratings,
        comments=comments,
        before=before,
        said_before=said_before,
    )


def _answers(
    panellist_id: PanellistId, outline: RoundOutline, section: SectionOutline
) -> tuple[dict[str, Answer], dict[str, str]]:
    """What is saved: answers by criterion, and comments by prompt."""
    codes = {item.item_id: item.criterion for item in section.items}
    values = {"round": outline.round_id, "person": panellist_id, "section": section.section_id}
    ratings: dict[str, Answer] = {}
    comments: dict[str, str] = {}
    for item_id, value, prompt, text in rows_of(_ANSWERS, values):
        if item_id is None:
            comments[prompt] = text
        else:
            ratings[codes[item_id]] = UNABLE if value is None else value
    return ratings, comments


def answers_before(
    panellist_id: PanellistId, section: SectionOutline
) -> tuple[Mapping[str, Answer], tuple[Mapping[str, Any], ...]]:
    """The person's own answers and comments in the round in which the section was last put."""
    if section.last is None:
        return {}, ()
    content = rows_of(_COPY, {"round": section.last.round_id, "person": panellist_id}).scalar()
    return _before(content, section)


def _before(
    content: str | None, section: SectionOutline
) -> tuple[Mapping[str, Answer], tuple[Mapping[str, Any], ...]]:
    """What a person's copy of the feedback holds of a section."""
    if content is None:
        return {}, ()
    own = json.loads(content)
    said = tuple(one for one in own["comments"] if one["section"] == section.code)
    return own["answers"].get(section.code, {}), said


def saved_words(
    n_answered: int, n_asked: int, saved_at: datetime | None, timezone: str, *, is_easy: bool = False
) -> str:
    """How much of a page is saved, as a sentence that is true."""
    if saved_at is None and is_easy:
        return "Your answers are saved when you press the button."
    if saved_at is None:
        return "Nothing saved yet on this page. Your answers are saved when you choose Save and continue."
    at = time_words(saved_at, timezone)
    if n_asked == 0:
        return f"Saved at {at}."
    if n_answered == n_asked:
        return f"All {n_asked} answers saved at {at}." if n_asked > 1 else f"Your answer was saved at {at}."
    rest = "you press the button" if is_easy else "you choose Save and continue"
    return f"{n_answered} of {n_asked} answers saved at {at}. The rest are saved when {rest}."


def time_words(when: datetime, timezone: str) -> str:
    """A time of day as it is said: "2:31pm"."""
    local = when.astimezone(ZoneInfo(timezone))
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"
