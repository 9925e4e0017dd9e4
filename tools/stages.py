"""Stages of a study that many tests begin from: each is played once in a process and then copied.

A copy is taken only for a database that holds exactly what the stage was played on: no other study, the same
stages before it, and nothing written since the last of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import event

from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.studies import Study
from tools.databases import Frozen, freeze, thaw

Value = TypeVar("Value")
Key = tuple[str, ...]

_PLAYED: dict[Key, tuple[Frozen, Any]] = {}


class Stages:
    """The stages of one application's database; `kind` is all that makes its study another than the usual."""

    def __init__(self, app: Flask, kind: object) -> None:
        self._app, self._url = app, app.config["SQLALCHEMY_DATABASE_URI"]
        self._writes, self._writes_then = Counter[str](), 0
        with app.app_context():
            is_empty = not any(db.session.scalar(db.select(table.id).limit(1)) for table in (Study, Account))
            event.listen(db.engine, "commit", partial(_count, self._writes))
        self._reached: Key | None = (self._url.partition(":")[0], repr(kind)) if is_empty else None

    def reach(self, name: str, play: Callable[[], Value]) -> Value:
        """Play a stage, or copy it; what `play` returned then, which must not belong to a session."""
        is_as_left = self._reached is not None and self._writes.total() == self._writes_then
        key = (*self._reached, name) if self._reached is not None and is_as_left else None
        value: Value
        if key in _PLAYED:
            content, value = _PLAYED[key]
            self._let_go()
            thaw(self._url, content)
        else:
            value = play()
            if key is not None:
                self._let_go()
                _PLAYED[key] = freeze(self._url), value
        self._reached, self._writes_then = key, self._writes.total()
        return value

    def _let_go(self) -> None:
        """Close every connection of the application: a database in use can be neither copied nor replaced."""
        with self._app.app_context():
            db.session.remove()
            db.engine.dispose()


def _count(writes: Counter[str], connection: object) -> None:
    """What an engine tells lives as long as the engine: a counter, not a `Stages`, which holds its app."""
    writes["commits"] += 1
