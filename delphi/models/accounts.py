"""People who work on studies: their accounts, and their roles in each study."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.actors import Role
from delphi.domain.ids import AccountId, StudyId
from delphi.models.base import Model, UtcDateTime, one_of, unique


class Account(Model):
    """Somebody who may sign in as a member of study teams. The e-mail address is kept in small letters."""

    __tablename__ = "account"

    id: Mapped[AccountId] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (unique("email", sentence="Somebody with this e-mail address has an account already."),)


class TeamRole(Model):
    """One role of one account in one study; an account may hold several."""

    __tablename__ = "team_role"

    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"), primary_key=True)

    account: Mapped[Account] = relationship()
