"""How long somebody waits who gave wrong passwords, and what they read. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_TRIES = 5
"""Wrong passwords before the next try has to wait."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


def wait_after(n_wrong: int, newest_at: datetime | None, now: datetime) -> timedelta | None:
    """How much longer the next try has to wait after this many wrong ones; None when it may be now."""
    over = n_wrong - FREE_TRIES
    if over < 0 or newest_at is None:
        return None
    wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
    left = newest_at + wait - now
    return left if left > timedelta(0) else None


def too_many_words(wait: timedelta) -> str:
    """What somebody reads who has to wait before the next try."""
    minutes = max(1, round(wait.total_seconds() / 60))
    return (
        f"There were too many tries with a wrong password. Wait {minutes} "
        f"minute{'s' if minutes > 1 else ''} and try again, or ask for a one-time link."
    )
