"""Taking a study elsewhere: its file with texts and pictures, without people and answers."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.study_archive import write_archive
from delphi.queries.studies import study_of
from delphi.queries.study_export import bundle_of
from delphi.services.events import record


def export_study(*, study_id: StudyId, actor: Actor, now: datetime) -> bytes:
    """The study as one .zip, the same bytes for the same study; that it was exported is in its log."""
    require(actor, Permission.EXPORT_STUDY, study_id)
    study = study_of(study_id)
    content = write_archive(bundle_of(study))
    record("study_exported", study_id=study_id, actor=actor, now=now, subject=study.slug)
    return content
