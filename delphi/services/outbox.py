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


def call_off(key: str) -> None:
    """Forget waiting work that is no longer wanted.

    Work that is being done at this moment is left alone: waiting for it could wait for ever, as it may
    wait for what the caller holds, and whoever does it looks whether it is still wanted.
    """
    entry = db.session.scalar(
        db.select(OutboxEntry)
        .where(OutboxEntry.key == key, OutboxEntry.state == OutboxState.WAITING)
        .with_for_update(skip_locked=True)
    )
    if entry is not None:
        db.session.delete(entry)
        db.session.flush()
