"""Files that have left the platform: what the team has to look after when somebody asks for deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.log import Event


@dataclass(frozen=True, slots=True)
class ExportMade:
    """One export as the log has it: which, by whom, when."""

    at: datetime
    actor: str
    subject: str


def exports_since(study_id: StudyId, moment: datetime) -> tuple[ExportMade, ...]:
    """Reports that were exported at or after a moment, the oldest first."""
    events = db.session.scalars(
        db.select(Event)
        .where(Event.study_id == study_id, Event.kind == "report_exported", Event.at >= moment)
        .order_by(Event.number)
    )
    return tuple(ExportMade(event.at, event.actor, event.subject) for event in events)
