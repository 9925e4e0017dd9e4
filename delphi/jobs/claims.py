"""Taking work from the outbox, so that no two workers do the same, and writing down what became of it.

A piece of work is taken by whoever locks its row. On SQLite there is one writer at a time anyway; on
PostgreSQL the others skip what is locked. Work that goes on after the commit (a message on its way) is
reserved by its due time: should this worker die, another one takes it up when the reservation ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState

RESERVATION = timedelta(minutes=10)
"""Longer than any conversation with a mail server that ends at all."""

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after each failure: two days in all, which is what mail servers give each other."""


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as it was when it was taken; `attempts` counts the failures before."""

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    study_id: StudyId | None
    attempts: int


def is_due(now: datetime) -> bool:
    """Whether anything waits to be done. Reads only, so that an idle loop never asks for the write lock."""
    found = db.session.scalar(
        db.select(OutboxEntry.id)
        .where(OutboxEntry.state == OutboxState.WAITING, OutboxEntry.due_at <= now)
        .limit(1)
    )
    db.session.rollback()
    return found is not None


def next_due_at() -> datetime | None:
    """When the next piece of work is due, if any waits."""
    found: datetime | None = db.session.scalar(
        db.select(db.func.min(OutboxEntry.due_at)).where(OutboxEntry.state == OutboxState.WAITING)
    )
    db.session.rollback()
    return found


def take(now: datetime) -> Work | None:
    """Lock the work that has been due for longest and that nobody else has locked."""
    entry: OutboxEntry | None = db.session.scalar(
        db.select(OutboxEntry)
        .where(OutboxEntry.state == OutboxState.WAITING, OutboxEntry.due_at <= now)
        .order_by(OutboxEntry.due_at, OutboxEntry.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if entry is None:
        return None
    return Work(entry.id, entry.key, entry.kind, dict(entry.payload), entry.study_id, entry.attempts)


def reserve(work: Work, now: datetime) -> None:
    """Keep the work from everybody else while it goes on after the commit."""
    entry = _waiting(work)
    if entry is not None:
        entry.due_at = now + RESERVATION
        # Counted now: work that kills its worker has to come to an end too.
        entry.attempts = work.attempts + 1


def finish(work: Work, now: datetime, note: str | None = None) -> None:
    """Write down that the work is done; `note` says why there was nothing to do."""
    entry = _waiting(work)
    if entry is not None:
        entry.state, entry.done_at, entry.last_error = OutboxState.DONE, now, note


def put_off(work: Work, due_at: datetime) -> None:
    """Wait for another time without calling this a failure."""
    entry = _waiting(work)
    if entry is not None:
        entry.due_at = due_at


def fail(work: Work, now: datetime, sentence: str, *, is_final: bool = False) -> OutboxState:
    """Write down a failure and when to try again; after the last pause, or when told so, give up."""
    entry = _waiting(work)
    if entry is None:
        return OutboxState.DONE
    entry.last_error = sentence
    entry.attempts = work.attempts + 1
    if is_final or entry.attempts > len(PAUSES):
        entry.state, entry.done_at = OutboxState.FAILED, now
    else:
        entry.due_at = now + PAUSES[entry.attempts - 1]
    return entry.state


def _waiting(work: Work) -> OutboxEntry | None:
    """The row, unless the work was called off meanwhile (as closing a round by hand calls off its clock)."""
    entry = db.session.get(OutboxEntry, work.id, with_for_update=True, populate_existing=True)
    return entry if entry is not None and entry.state == OutboxState.WAITING else None
