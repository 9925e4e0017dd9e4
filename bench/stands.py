"""Servers with people in front of them: Delphi and the limit, each on a database of the same rows."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.machine import TICKS, cpu_ticks
from bench.measure import number
from bench.respondent import Respondent, Tally, Unexpected, Wire
from bench.servers import Server, started
from bench.studies import OpenStudy, application, open_study
from delphi.extensions import db
from tools.databases import Databases

SECTIONS = 8
PANEL = 1_000
SIGNED_IN_AT_MOST = 32
"""So many links are for people who stay signed in; the others are for journeys."""

SECRET = "only-for-benchmarks"  # noqa: S105 - guards a study that lasts a minute


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of people did in one stretch, and what that cost the server."""

    tally: Tally
    seconds: float
    cpu_ms: float

    @property
    def pages_per_second(self) -> float:
        """Pages read and saved a second."""
        return self.tally.n_saved / self.seconds

    @property
    def cpu_ms_per_page(self) -> float:
        """Processor time of the server for a page and its save."""
        return self.cpu_ms / max(self.tally.n_saved, 1)

    @property
    def journeys_per_second(self) -> float:
        """Journeys from link to receipt a second."""
        return self.tally.n_journeys / self.seconds

    def __str__(self) -> str:
        times = f"page {_quantiles(self.tally.pages)}, save {_quantiles(self.tally.saves)} ms"
        return f"{self.pages_per_second:,.0f} pages/s, {self.cpu_ms_per_page:.2f} ms CPU, {times}"


def _quantiles(seconds: Sequence[float]) -> str:
    """The median and the times that 95 and 99 of a hundred stayed below, in ms."""
    ordered = sorted(seconds)
    if not ordered:
        return "–"
    return "/".join(number(ordered[int(len(ordered) * share)] * 1000) for share in (0.5, 0.95, 0.99))


@dataclass
class Stand:
    """A server, the links to it, and who has been signed in so far."""

    server: Server
    tokens: Sequence[str]
    seed: int
    people: list[Respondent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._fresh = itertools.cycle(self.tokens[SIGNED_IN_AT_MOST:] or self.tokens)
        self._guard = threading.Lock()

    def person(self, n: int) -> Respondent:
        """The n-th of those who are signed in, from 0."""
        while len(self.people) <= n:
            index = len(self.people)
            self.people.append(self._respondent(index))
            self.people[index].sign_in(self.tokens[index % len(self.tokens)])
        return self.people[n]

    def answer(self, clients: int, seconds: float) -> Load:
        """So many people read and save, section after section, without a pause."""

        def work(person: Respondent, ends: float) -> None:
            for section in itertools.cycle(person.sections):
                if time.perf_counter() >= ends:
                    return
                person.answer(section)

        return measured([self.person(n) for n in range(clients)], work, seconds, (self.server.pid,))

    def journeys(self, clients: int, seconds: float) -> Load:
        """So many people at once go from link to receipt; then the next ones come."""

        def work(person: Respondent, ends: float) -> None:
            while time.perf_counter() < ends:
                with self._guard:
                    token = next(self._fresh)
                wire = Wire(self.server.port)
                try:
                    Respondent(wire, Random(token), person.tally).walk(token)
                finally:
                    wire.close()

        return measured([self._respondent(n) for n in range(clients)], work, seconds, (self.server.pid,))

    def close(self) -> None:
        """Hang up on behalf of everybody."""
        for person in self.people:
            person.sender.close()

    def _respondent(self, n: int) -> Respondent:
        return Respondent(Wire(self.server.port), Random(self.seed * 1_000 + n), Tally())


def measured(
    people: Sequence[Respondent],
    work: Callable[[Respondent, float], None],
    seconds: float,
    pids: Sequence[int],
) -> Load:
    """Let all work at once for so long. Unexpected, with what the first met, when anything went wrong."""
    problems: list[str] = []

    def run(person: Respondent, ends: float) -> None:
        try:
            work(person, ends)
        except (OSError, Unexpected) as error:
            problems.append(str(error))

    for person in people:
        person.tally = Tally()
    began, ticks = time.perf_counter(), cpu_ticks(set(pids))
    threads = [threading.Thread(target=run, args=(one, began + seconds)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    cpu_ms = (cpu_ticks(set(pids)) - ticks) / TICKS * 1000
    if problems:
        raise Unexpected(problems[0])
    whole = Tally()
    for person in people:
        whole.add(person.tally)
    return Load(whole, elapsed, cpu_ms)


def seeded(source: Databases, folder: Path, items: int, panel: int = PANEL) -> tuple[str, OpenStudy]:
    """A database with an open round, and its study."""
    url = source.migrated()
    app = application(url, folder)
    study = open_study(
        app,
        panellists=panel,
        items_a_page=items,
        without_answers=panel,
        sections=SECTIONS,
        with_messages=False,
    )
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return url, study


@contextmanager
def serving_delphi(url: str, study: OpenStudy, folder: Path, seed: int) -> Iterator[Stand]:
    """Delphi as `delphi serve` runs it, on this database."""
    extra = {
        "DELPHI_INSTANCE": str(folder),
        "DELPHI_SECRET_KEY": SECRET,
        "DELPHI_DATABASE_URL": url,
        "DELPHI_MAIL_URL": f"file:{folder / 'mail'}",
    }
    with (
        started(["-m", "delphi", "serve"], "/readyz", extra) as server,
        closing(Stand(server, study.tokens, seed)) as stand,
    ):
        yield stand


@contextmanager
def serving_limit(
    url: str, study: OpenStudy, folder: Path, seed: int, page_bytes: int = 0
) -> Iterator[Stand]:
    """The limit on this database; its plain page of fieldsets is at least `page_bytes` long."""
    arguments = ["-m", "bench.limit_app", "--database", str(folder / "limit.sqlite"), "--study", url]
    with (
        started([*arguments, "--page-bytes", str(page_bytes)], "/readyz") as server,
        closing(Stand(server, study.tokens, seed)) as stand,
    ):
        yield stand
