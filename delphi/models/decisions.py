"""What the team did after a round: decisions, revisions ("you said, we did"), corrections."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import AccountId, CommentId, DraftId, RoundId, SectionId, StudyId
from delphi.models.base import Model, UtcDateTime, rule_that, unique
from delphi.models.sections import Section


class Decision(Model):
    """What the team decided about a section after seeing its outcome and comments; never computed."""

    __tablename__ = "decision"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id"), primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    section: Mapped[Section] = relationship()

    __table_args__ = (
        rule_that(
            "kind IN ('keep', 'rerate_unchanged', 'revise', 'merge', 'split', 'remove', 'leave_out',"
            " 'take_to_meeting', 'report_no_agreement', 'report_not_assessable')",
            name="kind",
            sentence="This is not one of the decisions that a team can take.",
        ),
    )


class Revision(Model):
    """How a section goes into a later round: a new draft, or the same draft again with reasons."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id"))
    for_round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    from_draft_id: Mapped[DraftId] = mapped_column(ForeignKey("draft.id"))
    to_draft_id: Mapped[DraftId] = mapped_column(ForeignKey("draft.id"))
    change_class: Mapped[str | None] = mapped_column(String(12))
    comparable: Mapped[str] = mapped_column(String(10))
    comparable_reason: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    written_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

    section: Mapped[Section] = relationship()
    changes: Mapped[list[RevisionChange]] = relationship(
        order_by="RevisionChange.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        unique("section_id", "for_round", sentence="This section has an entry for that round already."),
        rule_that(
            "kind IN ('revision', 'rerating')", name="kind", sentence="It is a revision or a re-rating."
        ),
        rule_that(
            "(kind = 'rerating') = (from_draft_id = to_draft_id)",
            name="rerating_keeps_draft",
            sentence="A re-rating puts the same draft again; a revision puts a new one.",
        ),
        rule_that(
            "change_class IN ('correction', 'minor', 'material')",
            name="change_class",
            sentence="A change is a correction, minor or material.",
        ),
        rule_that(
            "comparable IN ('no', 'wording', 'same')",
            name="comparable",
            sentence="Say whether ratings may be compared: no, wording or same.",
        ),
    )


class RevisionChange(Model):
    """One "you said, we did": what comments asked for, and what became of it."""

    __tablename__ = "revision_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), index=True)
    you_said: Mapped[str] = mapped_column(Text)
    we_did: Mapped[str] = mapped_column(Text)
    position: Mapped[int]

    comments: Mapped[list[RevisionChangeComment]] = relationship(cascade="all, delete-orphan")


class RevisionChangeComment(Model):
    """A comment that stands behind a change."""

    __tablename__ = "revision_change_comment"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("revision_change.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[CommentId] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )


class Correction(Model):
    """An edit to agreed text, which changes no meaning; listed in every report (M18)."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    draft_id: Mapped[DraftId] = mapped_column(ForeignKey("draft.id"))
    kind: Mapped[str] = mapped_column(String(20))
    edit: Mapped[str] = mapped_column(Text)
    comment_id: Mapped[CommentId | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"))
    corrected_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        rule_that(
            "kind IN ('correction', 'minor')", name="kind", sentence="It is a correction or a minor edit."
        ),
    )
