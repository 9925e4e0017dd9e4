"""Holding a row still while something is decided from it.

On PostgreSQL two use cases may run at once: a comment is reviewed while the feedback that quotes it is
being frozen. Whoever holds the round goes first, and the other reads what came of it. On SQLite the
unit of work is the only writer anyway.
"""

from __future__ import annotations

from delphi.extensions import Model, db


def hold(row: Model) -> None:
    """Read a row again, and let nobody else change it until this transaction ends.

    Rows that refer to it may still be added: a round can be held while its panel is answering.
    """
    db.session.refresh(row, with_for_update={"key_share": True})
