"""Insert or update in one statement, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import inspect

from delphi.extensions import Model, db, rows_of


def upsert(table: type[Model], rows: Sequence[dict[str, Any]], *, update: Sequence[str]) -> None:
    """Insert rows, or set `update` on those whose primary key is there already.

    All rows go in one statement, and `update` may be empty: then what is there stays.
    """
    if not rows:
        return
    rows_of(_upsert(table, tuple(update), _dialect()), list(rows))


def insert_new(table: type[Model], row: dict[str, Any], *, unlike: Sequence[str] = ()) -> bool:
    """Insert a row unless there is one with the same primary key, or with the same `unlike`.

    Of two at once exactly one inserts: the other waits for it and is told no. `unlike` names the columns
    of a unique constraint. Returns whether it was inserted.
    """
    columns = tuple(unlike) or tuple(_key(table))
    return rows_of(_insert_new(table, columns, _dialect()), row).first() is not None


# Saves come in by the hundred: each statement is put together once.


@cache
def _upsert(table: type[Model], update: tuple[str, ...], dialect: str) -> Any:
    statement = _insert(table, dialect)
    if not update:
        return statement.on_conflict_do_nothing(index_elements=_key(table))
    changed = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=_key(table), set_=changed)


@cache
def _insert_new(table: type[Model], columns: tuple[str, ...], dialect: str) -> Any:
    first = inspect(table).primary_key[0]
    return _insert(table, dialect).on_conflict_do_nothing(index_elements=columns).returning(first)


def _insert(table: type[Model], dialect: str) -> Any:
    # Each process speaks one dialect, and importing the other costs it a twentieth of its start.
    rows: Any = inspect(table).local_table
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(rows)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(rows)


def _dialect() -> str:
    return str(db.session.get_bind().dialect.name)


def _key(table: type[Model]) -> list[str]:
    return [column.name for column in inspect(table).primary_key]
