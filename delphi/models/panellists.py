"""The panel: membership under a random code, identity in a table of its own, invitations, consent.

Ratings and comments refer to `panellist` and never join to `identity`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import AccountId, GroupId, PanellistId, StudyId
from delphi.domain.states import InvitationState, PanellistState
from delphi.models.base import Model, UtcDateTime, one_of, rule_that, unique
from delphi.models.groups import StakeholderGroup


class Panellist(Model):
    """A person's membership of one study. The code is random: neither group nor order shows in it."""

    __tablename__ = "panellist"

    id: Mapped[PanellistId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(12))
    group_id: Mapped[GroupId] = mapped_column(ForeignKey("stakeholder_group.id"), index=True)
    state: Mapped[PanellistState] = mapped_column(
        one_of(PanellistState, "state"), default=PanellistState.REGISTERED
    )
    format: Mapped[str] = mapped_column(String(20), default="standard")
    mode: Mapped[str] = mapped_column(String(20), default="self")
    region: Mapped[str | None] = mapped_column(String(100))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_reason: Mapped[str | None] = mapped_column(Text)

    group: Mapped[StakeholderGroup] = relationship()
    invitation: Mapped[Invitation | None] = relationship(back_populates="panellist")
    perspectives: Mapped[list[Perspective]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (
        unique("study_id", "code", sentence="Somebody on this panel has this code already."),
        rule_that(
            "mode IN ('self', 'supported', 'paper', 'phone')",
            name="mode",
            sentence="Somebody takes part on their own, supported, on paper or by phone.",
        ),
        rule_that(
            "format IN ('standard', 'easy_read', 'large_print', 'paper')",
            name="format",
            sentence="The format is standard, easy_read, large_print or paper.",
        ),
    )


class Perspective(Model):
    """Another perspective a person also has; the main one, used for counting, is the panellist's group."""

    __tablename__ = "perspective"

    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[GroupId] = mapped_column(ForeignKey("stakeholder_group.id"), primary_key=True)


class Identity(Model):
    """Who a panellist is. Reached by the panel page and by the one look-up that leaves an event.

    `email_bounced_at` is set while messages to the address come back; nothing is sent to it meanwhile.
    """

    __tablename__ = "identity"

    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True
    )
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        unique("study_id", "email", sentence="Somebody with this e-mail address is on this panel already."),
        rule_that(
            "email IS NOT NULL OR phone IS NOT NULL OR address IS NOT NULL",
            name="can_be_reached",
            sentence="Give at least one of e-mail, phone or postal address.",
        ),
    )


class Invitation(Model):
    """What became of asking one person, and until when their links work."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    panellist_id: Mapped[PanellistId] = mapped_column(ForeignKey("panellist.id", ondelete="CASCADE"))
    state: Mapped[InvitationState] = mapped_column(
        one_of(InvitationState, "state"), default=InvitationState.PREPARED
    )
    generation: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    panellist: Mapped[Panellist] = relationship(back_populates="invitation")
    tokens: Mapped[list[AccessToken]] = relationship(cascade="all, delete-orphan", order_by="AccessToken.id")

    __table_args__ = (unique("panellist_id", sentence="This person has been invited already."),)


class AccessToken(Model):
    """One personal link, stored as a hash; several live at once, one for each message.

    Some have a short code as well, which opens the same for as long: `code_hash`, keyed with the
    instance's secret, since a code is short enough to be guessed from a plain hash.
    """

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    invitation: Mapped[Invitation] = relationship(back_populates="tokens")

    __table_args__ = (
        unique("token_hash", sentence="This link exists already."),
        unique("code_hash", sentence="This short code exists already."),
    )


class WrongCode(Model):
    """A short code was typed that nobody has: when, and nothing else. Many in a short time close the page."""

    __tablename__ = "wrong_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ConsentRecord(Model):
    """What one person agreed to: which text, in which variant, how, when, who recorded it. Never changed."""

    __tablename__ = "consent_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), index=True
    )
    consent_text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id"))
    variant: Mapped[str] = mapped_column(String(40))
    how: Mapped[str] = mapped_column(String(20))
    dated_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))

    answers: Mapped[list[ConsentAnswer]] = relationship(
        order_by="ConsentAnswer.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        rule_that(
            "how IN ('web', 'paper', 'phone')",
            name="how",
            sentence="Consent is given on the web, on paper or by phone.",
        ),
    )


class ConsentAnswer(Model):
    """One statement as it was read, with whether it was ticked."""

    __tablename__ = "consent_answer"

    consent_record_id: Mapped[int] = mapped_column(
        ForeignKey("consent_record.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    is_given: Mapped[bool]
    position: Mapped[int]


class Tombstone(Model):
    """What is kept of a deletion, so that a restored backup can be cleaned again: code, date, scope."""

    __tablename__ = "tombstone"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(12))
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scope: Mapped[str] = mapped_column(String(200))
