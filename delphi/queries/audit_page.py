"""A study's log as its team reads it: by day, the newest first, and whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, end_of_day, in_words, start_of_day
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.log import Event, EventHead
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.audit_words import details_in_words, event_in_words
from delphi.queries.studies import study_of
from delphi.queries.verification import check_events

PAGE = 100
TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ("",)),
    "rounds": ("Rounds", ("round_", "open_round", "reminders", "feedback_", "late_form", "answers_entered")),
    "comments": ("Comments", ("comment_",)),
    "drafts": (
        "Drafts and decisions",
        ("draft_", "decision", "revision_", "section_", "correction_", "meeting_"),
    ),
    "panel": (
        "Panel and names",
        ("panel", "invitation", "contact_", "identity_", "links_", "consent", "address_", "messages_"),
    ),
    "rule": ("Rule, team and files", ("rule_", "deviation", "study_", "team_", "report_")),
}
PANEL = "panel"
"""Everybody on the panel at once: their codes are not for choosing from a list."""

OTHER_ACTORS = {"clock": "The clock", "operator": "The operator"}
LOOKS = ("identity_looked_up", "panel_page_opened", "short_code_given")
CONSEQUENCES = ("section_put_to_panel",)
"""What comes along with an event that says it for all: a round that opens puts each of its sections."""
SIGNS: tuple[tuple[str, str], ...] = (
    ("draft_signed", "pen"),
    ("rule_signed", "pen"),
    ("decisions_signed", "pen"),
    ("signature", "pen"),
    ("round_closed", "lock"),
    ("study_started", "lock"),
    ("late_form", "paper"),
    ("answers_entered", "paper"),
    ("consent", "paper"),
    ("panellist_erased", "hide"),
    ("answers_deleted", "hide"),
    ("contact_details_deleted", "hide"),
    ("comment_held", "hold"),
    ("comment_escalated", "flag"),
    ("deviation", "flag"),
    ("invitation", "mail"),
    ("reminders", "mail"),
    ("messages", "mail"),
    ("address_bounced", "mail"),
    ("panel", "people"),
    ("team_", "people"),
)
"""The sign of an event by how its kind begins; a tick for the rest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to show: of a topic, by somebody, within days. Empty means all."""

    topic: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as a sentence; `sign` and `tone` as the page draws them."""

    time: str
    who: str
    words: str
    details: str
    hash: str
    sign: str
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day."""

    day: str
    rows: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the log. `n_found` counts what fits; `older` and `newer` are the numbers to go on from."""

    n: int
    n_found: int
    first: int
    last: int
    is_whole: bool
    days: tuple[Day, ...]
    older: int | None
    newer: int | None
    topics: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]


def audit_page(member: TeamMember, wanted: Wanted, *, before: int | None = None) -> AuditPage:
    """The newest events that fit, or those before a number."""
    study = study_of(member.study_id)
    head = db.session.get(EventHead, study.id)
    fitting = _fitting(study, wanted)
    n_found = _count(fitting)
    n_newer = _count(fitting.where(Event.number >= before)) if before is not None else 0
    statement = fitting.order_by(Event.number.desc()).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(Event.number < before)
    events = db.session.scalars(statement).all()
    shown = events[:PAGE]
    words = _Words.of(study)
    days: dict[str, list[EventRow]] = {}
    for event in shown:
        day = in_words(day_of(event.at, study.timezone))
        days.setdefault(day, []).append(_row(event, words, study.timezone))
    return AuditPage(
        n=head.number if head else 0,
        n_found=n_found,
        first=n_newer + 1 if shown else 0,
        last=n_newer + len(shown),
        is_whole=not check_events(study).findings,
        days=tuple(Day(day, tuple(rows)) for day, rows in days.items()),
        older=shown[-1].number if len(events) > PAGE else None,
        newer=_newer(fitting, before) if n_newer else None,
        topics=tuple((key, label) for key, (label, _) in TOPICS.items()),
        people=_people(study, words),
    )


def latest_events(study: Study, most: int) -> tuple[str, ...]:
    """What the team and the clock did last, newest first: "17 May, 23:59. The clock closed round 2."."""
    events = db.session.scalars(
        db.select(Event)
        .where(
            Event.study_id == study.id,
            ~Event.actor.startswith("panellist:"),
            Event.kind.not_in((*LOOKS, *CONSEQUENCES)),
        )
        .order_by(Event.number.desc())
        .limit(most)
    ).all()
    words = _Words.of(study)
    found = []
    for event in events:
        local = event.at.astimezone(ZoneInfo(study.timezone))
        said = event_in_words(event.kind, event.subject, words.titles)
        found.append(f"{local.day} {local:%B, %H:%M}. {words.who(event)} {said}")
    return tuple(found)


EXPORT_HEADS = ("number", "at", "who", "what", "details", "kind", "subject", "data", "previous_hash", "hash")


def audit_rows(member: TeamMember, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """Every event that fits as a row of plain text, the oldest first; `EXPORT_HEADS` names the columns."""
    study = study_of(member.study_id)
    words = _Words.of(study)
    statement = _fitting(study, wanted).order_by(Event.number)
    for event in db.session.scalars(statement).yield_per(1000):
        yield (
            str(event.number),
            event.at.isoformat(),
            words.who(event),
            event_in_words(event.kind, event.subject, words.titles),
            details_in_words(json.loads(event.data)),
            event.kind,
            event.subject,
            event.data,
            event.previous_hash,
            event.hash,
        )


def _fitting(study: Study, wanted: Wanted) -> Select[Event]:
    statement: Select[Event] = db.select(Event).where(Event.study_id == study.id)
    _, starts = TOPICS.get(wanted.topic, TOPICS[""])
    if any(starts):
        statement = statement.where(db.or_(*(Event.kind.startswith(one, autoescape=True) for one in starts)))
    if wanted.who == PANEL:
        statement = statement.where(Event.actor.startswith("panellist:"))
    elif wanted.who:
        statement = statement.where(Event.actor == wanted.who)
    if wanted.since is not None:
        statement = statement.where(Event.at >= start_of_day(wanted.since, study.timezone))
    if wanted.until is not None:
        statement = statement.where(Event.at < end_of_day(wanted.until, study.timezone))
    return statement


def _count(statement: Select[Event]) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(statement.subquery())) or 0


def _newer(fitting: Select[Event], before: int | None) -> int:
    """The number before which the page of newer events begins: one more than its newest."""
    numbers = db.session.scalars(
        fitting.with_only_columns(Event.number)
        .where(Event.number >= before)
        .order_by(Event.number)
        .limit(PAGE)
    ).all()
    return int(numbers[-1]) + 1


def _people(study: Study, words: _Words) -> tuple[tuple[str, str], ...]:
    """Whoever did something, as choices: the team by name, then the clock, the operator and the panel."""
    actors = set(
        db.session.scalars(
            db.select(Event.actor)
            .where(Event.study_id == study.id, ~Event.actor.startswith("panellist:"))
            .distinct()
        )
    )
    team = sorted((words.names[one], one) for one in actors if one in words.names)
    others = [(one, label) for one, label in OTHER_ACTORS.items() if one in actors]
    return (("", "Everybody"), *((one, name) for name, one in team), *others, (PANEL, "Panel members"))


@dataclass(frozen=True, slots=True)
class _Words:
    """What the log's keys stand for: accounts by name, sections by title."""

    names: Mapping[str, str]
    titles: Mapping[str, str]

    @classmethod
    def of(cls, study: Study) -> _Words:
        return cls(
            {f"account:{one.id}": one.name for one in db.session.scalars(db.select(Account))},
            {
                one.code: one.title
                for one in db.session.scalars(db.select(Section).where(Section.study_id == study.id))
            },
        )

    def who(self, event: Event) -> str:
        """Who did it: a name of the team, the clock, or a code of the panel."""
        name = self.names.get(event.actor) or OTHER_ACTORS.get(event.actor)
        return name or event.actor.removeprefix("panellist:")


def _row(event: Event, words: _Words, timezone: str) -> EventRow:
    local = event.at.astimezone(ZoneInfo(timezone))
    is_look = event.kind in LOOKS
    sign = next((sign for start, sign in SIGNS if event.kind.startswith(start)), "tick")
    return EventRow(
        time=f"{local:%H:%M}",
        who=words.who(event),
        words=event_in_words(event.kind, event.subject, words.titles),
        details=details_in_words(json.loads(event.data)),
        hash=f"{event.hash[:4]} {event.hash[4:8]}",
        sign="eye" if is_look else sign,
        tone="warn" if is_look else "bad" if sign == "hide" else "",
    )
