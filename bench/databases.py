"""Databases that live as long as one benchmark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import say
from tools.databases import Databases, PostgresDatabases, SqliteDatabases, start_postgres


@contextmanager
def sources() -> Iterator[dict[str, Databases]]:
    """Fresh databases of both kinds; only SQLite where there is no ready-made PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="delphi-bench-") as name:
        found: dict[str, Databases] = {"SQLite": SqliteDatabases(Path(name))}
        postgres = postgres_url(Path(name) / "postgres")
        if postgres is None:
            yield found
            return
        server = PostgresDatabases(postgres, "bench")
        try:
            yield found | {"PostgreSQL": server}
        finally:
            server.close()


def postgres_url(folder: Path) -> str | None:
    """A PostgreSQL with its data in `folder`, which ends with this process; None where there is none."""
    try:
        return start_postgres(folder)
    except ImportError:
        say("  Not measured on PostgreSQL: there is no ready-made server for this machine.")
        return None
