"""`bench start`: from starting `delphi serve` to its first good answer, and what it weighs then.

Baseline: the bare Flask of limit_app on the same server program. The first answer of both has looked into the
database; Delphi's has also compared its tables with the migrations. Both have been started before, so
that Python has compiled them, as it has wherever they are installed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bench.machine import PROC, pss_mb
from bench.measure import Options, Outcome, in_turns, say, watching
from bench.servers import ROOT, started
from tools.databases import SqliteDatabases

READY = "/readyz"
HEAVY = ("scipy", "numpy")
WHAT_A_SERVER_IMPORTS = "import delphi.app, delphi.cli.main, delphi.cli.serving"
WHAT_IT_IMPORTS_LATER = "import delphi.jobs.handlers, delphi.web.team_site"
WORST = 5


def heavy_imports(names: tuple[str, ...] = HEAVY) -> list[str]:
    """Which of these packages a web server imports, also later for the team's pages; none, one hopes."""
    found = f"print(*sorted(set({names!r}) & set(sys.modules)))"
    question = f"{WHAT_A_SERVER_IMPORTS}; {WHAT_IT_IMPORTS_LATER}; import sys; {found}"
    answer = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.split()


def import_times(extra: Mapping[str, str] | None = None) -> dict[str, float]:
    """Milliseconds that importing the application spends in each top-level package, its own modules only."""
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", WHAT_A_SERVER_IMPORTS],
        cwd=ROOT,
        env={**os.environ, **(extra or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    spent: Counter[str] = Counter()
    for own, name in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", answer.stderr):
        spent[name.partition(".")[0]] += int(own)
    return {name: microseconds / 1000 for name, microseconds in spent.most_common()}


def run(options: Options) -> Outcome:
    """Measure; see the module's words."""
    outcome = Outcome("start")
    say("start: from the start to the first answer, and memory then, against a bare Flask")
    times: list[float] = []
    weights: list[float] = []
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as name:
        folder = Path(name)
        url = SqliteDatabases(folder).migrated()
        file = url.removeprefix("sqlite:///")
        extra = {
            "DELPHI_INSTANCE": str(folder),
            "DELPHI_SECRET_KEY": "only-for-benchmarks",
            "DELPHI_DATABASE_URL": url,
        }
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        ours = partial(_first_answer, ["-m", "delphi", "serve"], extra | compiled, outcome)
        bare = partial(_first_answer, ["-m", "bench.limit_app", "--database", file], compiled)
        for start in (ours, bare):
            start()
        outcome.details["import_ms"] = import_times(compiled)
        watch = watching()
        rounds = in_turns(options, lambda _: ours(), lambda _: bare())
        for (seconds, our_weight), (bare_seconds, bare_weight) in rounds:
            times.append(seconds / bare_seconds)
            line = f"  {seconds:.2f} s, bare Flask {bare_seconds:.2f} s"
            if our_weight and bare_weight:
                weights.append(our_weight / bare_weight)
                line += f"; {our_weight:.0f} MB and {bare_weight:.0f} MB"
            say(line)
        outcome.watched(watch.load())
    outcome.add_ratio("first_answer_ratio", times, "first answer, against the bare Flask")
    if weights:
        outcome.add_ratio("memory_ratio", weights, "memory, against the bare Flask")
    _tell_imports(outcome)
    return outcome


def _first_answer(
    arguments: list[str], extra: dict[str, str], outcome: Outcome | None = None
) -> tuple[float, float | None]:
    with started(arguments, READY, extra) as server:
        if outcome is not None:
            outcome.details["libraries"] = _libraries(server.pid)
        return server.seconds, pss_mb(server.pid)


def _libraries(pid: int) -> list[str]:
    """The heavy packages whose compiled parts a running process has loaded."""
    try:
        maps = (PROC / str(pid) / "maps").read_text()
    except OSError:
        return []
    return [name for name in HEAVY if f"/{name}/" in maps]


def _tell_imports(outcome: Outcome) -> None:
    spent: dict[str, float] = outcome.details["import_ms"]
    whole = sum(spent.values())
    worst = ", ".join(f"{name} {ms / whole:.0%}" for name, ms in list(spent.items())[:WORST])
    say(f"  importing takes {whole:,.0f} ms; the worst five: {worst}")
    found = set(heavy_imports()) | set(outcome.details["libraries"])
    for name in HEAVY:
        say(f"  {name} imported in the web worker: {'yes' if name in found else 'no'}")
        outcome.figures[f"start.{name}_imported"] = float(name in found)
