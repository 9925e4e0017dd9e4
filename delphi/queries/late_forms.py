"""Forms that came after the close, as the team sees them: what came, what was decided, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.ids import RoundId
from delphi.domain.states import LateFormState, RoundState
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.answers import LateRequest
from delphi.models.late_forms import LateForm
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.late_requests import may_be_late
from delphi.queries.panellists import panellist_of
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of

STATE_WORDS = {
    LateFormState.HELD: "Held: not decided yet",
    LateFormState.ADMITTED: "Admitted",
    LateFormState.REFUSED: "Not admitted",
}


@dataclass(frozen=True, slots=True)
class LateFormSeen:
    """One late form, or a request without a form: the day it came, what was noted, the decision and why.

    `decided` is who and when, such as "Sam Lead, Monday 17 February 2025"; empty while the form is held.
    """

    code: str
    received: str
    note: str
    state: str
    words: str
    reason: str
    decided: str

    @property
    def is_held(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state == LateFormState.HELD.value


@dataclass(frozen=True, slots=True)
class LateFormPage:
    """The page on which one late form is decided about; `form` is None for a request without a form."""

    number: int
    code: str
    form: LateFormSeen | None
    asked_on: str
    asked_why: str
    may_decide: bool


def late_forms(study: Study, round_: Round) -> tuple[LateFormSeen, ...]:
    """Every late form of a round, the undecided first, then by code."""
    found = [_seen(study, form, code, name) for form, code, name in db.session.execute(_forms(round_.id))]
    return tuple(sorted(found, key=lambda one: (not one.is_held, one.code)))


def held_codes(round_id: RoundId) -> tuple[str, ...]:
    """The codes of people whose late forms wait for a decision."""
    statement = (
        db.select(Panellist.code)
        .join(LateForm, LateForm.panellist_id == Panellist.id)
        .where(LateForm.round_id == round_id, LateForm.state == LateFormState.HELD)
        .order_by(Panellist.code)
    )
    return tuple(db.session.scalars(statement))


def late_form_page(member: TeamMember, number: int, code: str) -> LateFormPage:
    """One person's late form in one round; NotFound for an unknown code or round."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    panellist = panellist_of(study.id, code)
    row = db.session.execute(_forms(round_.id).where(LateForm.panellist_id == panellist.id)).first()
    asked = db.session.get(LateRequest, (round_.id, panellist.id))
    form = _seen(study, *row) if row is not None else None
    is_open_question = form is None or form.state != LateFormState.ADMITTED.value
    return LateFormPage(
        number=number,
        code=code,
        form=form,
        asked_on=in_words(day_of(asked.asked_at, study.timezone)) if asked else "",
        asked_why=asked.reason if asked else "",
        may_decide=is_open_question and round_.state == RoundState.CLOSED and may_be_late(study, round_),
    )


def _forms(round_id: RoundId) -> Any:
    return (
        db.select(LateForm, Panellist.code, Account.name)
        .join(Panellist, Panellist.id == LateForm.panellist_id)
        .outerjoin(Account, Account.id == LateForm.decided_by)
        .where(LateForm.round_id == round_id)
    )


def _seen(study: Study, form: LateForm, code: str, name: str | None) -> LateFormSeen:
    on = in_words(day_of(form.decided_at, study.timezone)) if form.decided_at else ""
    return LateFormSeen(
        code=code,
        received=in_words(form.received_on) if form.received_on else "No form came",
        note=form.note or "",
        state=form.state.value,
        words=STATE_WORDS[form.state],
        reason=form.reason or "",
        decided=f"{name}, {on}" if name else on,
    )
