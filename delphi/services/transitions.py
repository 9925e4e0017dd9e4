"""The only way a state changes: by a transition table, as compare-and-set, leaving an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, inspect, update

from delphi.domain.actors import Actor
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import Lifecycle, check_guards
from delphi.domain.permissions import require
from delphi.extensions import db
from delphi.services.events import record


def move(
    row: Any,
    lifecycle: Lifecycle,
    target: StrEnum,
    *,
    study_id: StudyId,
    actor: Actor,
    now: datetime,
    subject: str,
    facts: Iterable[str] = (),
    data: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """Change a row's state, and `values` with it.

    `facts` names the guards' conditions that the caller has established. Raises NotAllowed, or
    WrongState when the table has no such transition, a guard does not hold, or somebody else was first.
    """
    source = row.state
    transition = lifecycle.find(source, target)
    require(actor, transition.permission, study_id)
    check_guards(transition, frozenset(facts))
    db.session.flush()
    mapper = inspect(type(row))
    statement = update(type(row)).where(type(row).state == source).values(state=target, **values)
    for column, key in zip(mapper.primary_key, mapper.primary_key_from_instance(row), strict=True):
        statement = statement.where(column == key)
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise WrongState(
            f"Somebody else changed this {lifecycle.noun} just now. Look at it again before you go on."
        )
    db.session.refresh(row)
    record(transition.event, study_id=study_id, actor=actor, now=now, subject=subject, data=data)
