"""The outbox loop: what is due is done once, failures wait and end, and stopping is clean."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from delphi.domain.errors import WrongState
from delphi.extensions import db
from delphi.jobs import claims, loop
from delphi.jobs.results import Done, Later, Letter
from delphi.mail.messages import Address, Message
from delphi.mail.transport import memory
from delphi.models.log import OutboxEntry, OutboxState
from delphi.unit_of_work import outbox_ready, unit_of_work

NOW = datetime(2025, 2, 3, 9, tzinfo=UTC)


@pytest.fixture
def handlers(monkeypatch):
    """Kinds of work of these tests' own."""
    made = {}
    monkeypatch.setattr("delphi.jobs.handlers.HANDLERS", made)
    return made


@pytest.fixture
def letters(outbox):
    """An outbox whose messages are kept in memory."""
    memory.sent.clear()
    yield outbox.mailing_to("memory:")
    memory.sent.clear()


def a_letter(work, now, settings):
    address = Address("zoe@panel.example", "Zoë")
    return Letter(
        Message(address, "Subject", "Text", "<p>Text</p>", None, Address("delphi@platform.example"))
    )


def test_what_is_due_is_done_in_the_order_of_its_time_and_the_rest_waits(outbox, handlers, later):
    done = []
    handlers["note"] = lambda work, now, settings: done.append(work.key) or Done()
    outbox.promise("note", "second", due_at=later(minutes=-1))
    outbox.promise("note", "first", due_at=later(hours=-1))
    outbox.promise("note", "tomorrow", due_at=later(days=1))
    assert outbox.run() == 2
    assert done == ["first", "second"]
    assert outbox.entry("tomorrow").state == OutboxState.WAITING
    assert outbox.entry("first").done_at == later()


def test_what_is_done_is_not_done_again(outbox, handlers):
    done = []
    handlers["note"] = lambda work, now, settings: done.append(work.key) or Done()
    outbox.promise("note", "once")
    outbox.promise("note", "once")
    assert (outbox.run(), outbox.run()) == (1, 0)
    assert done == ["once"]


def test_a_limit_is_kept(outbox, handlers):
    handlers["note"] = lambda work, now, settings: Done()
    for number in range(5):
        outbox.promise("note", f"n{number}")
    assert [outbox.run(limit=3), outbox.run(limit=3)] == [3, 2]


def test_work_that_comes_up_during_the_run_is_done_in_the_same_run(outbox, handlers):
    def first(work, now, settings):
        db.session.add(OutboxEntry(key="child", kind="note", payload={}, due_at=now))
        return Done()

    handlers["first"] = first
    handlers["note"] = lambda work, now, settings: Done()
    outbox.promise("first", "parent")
    assert outbox.run() == 2
    assert outbox.entry("child").state == OutboxState.DONE


def test_the_effect_and_its_mark_are_one_transaction(outbox, handlers):
    def breaks(work, now, settings):
        db.session.add(OutboxEntry(key="effect", kind="note", payload={}, due_at=now + timedelta(days=9)))
        db.session.flush()
        raise WrongState("Not now.")

    handlers["breaks"] = breaks
    outbox.promise("breaks", "cause")
    outbox.run()
    assert outbox.entries("effect") == []
    assert outbox.entry("cause").state == OutboxState.WAITING


def test_a_failure_waits_longer_each_time_and_ends(outbox, handlers, later):
    def fails(work, now, settings):
        raise WrongState("The feedback is not published yet.")

    handlers["fails"] = fails
    outbox.promise("fails", "stubborn")
    now, waits = later(), []
    for _ in claims.PAUSES:
        outbox.run(now)
        entry = outbox.entry("stubborn")
        assert entry.state == OutboxState.WAITING
        waits.append(entry.due_at - now)
        assert outbox.run(now) == 0
        now = entry.due_at
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    outbox.run(now)
    entry = outbox.entry("stubborn")
    assert entry.state == OutboxState.FAILED
    assert entry.last_error == "The feedback is not published yet."
    assert outbox.run(now + timedelta(days=9)) == 0


def test_a_failure_is_written_down_without_what_it_was_about(outbox, handlers):
    def fails(work, now, settings):
        raise ValueError("zoe@panel.example said I am unhappy")

    handlers["fails"] = fails
    outbox.promise("fails", "broken")
    outbox.run()
    said = outbox.entry("broken").last_error
    assert said.startswith("ValueError at jobs/loop.py:")
    assert "zoe" not in said


def test_one_broken_piece_of_work_does_not_stop_the_others(outbox, handlers):
    done = []
    handlers["fails"] = lambda work, now, settings: 1 / 0
    handlers["note"] = lambda work, now, settings: done.append(work.key) or Done()
    outbox.promise("fails", "a")
    outbox.promise("unheard of", "b")
    outbox.promise("note", "c")
    outbox.run()
    assert done == ["c"]
    assert outbox.entry("b").state == OutboxState.WAITING


def test_work_that_came_too_early_waits_without_counting_as_failed(outbox, handlers, later):
    handlers["early"] = lambda work, now, settings: Later(later(days=3))
    outbox.promise("early", "extended")
    assert outbox.run() == 1
    entry = outbox.entry("extended")
    assert (entry.due_at, entry.attempts, entry.last_error) == (later(days=3), 0, None)


def test_work_that_is_called_off_by_its_own_effect_leaves_no_trace(outbox, handlers):
    def calls_off(work, now, settings):
        db.session.delete(db.session.get(OutboxEntry, work.id))
        return Done()

    handlers["closes"] = calls_off
    outbox.promise("closes", "close_round:1")
    assert outbox.run() == 1
    assert outbox.entries() == []


# --- Messages -------------------------------------------------------------------------------------------


def test_a_message_leaves_without_a_transaction_being_held(letters, handlers, monkeypatch):
    """A slow mail server must not keep anybody from saving."""
    held = []

    def slow(message, mail_url, *, now, reference):
        def write():
            with letters.app.app_context(), unit_of_work():
                held.append("free")

        other = threading.Thread(target=write)
        other.start()
        other.join(5)

    handlers["message"] = a_letter
    monkeypatch.setattr(loop, "send", slow)
    letters.promise("message", "receipt:1")
    letters.run()
    assert held == ["free"]


def test_a_restart_between_sending_and_its_mark_sends_again_and_only_then(
    letters, handlers, monkeypatch, later
):
    class PowerCut(BaseException):
        pass

    def cut(*args, **kwargs):
        raise PowerCut

    handlers["message"] = a_letter
    letters.promise("message", "receipt:1")
    with monkeypatch.context() as patch:
        patch.setattr(claims, "finish", cut)
        with pytest.raises(PowerCut):
            letters.run()
    assert letters.run() == 0
    assert letters.run(later(minutes=9)) == 0
    assert letters.run(later(minutes=11)) == 1
    assert len({email["Message-ID"] for email in memory.sent}) == 1
    assert len(memory.sent) == 2


def test_a_message_that_kills_its_worker_every_time_comes_to_an_end(letters, handlers, monkeypatch, later):
    class Killed(BaseException):
        pass

    def dies(*args, **kwargs):
        raise Killed

    handlers["message"] = a_letter
    monkeypatch.setattr(loop, "send", dies)
    letters.promise("message", "poison")
    now = later()
    for _ in range(len(claims.PAUSES) + 1):
        with pytest.raises(Killed):
            letters.run(now)
        now += timedelta(minutes=11)
    assert letters.run(now) == 1
    assert letters.entry("poison").state == OutboxState.FAILED


# --- Several workers ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_four_workers_do_four_hundred_pieces_of_work_exactly_once(letters, handlers):
    """Half of it changes the database only, half of it are messages."""
    done = []
    handlers["note"] = lambda work, now, settings: done.append(work.key) or Done()
    handlers["message"] = a_letter
    with letters.app.app_context(), unit_of_work():
        for number in range(400):
            kind = "note" if number % 2 else "message"
            entry = OutboxEntry(key=f"{kind}:{number}", kind=kind, payload={}, due_at=NOW)
            db.session.add(entry)
    shares = []
    start = threading.Barrier(4)

    def work():
        start.wait()
        n_taken = 0
        while any(entry.state == OutboxState.WAITING for entry in letters.entries()):
            n_taken += letters.run()
        shares.append(n_taken)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert Counter(entry.state for entry in letters.entries()) == {OutboxState.DONE: 400}
    assert Counter(done) == Counter(f"note:{number}" for number in range(1, 400, 2))
    assert Counter(Counter(email["Message-ID"] for email in memory.sent).values()) == {1: 200}
    assert sum(shares) == 400


# --- Running until told to stop -------------------------------------------------------------------------


@pytest.fixture
def running(outbox, handlers):
    """A loop in a thread of its own; ends with the test."""
    stop = threading.Event()
    now = [NOW]

    def run():
        with outbox.app.app_context():
            loop.run_until_stopped(stop, lambda: now[0], outbox.settings)

    thread = threading.Thread(target=run)
    thread.now = now
    thread.stop = lambda: loop.stop_loop(stop)
    yield thread
    loop.stop_loop(stop)
    if thread.is_alive():
        thread.join(10)


def wait_for(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_a_commit_wakes_the_loop_at_once(outbox, handlers, running, monkeypatch):
    monkeypatch.setattr(loop, "LONGEST_WAIT_SECONDS", 60.0)
    handlers["note"] = lambda work, now, settings: Done()
    running.start()
    time.sleep(0.1)
    outbox.promise("note", "now")
    wait_for(lambda: outbox.entry("now").state == OutboxState.DONE)


def test_a_due_time_wakes_the_loop(outbox, handlers, running, later):
    handlers["note"] = lambda work, now, settings: Done()
    outbox.promise("note", "soon", due_at=later(seconds=1))
    running.start()
    time.sleep(0.2)
    assert outbox.entry("soon").state == OutboxState.WAITING
    running.now[0] = later(seconds=2)
    wait_for(lambda: outbox.entry("soon").state == OutboxState.DONE)


def test_the_loop_ends_after_the_piece_of_work_that_it_is_doing(outbox, handlers, running):
    started, done = threading.Event(), []

    def slow(work, now, settings):
        started.set()
        time.sleep(0.2)
        done.append(work.key)
        return Done()

    handlers["slow"] = slow
    for number in range(20):
        outbox.promise("slow", f"n{number}")
    running.start()
    started.wait(5)
    running.stop()
    running.join(5)
    assert not running.is_alive()
    states = Counter(entry.state for entry in outbox.entries())
    assert states[OutboxState.DONE] == len(done) < 20


def test_trouble_with_the_database_is_waited_out(outbox, handlers, running, monkeypatch):
    monkeypatch.setattr(loop, "WAIT_AFTER_TROUBLE_SECONDS", 0.05)
    handlers["note"] = lambda work, now, settings: Done()
    is_due, troubles = claims.is_due, []

    def away(now):
        if len(troubles) < 3:
            troubles.append(now)
            raise ConnectionError("the database is away")
        return is_due(now)

    monkeypatch.setattr(claims, "is_due", away)
    outbox.promise("note", "patient")
    running.start()
    wait_for(lambda: outbox.entry("patient").state == OutboxState.DONE)


def test_an_idle_loop_neither_writes_nor_spins(outbox, handlers, running, monkeypatch):
    seen, is_due = [], claims.is_due
    monkeypatch.setattr(claims, "is_due", lambda now: seen.append(now) or is_due(now))
    monkeypatch.setattr(loop, "LONGEST_WAIT_SECONDS", 0.2)
    outbox_ready.clear()
    running.start()
    time.sleep(1.0)
    assert 2 <= len(seen) <= 7
    assert not outbox_ready.is_set()
