"""Sections of the guidance, their drafts, and what is asked of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import AccountId, CriterionId, DraftId, SectionId, StudyId
from delphi.domain.states import DraftState, SectionState
from delphi.models.base import Model, UtcDateTime, one_of, rule_that, unique


class Section(Model):
    """A lasting part of the guidance, identified by its code for the life of the study."""

    __tablename__ = "section"

    id: Mapped[SectionId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(40), default="guidance")
    origin: Mapped[str | None] = mapped_column(Text)
    added_in_round: Mapped[int | None]
    state: Mapped[SectionState] = mapped_column(one_of(SectionState, "state"), default=SectionState.DRAFTING)
    merged_into_id: Mapped[SectionId | None] = mapped_column(ForeignKey("section.id"))
    split_from_id: Mapped[SectionId | None] = mapped_column(ForeignKey("section.id"))
    position: Mapped[int]

    drafts: Mapped[list[Draft]] = relationship(back_populates="section", order_by="Draft.number")

    __table_args__ = (unique("study_id", "code", sentence="Two sections have the same code."),)


class Draft(Model):
    """One version of a section's text. From `published` on nothing in it changes."""

    __tablename__ = "draft"

    id: Mapped[DraftId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[DraftState] = mapped_column(one_of(DraftState, "state"), default=DraftState.WORKING)
    revision: Mapped[int] = mapped_column(default=1)
    checksum: Mapped[str | None] = mapped_column(String(64))
    written_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    section: Mapped[Section] = relationship(back_populates="drafts")
    variants: Mapped[list[DraftVariant]] = relationship(
        back_populates="draft", order_by="DraftVariant.variant", cascade="all, delete-orphan"
    )

    __table_args__ = (
        unique("section_id", "number", sentence="This section has a draft with this number already."),
        rule_that(
            "state IN ('working', 'proposed') OR checksum IS NOT NULL",
            name="published_has_checksum",
            sentence="A published draft needs its checksum.",
        ),
    )


class DraftVariant(Model):
    """A draft's text in one form: standard, easy_read, large print, a translation…

    `checked_with` is the checksum of the standard text beside which somebody last found that this form says
    the same; None for the standard text itself, and where nobody was asked (a draft from a study file).
    """

    __tablename__ = "draft_variant"

    draft_id: Mapped[DraftId] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    checked_with: Mapped[str | None] = mapped_column(String(64))

    draft: Mapped[Draft] = relationship(back_populates="variants")


class Criterion(Model):
    """What is asked of every section: a label, and the statement people agree with or not."""

    __tablename__ = "criterion"

    id: Mapped[CriterionId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(100))
    statement: Mapped[str] = mapped_column(Text)
    easy_read: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int]

    __table_args__ = (unique("study_id", "code", sentence="Two criteria have the same id."),)


class CommentPrompt(Model):
    """A question for a comment, on each section or once in a round; `conditions` as in the study file."""

    __tablename__ = "comment_prompt"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    easy_read: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int]

    __table_args__ = (
        unique("study_id", "code", sentence="Two comment prompts have the same id."),
        rule_that(
            "scope IN ('section', 'round')", name="scope", sentence="A prompt is for a section or a round."
        ),
    )
