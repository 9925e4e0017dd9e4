"""Counting the SQL statements of a piece of work, and asking the database how it would run each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "EXPLAIN", "SET ", "SHOW ")
GROWING = (
    "rating",
    "comment",
    "submission",
    "section_save",
    "panellist",
    "invitation",
    "outbox_entry",
    "event",
)
"""Tables that grow with the panel: reading one whole makes everybody wait longer for each who joins."""


@dataclass
class Statements:
    """What was sent to the database, each with the parameters of its first row; a batch is one statement."""

    sent: list[tuple[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)


@contextmanager
def counted(engine: Engine) -> Iterator[Statements]:
    """Collect what is sent while the body runs; BEGIN, COMMIT and PRAGMA are not statements of the work."""
    found = Statements()

    def collect(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, is_batch: bool
    ) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            found.sent.append((statement, parameters[0] if is_batch else parameters))

    event.listen(engine, "before_cursor_execute", collect)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", collect)


SMALL_TABLE = 1_000
"""Rows below which PostgreSQL may read a table whole."""


def full_scans(engine: Engine, statements: Statements) -> list[str]:
    """The growing tables that a statement would read from end to end, each with that statement."""
    explain = _scanned_by_sqlite if engine.dialect.name == "sqlite" else _scanned_by_postgres
    found = []
    for statement, parameters in statements.sent:
        with engine.connect() as connection:
            tables = explain(connection, statement, parameters)
            connection.rollback()
        found += [f"{table}: {' '.join(statement.split())}" for table in sorted(tables) if table in GROWING]
    return found


def _scanned_by_sqlite(connection: Any, statement: str, parameters: Any) -> set[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    matches = (re.match(r"SCAN (\w+)", row[3]) for row in rows)
    return {match[1] for match in matches if match}


def _scanned_by_postgres(connection: Any, statement: str, parameters: Any) -> set[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    tables = set(_sequential(json.loads(plan) if isinstance(plan, str) else plan)) & set(GROWING)
    # A planner is right to read a table of a few rows from end to end.
    return {table for table in tables if _is_large(connection, table)}


def _is_large(connection: Any, table: str) -> bool:
    counted = f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {SMALL_TABLE}) AS rows"  # noqa: S608
    return bool(connection.exec_driver_sql(counted).scalar_one() >= SMALL_TABLE)


def _sequential(plan: Any) -> Iterator[str]:
    """The tables of all "Seq Scan" nodes anywhere in a plan, and of index scans without a condition."""
    if isinstance(plan, list):
        for entry in plan:
            yield from _sequential(entry)
    elif isinstance(plan, dict):
        kind = plan.get("Node Type", "")
        is_whole_index = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in plan
        if kind == "Seq Scan" or is_whole_index:
            yield plan["Relation Name"]
        for value in plan.values():
            if isinstance(value, dict | list):
                yield from _sequential(value)
