"""Whose account stands beside what was written, for the columns that keep it."""

from __future__ import annotations

from delphi.domain.actors import Actor, TeamMember
from delphi.domain.ids import AccountId


def account_of(actor: Actor) -> AccountId | None:
    """The account behind an actor; None for the operator, the clock and panellists."""
    return actor.account_id if isinstance(actor, TeamMember) else None
