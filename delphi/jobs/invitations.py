"""The clock of invitations: what nobody has answered by the time its last link runs out has expired."""

from __future__ import annotations

from datetime import datetime

from delphi.config import Settings
from delphi.domain.actors import Clock
from delphi.domain.errors import InvalidInput
from delphi.domain.states import StudyState
from delphi.jobs.claims import Work
from delphi.jobs.results import Done, Result
from delphi.queries.studies import study_of
from delphi.services.invitations import expire_invitations


def expire_when_due(work: Work, now: datetime, settings: Settings) -> Result:
    """Mark the invitations of a study whose links have all run out, so that its team can send new ones."""
    if work.study_id is None:
        raise InvalidInput("Invitations belong to a study; this piece of work names none.")
    study = study_of(work.study_id)
    if study.state not in (StudyState.DRAFT, StudyState.RUNNING):
        return Done(f"Nothing to do: the study is {study.state.value}.")
    n = expire_invitations(study_id=study.id, actor=Clock(), now=now)
    return Done() if n else Done("Nothing to do: no invitation has run out.")
