"""A study's log as its team reads it: by day, the newest first, and whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.log import Event, EventHead
from delphi.models.sections import Section
from delphi.queries.audit_words import details_in_words, event_in_words
from delphi.queries.studies import study_of
from delphi.queries.verification import check_events

PAGE = 100
TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ("",)),
    "rounds": ("Rounds", ("round_", "open_round", "reminders", "feedback_", "late_form", "answers_entered")),
    "comments": ("Comments", ("comment_",)),
    "drafts": ("Drafts and decisions", ("draft_", "decision", "revision_", "section_", "correction_")),
    "panel": ("Panel and names", ("panel", "invitation", "contact_", "identity_", "links_", "consent")),
    "rule": ("Rule, team and files", ("rule_", "deviation", "study_", "team_", "report_")),
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as a sentence."""

    time: str
    who: str
    words: str
    details: str
    hash: str
    is_look: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day."""

    day: str
    rows: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the log."""

    n: int
    is_whole: bool
    days: tuple[Day, ...]
    older: int | None
    topics: tuple[tuple[str, str, bool], ...]


def audit_page(member: TeamMember, *, topic: str = "", before: int | None = None) -> AuditPage:
    """The newest events of a topic, or those before a number."""
    study = study_of(member.study_id)
    head = db.session.get(EventHead, study.id)
    statement = db.select(Event).where(Event.study_id == study.id).order_by(Event.number.desc())
    _, starts = TOPICS.get(topic, TOPICS[""])
    statement = statement.where(db.or_(*(Event.kind.startswith(start) for start in starts)))
    if before is not None:
        statement = statement.where(Event.number < before)
    events = db.session.scalars(statement.limit(PAGE + 1)).all()
    shown = events[:PAGE]
    names = {f"account:{one.id}": one.name for one in db.session.scalars(db.select(Account))}
    titles = {
        one.code: one.title
        for one in db.session.scalars(db.select(Section).where(Section.study_id == study.id))
    }
    days: dict[str, list[EventRow]] = {}
    for event in shown:
        day = in_words(day_of(event.at, study.timezone))
        days.setdefault(day, []).append(_row(event, names, titles, study.timezone))
    return AuditPage(
        n=head.number if head else 0,
        is_whole=not check_events(study).findings,
        days=tuple(Day(day, tuple(rows)) for day, rows in days.items()),
        older=shown[-1].number if len(events) > PAGE else None,
        topics=tuple((key, words, key == topic) for key, (words, _) in TOPICS.items()),
    )


def _row(event: Event, names: Mapping[str, str], titles: Mapping[str, str], timezone: str) -> EventRow:
    local = event.at.astimezone(ZoneInfo(timezone))
    who = names.get(event.actor) or {"clock": "The clock", "operator": "The operator"}.get(
        event.actor, event.actor.removeprefix("panellist:")
    )
    return EventRow(
        time=f"{local:%H:%M}",
        who=who,
        words=event_in_words(event.kind, event.subject, titles),
        details=details_in_words(json.loads(event.data)),
        hash=f"{event.hash[:4]} {event.hash[4:8]}",
        is_look=event.kind in ("identity_looked_up", "panel_page_opened"),
    )
