"""Recording where a study goes another way than was laid down; printed in every report with its reason."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import StudyState
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.studies import Deviation
from delphi.queries.studies import study_of
from delphi.services.bylines import account_of
from delphi.services.events import record

LONGEST_SUBJECT = 100


def record_deviation(
    *, study_id: StudyId, subject: str, before: str, after: str, reason: str, actor: Actor, now: datetime
) -> Deviation:
    """Record a deviation: what it is about, how it was laid down, how it is now, and why.

    Possible also after the study is finished, when a deviation comes to light late. Raises WrongState
    before the seal, when everything can still be changed, and in the archive; InvalidInput when a part is
    missing or nothing differs.
    """
    require(actor, Permission.RECORD_DEVIATION, study_id)
    study = study_of(study_id)
    if study.state == StudyState.DRAFT:
        raise WrongState("Nothing is sealed yet. Change the set-up of the study instead.")
    if study.state == StudyState.ARCHIVED:
        raise WrongState("This study is in the archive and can only be read.")
    deviation = Deviation(
        study_id=study_id,
        subject=required_words("subject", subject, at_most=LONGEST_SUBJECT),
        before=required_words("before", before),
        after=required_words("after", after),
        reason=required_words("reason", reason, missing="Say why; the reason is printed in every report."),
        recorded_by=account_of(actor),
        recorded_at=now,
    )
    if deviation.before == deviation.after:
        raise InvalidInput([Problem("after", "This is what was laid down. Say how it is now.")])
    db.session.add(deviation)
    db.session.flush()
    record(
        "deviation_recorded",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"deviation:{deviation.id}",
        data={"subject": deviation.subject},
    )
    return deviation
