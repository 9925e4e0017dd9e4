"""How far things are, in counts by group only: never who, and never what anybody answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_

from delphi.domain.ids import StudyId
from delphi.domain.states import InvitationState, PanellistState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Invitation, Panellist
from delphi.models.rounds import Round


@dataclass(frozen=True, slots=True)
class Recruitment:
    """How many people of one group were asked and what they said.

    invited = consented + declined + no_reply. Somebody who consented and left later stays consented.
    `n_active` takes part now.
    """

    group: str
    label: str
    target: int | None
    n_registered: int
    n_invited: int
    n_consented: int
    n_declined: int
    n_no_reply: int
    n_active: int


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How many people of one group answered in one round.

    `n_asked` had joined by then and not left; of them `n_started` saved something, and of those
    `n_submitted` handed it in.
    """

    group: str
    label: str
    n_asked: int
    n_started: int
    n_submitted: int

    @property
    def n_not_started(self) -> int:
        """People who have saved nothing."""
        return self.n_asked - self.n_started


def recruitment_of(study_id: StudyId) -> tuple[Recruitment, ...]:
    """Recruitment by group, in the study's order of groups."""
    asked = or_(Invitation.sent_at.is_not(None), Panellist.joined_at.is_not(None))
    joined = Panellist.joined_at.is_not(None)
    said_no = or_(Invitation.state == InvitationState.DECLINED, Panellist.left_at.is_not(None))
    rows = _by_group(
        study_id,
        {
            "registered": Panellist.id.is_not(None),
            "invited": asked,
            "consented": joined,
            "declined": asked & ~joined & said_no,
            "active": Panellist.state == PanellistState.ACTIVE,
        },
    )
    return tuple(
        Recruitment(
            group=row.code,
            label=row.label,
            target=row.target,
            n_registered=row.registered,
            n_invited=row.invited,
            n_consented=row.consented,
            n_declined=row.declined,
            n_no_reply=row.invited - row.consented - row.declined,
            n_active=row.active,
        )
        for row in rows
    )


def progress_of_round(round_: Round) -> tuple[RoundProgress, ...]:
    """Who was asked, has started and has submitted, by group in the study's order."""
    asked: ColumnElement[bool] = Panellist.joined_at.is_not(None)
    if round_.closed_at is not None:
        asked &= Panellist.joined_at <= round_.closed_at
    if round_.opened_at is not None:
        asked &= or_(Panellist.left_at.is_(None), Panellist.left_at > round_.opened_at)
    else:
        asked &= Panellist.left_at.is_(None)
    started = Submission.panellist_id.is_not(None)
    # Whoever answered was asked, whatever the dates of joining and leaving say.
    rows = _by_group(
        round_.study_id,
        {
            "asked": asked | started,
            "started": started,
            "submitted": Submission.state == SubmissionState.SUBMITTED,
        },
        round_,
    )
    return tuple(RoundProgress(row.code, row.label, row.asked, row.started, row.submitted) for row in rows)


def _by_group(
    study_id: StudyId, counts: dict[str, ColumnElement[bool]], round_: Round | None = None
) -> Sequence[Any]:
    """One row a group, also for a group without people, with the sum of each condition."""
    columns = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name)
        for name, condition in counts.items()
    ]
    statement = (
        db.select(StakeholderGroup.code, StakeholderGroup.label, StakeholderGroup.target, *columns)
        .outerjoin(Panellist, Panellist.group_id == StakeholderGroup.id)
        .outerjoin(Invitation, Invitation.panellist_id == Panellist.id)
    )
    if round_ is not None:
        statement = statement.outerjoin(
            Submission, (Submission.panellist_id == Panellist.id) & (Submission.round_id == round_.id)
        )
    return db.session.execute(
        statement.where(StakeholderGroup.study_id == study_id)
        .group_by(
            StakeholderGroup.id,
            StakeholderGroup.code,
            StakeholderGroup.label,
            StakeholderGroup.target,
            StakeholderGroup.position,
        )
        .order_by(StakeholderGroup.position)
    ).all()
