"""What went otherwise, what was said before the rounds, what was deleted, and what the log counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func

from delphi.domain.events import EVENT_WORDS
from delphi.extensions import db
from delphi.models.log import Event, EventHead
from delphi.queries.advisory import advice_of
from delphi.queries.deviations import deviations_of
from delphi.reports.audience import Audience
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting

ABOUT_THE_WORK = frozenset(
    {
        kind
        for kind, words in EVENT_WORDS.items()
        if words.startswith(("Study:", "Round:", "Section:", "Draft:"))
    }
    | {"study_imported", "study_exported", "report_exported", "round_armed", "round_extended"}
    | {"round_analysed_again", "reminders_sent", "rule_signed", "draft_signed", "decisions_signed"}
    | {"deviation_recorded", "advice_recorded", "comment_answered", "decision_made", "section_added"}
    | {"draft_written", "revision_written", "revision_withdrawn", "correction_made"}
)
"""What may be counted in a shared report; events about single people are counted for the team only."""

NO_CHANGE = "Computed again without the deleted answers, no outcome changes."
A_CHANGE = (
    "Computed again without the deleted answers, at least one outcome changes. What was shared stays as it "
    "was; say so where the outcome is used."
)


@dataclass(frozen=True, slots=True)
class DeviationEntry:
    """Where the study went another way than was laid down."""

    on: date | None
    subject: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class AdviceEntry:
    """What the advisory committee said about a working draft, and what was done."""

    place: int
    title: str
    text: str
    action: str


@dataclass(frozen=True, slots=True)
class DeletionNote:
    """What is said of a round whose figures hold answers that were deleted; `recomputed` for the team."""

    round: int
    note: str
    recomputed: str | None


@dataclass(frozen=True, slots=True)
class EventCount:
    """How often something happened."""

    kind: str
    words: str
    n: int


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that lets a reader judge how faithfully the study was conducted."""

    deviations: tuple[DeviationEntry, ...]
    advice: tuple[AdviceEntry, ...]
    deletions: tuple[DeletionNote, ...]
    events: tuple[EventCount, ...]
    n_events: int
    chain_head: str


def trail_of(setting: Setting, records: Sequence[RoundRecord], audience: Audience) -> Trail:
    """Read deviations, advice, deletions and the counts of the log."""
    study = setting.study
    head = db.session.get(EventHead, study.id)
    return Trail(
        deviations=tuple(
            DeviationEntry(setting.day(one.recorded_at), one.subject, one.before, one.after, one.reason)
            for one in deviations_of(study.id)
        ),
        advice=tuple(
            AdviceEntry(setting.places[section.code], section.title, one.text, one.action)
            for section, one in advice_of(study.id)
        ),
        deletions=tuple(_deletion(setting, record, audience) for record in records if record.has_deletion),
        events=_events(setting, audience),
        n_events=head.number if head else 0,
        chain_head=head.hash if head else "",
    )


def _deletion(setting: Setting, record: RoundRecord, audience: Audience) -> DeletionNote:
    recomputed = (A_CHANGE if record.outcome_changes else NO_CHANGE) if audience.is_team else None
    return DeletionNote(record.number, setting.study.privacy["deletion_note"], recomputed)


def _events(setting: Setting, audience: Audience) -> tuple[EventCount, ...]:
    """How often each kind of event happened, in the order of its first time."""
    rows = db.session.execute(
        db.select(Event.kind, func.count())
        .where(Event.study_id == setting.study.id)
        .group_by(Event.kind)
        .order_by(func.min(Event.number))
    )
    return tuple(
        EventCount(kind, EVENT_WORDS.get(kind, kind), n)
        for kind, n in rows
        if audience.is_team or kind in ABOUT_THE_WORK
    )
