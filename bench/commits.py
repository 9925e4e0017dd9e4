"""How many tiny upserts a second a database commits: the floor under all saves.

Run in processes of their own by `bench limit`; nothing of Delphi is in here.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

TABLE = "CREATE TABLE IF NOT EXISTS tiny (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)"
ROWS = 1_000
PATIENCE_SECONDS = 30.0


def make_sqlite(file: str) -> None:
    """The table, in a file with a write-ahead log."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(TABLE)
        connection.commit()


def sqlite_commits(task: tuple[str, str, float]) -> int:
    """Commits of one writer: file, `NORMAL` or `FULL`, and for how many seconds."""
    file, synchronous, seconds = task
    statement = "INSERT INTO tiny VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value"
    with closing(sqlite3.connect(file, isolation_level=None, timeout=PATIENCE_SECONDS)) as connection:
        connection.execute(f"PRAGMA synchronous={synchronous}")
        n, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            connection.execute(statement, (n % ROWS, n))
            n += 1
    return n


def make_postgres(url: str) -> None:
    """The table, on a server that keeps what it has acknowledged (the test server does not by itself)."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE.encode())
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = on".encode())
        connection.execute("SELECT pg_reload_conf()")


def postgres_commits(task: tuple[str, str, float]) -> int:
    """Commits of one client: URL, synchronous_commit `on` or `off`, and for how many seconds."""
    import psycopg

    url, synchronous, seconds = task
    statement = b"INSERT INTO tiny VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET value = excluded.value"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET synchronous_commit = {synchronous}".encode())
        n, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            connection.execute(statement, (n % ROWS, n), prepare=True)
            n += 1
    return n
