"""What else the machine was doing while something was measured, and what kind of machine it is.

Linux tells both in /proc; elsewhere the shares are unknown and nothing is called noisy because of them.
"""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PACKAGES = ("Flask", "SQLAlchemy", "Jinja2", "waitress", "numpy", "psycopg")


@dataclass(frozen=True, slots=True)
class Load:
    """Cores kept busy by others, and the share of all time that the hypervisor kept; None where unknown."""

    others_cores: float | None
    steal_share: float | None

    def __str__(self) -> str:
        if self.others_cores is None or self.steal_share is None:
            return "what else ran is not known on this system"
        return f"others used {self.others_cores:.2f} cores, steal {self.steal_share:.1%}"


class Watch:
    """Watches the processors from its making on; `roots` are servers of ours that are not our children."""

    def __init__(self, roots: Iterable[int] = ()) -> None:
        self._roots = tuple(roots)
        self._began = time.monotonic()
        self._at_first = self._read()

    def load(self) -> Load:
        """What others did since the watch began."""
        now = self._read()
        if now is None or self._at_first is None:
            return Load(None, None)
        busy, steal, total, own = (after - before for before, after in zip(self._at_first, now, strict=True))
        seconds = max(time.monotonic() - self._began, 1e-6)
        return Load(max(busy - own, 0) / TICKS / seconds, steal / max(total, 1))

    def _read(self) -> tuple[float, float, float, float] | None:
        try:
            fields = [int(word) for word in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
        except OSError:
            return None
        user, nice, system, idle, iowait, irq, softirq, steal = fields
        busy = user + nice + system + irq + softirq
        return busy, steal, busy + idle + iowait + steal, cpu_ticks({os.getpid(), *self._roots})


def cpu_ticks(roots: set[int]) -> float:
    """Processor time of these processes, their living descendants and their children that have ended."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(words[1])
        ticks[int(entry.name)] = sum(int(word) for word in words[11:15])
    family = {pid for pid in ticks if _descends(pid, roots, parents)}
    return sum(ticks[pid] for pid in family)


def _descends(pid: int, roots: set[int], parents: dict[int, int]) -> bool:
    while pid:
        if pid in roots:
            return True
        pid = parents.get(pid, 0)
    return False


def pss_mb(pid: int) -> float | None:
    """Memory of a process, shared pages counted by share, in MB; None where the system does not say."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), None)


def peak_mb() -> float:
    """The most memory that this process has had so far, in MB.

    From /proc where there is one: elsewhere a process that was started by a larger one counts that one's.
    """
    try:
        lines = (PROC / "self" / "status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def fdatasyncs_per_second(folder: Path, seconds: float = 0.3) -> float:
    """How often a second the disk under `folder` can be told to keep 4 KB."""
    file = folder / "fdatasync"
    sync = getattr(os, "fdatasync", os.fsync)
    block, n = b"x" * 4096, 0
    with file.open("wb", buffering=0) as handle:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            handle.seek(0)
            handle.write(block)
            sync(handle.fileno())
            n += 1
    file.unlink()
    return n / seconds


def description() -> dict[str, Any]:
    """Cores and versions, for the record beside the figures."""
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in PACKAGES},
    }
