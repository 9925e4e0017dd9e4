"""Where a study's log ends: nothing that leaves an event has happened as long as that stays the same."""

from __future__ import annotations

from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.log import EventHead


def log_end_of(study_id: StudyId, *, hold: bool = False) -> int:
    """The number of a study's last event; `hold` lets nobody add another before this transaction ends."""
    head = db.session.get(EventHead, study_id, populate_existing=True, with_for_update=hold or None)
    return head.number if head else 0
