"""A study's log can put every kind of event into words, and its chain depends on every part of an event."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from delphi.domain.events import EVENT_WORDS, FIRST_HASH, OTHER_EVENTS, event_hash
from delphi.domain.lifecycles import LIFECYCLES

PARTS = {
    "previous": FIRST_HASH,
    "number": 1,
    "at": "2025-01-08T10:00:00+00:00",
    "actor": "operator",
    "kind": "study_imported",
    "subject": "small-study",
    "data": "{}",
}


def test_every_transition_and_every_other_event_has_a_sentence():
    events = {transition.event for lifecycle in LIFECYCLES for transition in lifecycle.transitions}
    assert events | set(OTHER_EVENTS) == set(EVENT_WORDS)
    assert not events & set(OTHER_EVENTS)
    assert all(words.endswith(".") for words in EVENT_WORDS.values())


def test_the_hash_is_of_the_parts_as_canonical_json():
    """Recomputed here without our own code: whoever checks a log may do it with other tools."""
    text = f'["{FIRST_HASH}",1,"2025-01-08T10:00:00+00:00","operator","study_imported","small-study","{{}}"]'
    assert event_hash(**PARTS) == hashlib.sha256(text.encode()).hexdigest()


@given(st.sampled_from(sorted(PARTS)), st.text(min_size=1, max_size=5))
def test_changing_any_part_changes_the_hash(part, text):
    changed = 2 if part == "number" else f"{PARTS[part]}{text}"
    assert event_hash(**PARTS | {part: changed}) != event_hash(**PARTS)


def test_text_cannot_move_from_one_part_to_the_next_unnoticed():
    one = event_hash(**PARTS | {"kind": "ab", "subject": "c"})
    other = event_hash(**PARTS | {"kind": "a", "subject": "bc"})
    assert one != other
