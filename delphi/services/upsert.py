"""Insert or update in one statement, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite

from delphi.extensions import Model, db


def upsert(table: type[Model], rows: Sequence[dict[str, Any]], *, update: Sequence[str]) -> None:
    """Insert rows, or set `update` on those whose primary key is there already.

    All rows go in one statement, and `update` may be empty: then what is there stays.
    """
    if not rows:
        return
    statement = _insert(table)
    if update:
        changed = {name: statement.excluded[name] for name in update}
        statement = statement.on_conflict_do_update(index_elements=_key(table), set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=_key(table))
    db.session.execute(statement, list(rows))


def insert_new(table: type[Model], row: dict[str, Any], *, unlike: Sequence[str] = ()) -> bool:
    """Insert a row unless there is one with the same primary key, or with the same `unlike`.

    Of two at once exactly one inserts: the other waits for it and is told no. `unlike` names the columns
    of a unique constraint. Returns whether it was inserted.
    """
    columns = list(unlike) or _key(table)
    statement = _insert(table).values(row).on_conflict_do_nothing(index_elements=columns)
    first = inspect(table).primary_key[0]
    return db.session.execute(statement.returning(first)).first() is not None


def _insert(table: type[Model]) -> Any:
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return (sqlite.insert if is_sqlite else postgresql.insert)(table)


def _key(table: type[Model]) -> list[str]:
    return [column.name for column in inspect(table).primary_key]
