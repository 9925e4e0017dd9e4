"""What is promised leaves once, at its time, or is taken back; never twice and never by halves."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from delphi.domain.errors import WrongState
from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState
from delphi.services.outbox import call_off, enqueue
from tools.small_study import SmallStudy

DUE = SmallStudy.answered_at


def promise(study: SmallStudy, key: str = "letter:1", due_at: datetime = DUE, **payload: Any) -> bool:
    with study.work():
        return enqueue("message", key=key, payload=payload, due_at=due_at, study_id=study.id)


def entries(study: SmallStudy) -> list[tuple[str, datetime, dict[str, Any], OutboxState]]:
    with study.look():
        rows = db.session.scalars(db.select(OutboxEntry).order_by(OutboxEntry.key))
        return [(row.key, row.due_at, row.payload, row.state) for row in rows]


def finish(study: SmallStudy) -> None:
    with study.work():
        db.session.execute(db.update(OutboxEntry).values(state=OutboxState.DONE))


def test_the_same_effect_is_promised_once_and_the_first_promise_stands(small_study):
    assert promise(small_study, n=1)
    assert not promise(small_study, due_at=DUE + timedelta(days=1), n=2)
    assert entries(small_study) == [("letter:1", DUE, {"n": 1}, OutboxState.WAITING)]


def test_what_was_done_is_not_promised_again(small_study):
    promise(small_study)
    finish(small_study)
    assert not promise(small_study)
    assert [state for *_, state in entries(small_study)] == [OutboxState.DONE]


def test_nothing_leaves_for_a_use_case_that_failed(small_study):
    def fail() -> None:
        with small_study.work():
            enqueue("message", key="letter:1", payload={}, due_at=DUE)
            raise WrongState("No.")

    with pytest.raises(WrongState):
        fail()
    assert entries(small_study) == []


def test_of_two_at_once_the_second_waits_and_is_told_that_it_is_known(small_study):
    first_has_promised = threading.Event()

    def promise_slowly() -> bool:
        with small_study.work():
            is_new = enqueue("message", key="letter:1", payload={"n": 1}, due_at=DUE)
            first_has_promised.set()
            time.sleep(0.2)
        return is_new

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(promise_slowly)
        first_has_promised.wait(10)
        assert not promise(small_study, n=2)
        assert first.result()
    assert entries(small_study) == [("letter:1", DUE, {"n": 1}, OutboxState.WAITING)]


def test_waiting_work_can_be_called_off_and_promised_anew(small_study):
    promise(small_study)
    with small_study.work():
        call_off("letter:1")
    assert entries(small_study) == []
    assert promise(small_study)


def test_what_has_left_cannot_be_called_off(small_study):
    promise(small_study)
    finish(small_study)
    with small_study.work():
        call_off("letter:1")
    assert entries(small_study) == [("letter:1", DUE, {}, OutboxState.DONE)]


def test_nobody_minds_when_there_is_nothing_to_call_off(small_study):
    with small_study.work():
        call_off("nothing")
    assert entries(small_study) == []
