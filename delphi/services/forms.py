"""Answers on paper and by phone, entered by the team: in time, or late and admitted with a reason.

A form that was received while the round was open may be entered until the round is analysed. One that
came later is admitted with a reason, if the protocol allows it, and stays flagged as late; it may be held
first until somebody decides (services/late_forms.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import SUBMISSION
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.answers import Answer, answering, round_to_answer, saved_page, saved_whole
from delphi.queries.round_outline import round_outline
from delphi.services.answers import (
    require_asked,
    require_taking_part,
    save_page,
    save_whole,
    touch_submission,
)
from delphi.services.bylines import account_of
from delphi.services.events import record
from delphi.services.late_forms import days_in_time, settle_entered
from delphi.services.transitions import move


@dataclass(frozen=True, slots=True)
class FormPage:
    """One section of a paper form: ratings and comments as somebody wrote them."""

    ratings: Mapping[str, Answer | None]
    comments: Mapping[str, str] = field(default_factory=dict)


def enter_form(
    *,
    study_id: StudyId,
    number: int,
    code: str,
    pages: Mapping[str, FormPage],
    about_the_whole: Mapping[str, str] | None = None,
    received_on: date,
    mode: Literal["paper", "phone"] = "paper",
    variant: str = "standard",
    late_reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Enter a whole form for a panel member, all of it or nothing, and count it as submitted.

    Raises WrongState when the round takes no forms any more, InvalidInput when the form is late and no
    reason is given, or its dates cannot be.
    """
    require(actor, Permission.ENTER_FORMS, study_id)
    round_, study = round_to_answer(study_id, number)
    is_late = _require_takes_forms(round_, study, received_on, late_reason, now)
    who = answering(study_id, number, code)
    require_taking_part(who, actor)
    require_asked(who)
    outline = round_outline(study, number)
    for section, page in pages.items():
        saved = saved_page(who.round_id, who.panellist_id, outline.section(section))
        save_page(
            who,
            section=section,
            ratings=page.ratings,
            comments=page.comments,
            revision=saved.revision,
            variant=variant,
            mode=mode,
            now=now,
        )
    touch_submission(
        who,
        mode=mode,
        now=now,
        received_on=received_on,
        entered_by=account_of(actor),
        is_late=is_late,
        late_reason=(late_reason or "").strip() or None if is_late else None,
    )
    said = saved_whole(who.round_id, who.panellist_id)
    save_whole(who, about_the_whole or {}, said.revision, now)
    submission = db.session.get_one(Submission, (who.round_id, who.panellist_id), populate_existing=True)
    subject, data = f"round:{number}:{code}", {"mode": mode, "received_on": received_on.isoformat()}
    if submission.state == SubmissionState.STARTED:
        move(
            submission,
            SUBMISSION,
            SubmissionState.SUBMITTED,
            study_id=study_id,
            actor=actor,
            now=now,
            subject=subject,
            submitted_at=now,
        )
    is_new = settle_entered(
        who,
        received_on=received_on,
        late_reason=late_reason if is_late else None,
        actor=actor,
        now=now,
        subject=subject,
        data=data,
    )
    if not is_new:
        record("answers_entered", study_id=study_id, actor=actor, now=now, subject=subject, data=data)


def _require_takes_forms(
    round_: Round, study: Study, received_on: date, late_reason: str | None, now: datetime
) -> bool:
    """Stop unless this form may be entered now; say whether it is late."""
    if received_on > day_of(now, study.timezone):
        raise InvalidInput([Problem("received_on", "A form cannot have been received on a day to come.")])
    first_day, last_day = days_in_time(round_, study)
    if received_on < first_day:
        raise InvalidInput(
            [
                Problem(
                    "received_on", f"Round {round_.number} opened on {in_words(first_day)}, after that day."
                )
            ]
        )
    if round_.state not in (RoundState.OPEN, RoundState.CLOSED):
        raise WrongState(
            f"Round {round_.number} is {round_.state.value}, so no form can be entered for it. "
            "Keep the form: it can be named in the report."
        )
    if round_.state == RoundState.OPEN or received_on <= last_day:
        return False
    if study.protocol.get("late_forms") == "refused":
        raise WrongState("The protocol of this study refuses forms that come after the close.")
    if not (late_reason or "").strip():
        raise InvalidInput(
            [
                Problem(
                    "late_reason",
                    f"This form came after round {round_.number} closed on {in_words(last_day)}. "
                    "Say why it is admitted; it will be flagged as late.",
                )
            ]
        )
    return True
