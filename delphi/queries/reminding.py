"""Who stopped where and is to be reminded: the people whom the service writes to. Never a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from delphi.domain.calendar import day_of
from delphi.domain.ids import PanellistId
from delphi.domain.states import InvitationState, PanellistState, RoundState, SubmissionState
from delphi.extensions import db
from delphi.mail.messages import MessageKind
from delphi.models.answers import Submission
from delphi.models.panellists import Identity, Invitation, Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.admission import admission_of
from delphi.queries.deliveries import promised_to
from delphi.queries.identities import reachable_by_mail
from delphi.queries.letter_facts import sample_message
from delphi.queries.panellists import people_asked
from delphi.queries.rounds import rounds_of


class Stop(StrEnum):
    """Where somebody stopped on the way to a finished set of answers."""

    NOT_OPENED = "not_opened"
    NOT_JOINED = "not_joined"
    NOT_STARTED = "not_started"
    HALF_DONE = "half_done"


STOP_WORDS = {
    Stop.NOT_OPENED: "Has not opened the invitation",
    Stop.NOT_JOINED: "Opened it, has not agreed to take part",
    Stop.NOT_STARTED: "Has agreed, has not started",
    Stop.HALF_DONE: "Started, not finished",
}
STOP_MESSAGES = {
    Stop.NOT_OPENED: MessageKind.REMINDER_INVITED,
    Stop.NOT_JOINED: MessageKind.REMINDER_INVITED,
    Stop.NOT_STARTED: MessageKind.REMINDER_NOT_STARTED,
    Stop.HALF_DONE: MessageKind.REMINDER_HALF_DONE,
}
BEFORE_JOINING = (Stop.NOT_OPENED, Stop.NOT_JOINED)


@dataclass(frozen=True, slots=True)
class StopRow:
    """People who stopped at the same place: whom mail reaches, and the words they would get."""

    stop: Stop
    where: str
    n_by_mail: int
    n_reminded_today: int
    n_otherwise: int
    subject: str
    text: str

    @property
    def n_to_send(self) -> int:
        """How many messages would leave."""
        return self.n_by_mail - self.n_reminded_today


@dataclass(frozen=True, slots=True)
class Reminding:
    """Who would be reminded now, and who is spared and why."""

    rows: tuple[StopRow, ...]
    spared: tuple[str, ...]
    n_bounced: int
    round_number: int | None

    @property
    def n_to_send(self) -> int:
        """How many messages would leave."""
        return sum(row.n_to_send for row in self.rows)

    @property
    def n_otherwise(self) -> int:
        """How many people no mail reaches: to ring, or to write to."""
        return sum(row.n_otherwise for row in self.rows)


def open_round_of(study: Study) -> Round | None:
    """The round that is open now."""
    return next((one for one in rounds_of(study.id) if one.state == RoundState.OPEN), None)


def people_by_stop(study: Study, round_: Round | None) -> dict[Stop, list[PanellistId]]:
    """Everybody who could go on and has not, by where they stopped; `round_` is the open one, if any."""
    found: dict[Stop, list[PanellistId]] = {stop: [] for stop in Stop}
    if admission_of(study).is_open:
        rows = db.session.execute(
            db.select(Panellist.id, Invitation.state)
            .join(Invitation, Invitation.panellist_id == Panellist.id)
            .where(
                Panellist.study_id == study.id,
                Panellist.state == PanellistState.REGISTERED,
                Invitation.state.in_([InvitationState.SENT, InvitationState.OPENED]),
            )
            .order_by(Panellist.id)
        )
        for person, state in rows:
            stop = Stop.NOT_OPENED if state == InvitationState.SENT else Stop.NOT_JOINED
            found[stop].append(person)
    if round_ is not None:
        states = _submissions(round_)
        for person in people_asked(study, round_):
            if states.get(person) != SubmissionState.SUBMITTED:
                found[Stop.HALF_DONE if person in states else Stop.NOT_STARTED].append(person)
    return found


def reminding(study: Study, now: datetime) -> Reminding:
    """What sending reminders now would do."""
    round_ = open_round_of(study)
    people, by_mail = people_by_stop(study, round_), reachable_by_mail(study.id)
    done_today = reminded_on(study, day_of(now, study.timezone).isoformat())
    rows = []
    for stop, ids in people.items():
        if not ids:
            continue
        message = sample_message(STOP_MESSAGES[stop], study, round_)
        mailed = [one for one in ids if one in by_mail]
        rows.append(
            StopRow(
                stop,
                STOP_WORDS[stop],
                len(mailed),
                sum(one in done_today for one in mailed),
                len(ids) - len(mailed),
                message.subject,
                message.text,
            )
        )
    n_today = sum(row.n_reminded_today for row in rows)
    return Reminding(
        tuple(rows), _spared(study, round_, n_today), _n_bounced(study), round_.number if round_ else None
    )


def reminded_on(study: Study, day: str) -> set[PanellistId]:
    """To whom a reminder of this day has been promised already."""
    return promised_to(study, f"remind:%:{day}")


def _spared(study: Study, round_: Round | None, n_today: int) -> tuple[str, ...]:
    """Who gets nothing, in sentences."""
    lines = []
    if round_ is not None:
        n_done = sum(one == SubmissionState.SUBMITTED for one in _submissions(round_).values())
        if n_done:
            lines.append(f"{_people(n_done)} finished round {round_.number}.")
    n_left = db.session.scalar(
        db.select(db.func.count()).where(
            Panellist.study_id == study.id, Panellist.state == PanellistState.STOPPED
        )
    )
    if n_left:
        lines.append(f"{_people(n_left)} stopped or said no.")
    if n_today:
        lines.append(f"{_people(n_today)} got today’s reminder already. Nobody gets two on one day.")
    return tuple(lines)


def _people(n: int) -> str:
    return "1 person has" if n == 1 else f"{n} people have"


def _n_bounced(study: Study) -> int:
    found = db.session.scalar(
        db.select(db.func.count())
        .select_from(Identity)
        .join(Panellist, Panellist.id == Identity.panellist_id)
        .where(
            Identity.study_id == study.id,
            Identity.email_bounced_at.is_not(None),
            Panellist.state.in_([PanellistState.REGISTERED, PanellistState.ACTIVE]),
        )
    )
    return found or 0


def _submissions(round_: Round) -> Mapping[PanellistId, SubmissionState]:
    rows = db.session.execute(
        db.select(Submission.panellist_id, Submission.state).where(Submission.round_id == round_.id)
    )
    return dict(rows.all())
