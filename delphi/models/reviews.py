"""What surrounds the review of comments: what a comment was before, and what was done about one passed on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.domain.ids import AccountId, CommentId, StudyId
from delphi.models.base import Model, UtcDateTime, rule_that


class CommentBefore(Model):
    """A comment as it was before somebody's last decision about it, so that they can take that back.

    `content` is the state, the answer and the themes as they were (queries/handled.py). One for each comment:
    the next decision, by whomever, replaces it.
    """

    __tablename__ = "comment_before"

    comment_id: Mapped[CommentId] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[str] = mapped_column(Text)


class FollowUp(Model):
    """One thing done about a comment that was passed on: by whom, on which day, and whether it ends there."""

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    comment_id: Mapped[CommentId] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    who: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    is_last: Mapped[bool] = mapped_column(default=False)
    recorded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        rule_that("length(what) > 0", name="says_what", sentence="Write down what was done."),
        rule_that("length(who) > 0", name="says_who", sentence="Write down who did it."),
    )
