"""What surrounds the review of comments: what can be taken back, held texts that were opened, follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from delphi.domain.calendar import in_words
from delphi.domain.ids import AccountId, CommentId, StudyId
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.answers import Comment
from delphi.models.log import Event
from delphi.models.reviews import CommentBefore, FollowUp
from delphi.models.rounds import Round

OPEN_FOR = timedelta(hours=1)
"""How long the text of a held comment stays open for whoever opened it."""


@dataclass(frozen=True, slots=True)
class FollowUpNote:
    """What was done about a comment that was passed on, as the team reads it."""

    who: str
    what: str
    day: str
    is_last: bool
    recorded_by: str


def last_reviewed(study_id: StudyId, number: int, account_id: AccountId) -> list[CommentBefore]:
    """What one person saved last in a round, where nobody has decided since; several when saved together."""
    rows = list(
        db.session.scalars(
            db.select(CommentBefore)
            .join(Comment, Comment.id == CommentBefore.comment_id)
            .join(Round, Round.id == Comment.round_id)
            .where(
                CommentBefore.study_id == study_id,
                CommentBefore.account_id == account_id,
                Round.number == number,
            )
            .order_by(CommentBefore.saved_at.desc(), CommentBefore.comment_id)
        )
    )
    return [one for one in rows if one.saved_at == rows[0].saved_at]


def is_text_open(study_id: StudyId, comment_id: CommentId, reader: str, now: datetime) -> bool:
    """Whether this person opened the text of a held comment within the last hour; the log knows."""
    return (
        db.session.scalar(
            db.select(Event.number)
            .where(
                Event.study_id == study_id,
                Event.kind == "comment_opened",
                Event.subject == f"comment:{comment_id}",
                Event.actor == reader,
                Event.at > now - OPEN_FOR,
            )
            .limit(1)
        )
        is not None
    )


def follow_ups_of(comment_ids: Iterable[CommentId]) -> dict[CommentId, list[FollowUpNote]]:
    """What was done about each of these comments, in the order in which it was written down."""
    rows = db.session.execute(
        db.select(FollowUp, Account.name)
        .outerjoin(Account, Account.id == FollowUp.recorded_by)
        .where(FollowUp.comment_id.in_(list(comment_ids)))
        .order_by(FollowUp.comment_id, FollowUp.id)
    )
    found: dict[CommentId, list[FollowUpNote]] = {}
    for one, name in rows:
        note = FollowUpNote(one.who, one.what, in_words(one.done_on), one.is_last, name or "")
        found.setdefault(one.comment_id, []).append(note)
    return found


def passed_on_without_end(study_id: StudyId) -> list[tuple[CommentId, int]]:
    """Comments that were passed on and whose follow-up has not come to its end, with their round's number."""
    ended = db.select(FollowUp.comment_id).where(FollowUp.is_last)
    rows = db.session.execute(
        db.select(Comment.id, Round.number)
        .join(Round, Round.id == Comment.round_id)
        .where(Comment.study_id == study_id, Comment.state == "escalated", Comment.id.not_in(ended))
        .order_by(Comment.id)
    )
    return [(comment_id, number) for comment_id, number in rows]
