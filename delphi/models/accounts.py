"""People who work on studies: their accounts, how they sign in, and their roles in each study."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.actors import Role
from delphi.domain.ids import AccountId, StudyId
from delphi.models.base import Model, UtcDateTime, one_of, unique


class Account(Model):
    """Somebody who may sign in as a member of study teams. The e-mail address is kept in small letters.

    `password_hash` is Argon2's own notation, and is absent until a password is chosen. Sessions carry
    `generation`: raising it ends every one of them. `failed_sign_ins` counts wrong passwords since the
    last right one, the newest at `failed_at`.
    """

    __tablename__ = "account"

    id: Mapped[AccountId] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    generation: Mapped[int] = mapped_column(default=1, server_default="1")
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (unique("email", sentence="Somebody with this e-mail address has an account already."),)


class SignInLink(Model):
    """A link that signs one account in once, stored as a hash."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()

    __table_args__ = (unique("token_hash", sentence="This link exists already."),)


class TeamRole(Model):
    """One role of one account in one study; an account may hold several."""

    __tablename__ = "team_role"

    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"), primary_key=True)

    account: Mapped[Account] = relationship()
