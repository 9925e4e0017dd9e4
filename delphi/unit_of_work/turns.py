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

SHORTEST_LOOK_SECONDS = 0.0003
LONGEST_LOOK_SECONDS = 0.003


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
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)

    def enter(self, deadline: float) -> bool:
        """Move up to the front; False, and out of the row, when that takes longer than until `deadline`."""
        behind: int | None = None
        for place in reversed(range(PLACES)):
            got = self._stand(place, deadline)
            if behind is not None:
                _unlock(self._descriptor, behind)
            if not got:
                return False
            behind = place
        return True

    def leave(self) -> None:
        """Leave the front."""
        _unlock(self._descriptor, 0)

    def _stand(self, place: int, deadline: float) -> bool:
        pause = SHORTEST_LOOK_SECONDS
        while not _lock(self._descriptor, place):
            if time.monotonic() > deadline:
                return False
            time.sleep(pause)
            pause = min(pause * 1.2, LONGEST_LOOK_SECONDS)
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
        self._processes: ProcessQueue | None = None
        with suppress(OSError):
            self._processes = ProcessQueue(Path(f"{database}-turns"))

    def enter(self, deadline: float) -> None:
        """Wait for one's turn; TurnTaken when it has not come by `deadline` (on the monotonic clock)."""
        if not self._threads.enter(deadline - time.monotonic()):
            raise TurnTaken
        try:
            is_in_front = self._processes is None or self._processes.enter(deadline)
        except BaseException:
            self._threads.leave()
            raise
        if not is_in_front:
            self._threads.leave()
            raise TurnTaken

    def leave(self) -> None:
        """Let the next one write."""
        try:
            if self._processes is not None:
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
