"""What panellists said in a round: submissions, saved section pages, ratings and comments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import (
    AccountId,
    CommentId,
    CriterionId,
    DraftId,
    ItemId,
    PanellistId,
    RoundId,
    SectionId,
    StudyId,
)
from delphi.domain.states import CommentState, SubmissionState
from delphi.models.base import Model, UtcDateTime, one_of, rule_that, unique
from delphi.models.panellists import Panellist


class Submission(Model):
    """A panellist's set of answers for a round; its absence means that they did not take part.

    `whole_revision` goes up by one whenever the answers about the whole change, as a section's page has
    its own in SectionSave.
    """

    __tablename__ = "submission"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    state: Mapped[SubmissionState] = mapped_column(
        one_of(SubmissionState, "state"), default=SubmissionState.STARTED
    )
    mode: Mapped[str] = mapped_column(String(20))
    support: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_on: Mapped[date | None]
    entered_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    is_late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str | None] = mapped_column(Text)
    whole_revision: Mapped[int] = mapped_column(default=0, server_default="0")

    panellist: Mapped[Panellist] = relationship()

    __table_args__ = (
        rule_that(
            "mode IN ('self', 'supported', 'paper', 'phone')",
            name="mode",
            sentence="Somebody answers on their own, supported, on paper or by phone.",
        ),
        rule_that(
            "is_late = (late_reason IS NOT NULL)",
            name="late_has_reason",
            sentence="A late form is admitted with a reason.",
        ),
    )


class LateRequest(Model):
    """Somebody asked, after the close, to add answers: in their own words why. The team decides.

    Gone with the person's answers; what became of it shows in their submission.
    """

    __tablename__ = "late_request"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SectionSave(Model):
    """One person's page of one section: which variant they saw, and how often it was saved.

    `revision` goes up by one with each save; a save that names an older one is stale. A page saved
    without an answer to a criterion means that the criterion was skipped.
    """

    __tablename__ = "section_save"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id"), primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    revision: Mapped[int]
    variant: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Rating(Model):
    """One panellist's answer on one item in one round: a point of the scale, or null for "can't say".

    Narrow on purpose, and keyed person first: a rating page reads one person's rows, and counts come
    from the covering index alone.
    """

    __tablename__ = "rating"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[ItemId] = mapped_column(ForeignKey("item.id"), primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    value: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = (
        Index("ix_rating_round_item_value", "round_id", "item_id", "value"),
        {"sqlite_with_rowid": False},
    )


class Comment(Model):
    """Free text on a section (or on the whole, when `section_id` is null) in answer to one prompt.

    The original is kept as written; `shown_text` is what the panel may see once a person has reviewed it.
    """

    __tablename__ = "comment"

    id: Mapped[CommentId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), index=True
    )
    section_id: Mapped[SectionId | None] = mapped_column(ForeignKey("section.id"))
    draft_id: Mapped[DraftId | None] = mapped_column(ForeignKey("draft.id"))
    prompt: Mapped[str] = mapped_column(String(60))
    criterion_id: Mapped[CriterionId | None] = mapped_column(ForeignKey("criterion.id"))
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[CommentState] = mapped_column(one_of(CommentState, "state"), default=CommentState.NEW)
    shown_text: Mapped[str | None] = mapped_column(Text)
    review_reason: Mapped[str | None] = mapped_column(Text)
    reviewed_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    panellist: Mapped[Panellist] = relationship()
    disposition: Mapped[Disposition | None] = relationship(
        back_populates="comment",
        foreign_keys="Disposition.comment_id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    themes: Mapped[list[CommentTheme]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="CommentTheme.theme_id"
    )

    __table_args__ = (
        Index(
            "uq_comment_one_per_prompt",
            "round_id",
            "panellist_id",
            "section_id",
            "prompt",
            unique=True,
            info={"sentence": "This person has answered this prompt already."},
        ),
        # For the index above two comments without a section are about two different things.
        Index(
            "uq_comment_one_about_the_whole",
            "round_id",
            "panellist_id",
            "prompt",
            unique=True,
            sqlite_where=sql_text("section_id IS NULL"),
            info={
                "sentence": "This person has answered this question about the whole already.",
                "postgresql": {"where": sql_text("section_id IS NULL")},
            },
        ),
        rule_that(
            "state NOT IN ('shown', 'redacted') OR shown_text IS NOT NULL",
            name="shown_has_text",
            sentence="A comment that is shown needs the text to show.",
        ),
    )


class Disposition(Model):
    """The team's answer to a comment, with its reason."""

    __tablename__ = "disposition"

    comment_id: Mapped[CommentId] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    duplicate_of_id: Mapped[CommentId | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"))
    disposed_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    disposed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    comment: Mapped[Comment] = relationship(back_populates="disposition", foreign_keys=[comment_id])

    __table_args__ = (
        rule_that(
            "length(reason) > 0", name="has_reason", sentence="An answer to a comment needs its reason."
        ),
        rule_that(
            "kind IN ('accepted', 'partly', 'not_accepted', 'noted', 'already_covered', 'duplicate',"
            " 'out_of_scope', 'deferred')",
            name="kind",
            sentence="This is not one of the answers that a comment can have.",
        ),
        rule_that(
            "duplicate_of_id IS NULL OR kind = 'duplicate'",
            name="duplicate_of",
            sentence="Only a duplicate names the comment that it repeats.",
        ),
    )


class Theme(Model):
    """A label that the team gives to comments about the same thing."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(100))

    __table_args__ = (unique("study_id", "label", sentence="There is a theme with this name already."),)


class CommentTheme(Model):
    """One theme on one comment, and who gave it."""

    __tablename__ = "comment_theme"

    comment_id: Mapped[CommentId] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    coded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))

    theme: Mapped[Theme] = relationship()
