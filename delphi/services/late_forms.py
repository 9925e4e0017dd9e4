"""Forms that come after the close: held until a person decides, then admitted or refused with a reason (A42).

What is decided is kept with who decided and when. An admitted form is entered like any other
(services/forms.py) and stays flagged; of a held or refused one nothing but its day and a note is stored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import LATE_FORM
from delphi.domain.permissions import Permission, require
from delphi.domain.states import LateFormState, RoundState
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.late_forms import LateForm
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.answers import Answering, answering, round_to_answer
from delphi.services.answers import require_asked, require_taking_part
from delphi.services.bylines import account_of
from delphi.services.events import record
from delphi.services.transitions import move

LONGEST_REASON = 300

OPENED_AGAIN = "The round was opened again, and the form was entered while it was open."


def hold_late_form(
    *, study_id: StudyId, number: int, code: str, received_on: date, note: str, actor: Actor, now: datetime
) -> LateForm:
    """Note that a form came after the close, so that it is decided about before the analysis.

    Raises WrongState when the round is not closed or the form is listed already, InvalidInput for a day on
    which it cannot have come.
    """
    require(actor, Permission.ENTER_FORMS, study_id)
    round_, study, who = _place(study_id, number, code, actor)
    _require_closed(round_)
    _require_day(round_, study, received_on, now)
    if db.session.get(LateForm, (who.round_id, who.panellist_id)) is not None:
        raise WrongState(f"The late form of {code} is on the list already.")
    words = required_words("note", note, at_most=LONGEST_REASON) if note.strip() else None
    form = _add(who, received_on, actor, now)
    form.note = words
    record(
        "late_form_held",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}:{code}",
        data={"received_on": received_on.isoformat()},
    )
    return form


def refuse_late_form(
    *, study_id: StudyId, number: int, code: str, reason: str, actor: Actor, now: datetime
) -> LateForm:
    """Decide that a late form, or a request to send one, is not admitted, and why.

    Raises InvalidInput without a reason, WrongState when the round is not closed or the form was admitted.
    """
    require(actor, Permission.ENTER_FORMS, study_id)
    round_, _, who = _place(study_id, number, code, actor)
    _require_closed(round_)
    words = required_words(
        "reason", reason, at_most=LONGEST_REASON, missing="Say why it is not admitted. The record keeps it."
    )
    form = db.session.get(LateForm, (who.round_id, who.panellist_id))
    if form is None:
        form = _add(who, None, actor, now)
    _decide(form, LateFormState.REFUSED, words, actor, now, f"round:{number}:{code}")
    return form


def settle_entered(
    who: Answering,
    *,
    received_on: date,
    late_reason: str | None,
    actor: Actor,
    now: datetime,
    subject: str,
    data: dict[str, Any],
) -> bool:
    """Note that a form was entered: it is admitted with its reason, or no longer late once its round is open.

    Returns whether that was a decision, which leaves its own event; a slip put right in a form that was
    admitted before is none.
    """
    form = db.session.get(LateForm, (who.round_id, who.panellist_id))
    if form is None and late_reason is None:
        return False
    form = form or _add(who, received_on, actor, now)
    form.received_on = received_on
    if form.state == LateFormState.ADMITTED:
        return False
    _decide(form, LateFormState.ADMITTED, late_reason or OPENED_AGAIN, actor, now, subject, data)
    return True


def days_in_time(round_: Round, study: Study) -> tuple[date, date]:
    """The first and the last day on which a form is in time; a person may have opened or closed it early."""
    first_day, last_day = round_.opens_on, round_.closes_on
    if round_.opened_at is not None:
        first_day = min(first_day, day_of(round_.opened_at, study.timezone))
    if round_.closed_at is not None:
        last_day = min(last_day, day_of(round_.closed_at, study.timezone))
    return first_day, last_day


def _place(study_id: StudyId, number: int, code: str, actor: Actor) -> tuple[Round, Study, Answering]:
    round_, study = round_to_answer(study_id, number)
    who = answering(study_id, number, code)
    require_taking_part(who, actor)
    require_asked(who)
    return round_, study, who


def _require_closed(round_: Round) -> None:
    if round_.state != RoundState.CLOSED:
        raise WrongState(
            f"Round {round_.number} is {round_.state.value}. Late forms are decided about between the close "
            "and the analysis of a round."
        )


def _require_day(round_: Round, study: Study, received_on: date, now: datetime) -> None:
    _, last_day = days_in_time(round_, study)
    if received_on > day_of(now, study.timezone):
        raise InvalidInput([Problem("received_on", "A form cannot have been received on a day to come.")])
    if received_on <= last_day:
        sentence = (
            f"This form came in time: round {round_.number} closed on {in_words(last_day)}. "
            "Enter it like any other."
        )
        raise InvalidInput([Problem("received_on", sentence)])


def _add(who: Answering, received_on: date | None, actor: Actor, now: datetime) -> LateForm:
    form = LateForm(
        round_id=who.round_id,
        panellist_id=who.panellist_id,
        study_id=who.study_id,
        state=LateFormState.HELD,
        received_on=received_on,
        recorded_by=account_of(actor),
        recorded_at=now,
    )
    db.session.add(form)
    db.session.flush()
    return form


def _decide(
    form: LateForm,
    state: LateFormState,
    reason: str,
    actor: Actor,
    now: datetime,
    subject: str,
    data: dict[str, Any] | None = None,
) -> None:
    move(
        form,
        LATE_FORM,
        state,
        study_id=form.study_id,
        actor=actor,
        now=now,
        subject=subject,
        facts=["has_reason"],
        data=data,
        reason=reason.strip(),
        decided_by=account_of(actor),
        decided_at=now,
    )
