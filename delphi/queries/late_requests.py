"""Requests to add answers after the close: what the person is told, and what the team has to decide."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.calendar import day_of, in_words
from delphi.domain.ids import PanellistId
from delphi.domain.states import LateFormState, RoundState
from delphi.extensions import db
from delphi.models.answers import LateRequest, Submission
from delphi.models.late_forms import LateForm
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class LateStanding:
    """Where one person stands with late answers in a closed round.

    `can_ask` while the protocol admits late answers and the round is not analysed; `asked_on` is empty
    when nothing was asked for.
    """

    can_ask: bool
    asked_on: str
    reason: str
    was_admitted: bool
    was_refused: bool


@dataclass(frozen=True, slots=True)
class LateAsked:
    """One request as the team sees it, by code."""

    code: str
    asked_on: str
    reason: str
    was_admitted: bool
    was_refused: bool

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return not (self.was_admitted or self.was_refused)


NOT_ASKED = LateStanding(False, "", "", False, False)


def may_be_late(study: Study, round_: Round) -> bool:
    """Whether answers could still be admitted to this round."""
    return round_.state == RoundState.CLOSED and study.protocol.get("late_forms") != "refused"


def late_standing(study: Study, round_: Round, panellist_id: PanellistId) -> LateStanding:
    """Where this person stands with late answers in this round."""
    asked = db.session.get(LateRequest, (round_.id, panellist_id))
    submission = db.session.get(Submission, (round_.id, panellist_id))
    form = db.session.get(LateForm, (round_.id, panellist_id))
    return LateStanding(
        can_ask=may_be_late(study, round_),
        asked_on=in_words(day_of(asked.asked_at, study.timezone)) if asked else "",
        reason=asked.reason if asked else "",
        was_admitted=submission is not None and submission.is_late,
        was_refused=form is not None and form.state == LateFormState.REFUSED,
    )


def late_requests(study: Study, round_: Round) -> tuple[LateAsked, ...]:
    """Everybody who asked to add answers to this round, the first to ask first."""
    rows = db.session.execute(
        db.select(LateRequest, Panellist.code, Submission.is_late, LateForm.state)
        .join(Panellist, Panellist.id == LateRequest.panellist_id)
        .outerjoin(
            Submission,
            (Submission.round_id == LateRequest.round_id)
            & (Submission.panellist_id == LateRequest.panellist_id),
        )
        .outerjoin(
            LateForm,
            (LateForm.round_id == LateRequest.round_id) & (LateForm.panellist_id == LateRequest.panellist_id),
        )
        .where(LateRequest.round_id == round_.id)
        .order_by(LateRequest.asked_at, Panellist.code)
    )
    return tuple(
        LateAsked(
            code,
            in_words(day_of(asked.asked_at, study.timezone)),
            asked.reason,
            was_admitted=bool(is_late),
            was_refused=state == LateFormState.REFUSED,
        )
        for asked, code, is_late, state in rows
    )
