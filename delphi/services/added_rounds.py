"""Adding a round to a study that is sealed: possible, and always a deviation with its reason."""

from __future__ import annotations

from datetime import date, datetime

from delphi.domain.actors import Actor
from delphi.domain.calendar import in_words
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import StudyState
from delphi.domain.wording import optional_words, required_words
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import study_of
from delphi.services.deviations import record_deviation
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.round_dates import problems_with_dates

KINDS = ("rating", "mixed", "comments")
"""What an added round can ask; an open round comes before drafts, so it cannot come last."""


def add_round(
    *,
    study_id: StudyId,
    kind: str,
    opens_on: date,
    closes_on: date,
    purpose: str = "",
    reason: str,
    actor: Actor,
    now: datetime,
) -> Round:
    """Add one round after the last, planned and not armed; the reason is printed in every report.

    Sections can then be re-rated or revised for it, also where protocol or stop rule would have ended the
    study. Raises WrongState unless the study is under way, InvalidInput for dates that do not fit or a
    missing reason.
    """
    require(actor, Permission.RUN_ROUNDS, study_id)
    study = study_of(study_id)
    hold(study)
    if study.state == StudyState.DRAFT:
        raise WrongState("Nothing is sealed yet. Change the plan of the rounds in the settings instead.")
    if study.state != StudyState.RUNNING:
        raise WrongState(f"This study is {study.state.value}; no round can be added.")
    if kind not in KINDS:
        raise InvalidInput([Problem("kind", "Choose what the round asks for.")])
    rounds = rounds_of(study_id)
    number = rounds[-1].number + 1
    problems = list(problems_with_dates(number, rounds, opens_on, closes_on))
    if problems:
        raise InvalidInput(problems, heading="No round was added.")
    why = required_words("reason", reason, missing="Say why; the reason is printed in every report.")
    round_ = Round(
        study_id=study_id,
        number=number,
        kind=kind,
        purpose=optional_words("purpose", purpose),
        opens_on=opens_on,
        closes_on=closes_on,
        reminders_on=[],
        planned_items={},
        added_at=now,
    )
    db.session.add(round_)
    db.session.flush()
    record_deviation(
        study_id=study_id,
        subject=f"Round {number} added",
        before=f"{len(rounds)} {'round' if len(rounds) == 1 else 'rounds'}",
        after=f"{number} rounds; round {number} from {in_words(opens_on)} to {in_words(closes_on)}",
        reason=why,
        actor=actor,
        now=now,
    )
    record(
        "round_added",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        data={"kind": kind, "opens": opens_on.isoformat(), "closes": closes_on.isoformat()},
    )
    return round_
