"""The database and its migrations, set up once for SQLite and PostgreSQL alike.

On SQLite: foreign keys on, write-ahead log, every acknowledged write on disk before we say so
(synchronous=FULL), and a short busy wait because unit_of_work does the waiting. The driver's own
transaction handling is off: transactions begin where unit_of_work says, IMMEDIATE for writes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CursorResult, DateTime, Executable, Integer, MetaData, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool
from sqlalchemy.types import TypeDecorator

from delphi.domain import ids

BUSY_TIMEOUT_MS = 50

KEPT_CONNECTIONS = 16
"""Open connections that a process keeps: one for each thread of `delphi serve` and its loop, with some to
spare. One beyond these is opened for one request and closed after it, which costs more than a page."""

LEFT_AT = "delphi_left_at"

SURELY_ALIVE_SECONDS = 1.0
"""A connection that was used within so long is not asked whether it still works, which takes as long as a
statement of a page: a database needs longer to start again."""

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; constraints are named by one convention so that each maps to a sentence."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, always aware and always UTC; SQLite stores it without the offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would silently mean another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "expire_on_commit": True})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
    Model.registry.update_type_annotation_map(dict.fromkeys(ids.ALL, Integer))


def rows_of(
    statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement about columns in the session's transaction, without its bookkeeping of objects.

    For what every page and save asks: the bookkeeping costs as much as the question. What was added to the
    session is not flushed before, and what it has loaded is not brought up to date.
    """
    return db.session.connection().execute(statement, values)


is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)
"""Set by unit_of_work around a write, so that its transaction begins IMMEDIATE on SQLite."""


class Migrations:
    """What the commands that change tables ask the application for; Alembic is imported when they do.

    A server never needs it: it would start later by a tenth and weigh 10 MB more.
    """

    def __init__(self, app: Flask, folder: Path) -> None:
        self._app, self._folder = app, folder

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        # This takes our own place among the extensions.
        Migrate().init_app(
            self._app, db, directory=str(self._folder), render_as_batch=True, compare_type=True
        )
        return getattr(self._app.extensions["migrate"], name)


def engine_options(database_url: str) -> dict[str, Any]:
    """What the engine needs for this database."""
    if database_url.startswith("sqlite"):
        wait = {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}
        return {"connect_args": wait, "pool_size": KEPT_CONNECTIONS}
    return {"isolation_level": "READ COMMITTED", "pool_size": KEPT_CONNECTIONS}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if not type(connection).__module__.startswith("sqlite3"):
        return
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Pool, "checkin")
def _note_when_left(connection: Any, record: Any) -> None:
    record.info[LEFT_AT] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _look_whether_alive(connection: Any, record: Any, proxy: Any) -> None:
    """Give nobody a connection that was lost while it lay idle: another one is made instead."""
    if type(connection).__module__.startswith("sqlite3"):
        return
    if time.monotonic() - record.info.get(LEFT_AT, math.inf) < SURELY_ALIVE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection.OperationalError as error:
        raise InvalidatePoolError from error


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing.get() else "BEGIN")
