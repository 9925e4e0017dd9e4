"""What the advisory committee said about a working draft before the panel sees it (requirement S5)."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.studies import AdvisoryComment
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import section_of
from delphi.services.events import record


def record_advice(
    *, study_id: StudyId, section: str, text: str, action: str, actor: Actor, now: datetime
) -> AdvisoryComment:
    """Record what the advisory committee said about a section, and what was done about it.

    Raises WrongState once a round has opened: from then on the panel is asked.
    """
    require(actor, Permission.RECORD_ADVICE, study_id)
    row = section_of(study_id, section)
    if any(round_.opened_at is not None for round_ in rounds_of(study_id)):
        raise WrongState("The first round has opened, so the advisory committee's review is over.")
    advice = AdvisoryComment(
        study_id=study_id,
        section_id=row.id,
        text=required_words("text", text, missing="Write what the committee said."),
        action=required_words("action", action, missing="Write what was done about it."),
        recorded_at=now,
    )
    db.session.add(advice)
    db.session.flush()
    record("advice_recorded", study_id=study_id, actor=actor, now=now, subject=f"section:{section}")
    return advice
