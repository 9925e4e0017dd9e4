"""A study and what is fixed about it before data: information, consent, protocol, rule and seal.

Descriptions that nothing joins to are kept as JSON with the shape of domain/study_file.py, so that a
study file and the database never say two different things about the same field.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import AccountId, StudyId
from delphi.domain.states import StudyState
from delphi.models.base import Model, UtcDateTime, one_of, rule_that, unique


class Study(Model):
    """One consultation.

    `look`, `information`, `scale`, `protocol`, `rule` and `privacy` have the shape of the study file's parts
    of the same names.
    """

    __tablename__ = "study"

    id: Mapped[StudyId] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    short_title: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(20))
    timezone: Mapped[str] = mapped_column(String(60))
    state: Mapped[StudyState] = mapped_column(one_of(StudyState, "state"), default=StudyState.DRAFT)
    look: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    information: Mapped[dict[str, Any]] = mapped_column(JSON)
    scale: Mapped[dict[str, Any]] = mapped_column(JSON)
    protocol: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    privacy: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When everybody was last asked to agree again; None while the first consent holds."""

    seal: Mapped[Seal | None] = relationship(back_populates="study")
    documents: Mapped[list[Document]] = relationship(order_by="Document.position")
    pictures: Mapped[list[Picture]] = relationship(order_by="Picture.name")
    consent_texts: Mapped[list[ConsentText]] = relationship(order_by="ConsentText.id")

    __table_args__ = (
        unique("slug", sentence="There is a study with this short name (slug) already. Choose another slug."),
    )


class Document(Model):
    """An information page: what it is called, which version, in which formats, and its text by variant."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(20))
    dated_on: Mapped[date]
    formats: Mapped[list[str]] = mapped_column(JSON)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    position: Mapped[int]

    __table_args__ = (unique("study_id", "code", sentence="Two documents have the same id."),)


class Picture(Model):
    """A picture used by drafts and documents, under the path by which their Markdown names it."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (unique("study_id", "name", sentence="There is a picture with this name already."),)


class ConsentText(Model):
    """One version of what people agree to; never changed once somebody has answered it."""

    __tablename__ = "consent_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(20))
    dated_on: Mapped[date]
    special_category_note: Mapped[str | None] = mapped_column(Text)
    withdrawal_cutoff: Mapped[date | None]

    statements: Mapped[list[ConsentStatement]] = relationship(order_by="ConsentStatement.position")

    __table_args__ = (
        unique("study_id", "version", sentence="There is a consent text with this version number already."),
    )


class ConsentStatement(Model):
    """One statement with its own tick; `purpose` is set for optional permissions only."""

    __tablename__ = "consent_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    consent_text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    easy_read: Mapped[str | None] = mapped_column(Text)
    is_optional: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[int]

    __table_args__ = (
        unique("consent_text_id", "code", sentence="Two consent statements have the same id."),
        rule_that(
            "is_optional OR purpose IS NULL",
            name="purpose_is_optional",
            sentence="Only optional consent statements have a purpose.",
        ),
    )


class Seal(Model):
    """What decides outcomes, fixed before the first rating: canonical text, its SHA-256 and the time."""

    __tablename__ = "seal"

    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    study: Mapped[Study] = relationship(back_populates="seal")


class Deviation(Model):
    """A change to what was sealed, or to dates or plan; printed in every report with its reason."""

    __tablename__ = "deviation"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(100))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        rule_that("length(reason) > 0", name="has_reason", sentence="A deviation needs its reason."),
    )


class SignOff(Model):
    """One person's signature under a rule, a decision or a draft; which it is says `subject`."""

    __tablename__ = "sign_off"

    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), primary_key=True)
    as_lead: Mapped[bool]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AdvisoryComment(Model):
    """What the advisory committee said about a working draft before round 1, and what was done about it."""

    __tablename__ = "advisory_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    text: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
