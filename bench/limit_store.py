"""What the limit asks of its database, by the bare driver: the same rows as Delphi's, and nothing else."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

PATIENCE_SECONDS = 15.0

PERSON = """
    SELECT i.id, i.panellist_id FROM access_token t JOIN invitation i ON i.id = t.invitation_id
    WHERE t.token_hash = ?
"""
SECTIONS = """
    SELECT s.code, s.id, s.title, v.text, r.draft_id, r.round_id FROM round_section r
    JOIN section s ON s.id = r.section_id JOIN round o ON o.id = r.round_id
    JOIN draft_variant v ON v.draft_id = r.draft_id AND v.variant = 'standard'
    WHERE o.state = 'open' ORDER BY r.position
"""
ITEMS = """
    SELECT i.section_id, i.id, c.code, c.statement FROM item i JOIN criterion c ON c.id = i.criterion_id
    JOIN round o ON o.id = i.round_id WHERE o.state = 'open' ORDER BY i.position
"""
STUDY = """
    SELECT s.id, s.slug, o.id, o.number FROM study s JOIN round o ON o.study_id = s.id
    WHERE o.state = 'open'
"""
RATINGS = "SELECT item_id, value FROM rating WHERE round_id = ? AND panellist_id = ?"
REVISION = "SELECT revision FROM section_save WHERE round_id = ? AND panellist_id = ? AND section_id = ?"
COMMENT = "SELECT text FROM comment WHERE round_id = ? AND panellist_id = ? AND section_id = ?"
SAVE = """
    INSERT INTO section_save (round_id, panellist_id, section_id, study_id, revision, variant, saved_at)
    VALUES (?, ?, ?, ?, 1, 'standard', ?)
    ON CONFLICT (round_id, panellist_id, section_id) DO UPDATE SET revision = section_save.revision + 1
"""
RATE = """
    INSERT INTO rating (round_id, panellist_id, item_id, study_id, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (round_id, panellist_id, item_id) DO UPDATE SET value = excluded.value
"""
UNSAY = "DELETE FROM comment WHERE round_id = ? AND panellist_id = ? AND section_id = ?"
SAY = """
    INSERT INTO comment
      (round_id, panellist_id, section_id, study_id, draft_id, prompt, text, saved_at, state)
    VALUES (?, ?, ?, ?, ?, 'change', ?, ?, 'new')
"""
BEGIN_ANSWERING = """
    INSERT INTO submission (round_id, panellist_id, study_id, state, mode, started_at, saved_at, is_late)
    VALUES (?, ?, ?, 'started', 'self', ?, ?, ?) ON CONFLICT (round_id, panellist_id)
    DO UPDATE SET saved_at = excluded.saved_at
"""
SUBMIT = "UPDATE submission SET state = 'submitted', submitted_at = ? WHERE round_id = ? AND panellist_id = ?"


class Store:
    """A connection for each thread, kept; statements with `?` on both databases."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._is_sqlite = url.startswith("sqlite")
        self._own = threading.local()

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a question."""
        return list(self._connection.execute(self._spelled(statement), values).fetchall())

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """One write transaction; what it yields runs statements in it."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
        try:
            yield self._run
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Let go of this thread's connection; the next question opens another."""
        if hasattr(self._own, "connection"):
            self._own.connection.close()
            del self._own.connection

    def _run(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        cursor = self._connection.cursor()
        cursor.executemany(self._spelled(statement), rows)

    def _spelled(self, statement: str) -> str:
        return statement if self._is_sqlite else statement.replace("?", "%s")

    @property
    def _connection(self) -> Any:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect()
        return self._own.connection

    def _connect(self) -> Any:
        if not self._is_sqlite:
            import psycopg

            return psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True)
        file = self._url.removeprefix("sqlite:///")
        connection = sqlite3.connect(file, isolation_level=None, timeout=PATIENCE_SECONDS)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def now(is_sqlite: bool) -> Any:
    """The time as the database takes it from its bare driver."""
    moment = datetime.now(UTC)
    return moment.replace(tzinfo=None).isoformat(" ") if is_sqlite else moment


def hashed(token: str) -> str:
    """How a link's token is stored."""
    return sha256(token.encode()).hexdigest()
