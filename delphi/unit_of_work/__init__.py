"""The write transaction of one use case: begin, wait for one's turn, commit or roll back, wake the outbox.

    with unit_of_work():
        save_answers(actor=..., now=..., ...)

Leaving by an exception rolls everything back. On SQLite there is one writer at a time: the wait
happens here, at the beginning and in the order of arrival (see turns), because SQLite's own busy wait is
unfair and a transaction upgraded from reading to writing cannot wait at all.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from delphi.domain.errors import DelphiError, InvalidInput
from delphi.extensions import db, is_writing
from delphi.unit_of_work.turns import TurnTaken, in_turn

LONGEST_WAIT_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.002
LONGEST_PAUSE_SECONDS = 0.05

CONTENTION_STATES = ("40001", "40P01", "55P03")
"""PostgreSQL: a race was lost, two waited for each other, a lock was not to be had."""

outbox_ready = threading.Event()
"""Set after each commit; the outbox loop waits on it."""


class Busy(DelphiError):
    """The database was busy for longer than anybody should wait."""

    def __init__(self) -> None:
        super().__init__(
            "The platform is very busy just now, and nothing was saved. Please try again in a minute."
        )


@contextmanager
def unit_of_work(*, wakes_outbox: bool = True) -> Iterator[None]:
    """Run the body in one write transaction; `wakes_outbox=False` for one that leaves no work in the outbox.

    What was loaded before is loaded again inside, as it may have changed. Constraint violations become
    InvalidInput with the constraint's sentence, and so does what does not fit into its column. Raises
    Busy after 15 s without a turn, or when PostgreSQL ends this one for another; RuntimeError when one
    is opened inside another.
    """
    if is_writing.get():
        raise RuntimeError("a unit of work cannot be opened inside another: one use case, one transaction")
    db.session.rollback()
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    token = is_writing.set(True)
    try:
        # Rolling back comes before the next one's turn: nobody shall find the database still locked.
        with in_turn(_sqlite_file(), deadline), _plain_errors():
            _begin(deadline)
            yield
            db.session.commit()
    except TurnTaken as error:
        raise Busy from error
    finally:
        is_writing.reset(token)
    if wakes_outbox:
        outbox_ready.set()


def _sqlite_file() -> str | None:
    """The file that only one may write to at a time; PostgreSQL needs no queue."""
    url = db.engine.url
    return url.database if url.get_backend_name() == "sqlite" else None


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Roll back whatever goes wrong, and turn what the database refuses into domain errors."""
    try:
        yield
    except IntegrityError as error:
        db.session.rollback()
        raise InvalidInput(sentence_for(error)) from error
    except DataError as error:
        db.session.rollback()
        raise InvalidInput(
            "Something in this is too long, or of a kind that cannot be kept. Nothing was saved. "
            "Shorten it and try again."
        ) from error
    except OperationalError as error:
        db.session.rollback()
        if is_lock_contention(error):
            raise Busy from error
        raise
    except BaseException:
        db.session.rollback()
        raise


def _begin(deadline: float) -> None:
    """Begin the transaction, waiting while a writer is at work that stands in no queue of ours."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            db.session.connection()
            return
        except OperationalError as error:
            db.session.rollback()
            if not is_lock_contention(error):
                raise
            if time.monotonic() > deadline:
                raise Busy from error
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads writers, guards nothing
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)


def is_lock_contention(error: OperationalError) -> bool:
    """Whether another transaction stood in the way, so that the same may succeed a little later."""
    if getattr(error.orig, "sqlstate", None) in CONTENTION_STATES:
        return True
    return "database is locked" in str(error.orig) or "database table is locked" in str(error.orig)


def sentence_for(error: IntegrityError) -> str:
    """The sentence of the constraint that was violated (`info={"sentence": ...}` beside it)."""
    text = str(error.orig)
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    for table in db.metadata.tables.values():
        for constraint in [*table.constraints, *table.indexes]:
            sentence = constraint.info.get("sentence")
            if sentence is None:
                continue
            columns = ", ".join(
                f"{table.name}.{column.name}" for column in getattr(constraint, "columns", ())
            )
            is_unique = text.startswith("UNIQUE constraint failed") and text.endswith(f": {columns}")
            named = str(getattr(constraint, "name", "")) in (name, text.rpartition(": ")[2])
            if named or is_unique:
                return str(sentence)
    return "What you tried to save does not fit with what is there already. Nothing was saved."
