"""`bench close`: closing and analysing the second round of a study, both rounds paired, end to end.

Subject: the services as the command line runs them, in a process of its own. Baseline, in turns: fetching the
same ratings with the plain driver and counting them with NumPy, which is the least that has to be done.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.closing import reset
from bench.databases import sources
from bench.measure import Options, Outcome, Spread, number, rounds_within, say, watching
from bench.saves import Saves, saving_elsewhere
from bench.studies import OpenStudy, application, open_study
from tools.databases import Databases

ROOT = Path(__file__).resolve().parent.parent
PANELS = ((1_000, 100), (4_000, 100), (1_000, 400))
SECTIONS = 20
PHASES = ("close", "pull", "count", "tests", "write", "report")
KINDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Size:
    """People, and items rated in each of two rounds."""

    people: int
    items: int

    def __str__(self) -> str:
        return f"{self.people}x{self.items}"


@dataclass(frozen=True, slots=True)
class Closing:
    """What one process took, by phase, and its memory at most."""

    seconds: dict[str, float]
    peak_mb: float

    @property
    def total(self) -> float:
        """Seconds for everything."""
        return sum(self.seconds.values())


class Stand:
    """A database with a study whose second round is open, and everybody's answers to both."""

    def __init__(self, databases: Databases, folder: Path, size: Size, *, with_elsewhere: bool) -> None:
        self.folder, self.url = folder, databases.migrated()
        self.app = application(self.url, folder)
        self.elsewhere = (
            open_study(self.app, panellists=20, items_a_page=5, without_answers=20, with_messages=False)
            if with_elsewhere
            else None
        )
        self.study: OpenStudy = open_study(
            self.app,
            panellists=size.people,
            items_a_page=max(size.items // SECTIONS, 1),
            sections=min(SECTIONS, size.items),
            without_answers=0,
            number=2,
            with_messages=False,
            slug="closing",
        )

    def close_round(self, who: str) -> Closing:
        """Let a process do it once, then open the round again."""
        command = [sys.executable, "-m", "bench.closing", "--url", self.url, "--folder", str(self.folder)]
        command += ["--study", str(self.study.study_id), "--number", str(self.study.number), "--as", who]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        reset(self.app, self.study.study_id, self.study.number)
        return Closing(**json.loads(said.splitlines()[-1]))


@contextmanager
def stand(databases: Databases, size: Size, *, with_elsewhere: bool = False) -> Iterator[Stand]:
    """A stand in a folder of its own; its database goes with it."""
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as name:
        made = Stand(databases, Path(name), size, with_elsewhere=with_elsewhere)
        try:
            yield made
        finally:
            databases.drop(made.url)


def run(
    options: Options,
    panels: Sequence[tuple[int, int]] = PANELS,
    kinds: Sequence[str] = ("sqlite",),
    *,
    with_saves: bool = False,
) -> Outcome:
    """Measure; see the module's words. `panels` are people and items; others save beside the first."""
    outcome = Outcome("close")
    watch = watching()
    with sources() as databases:
        for kind in kinds:
            if KINDS[kind] not in databases:
                continue
            source = databases[KINDS[kind]]
            found: dict[Size, float] = {}
            for size in (Size(*panel) for panel in panels):
                is_beside_saves = with_saves and not found
                found[size] = _measure(outcome, options, source, kind, size, with_saves=is_beside_saves)
            _tell_growth(outcome, kind, found)
    outcome.watched(watch.load())
    return outcome


def _measure(
    outcome: Outcome, options: Options, source: Databases, kind: str, size: Size, *, with_saves: bool
) -> float:
    """Close in turns with the floor; the median seconds of a closing."""
    say(f"close on {KINDS[kind]}: {size.people:,} people, {size.items} items, two rounds; seeding …")
    ratios: list[float] = []
    ours: list[Closing] = []
    with stand(source, size, with_elsewhere=with_saves) as made:
        around: Any = saving_elsewhere(made.url, made.elsewhere, made.folder) if with_saves else nullcontext()
        with around as saves:
            if saves is not None:
                saves.idle()
            for _ in rounds_within(options):
                closing = made.close_round("delphi")
                floor = made.close_round("floor")
                ours.append(closing)
                ratios.append(closing.total / floor.total)
                phases = ", ".join(f"{name} {number(closing.seconds[name])}" for name in PHASES)
                say(f"  {closing.total:.2f} s ({phases}), floor {floor.total:.2f} s")
                if saves is not None:
                    saves.during(lambda: made.close_round("delphi"))
            if saves is not None:
                _tell_saves(outcome, f"{kind}.{size}", saves)
    name = f"{kind}.{size}"
    outcome.add_ratio(f"{name}.floor_ratio", ratios, "closing and analysing, against pull and NumPy")
    outcome.add(f"{name}.peak_mb", max(one.peak_mb for one in ours), "memory at most, MB")
    phases_found: dict[str, list[float]] = defaultdict(list)
    for one in ours:
        for phase, seconds in one.seconds.items():
            phases_found[phase].append(seconds)
    outcome.details[f"{name}.phases"] = phases_found
    return Spread.of([one.total for one in ours]).median


def _tell_saves(outcome: Outcome, name: str, saves: Saves) -> None:
    say(f"  saves elsewhere, 99% within: idle {saves.p99_idle:.1f} ms, meanwhile {saves.p99_during:.1f} ms")
    outcome.details[f"{name}.saves"] = {"idle_ms": saves.p99_idle, "during_ms": saves.p99_during}
    outcome.add(f"{name}.saves_ratio", saves.p99_during / saves.p99_idle, "the latter against the former")


def _tell_growth(outcome: Outcome, kind: str, seconds: dict[Size, float]) -> None:
    """How time grows in people and in items: 1 is in step with them."""
    first = next(iter(seconds))
    lengths = {
        "people": [(size.people, seconds[size]) for size in seconds if size.items == first.items],
        "items": [(size.items, seconds[size]) for size in seconds if size.people == first.people],
    }
    for name, found in lengths.items():
        if len(found) > 1:
            points = [(math.log(length), math.log(taken)) for length, taken in found]
            outcome.add(f"{kind}.{name}_exponent", slope(points), f"exponent of growth in {name}")


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line nearest to the points, two or more."""
    x_mean, y_mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    over = sum((x - x_mean) * (y - y_mean) for x, y in points)
    return float(over / sum((x - x_mean) ** 2 for x, _ in points))
