"""`bench writers`: many saves at once on SQLite. Nobody waits long, nobody sees "locked", nothing is lost.

Subject: the services as they are, in four processes. Baseline: the same services with SQLite's own busy
wait instead of our waiting. Both write to databases of the same content.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Options, Outcome, Spread, in_turns, say, watching
from bench.studies import PAGE, OpenStudy, application, open_study
from delphi.extensions import db
from delphi.models.answers import Rating, SectionSave
from delphi.models.panellists import Panellist
from delphi.models.rounds import Item
from delphi.models.sections import Section
from tools.databases import Databases, SqliteDatabases

ROOT = Path(__file__).resolve().parent.parent
WRITERS = 16
PROCESSES = 4
PEOPLE_A_WRITER = 5
WARM_UP = 2 * PEOPLE_A_WRITER
Page = tuple[int, set[int | None]]
"""A saved page: its revision, and the different values that its ratings have."""

NOTHING: Page = (0, set())


@dataclass(frozen=True, slots=True)
class Load:
    """What one round of saves went through."""

    seconds: list[float]
    elapsed: float
    n_busy: int
    errors: list[str]

    @property
    def slowest(self) -> float:
        """The longest that anybody waited for one save."""
        return max(self.seconds)

    def __str__(self) -> str:
        return f"slowest {self.slowest * 1000:,.0f} ms at {len(self.seconds) / self.elapsed:,.0f} saves/s"


@dataclass(frozen=True, slots=True)
class Durability:
    """What is in the database beside what was acknowledged.

    `n_unacknowledged` were saved, but the writer was killed before it could say so.
    """

    n_acknowledged: int
    n_lost: int
    n_unacknowledged: int


class Stand:
    """A database with an open study, and the processes that write to it."""

    def __init__(
        self, databases: Databases, folder: Path, waiting: str, n_writers: int, seed: int = 1
    ) -> None:
        self.folder = folder / waiting
        self.folder.mkdir()
        self.url = databases.migrated()
        self.waiting, self.seed = waiting, seed
        self.app = application(self.url, self.folder)
        self.n_writers = n_writers
        self.study: OpenStudy = open_study(
            self.app,
            panellists=n_writers * PEOPLE_A_WRITER,
            items_a_page=5,
            without_answers=n_writers * PEOPLE_A_WRITER,
        )
        self.processes = [self._start(index) for index in range(min(PROCESSES, n_writers))]
        for process in self.processes:
            _answer_of(process)
        # First and further saves compile their statements once; a server has done that before anybody waits.
        self.round(WARM_UP)

    def _start(self, index: int) -> subprocess.Popen[str]:
        n = min(PROCESSES, self.n_writers)
        people = [
            [{"id": one.panellist_id, "code": one.code} for one in self._people_of(writer)]
            for writer in range(index, self.n_writers, n)
        ]
        command = [sys.executable, "-m", "bench.writer", "--url", self.url, "--folder", str(self.folder)]
        command += ["--acks", str(self.folder / f"acks-{index}"), "--waiting", self.waiting]
        command += ["--study", str(self.study.study_id), "--people", json.dumps(people)]
        command += ["--seed", str(self.seed + index)]
        return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _people_of(self, writer: int) -> Sequence[Any]:
        return self.study.people[writer * PEOPLE_A_WRITER : (writer + 1) * PEOPLE_A_WRITER]

    def round(self, saves_a_writer: int, *, kill_one: bool = False) -> Load:
        """Let all writers save; `kill_one` kills the first process, by its number, while they do."""
        began = time.perf_counter()
        for process in self.processes:
            _tell(process, str(saves_a_writer))
        if kill_one:
            self._kill_first()
        answers = [json.loads(_answer_of(process)) for process in self.processes]
        elapsed = time.perf_counter() - began
        return Load(
            seconds=[value for answer in answers for value in answer["seconds"]],
            elapsed=elapsed,
            n_busy=sum(answer["n_busy"] for answer in answers),
            errors=[words for answer in answers for words in answer["errors"]],
        )

    def _kill_first(self) -> None:
        file = self.folder / "acks-0"
        before = file.stat().st_size
        while file.stat().st_size < before + 200:
            time.sleep(0.005)
        victim = self.processes.pop(0)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()

    def durability(self) -> Durability:
        """Compare what was acknowledged with what the database holds; each page must hold one save whole."""
        acknowledged: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for file in self.folder.glob("acks-*"):
            for line in file.read_text().splitlines():
                code, *numbers = line.split()
                acknowledged[code].append((int(numbers[0]), int(numbers[1])))
        with self.app.app_context():
            saved = dict(_saved_pages())
        lost = sum(_lost(acks, *saved.get(code, NOTHING)) for code, acks in acknowledged.items())
        more = [revision - len(acknowledged[code]) for code, (revision, _) in saved.items()]
        return Durability(sum(map(len, acknowledged.values())), lost, sum(max(n, 0) for n in more))

    def close(self) -> None:
        """End the processes that are left, each by its own input."""
        for process in self.processes:
            process.communicate()
        with self.app.app_context():
            db.engine.dispose()


def _lost(acks: list[tuple[int, int]], revision: int, values: set[int | None]) -> int:
    """How many acknowledged saves of a page are not in it, a page of two saves mixed being one of them."""
    last, value = max(acks)
    is_torn = len(values) > 1 or (revision == last and values != {value})
    return sum(1 for one, _ in acks if one > revision) + is_torn


def _saved_pages() -> Iterator[tuple[str, Page]]:
    values: dict[int, set[int | None]] = defaultdict(set)
    ratings = db.session.execute(
        db.select(Rating.panellist_id, Rating.value)
        .join(Item, Item.id == Rating.item_id)
        .join(Section, Section.id == Item.section_id)
        .where(Section.code == PAGE)
    )
    for person, value in ratings:
        values[person].add(value)
    pages = db.session.execute(
        db.select(Panellist.code, SectionSave.panellist_id, SectionSave.revision).join(
            Panellist, Panellist.id == SectionSave.panellist_id
        )
    )
    for code, person, revision in pages:
        yield code, (revision, values[person])


def _tell(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin is None:
        raise RuntimeError("a writer without standard input")
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _answer_of(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError(f"A writer ended without an answer, with code {process.wait()}.")
    return line


@contextmanager
def stand(waiting: str, n_writers: int, seed: int) -> Iterator[Stand]:
    """A stand on SQLite in a folder of its own, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as name:
        folder = Path(name)
        made = Stand(SqliteDatabases(folder), folder, waiting, n_writers, seed)
        try:
            yield made
        finally:
            made.close()


def run(options: Options, n_writers: int = WRITERS, saves: int = 10_000) -> Outcome:
    """Measure; see the module's words."""
    outcome = Outcome("writers")
    a_writer = max(saves // n_writers // options.rounds, 1)
    # The baseline's slowest of fewer saves flatters it, and does not take all the time there is.
    fewer = max(a_writer // 4, 1)
    say(f"writers: {n_writers} at once on SQLite, {a_writer * n_writers} saves a round")
    loads: list[Load] = []
    ratios: list[float] = []
    seed = options.seed
    with stand("queued", n_writers, seed) as subject, stand("naive", n_writers, seed) as baseline:
        watch = watching()
        for ours, naive in in_turns(
            options, lambda _: subject.round(a_writer), lambda _: baseline.round(fewer)
        ):
            loads.append(ours)
            ratios.append(ours.slowest / naive.slowest)
            say(f"  {ours}; with SQLite's own wait {naive}")
        outcome.watched(watch.load())
        subject.round(a_writer, kill_one=True)
        kept = subject.durability()
    _tell_waits(outcome, loads, n_writers)
    outcome.add_ratio("slowest_ratio", ratios, "slowest save, against SQLite's own wait")
    errors = [words for load in loads for words in load.errors]
    outcome.add("errors", len(errors), "saves that failed, “locked” among them")
    say(f"  after kill -9 of one process: {kept.n_acknowledged:,} saves acknowledged")
    outcome.add("lost", kept.n_lost, "of them lost or torn")
    outcome.add("unacknowledged", kept.n_unacknowledged, "saved without the writer living to say so")
    outcome.problems += sorted(set(errors))
    if kept.n_lost:
        outcome.problems.append(
            f"{kept.n_lost} acknowledged saves are not in the database as they were made."
        )
    return outcome


def _tell_waits(outcome: Outcome, loads: Sequence[Load], n_writers: int) -> None:
    seconds = sorted(value for load in loads for value in load.seconds)
    outcome.details["n_saves"] = len(seconds)
    outcome.add("slowest_ms", seconds[-1] * 1000, f"slowest of {len(seconds):,}, ms")
    outcome.add("p999_ms", seconds[int(len(seconds) * 0.999)] * 1000, "99.9% took less than, ms")
    outcome.add("median_ms", seconds[len(seconds) // 2] * 1000, "half took less than, ms")
    outcome.add("busy_retries", sum(load.n_busy for load in loads), "times SQLite said that it was busy")
    # In a fair queue nobody waits for more than one save of each of the others.
    fair = [load.slowest / (n_writers * load.elapsed / len(load.seconds)) for load in loads]
    outcome.figures["writers.slowest_to_fair"] = Spread.of(fair).median
    say(f"  slowest, against a perfectly fair queue: {Spread.of(fair)}")
