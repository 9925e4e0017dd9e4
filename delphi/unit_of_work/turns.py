"""Whose turn it is to write to a SQLite file: a queue for the threads of a process, and one for processes.

SQLite lets one connection write and sends the others away to try again; whoever tries at a lucky moment
wins, and somebody can be unlucky for seconds. Here everybody waits for those who came before. The data is
guarded by SQLite's own lock all the same: a writer that knows nothing of this queue is waited for, and if the
queue's file cannot be used, only the order is lost.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PLACES = 6
"""Standing places between the processes; only beyond so many is it luck who may join the queue."""

LOOK_SECONDS = 0.001
LOOK_SECONDS_WHEN_NEXT = 0.0002
USUAL_TURN_SECONDS = 0.05
"""Whoever is next looks often, so that no time is lost between two turns, unless this one is a long one."""


class TurnTaken(Exception):
    """The turn did not come in time."""


class ThreadQueue:
    """A lock that is handed to whoever has waited longest; Python's own may overlook somebody for long."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def enter(self, seconds: float) -> bool:
        """Wait for at most so long; say whether the turn came."""
        gate = threading.Lock()
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=max(seconds, 0)):
            return True
        with self._guard:
            if gate not in self._waiting:
                # It was handed over at the very moment in which the waiting ended.
                return True
            self._waiting.remove(gate)
            return False

    def leave(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class ProcessQueue:
    """A row of places, each for one process, used by one thread of it at a time.

    One joins at the end, moves up place by place, and writes at the front. The places are locked bytes of a
    file, so that a process that dies leaves its place free.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def enter(self, deadline: float) -> bool:
        """Move up to the front; False, and out of the row, when that takes longer than until `deadline`.

        Where files cannot be made or locked there is no row, and everybody is in front.
        """
        is_in_front = False
        try:
            self._descriptor = os.open(
                self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
            )
            is_in_front = _move_up(self._descriptor, deadline)
        except OSError:
            is_in_front = True
        finally:
            if not is_in_front:
                self.leave()
        return is_in_front

    def leave(self) -> None:
        """Leave the row: closing the file frees every place in it that this process holds."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _move_up(descriptor: int, deadline: float) -> bool:
    """Take the last place, then each next one before the one behind is given up."""
    for place in reversed(range(PLACES)):
        if not _stand(descriptor, place, deadline):
            return False
        if place + 1 < PLACES:
            _unlock(descriptor, place + 1)
    return True


def _stand(descriptor: int, place: int, deadline: float) -> bool:
    began = time.monotonic()
    while not _lock(descriptor, place):
        now = time.monotonic()
        if now > deadline:
            return False
        is_next = place == 0 and now - began < USUAL_TURN_SECONDS
        time.sleep(LOOK_SECONDS_WHEN_NEXT if is_next else LOOK_SECONDS)
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, place: int) -> bool:
        os.lseek(descriptor, place, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            return True
        return False

    def _unlock(descriptor: int, place: int) -> None:
        os.lseek(descriptor, place, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, place: int) -> bool:
        with suppress(BlockingIOError, PermissionError):
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            return True
        return False

    def _unlock(descriptor: int, place: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place)


class Turns:
    """The queue of one database, as this process sees it."""

    def __init__(self, database: str) -> None:
        self._threads = ThreadQueue()
        self._processes = ProcessQueue(Path(f"{database}-turns"))

    def enter(self, deadline: float) -> None:
        """Wait for one's turn; TurnTaken when it has not come by `deadline` (on the monotonic clock)."""
        if not self._threads.enter(deadline - time.monotonic()):
            raise TurnTaken
        try:
            is_in_front = self._processes.enter(deadline)
        except BaseException:
            self._threads.leave()
            raise
        if not is_in_front:
            self._threads.leave()
            raise TurnTaken

    def leave(self) -> None:
        """Let the next one write."""
        try:
            self._processes.leave()
        finally:
            self._threads.leave()


class Registry:
    """The queues that this process stands in, by database."""

    def __init__(self) -> None:
        self.forget()

    def of(self, database: str) -> Turns:
        """The queue of a database."""
        with self._guard:
            if database not in self._turns:
                self._turns[database] = Turns(database)
            return self._turns[database]

    def forget(self) -> None:
        """Stand in no queue, whatever the threads of a parent process were doing when it forked."""
        self._guard = threading.Lock()
        self._turns: dict[str, Turns] = {}


_registry = Registry()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_registry.forget)


@contextmanager
def in_turn(database: str | None, deadline: float) -> Iterator[None]:
    """Hold the turn to write to this SQLite file while the body runs; no file, no queue.

    Raises TurnTaken when the turn has not come by `deadline`.
    """
    if not database or database == ":memory:" or database.startswith("file:"):
        yield
        return
    turns = _registry.of(database)
    turns.enter(deadline)
    try:
        yield
    finally:
        turns.leave()
