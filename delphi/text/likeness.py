"""How alike two remarks are, by the words they share: to find what can have the same answer. Pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    {"about", "after", "also", "been", "being", "could", "does", "from", "have", "into", "just", "like"}
    | {"more", "much", "only", "other", "over", "should", "some", "than", "that", "their", "them", "then"}
    | {"there", "these", "they", "this", "those", "very", "well", "were", "what", "when", "where", "which"}
    | {"while", "will", "with", "would", "your"}
)
STEM = 5
"""Letters by which two words are taken for the same: "practice" and "practical"."""


def words_of(text: str) -> frozenset[str]:
    """The words that carry what a remark is about, cut to their beginnings."""
    found = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word[:STEM] for word in found if word not in _COMMON)


def likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """The part of their words that two remarks share, 0 to 1 (Jaccard); 0 where one has none.

    >>> likeness(words_of("No scores, please."), words_of("Please, no more scores!"))
    1.0
    """
    together = first | second
    return len(first & second) / len(together) if together and first and second else 0.0
