"""Adding to a study's log: an append-only chain in which each event holds the hash of the one before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.canonical import canonical_json
from delphi.domain.events import EVENT_WORDS, FIRST_HASH, event_hash
from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.log import Event, EventHead


def record(
    kind: str,
    *,
    study_id: StudyId,
    actor: Actor,
    now: datetime,
    subject: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Add one event; ValueError for a kind that the log cannot put into words.

    The head row is locked until the transaction ends, so that two events never claim the same place.
    """
    if kind not in EVENT_WORDS:
        raise ValueError(f"{kind} is not a known kind of event")
    head = db.session.get(EventHead, study_id, with_for_update=True, populate_existing=True)
    if head is None:
        head = EventHead(study_id=study_id, number=0, hash=FIRST_HASH)
        db.session.add(head)
    text = canonical_json(data or {})
    event = Event(
        study_id=study_id,
        number=head.number + 1,
        at=now,
        actor=actor.reference,
        kind=kind,
        subject=subject,
        data=text,
        previous_hash=head.hash,
        hash=event_hash(
            previous=head.hash,
            number=head.number + 1,
            at=now.astimezone(UTC).isoformat(),
            actor=actor.reference,
            kind=kind,
            subject=subject,
            data=text,
        ),
    )
    head.number, head.hash = event.number, event.hash
    db.session.add(event)
    db.session.flush()
