"""Wrong passwords over many addresses, counted in this process and never written down.

The account itself makes somebody wait who tries one address again and again. This makes an address without
an account answer in the same way, so that nobody learns who has one, and stops whoever tries a password or
two at very many addresses. No network address is kept: behind a web server there is only one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from flask import current_app

from delphi.domain.waiting import too_many_words, wait_after

WINDOW = timedelta(minutes=15)
MOST_WRONG = 100
"""In one window, over all addresses: more than a team that mistypes, far fewer than a guesser needs."""

MOST_ADDRESSES = 5000

CLOSED = (
    "Very many wrong passwords were typed here in the last minutes, so signing in by password is closed for "
    "about 15 minutes. Ask whoever looks after this server for a one-time link, which works all the time."
)


@dataclass(slots=True)
class Tries:
    """What one process remembers; `by_address` holds digests with how often and when last."""

    wrong: deque[datetime] = field(default_factory=deque)
    by_address: OrderedDict[bytes, tuple[int, datetime]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def obstacle(self, email: str, now: datetime) -> str:
        """Why nobody may try this address now, as a sentence; empty when they may."""
        with self.lock:
            while self.wrong and self.wrong[0] <= now - WINDOW:
                self.wrong.popleft()
            if len(self.wrong) >= MOST_WRONG:
                return CLOSED
            n, at = self.by_address.get(_digest(email), (0, now))
        wait = wait_after(n, at, now)
        return too_many_words(wait) if wait else ""

    def note_wrong(self, email: str, now: datetime) -> None:
        """Remember one wrong try."""
        key = _digest(email)
        with self.lock:
            self.wrong.append(now)
            self.by_address[key] = (self.by_address.pop(key, (0, now))[0] + 1, now)
            while len(self.by_address) > MOST_ADDRESSES:
                self.by_address.popitem(last=False)

    def forget(self, email: str) -> None:
        """Begin anew for an address that somebody has just signed in with."""
        with self.lock:
            self.by_address.pop(_digest(email), None)


def tries_here() -> Tries:
    """The tries of this application."""
    found: Tries = current_app.extensions.setdefault("delphi_tries", Tries())
    return found


def _digest(email: str) -> bytes:
    return blake2b(email.strip().lower().encode("utf-8", "replace"), digest_size=16).digest()
