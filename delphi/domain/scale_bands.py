"""How a long scale is drawn: eight and more points in bands that a page can name.

Points whose words are the same ("4: Important", "5: Important") are a band of that name. Where only a few
points have words, the scale is cut into bands of three or four, each telling the words that stand in it. A
scale with words of its own at each point has no bands: it is a list. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

SHORTEST, MOST_WORDS = 8, 3
"""A scale of fewer points needs no bands; one with more words than this is a list."""

_CUT = {8: (4, 4), 9: (3, 3, 3), 10: (4, 3, 3), 11: (4, 4, 3)}
_NUMBERED = re.compile(r"^\s*(\d+)\s*[:.,)–-]?\s*")


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring points, by number; `words` name them, or tell what some of them mean. May be empty."""

    words: str
    values: tuple[int, ...]

    @property
    def range(self) -> str:
        """From where to where, in words."""
        low, high = self.values[0], self.values[-1]
        return f"{low} to {high}" if high > low else str(low)


def words_of(value: int, label: str) -> str:
    """A point's label without its number in front: "Important" of "4: Important", nothing of "4"."""
    found = _NUMBERED.match(label)
    return label[found.end() :].strip() if found and int(found[1]) == value else label.strip()


def bands_of(points: Sequence[tuple[int, str]]) -> tuple[Band, ...]:
    """The bands of a scale given as (number, label); none for a scale that is short, or better as a list."""
    if len(points) < SHORTEST:
        return ()
    words = [(value, words_of(value, label)) for value, label in points]
    runs = [(name, tuple(value for value, _ in run)) for name, run in groupby(words, key=lambda one: one[1])]
    if all(name and len(values) > 1 for name, values in runs):
        return tuple(Band(name, values) for name, values in runs)
    if sum(1 for _, name in words if name) > MOST_WORDS:
        return ()
    return tuple(_cut(words))


def _cut(words: Sequence[tuple[int, str]]) -> Iterator[Band]:
    start = 0
    for size in _CUT[len(words)]:
        part = words[start : start + size]
        told = (f"{value}: {name}" for value, name in part if name)
        yield Band("; ".join(told), tuple(value for value, _ in part))
        start += size
