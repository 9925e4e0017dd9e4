"""Promising messages to members of the panel; they are written and sent after the commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from delphi.domain.ids import PanellistId, StudyId
from delphi.services.outbox import enqueue


def promise_messages(
    people: Iterable[PanellistId],
    message: str,
    *,
    study_id: StudyId,
    occasion: str,
    now: datetime,
    round_number: int | None = None,
) -> int:
    """Promise one message to each of these people, once for each `occasion`; return how many are new.

    A payload holds ids only: name, address and personal link are looked up when the message leaves.
    """
    n_new = 0
    for panellist_id in people:
        payload: dict[str, object] = {"message": message, "panellist_id": panellist_id}
        if round_number is not None:
            payload["round"] = round_number
        key = f"{message}:{occasion}:{panellist_id}"
        n_new += enqueue("message", key=key, payload=payload, due_at=now, study_id=study_id)
    return n_new
