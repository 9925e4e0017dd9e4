"""Promising work that leaves after the commit, once and for all under one key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState
from delphi.services.upsert import insert_new


def enqueue(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    due_at: datetime,
    study_id: StudyId | None = None,
) -> bool:
    """Write an outbox row unless the same effect was promised before; say whether it is new."""
    row = {"study_id": study_id, "key": key, "kind": kind, "payload": payload, "due_at": due_at}
    return insert_new(OutboxEntry, row, unlike=["key"])


def put_off(key: str, due_at: datetime) -> None:
    """Move waiting work to another time; work that was done stays done."""
    entry = db.session.scalar(db.select(OutboxEntry).where(OutboxEntry.key == key))
    if entry is not None and entry.state == OutboxState.WAITING:
        entry.due_at = due_at
        db.session.flush()


def call_off(key: str) -> None:
    """Forget waiting work that is no longer wanted."""
    entry = db.session.scalar(db.select(OutboxEntry).where(OutboxEntry.key == key))
    if entry is not None and entry.state == OutboxState.WAITING:
        db.session.delete(entry)
        db.session.flush()
