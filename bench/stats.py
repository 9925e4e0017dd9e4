"""`bench stats`: the statistics of a round in memory, against R and against SciPy item by item.

Subject: `delphi.consensus.tables` from the raw ratings of two rounds. Baselines: the functions of R (base and
stats), where there is an Rscript, and per-item SciPy, always. All three must find the same figures.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.measure import Options, Outcome, number, rounds_within, say, watching
from bench.stats_naive import naive
from bench.stats_panel import FIGURES, Answer, Panel, made_up, ours

PANELS = ((30, 60), (300, 200))
SCRIPT = Path(__file__).with_name("stats.R")
SHORTEST = 0.2
"""Seconds that our turn takes at least, by doing it again: a few milliseconds say little."""


def run(options: Options, panels: Sequence[tuple[int, int]] = PANELS, *, with_r: bool = True) -> Outcome:
    """Measure; see the module's words. `panels` are people and items."""
    outcome = Outcome("stats")
    program = shutil.which("Rscript") if with_r else None
    if with_r and program is None:
        say("  Not compared with R: there is no Rscript on this machine (Debian: r-base-core).")
    to_r: list[float] = []
    to_scipy: list[float] = []
    differences: list[float] = []
    watch = watching()
    for people, n_items in panels:
        panel = made_up(people, n_items, options.seed)
        say(f"stats of {people:,} people and {n_items} items, two rounds")
        seen = _turns(options, panel, program)
        differences += [difference(one["ours"], other) for one in seen for other in one.values()]
        _tell(seen[-1])
        scipy = [one["SciPy"].total / one["ours"].total for one in seen]
        outcome.add_ratio(f"{panel}.scipy_ratio", scipy, "times as fast as SciPy item by item")
        to_scipy.append(outcome.figures[f"stats.{panel}.scipy_ratio"])
        if program:
            r = [one["R"].total / one["ours"].total for one in seen]
            outcome.add_ratio(f"{panel}.r_ratio", r, "times as fast as R")
            to_r.append(outcome.figures[f"stats.{panel}.r_ratio"])
    outcome.watched(watch.load())
    outcome.add("scipy_ratio", min(to_scipy), "times as fast as SciPy, the least of any panel")
    if to_r:
        outcome.add("r_ratio", min(to_r), "times as fast as R, the least of any panel")
    outcome.figures["stats.largest_difference"] = max(differences)
    say(f"  largest difference of any figure: {max(differences):.2g}")
    return outcome


def _turns(options: Options, panel: Panel, program: str | None) -> list[dict[str, Answer]]:
    ours(panel)
    seen = []
    for _ in rounds_within(options):
        one = {"ours": _again_and_again(panel), "SciPy": naive(panel)}
        if program:
            one["R"] = by_r(program, panel)
        seen.append(one)
        say("  " + ", ".join(f"{name} {number(answer.total * 1000)} ms" for name, answer in one.items()))
    return seen


def _again_and_again(panel: Panel) -> Answer:
    """Our answer with the mean time of as many as fill the shortest turn."""
    answers = [ours(panel)]
    while sum(answer.total for answer in answers) < SHORTEST:
        answers.append(ours(panel))
    found = answers[-1]
    for name in found.seconds:
        found.seconds[name] = sum(answer.seconds[name] for answer in answers) / len(answers)
    return found


def by_r(program: str, panel: Panel) -> Answer:
    """What R finds and how long its functions take, without its start and its reading of the ratings."""
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as name:
        ratings, figures = Path(name) / "ratings", Path(name) / "figures"
        n_items, people = panel.before.shape
        ratings.write_bytes(
            np.array([people, n_items], dtype="<i4").tobytes()
            + panel.before.tobytes()
            + panel.after.tobytes()
            + panel.group_of.astype(np.uint8).tobytes()
        )
        said = subprocess.run(
            [program, "--vanilla", str(SCRIPT), str(ratings), str(figures)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        values = np.fromfile(figures, dtype="<f8")
    answer = Answer(seconds={name: float(time) for name, time in map(str.split, said.splitlines())})
    lengths = [len(part) for part in ours(panel).values.values()]
    parts = np.split(values, np.cumsum(lengths)[:-1])
    answer.values = dict(zip(FIGURES, parts, strict=True))
    return answer


def difference(one: Answer, other: Answer) -> float:
    """The largest difference between two programs' figures, relative above 1; infinite where one has none."""
    first, second = (np.concatenate([found.values[name] for name in FIGURES]) for found in (one, other))
    apart = np.abs(first - second) / np.maximum(1.0, np.abs(second))
    return float(np.nan_to_num(apart, nan=np.inf).max())


def _tell(answers: dict[str, Answer]) -> None:
    """Each statistic's time, in milliseconds."""
    for name in ("count", *FIGURES):
        times = [
            f"{who} {number(answer.seconds[name] * 1000)}"
            for who, answer in answers.items()
            if name in answer.seconds
        ]
        say(f"    {name}: {', '.join(times)} ms")
