"""The panel without names: progress by group, and what can be done for everybody at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.states import InvitationState, PanellistState, RoundState
from delphi.extensions import db
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Invitation, Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.admission import admission_of
from delphi.queries.deliveries import n_given_up
from delphi.queries.panel_imports import last_import
from delphi.queries.progress import Recruitment, RoundProgress, progress_of_round, recruitment_of
from delphi.queries.reminding import Reminding, reminding
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import study_of

BAR = 150
"""Length of a whole progress bar in its own units."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: recruitment, and progress in the round that is looked at."""

    label: str
    n_registered: int
    n_invited: int
    n_joined: int
    target: int | None
    n_asked: int
    n_finished: int
    n_part: int
    n_not_started: int
    bar_finished: float
    bar_part: float

    @property
    def n_under(self) -> int:
        """How many people are missing to the target."""
        return max((self.target or 0) - self.n_joined, 0)


@dataclass(frozen=True, slots=True)
class PanelProgress:
    """The panel page: what can be known without knowing who."""

    caption: str
    lead: str
    round_number: int | None
    is_open: bool
    rows: tuple[GroupRow, ...]
    total: GroupRow | None
    reminding: Reminding
    n_undelivered: int
    n_to_undo: int
    n_registered: int
    n_to_invite: int
    admits: bool
    admits_not: str


def panel_progress(member: TeamMember, now: datetime) -> PanelProgress:
    """Progress of the round that is open, else of the newest that was."""
    study = study_of(member.study_id)
    current = round_shown(study)
    rows = group_rows(study, current)
    is_open = current is not None and current.state == RoundState.OPEN
    admission, brought = admission_of(study), last_import(study.id)
    return PanelProgress(
        caption=_caption(current),
        lead=_lead(rows, current, now, study),
        round_number=current.number if current else None,
        is_open=is_open,
        rows=rows,
        total=total_of(rows),
        reminding=reminding(study, now),
        n_undelivered=n_given_up(study.id),
        n_to_undo=len(brought.codes) if brought and brought.can_be_undone else 0,
        n_registered=sum(row.n_registered for row in rows),
        n_to_invite=n_to_invite(study),
        admits=admission.is_open,
        admits_not=admission.sentence,
    )


def group_rows(study: Study, round_: Round | None) -> tuple[GroupRow, ...]:
    """Recruitment by group, with progress in one round if there is one."""
    progress = {row.group: row for row in progress_of_round(round_)} if round_ else {}
    return tuple(_group_row(one, progress.get(one.group)) for one in recruitment_of(study.id))


def n_to_invite(study: Study) -> int:
    """How many registered people have not been invited, or have to be invited again."""
    return len(codes_to_invite(study))


def codes_to_invite(study: Study) -> tuple[str, ...]:
    """The codes of registered people whom an invitation can be sent to now."""
    waiting = (InvitationState.PREPARED, InvitationState.EXPIRED)
    return tuple(
        db.session.scalars(
            db.select(Panellist.code)
            .outerjoin(Invitation, Invitation.panellist_id == Panellist.id)
            .where(
                Panellist.study_id == study.id,
                Panellist.state == PanellistState.REGISTERED,
                Invitation.id.is_(None) | Invitation.state.in_(waiting),
            )
            .order_by(Panellist.code)
        ).all()
    )


def group_choices(member: TeamMember) -> tuple[tuple[str, str], ...]:
    """The stakeholder groups of a study, as code and label, for a form."""
    rows = db.session.execute(
        db.select(StakeholderGroup.code, StakeholderGroup.label)
        .where(StakeholderGroup.study_id == member.study_id)
        .order_by(StakeholderGroup.position)
    )
    return tuple((code, label) for code, label in rows)


def round_shown(study: Study) -> Round | None:
    """The round that is open, else the newest that was."""
    rounds = rounds_of(study.id)
    return next(
        (one for one in reversed(rounds) if one.state == RoundState.OPEN),
        next((one for one in reversed(rounds) if one.opened_at is not None), None),
    )


def _caption(round_: Round | None) -> str:
    if round_ is None:
        return "No round has opened yet"
    if round_.state == RoundState.OPEN:
        return f"Round {round_.number} is open until {in_words(round_.closes_on)}"
    return f"Round {round_.number} is {round_.state.value}"


def _lead(rows: tuple[GroupRow, ...], round_: Round | None, now: datetime, study: Study) -> str:
    n_joined = sum(row.n_joined for row in rows)
    if round_ is None:
        n_invited = sum(row.n_invited for row in rows)
        return f"{n_joined} people have joined; {n_invited} were invited."
    asked, done = sum(row.n_asked for row in rows), sum(row.n_finished for row in rows)
    part, none = sum(row.n_part for row in rows), sum(row.n_not_started for row in rows)
    sentence = f"{done} of {asked} people have finished. {part} are part way and {none} have not started."
    if round_.state != RoundState.OPEN:
        return sentence
    days = (round_.closes_on - day_of(now, study.timezone)).days
    left = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return f"{sentence} The round closes {left}." if days >= 0 else sentence


def _group_row(recruited: Recruitment, progress: RoundProgress | None) -> GroupRow:
    asked = progress.n_asked if progress else 0
    done = progress.n_submitted if progress else 0
    part = progress.n_started - progress.n_submitted if progress else 0
    return GroupRow(
        recruited.label,
        recruited.n_registered,
        recruited.n_invited,
        recruited.n_consented,
        recruited.target,
        asked,
        done,
        part,
        asked - done - part,
        *_bar(done, part, asked),
    )


def _bar(done: int, part: int, asked: int) -> tuple[float, float]:
    return (round(done / asked * BAR, 1), round(part / asked * BAR, 1)) if asked else (0.0, 0.0)


def total_of(rows: tuple[GroupRow, ...]) -> GroupRow | None:
    """The row of all groups together; None for a study without groups."""
    if not rows:
        return None
    sums = [
        sum(getattr(row, name) for row in rows)
        for name in ("n_asked", "n_finished", "n_part", "n_not_started")
    ]
    targets = [row.target for row in rows if row.target is not None]
    return GroupRow(
        "All",
        sum(row.n_registered for row in rows),
        sum(row.n_invited for row in rows),
        sum(row.n_joined for row in rows),
        sum(targets) if len(targets) == len(rows) else None,
        sums[0],
        sums[1],
        sums[2],
        sums[3],
        *_bar(sums[1], sums[2], sums[0]),
    )
