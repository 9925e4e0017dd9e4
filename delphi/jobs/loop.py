"""The outbox loop: does what is due, one piece of work at a time, until it is told to stop.

What changes only the database is done in one transaction with its mark, so exactly once. A message is
prepared in one transaction, sent without holding one (a slow mail server must not keep anybody from
saving), and marked in another: at least once, and exactly once while nobody crashes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING

from delphi.config import Settings
from delphi.domain.actors import Clock
from delphi.domain.errors import DelphiError
from delphi.domain.ids import PanellistId
from delphi.extensions import db
from delphi.jobs import claims
from delphi.jobs.claims import Work
from delphi.jobs.results import Done, Later, Letter, Result
from delphi.log import Log
from delphi.mail.transport import AddressUnknown, MailRefused, send
from delphi.models.log import OutboxState
from delphi.services.deliveries import note_refused_address
from delphi.unit_of_work import outbox_ready, unit_of_work

if TYPE_CHECKING:
    from delphi.jobs.handlers import Handler

LONGEST_WAIT_SECONDS = 2.0
"""Other processes write outbox rows too, and cannot wake this one."""

WAIT_AFTER_TROUBLE_SECONDS = 5.0

log = Log("jobs")


class _NothingDue(Exception):
    """Leaves the transaction without a commit, which would wake the loop for nothing."""


def run_due(
    now: datetime,
    settings: Settings,
    limit: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Do what is due at `now`, also what comes up meanwhile; say how many pieces of work were taken."""
    n_taken = 0
    while (limit is None or n_taken < limit) and not should_stop() and claims.is_due(now):
        if not _run_one(now, settings):
            break
        n_taken += 1
    return n_taken


def run_until_stopped(stop: threading.Event, clock: Callable[[], datetime], settings: Settings) -> None:
    """Do what is due, then wait for a commit, for the next due time or for two seconds; end after `stop`.

    Trouble with the database is logged and waited out: a night without it must not end the clock.
    """
    while True:
        outbox_ready.clear()
        if stop.is_set():
            return
        try:
            run_due(clock(), settings, should_stop=stop.is_set)
            wait = _wait_seconds(clock())
        except Exception as error:  # noqa: BLE001 - whatever it was, the next round of the loop may fare better
            log.error("outbox_loop_in_trouble", problem=describe(error))
            wait = WAIT_AFTER_TROUBLE_SECONDS
        finally:
            db.session.remove()
        outbox_ready.wait(wait)


def stop_loop(stop: threading.Event) -> None:
    """Let a loop end after the piece of work that it is doing."""
    stop.set()
    outbox_ready.set()


def describe(error: BaseException) -> str:
    """An error without anything personal in it: our own sentences, or the kind and the place of any other."""
    if isinstance(error, DelphiError):
        return str(error)
    place = _innermost(error.__traceback__)
    return f"{type(error).__name__} at {place}" if place else type(error).__name__


def _run_one(now: datetime, settings: Settings) -> bool:
    work: Work | None = None
    try:
        with unit_of_work():
            work = claims.take(now)
            if work is None:
                raise _NothingDue
            if work.attempts > len(claims.PAUSES):
                raise DelphiError("Given up: each time this was tried, the platform stopped in the middle.")
            result = handler_of(work.kind)(work, now, settings)
            _settle(work, result, now)
        if isinstance(result, Letter):
            send(result.message, settings.mail_url, now=now, reference=work.key)
            with unit_of_work():
                claims.finish(work, now)
    except _NothingDue:
        return False
    except Exception as error:
        if work is None:
            raise
        _note_failure(work, error, now)
        return True
    log.info("outbox_work_done", id=work.id, kind=work.kind)
    return True


def handler_of(kind: str) -> Handler:
    """What does this kind of work, imported with the first piece: a server that only starts has none."""
    from delphi.jobs.handlers import HANDLERS

    return HANDLERS[kind]


def _settle(work: Work, result: Result, now: datetime) -> None:
    match result:
        case Done(note):
            claims.finish(work, now, note)
        case Later(due_at):
            claims.put_off(work, due_at)
        case Letter():
            claims.reserve(work, now)


def _note_failure(work: Work, error: Exception, now: datetime) -> None:
    with unit_of_work():
        state = claims.fail(work, now, describe(error), is_final=isinstance(error, MailRefused))
        if isinstance(error, AddressUnknown) and "panellist_id" in work.payload:
            panellist_id = PanellistId(int(work.payload["panellist_id"]))
            note_refused_address(panellist_id=panellist_id, actor=Clock(), now=now)
    say = log.error if state == OutboxState.FAILED else log.warning
    say("outbox_work_failed", id=work.id, kind=work.kind, state=state.value, problem=describe(error))


def _wait_seconds(now: datetime) -> float:
    due_at = claims.next_due_at()
    if due_at is None:
        return LONGEST_WAIT_SECONDS
    return min(LONGEST_WAIT_SECONDS, max(0.05, (due_at - now).total_seconds()))


def _innermost(traceback: TracebackType | None) -> str:
    """The last place in our own code that an error passed, as `jobs/letters.py:40`."""
    place = ""
    while traceback is not None:
        parts = PurePath(traceback.tb_frame.f_code.co_filename).parts
        if "delphi" in parts:
            # A checkout may itself lie in a folder called delphi.
            start = len(parts) - parts[::-1].index("delphi")
            place = f"{'/'.join(parts[start:])}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
