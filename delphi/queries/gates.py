"""The gate of a round: those who answer pass it together; whoever closes or counts shuts it and goes alone.

On PostgreSQL a shared lock on the round's row would keep these apart too, but those who share it let each
other in for ever while the one who closes waits: with eight people saving, a round could not be closed.
Advisory locks queue in the order of arrival. On SQLite each write transaction is alone anyway.
"""

from __future__ import annotations

from sqlalchemy import bindparam, func

from delphi.domain.ids import RoundId, StudyId
from delphi.extensions import db, rows_of
from delphi.models.rounds import Round

GATE = 0x64656C70
"""Sets these locks apart from any other advisory locks in the same database."""

_PASS = db.select(
    func.pg_advisory_xact_lock_shared(
        GATE,
        db.select(Round.id)
        .where(Round.study_id == bindparam("study"), Round.number == bindparam("number"))
        .scalar_subquery(),
    )
)
"""Every save passes, so this is put together once."""


def pass_gate(study_id: StudyId, number: int) -> None:
    """Keep a round from being closed or counted before this transaction ends; waits while somebody does."""
    if _has_gates():
        rows_of(_PASS, {"study": study_id, "number": number})


def shut_gate(round_id: RoundId) -> None:
    """Wait for everybody who is answering, and let nobody answer until this transaction ends."""
    if _has_gates():
        db.session.execute(db.select(func.pg_advisory_xact_lock(GATE, round_id)))


def _has_gates() -> bool:
    return bool(db.session.get_bind().dialect.name == "postgresql")
