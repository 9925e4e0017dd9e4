"""People of another study who go on saving while a round is closed, as a server meets them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.stands import Stand, measured, serving_delphi
from bench.studies import OpenStudy

PEOPLE = 4
THINKING_SECONDS = 0.05
SECONDS = 5.0
"""How long they save to learn what is usual, and at least beside the closing."""


class Saves:
    """A few people who save a page, think for a moment, and save the next."""

    def __init__(self, stand: Stand) -> None:
        self._people = [stand.person(n) for n in range(PEOPLE)]
        self._idle: list[float] = []
        self._during: list[float] = []
        for person in self._people:
            _save_until(person, time.perf_counter() + 0.5)

    def idle(self) -> None:
        """Save while nothing else happens."""
        self._idle += measured(self._people, _save_until, SECONDS, ()).tally.saves

    def during(self, act: Callable[[], Any]) -> None:
        """Save while `act` is done, again and again until there were enough saves."""
        ends = time.perf_counter() + SECONDS
        is_over = threading.Event()

        def until_over(person: Any, _: float) -> None:
            for section in itertools.cycle(person.sections):
                if is_over.is_set():
                    return
                person.answer(section)
                time.sleep(THINKING_SECONDS)

        def acting() -> None:
            try:
                while time.perf_counter() < ends:
                    act()
            finally:
                is_over.set()

        with ThreadPoolExecutor(1) as pool:
            acted = pool.submit(acting)
            self._during += measured(self._people, until_over, 0.0, ()).tally.saves
            acted.result()

    @property
    def p99_idle(self) -> float:
        """99 of a hundred saves took at most so long while nothing else happened, in ms."""
        return _p99(self._idle)

    @property
    def p99_during(self) -> float:
        """99 of a hundred saves took at most so long beside the closing, in ms."""
        return _p99(self._during)


@contextmanager
def saving_elsewhere(url: str, study: OpenStudy | None, folder: Path) -> Iterator[Saves]:
    """A server on this database, and people of `study` in front of it; ValueError without a study."""
    if study is None:
        raise ValueError("the people who save need a study of their own")
    with serving_delphi(url, study, folder, seed=1) as stand:
        yield Saves(stand)


def _save_until(person: Any, ends: float) -> None:
    for section in itertools.cycle(person.sections):
        if time.perf_counter() >= ends:
            return
        person.answer(section)
        time.sleep(THINKING_SECONDS)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] * 1000
