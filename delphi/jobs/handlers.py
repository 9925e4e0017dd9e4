"""Which function does which kind of outbox work. Each may be run twice and does the thing once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from delphi.config import Settings
from delphi.jobs.claims import Work
from delphi.jobs.invitations import expire_when_due
from delphi.jobs.letters import write_letter
from delphi.jobs.results import Result
from delphi.jobs.rounds import close_when_due, open_when_due, remind_when_due

Handler = Callable[[Work, datetime, Settings], Result]
"""Runs inside the transaction that marks the work; leaves by an exception to be tried again later."""

HANDLERS: dict[str, Handler] = {
    "message": write_letter,
    "open_round": open_when_due,
    "close_round": close_when_due,
    "remind": remind_when_due,
    "expire_invitations": expire_when_due,
}
