"""What became of messages: the newest to each person, and those that did not leave. Never a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from delphi.domain.ids import PanellistId, StudyId
from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState
from delphi.models.panellists import Panellist
from delphi.models.studies import Study

MESSAGE_WORDS = {
    "invitation": "Invitation",
    "reminder_invited": "Reminder to join",
    "reminder_not_started": "Reminder",
    "reminder_half_done": "Reminder",
    "new_link": "New link",
    "round_opened": "Round is open",
    "deadline_extended": "More time",
    "feedback_published": "Feedback",
    "agree_again": "Asked to agree again",
    "receipt": "Receipt",
    "copy_of_answers": "Copy of answers",
    "study_finished": "Study is finished",
    "escalation": "Escalated comment",
}
"""A kind of message in a table."""

CLOCK_WORDS = {
    "open_round": "Opening round {}",
    "close_round": "Closing round {}",
    "remind": "Reminding people in round {}",
    "expire_invitations": "Looking for invitations that have expired",
}
"""What the clock does by itself."""


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The newest message that was promised to somebody. `state`: waiting, sent, not_needed or failed."""

    words: str
    at: datetime
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A piece of work that failed; `code` is whom a message was for, empty for the team and the clock.

    `is_given_up`: it is not tried again by itself; otherwise at `at`.
    """

    id: int
    words: str
    code: str
    why: str
    at: datetime
    attempts: int
    is_given_up: bool


def promised_to(study: Study, key: str) -> set[PanellistId]:
    """To whom a message has been promised under keys like this one, so that nobody gets it twice.

    `key` is a pattern: % stands for any words.
    """
    payloads = db.session.scalars(
        db.select(OutboxEntry.payload).where(
            OutboxEntry.study_id == study.id, OutboxEntry.kind == "message", OutboxEntry.key.like(key)
        )
    )
    return {PanellistId(int(one["panellist_id"])) for one in payloads}


def last_messages(study_id: StudyId, codes: Collection[str]) -> dict[str, LastMessage]:
    """The newest message to each of these people who was ever written to."""
    if not codes:
        return {}
    person = OutboxEntry.payload["panellist_id"].as_integer()
    rows = db.session.execute(
        db.select(Panellist.code, OutboxEntry)
        .join(Panellist, Panellist.id == person)
        .where(
            OutboxEntry.study_id == study_id,
            OutboxEntry.kind == "message",
            Panellist.study_id == study_id,
            Panellist.code.in_(codes),
        )
        .order_by(OutboxEntry.id)
    )
    return {code: _last(entry) for code, entry in rows}


def undelivered(study_id: StudyId) -> tuple[Undelivered, ...]:
    """What did not leave: given up first, then what is tried again by itself."""
    entries: Sequence[OutboxEntry] = db.session.scalars(
        db.select(OutboxEntry)
        .where(
            OutboxEntry.study_id == study_id,
            (OutboxEntry.state == OutboxState.FAILED)
            | ((OutboxEntry.state == OutboxState.WAITING) & OutboxEntry.last_error.is_not(None)),
        )
        .order_by(OutboxEntry.state, OutboxEntry.id)
    ).all()
    ids = {PanellistId(int(one.payload["panellist_id"])) for one in entries if "panellist_id" in one.payload}
    codes: dict[Any, str] = dict(
        db.session.execute(
            db.select(Panellist.id, Panellist.code).where(
                Panellist.study_id == study_id, Panellist.id.in_(ids)
            )
        ).all()
    )
    return tuple(
        Undelivered(
            id=one.id,
            words=_words(one),
            code=codes.get(one.payload.get("panellist_id"), ""),
            why=one.last_error or "",
            at=one.done_at or one.due_at,
            attempts=one.attempts,
            is_given_up=one.state == OutboxState.FAILED,
        )
        for one in entries
    )


def n_given_up(study_id: StudyId) -> int:
    """How many pieces of work are not tried again by themselves."""
    return (
        db.session.scalar(
            db.select(db.func.count()).where(
                OutboxEntry.study_id == study_id, OutboxEntry.state == OutboxState.FAILED
            )
        )
        or 0
    )


def _last(entry: OutboxEntry) -> LastMessage:
    note = entry.last_error or ""
    state = {
        OutboxState.WAITING: "waiting",
        OutboxState.FAILED: "failed",
        OutboxState.DONE: "not_needed" if note else "sent",
    }[entry.state]
    return LastMessage(_words(entry), entry.done_at or entry.due_at, state, note)


def _words(entry: OutboxEntry) -> str:
    if entry.kind == "message":
        kind = str(entry.payload.get("message"))
        return MESSAGE_WORDS.get(kind, kind.replace("_", " ").capitalize())
    pattern = CLOCK_WORDS.get(entry.kind, entry.kind.replace("_", " ").capitalize())
    return pattern.format(entry.payload.get("number", ""))
