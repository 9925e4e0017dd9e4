"""A study's log is one chain: nothing is left out, forked or changed, whoever writes at the same time."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from delphi.domain.actors import Operator
from delphi.domain.errors import WrongState
from delphi.domain.events import FIRST_HASH, event_hash
from delphi.extensions import db
from delphi.models.log import Event, EventHead
from delphi.services.events import record
from delphi.services.studies import import_study
from tools.small_study import SmallStudy, small_bundle


def record_one(study: SmallStudy, subject: str, **changes: object) -> None:
    with study.work():
        record(
            "report_exported",
            **{"study_id": study.id, "actor": Operator(), "now": study.answered_at, "subject": subject}
            | changes,
        )


def assert_whole(study: SmallStudy) -> list[Event]:
    """Check the chain from its first event to its head, each hash computed again; return the events."""
    with study.look():
        events = list(
            db.session.scalars(db.select(Event).where(Event.study_id == study.id).order_by(Event.number))
        )
        head = db.session.get(EventHead, study.id)
        previous = FIRST_HASH
        for number, event in enumerate(events, start=1):
            assert event.number == number
            assert event.previous_hash == previous
            previous = event_hash(
                previous=previous,
                number=number,
                at=event.at.isoformat(),
                actor=event.actor,
                kind=event.kind,
                subject=event.subject,
                data=event.data,
            )
            assert event.hash == previous
        assert (head.number, head.hash) == (len(events), previous)
        return events


def test_the_chain_is_whole_after_eight_have_written_at_once(small_study):
    n_before = len(assert_whole(small_study))

    def write(writer: int) -> None:
        for number in range(6):
            record_one(small_study, f"{writer}:{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    events = assert_whole(small_study)[n_before:]
    assert len(events) == 48
    assert len({event.subject for event in events}) == 48
    for writer in range(8):
        own = [event.subject for event in events if event.subject.startswith(f"{writer}:")]
        assert own == sorted(own)


def test_an_event_of_a_use_case_that_failed_leaves_no_gap(small_study):
    def fail() -> None:
        with small_study.work():
            record("report_exported", study_id=small_study.id, actor=Operator(), now=small_study.answered_at)
            raise WrongState("No.")

    n_before = len(assert_whole(small_study))
    with pytest.raises(WrongState):
        fail()
    assert len(assert_whole(small_study)) == n_before
    record_one(small_study, "after")
    assert assert_whole(small_study)[-1].subject == "after"


def test_a_kind_that_the_log_cannot_put_into_words_is_refused(small_study):
    n_before = len(assert_whole(small_study))
    with pytest.raises(ValueError, match="danced is not a known kind"), small_study.work():
        record("danced", study_id=small_study.id, actor=Operator(), now=small_study.answered_at)
    assert len(assert_whole(small_study)) == n_before


def test_times_are_kept_in_utc_to_the_microsecond_and_words_in_any_script(small_study):
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    when = datetime(2025, 2, 5, 17, 30, 0, 123456, tzinfo=elsewhere)
    record_one(small_study, "مرحبا 🐕", now=when, data={"reason": "línea\nzwei"})
    newest = assert_whole(small_study)[-1]
    assert newest.at.isoformat() == "2025-02-05T12:00:00.123456+00:00"
    assert json.loads(newest.data) == {"reason": "línea\nzwei"}


def test_each_study_has_a_chain_of_its_own(small_study):
    n_before = len(assert_whole(small_study))
    with small_study.work():
        other = import_study(
            bundle=small_bundle(), slug="other", actor=Operator(), now=small_study.imported_at
        ).id
    with small_study.look():
        first = db.session.get(Event, (other, 1))
        assert (first.previous_hash, first.kind) == (FIRST_HASH, "study_imported")
    assert len(assert_whole(small_study)) == n_before


def test_a_changed_word_in_the_middle_shows(small_study):
    record_one(small_study, "true")
    record_one(small_study, "later")
    with small_study.work():
        event = db.session.scalars(db.select(Event).where(Event.subject == "true")).one()
        event.subject = "false"
    with pytest.raises(AssertionError):
        assert_whole(small_study)
