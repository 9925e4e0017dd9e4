"""What happened and what is still to be done: events (append-only, chained) and the outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.domain.ids import StudyId
from delphi.models.base import Model, UtcDateTime, one_of, unique


class Event(Model):
    """A past-tense fact of one study, holding the hash of the fact before; never changed or removed."""

    __tablename__ = "event"

    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    data: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EventHead(Model):
    """The end of a study's chain; its row is locked while an event is added."""

    __tablename__ = "event_head"

    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class OutboxState(StrEnum):
    """What became of a piece of work."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class OutboxEntry(Model):
    """Work that leaves after the commit: a message, a clock act. `key` names the effect, once and for all."""

    __tablename__ = "outbox_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId | None] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[OutboxState] = mapped_column(one_of(OutboxState, "state"), default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        unique("key", sentence="This is under way already."),
        Index("ix_outbox_entry_state_due_at", "state", "due_at"),
    )
