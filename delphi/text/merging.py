"""Putting together what two people wrote at the same time, from the text that both started from.

Works sentence by sentence: what only one of them touched is taken over; where both wrote something else,
both stay, one after the other, for a person to choose. Nothing that either wrote is lost.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Merged", "merge"]

_PIECE = re.compile(r".+?(?:[.!?…]+[\"'”’)*]*(?:\s+|\Z)|\n\s*|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Merged:
    """One text from two; `n_both` counts the places where both wrote something else and both stayed."""

    text: str
    n_both: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """The text that has what either changed since `base`."""
    old, one, other = (_PIECE.findall(text) for text in (base, mine, theirs))
    parts: list[str] = []
    n_both = 0
    for a, b, c in _stretches(old, one, other):
        if b == c or c == a:
            parts += b
        elif b == a:
            parts += c
        else:
            parts += [*_ended(b), *c]
            n_both += bool(b and c)
    return Merged("".join(parts), n_both)


def _stretches(
    old: Sequence[str], one: Sequence[str], other: Sequence[str]
) -> list[tuple[list[str], list[str], list[str]]]:
    """The three texts cut at each piece that all have in common, which is a stretch of its own."""
    in_one, in_other = _places(old, one), _places(old, other)
    found = []
    at = (0, 0, 0)
    for index in [*(i for i in range(len(old)) if i in in_one and i in in_other), None]:
        to = (len(old), len(one), len(other)) if index is None else (index, in_one[index], in_other[index])
        found.append((list(old[at[0] : to[0]]), list(one[at[1] : to[1]]), list(other[at[2] : to[2]])))
        if index is not None:
            found.append(([old[index]], [one[to[1]]], [other[to[2]]]))
            at = (to[0] + 1, to[1] + 1, to[2] + 1)
    return found


def _places(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Where each piece of the old text stands in the new one."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks for i in range(block.size)}


def _ended(pieces: list[str]) -> list[str]:
    """The pieces with a space at their end, so that what follows does not stick to them."""
    if pieces and not pieces[-1][-1:].isspace():
        return [*pieces[:-1], pieces[-1] + " "]
    return pieces
