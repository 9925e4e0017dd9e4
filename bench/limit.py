"""`bench limit`: the floors of this machine, without any Delphi: disk, commits, requests, lines of CSV.

The other benchmarks are read against these. There is nothing to compare inside, so that each figure is a
median over rounds with its smallest and largest.
"""

from __future__ import annotations

import csv
import io
import multiprocessing
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

from bench.commits import make_postgres, make_sqlite, postgres_commits, sqlite_commits
from bench.databases import postgres_url
from bench.machine import fdatasyncs_per_second
from bench.measure import NOISY_SPREAD, Options, Outcome, Spread, rounds_within, say, watching
from bench.servers import requests_per_second, started

SECONDS = 0.4
WRITERS = (1, 4)
ROW = (
    "P000123",
    "users",
    "first-steps",
    "clear",
    4,
    "2025-02-05T12:00:00+00:00",
    "Some words, as people write.",
)

Measure = Callable[[], float]


def csv_rows_per_second(seconds: float = SECONDS) -> float:
    """How many lines of seven fields the standard library writes."""
    n, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        csv.writer(io.StringIO()).writerows([ROW] * 1_000)
        n += 1_000
    return n / seconds


def commits_per_second(
    pool: Pool, work: Callable[[tuple[str, str, float]], int], n: int, *task: str
) -> float:
    """Commits of `n` writers at once."""
    where, synchronous = task
    return sum(pool.map(work, [(where, synchronous, SECONDS)] * n, chunksize=1)) / SECONDS


def run(options: Options) -> Outcome:
    """Measure everything in turn, round by round."""
    outcome = Outcome("limit")
    say("limit: what this machine can do at all, a second")
    found: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="delphi-bench-")))
        # Forked processes would share our database connections.
        pool = stack.enter_context(multiprocessing.get_context("spawn").Pool(max(WRITERS)))
        arguments = ["-m", "bench.limit_app", "--database", str(folder / "limit.sqlite")]
        port = stack.enter_context(started(arguments, "/readyz")).port
        measures = dict(_measures(folder, pool, port))
        watch = watching(_postgres_pid(folder))
        for _ in rounds_within(options):
            for name, measure in measures.items():
                found[name].append(measure())
        outcome.watched(watch.load())
    for name, values in found.items():
        spread = Spread.of(values)
        outcome.figures[f"limit.{name.replace(' ', '_').replace(',', '')}"] = spread.median
        outcome.details[name] = values
        say(f"  {name:<42} {spread}")
        if spread.high > NOISY_SPREAD * spread.low:
            outcome.noise.append(f"{name} spreads more than twofold")
    return outcome


def _measures(folder: Path, pool: Pool, port: int) -> Iterator[tuple[str, Measure]]:
    yield "fdatasync", partial(fdatasyncs_per_second, folder, SECONDS)
    file = str(folder / "commits.sqlite")
    make_sqlite(file)
    for synchronous in ("NORMAL", "FULL"):
        for n in WRITERS:
            name = f"SQLite commits, {synchronous}, {n} writing"
            yield name, partial(commits_per_second, pool, sqlite_commits, n, file, synchronous)
    url = postgres_url(folder / "postgres")
    if url is not None:
        make_postgres(url)
        for synchronous in ("on", "off"):
            for n in WRITERS:
                name = f"PostgreSQL commits, synchronous {synchronous}, {n} writing"
                yield name, partial(commits_per_second, pool, postgres_commits, n, url, synchronous)
    for path in ("hello", "page"):
        yield f"Flask requests, {path}", partial(requests_per_second, port, f"/{path}", SECONDS)
    yield "CSV rows", csv_rows_per_second


def _postgres_pid(folder: Path) -> list[int]:
    """The server's process, so that its work does not count as somebody else's."""
    file = folder / "postgres" / "postmaster.pid"
    return [int(file.read_text().split()[0])] if file.exists() else []
