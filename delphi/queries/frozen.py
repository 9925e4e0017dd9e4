"""What never changes once a round has opened, kept ready: a bounded store for each database in this process.

A round's drafts, items and released figures are frozen, so building them anew for every reader would be
waste. Keys name all that the content depends on; only a deletion changes what was shown, and then the key.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from delphi.extensions import db

Content = TypeVar("Content")

MOST_ENTRIES = 400
"""Entries for one database: a round of 50 sections in two forms needs 100. About 50 kB each at most."""

_stores: WeakKeyDictionary[Engine, OrderedDict[Hashable, object]] = WeakKeyDictionary()
_lock = threading.Lock()


def kept(key: Hashable, make: Callable[[], Content], *, is_fixed: bool = True) -> Content:
    """The content for this key, made now if it is not kept yet. The one used least recently goes first.

    What is not fixed yet (a round that is only planned) is made each time and never kept.
    """
    if not is_fixed:
        return make()
    engine = db.engine
    with _lock:
        store = _stores.setdefault(engine, OrderedDict())
        if key in store:
            store.move_to_end(key)
            return cast("Content", store[key])
    content = make()
    with _lock:
        store[key] = content
        while len(store) > MOST_ENTRIES:
            store.popitem(last=False)
    return content
