"""Small building blocks that every table uses: states as words, sentences beside constraints."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Enum, UniqueConstraint

from delphi.extensions import Model, UtcDateTime, db

__all__ = ["Model", "UtcDateTime", "db", "one_of", "rule_that", "speak_postgresql", "unique"]


def speak_postgresql() -> None:
    """Tell indexes what they are on PostgreSQL (`info={"postgresql": ...}` beside them).

    Said where they are defined, SQLAlchemy would import all of that dialect to check it: 3 MB and a twentieth
    of its start for a server on SQLite.
    """
    for table in db.metadata.tables.values():
        for index in table.indexes:
            for name, value in index.info.get("postgresql", {}).items():
                index.dialect_kwargs[f"postgresql_{name}"] = value


def one_of(kind: type[StrEnum], name: str) -> Enum:
    """A column type that holds one of a StrEnum's values as text, checked by the database."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def unique(*columns: str, sentence: str, name: str | None = None) -> UniqueConstraint:
    """A unique constraint with the sentence that a person reads when it is violated."""
    return UniqueConstraint(*columns, name=name, info={"sentence": sentence})


def rule_that(condition: str, *, name: str, sentence: str) -> CheckConstraint:
    """A check constraint with the sentence that a person reads when it is violated."""
    info: dict[str, Any] = {"sentence": sentence}
    return CheckConstraint(condition, name=name, info=info)
