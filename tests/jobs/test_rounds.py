"""The clock of rounds: what a person armed happens at its time, and what a person did stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.log import Event, OutboxState
from delphi.queries.rounds import round_of
from delphi.services import rounds

OPENING = datetime(2025, 2, 3, 0, 0, tzinfo=UTC)
REMINDING = datetime(2025, 2, 10, 9, 0, tzinfo=UTC)
CLOSING = datetime(2025, 2, 15, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def armed(joined):
    """Round 1 is armed and its day has not come."""
    with joined.work():
        rounds.arm_round(study_id=joined.id, number=1, actor=joined.lead, now=joined.imported_at)
    return joined


def state_of(study):
    with study.look():
        return round_of(study.id, 1).state


def last_actor(study, kind):
    with study.look():
        return db.session.scalars(
            db.select(Event.actor).where(Event.kind == kind).order_by(Event.number.desc())
        ).first()


def test_a_round_opens_reminds_and_closes_by_itself(armed, outbox):
    outbox.run(OPENING - MINUTE)
    assert state_of(armed) == RoundState.PLANNED
    outbox.run(OPENING)
    assert state_of(armed) == RoundState.OPEN
    assert last_actor(armed, "round_opened") == "clock"
    outbox.run(REMINDING)
    assert len(outbox.entries(f"remind:{1}")) >= 1
    assert last_actor(armed, "reminders_sent") == "clock"
    outbox.run(CLOSING - MINUTE)
    assert state_of(armed) == RoundState.OPEN
    outbox.run(CLOSING)
    assert state_of(armed) == RoundState.CLOSED
    assert last_actor(armed, "round_closed") == "clock"


def test_a_platform_that_was_off_for_the_whole_round_catches_up_in_order(armed, outbox):
    later = CLOSING + timedelta(days=3)
    outbox.run(later)
    assert state_of(armed) == RoundState.CLOSED
    due = [entry for entry in outbox.entries() if entry.due_at <= later]
    assert [entry.key for entry in due if entry.state != OutboxState.DONE] == []


def test_an_extended_round_closes_on_its_new_day(armed, outbox):
    outbox.run(OPENING)
    with armed.work():
        rounds.extend_round(
            study_id=armed.id,
            number=1,
            closes_on=date(2025, 2, 21),
            reason="Post was slow.",
            actor=armed.lead,
            now=REMINDING,
        )
    outbox.run(CLOSING)
    assert state_of(armed) == RoundState.OPEN
    outbox.run(datetime(2025, 2, 22, tzinfo=UTC))
    assert state_of(armed) == RoundState.CLOSED


def test_a_row_that_kept_the_old_day_waits_for_the_new_one(armed, outbox):
    """Whoever moved the day may not have reached a row that was being worked on."""
    outbox.run(OPENING)
    with armed.work():
        round_of(armed.id, 1).closes_on = date(2025, 2, 21)
    outbox.run(CLOSING)
    assert state_of(armed) == RoundState.OPEN
    [entry] = outbox.entries("close_round")
    assert (entry.state, entry.due_at) == (OutboxState.WAITING, datetime(2025, 2, 22, tzinfo=UTC))


def test_a_round_that_a_person_opened_is_not_opened_again(armed, outbox):
    with armed.work():
        rounds.open_round(study_id=armed.id, number=1, actor=armed.lead, now=OPENING - MINUTE)
    outbox.run(OPENING)
    assert [entry.state for entry in outbox.entries("open_round")] in ([], [OutboxState.DONE])
    assert last_actor(armed, "round_opened") == armed.lead.reference


def test_a_round_that_a_person_closed_is_not_closed_again(armed, outbox):
    outbox.run(OPENING)
    armed.close(now=REMINDING)
    outbox.promise(
        "close_round", "late row", {"study_id": armed.id, "number": 1}, due_at=CLOSING, study_id=armed.id
    )
    outbox.run(CLOSING)
    entry = outbox.entry("late row")
    assert (entry.state, entry.last_error) == (OutboxState.DONE, "Nothing to do: the round is closed.")
    assert last_actor(armed, "round_closed") == armed.lead.reference


def test_a_round_that_was_opened_again_closes_by_itself_again(armed, outbox):
    outbox.run(OPENING)
    outbox.run(CLOSING)
    with armed.work():
        rounds.reopen_round(
            study_id=armed.id,
            number=1,
            closes_on=date(2025, 2, 28),
            reason="A whole region was cut off.",
            actor=armed.lead,
            now=CLOSING + MINUTE,
        )
    outbox.run(datetime(2025, 3, 1, tzinfo=UTC))
    assert state_of(armed) == RoundState.CLOSED


def test_a_round_that_cannot_open_says_why_and_opens_when_it_can(armed, outbox):
    with armed.work():
        round_of(armed.id, 1).armed_at = None
    outbox.run(OPENING)
    [entry] = outbox.entries("open_round")
    assert entry.state == OutboxState.WAITING
    assert "only planned" in entry.last_error
    with armed.work():
        round_of(armed.id, 1).armed_at = OPENING
    outbox.run(entry.due_at)
    assert state_of(armed) == RoundState.OPEN
