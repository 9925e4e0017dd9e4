"""Recording that files left the platform: whoever deletes answers later must know which hold them."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.services.events import record


def record_export(
    *, study_id: StudyId, audience: str, files: dict[str, str], actor: Actor, now: datetime
) -> None:
    """Record that a report was exported: for whom, and each file's name with its SHA-256."""
    require(actor, Permission.EXPORT_STUDY, study_id)
    data = {"audience": audience, "files": files}
    subject = f"report:{audience}"
    record("report_exported", study_id=study_id, actor=actor, now=now, subject=subject, data=data)
