"""What a piece of work can come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.mail.messages import Message


@dataclass(frozen=True, slots=True)
class Done:
    """Everything was done in the database; `note` says why there was nothing to do, if so."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """It is too early: the time has moved."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A message has to leave, after the commit."""

    message: Message


Result = Done | Later | Letter
