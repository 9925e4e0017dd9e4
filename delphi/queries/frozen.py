"""What never changes once a round has opened, kept ready: a bounded store for each database in this process.

A round's drafts, items and released figures are frozen, so building them anew for every reader would be
waste. Keys name all that the content depends on; only a deletion changes what was shown, and then the key.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from delphi.extensions import db

Content = TypeVar("Content")

MOST_CHARACTERS = 48_000_000
"""Of one database. A section with figures takes about 100,000 in each of its forms, charts for each answer
included: a study of 100 such sections in two forms fits."""

ENTRY = 500
"""What being kept takes by itself."""

WITHOUT_LENGTH = 20_000
"""About what content takes that does not say how long it is: a section's page before it is rendered."""


@dataclass
class _Store:
    """What is kept of one database, the least recently used first."""

    entries: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    n_characters: int = 0

    def add(self, key: Hashable, content: object) -> None:
        self.drop(key)
        self.entries[key] = content
        self.n_characters += _weight(content)
        while self.n_characters > MOST_CHARACTERS and len(self.entries) > 1:
            self.drop(next(iter(self.entries)))

    def drop(self, key: Hashable) -> None:
        if key in self.entries:
            self.n_characters -= _weight(self.entries.pop(key))


_stores: WeakKeyDictionary[Engine, _Store] = WeakKeyDictionary()
_lock = threading.Lock()


def _weight(content: object) -> int:
    """About how many characters it takes."""
    if isinstance(content, str):
        return ENTRY + len(content)
    return ENTRY + int(getattr(content, "n_characters", WITHOUT_LENGTH))


def kept(key: Hashable, make: Callable[[], Content], *, is_fixed: bool = True) -> Content:
    """The content for this key, made now if it is not kept yet. The one used least recently goes first.

    What is not fixed yet (a round that is only planned) is made each time and never kept.
    """
    if not is_fixed:
        return make()
    engine = db.engine
    with _lock:
        store = _stores.setdefault(engine, _Store())
        if key in store.entries:
            store.entries.move_to_end(key)
            return cast("Content", store.entries[key])
    content = make()
    with _lock:
        store.add(key, content)
    return content


def forget_kept() -> None:
    """Let go of all that this application keeps of its database, as when another one takes its place."""
    with _lock:
        _stores.pop(db.engine, None)
