"""Which parts of two texts belong together: blocks by the words they share, words one by one.

Blocks first, so that a list item taken out marks that item and nothing else; then the words inside
blocks that were found to be the same block, changed. The result is one stream of steps from which
either text can be put together again exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import chain
from typing import TypeAlias, TypeVar

from delphi.text.html_tree import Block, Kind, Leaf, Token, words_in

Node = Block | Leaf
T = TypeVar("T", bound=Hashable)

_ALIKE = 1 / 3  # share of words in common from which two blocks are one block, changed
_MOST_COMPARISONS = 20_000  # beyond it, blocks are paired by position: a whole text was rewritten
_MOST_WORD_PAIRS = 25_000_000  # some 2,500 words a side in one block; beyond it, sentence by sentence first


class Change(Enum):
    """What became of a part of the text."""

    SAME = "same"
    DELETED = "deleted"
    ADDED = "added"


Stretch: TypeAlias = tuple[Change, Sequence[T], Sequence[T]]
"""A run of both texts: SAME, or else what the old one and the new one have in that place."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the compared texts in reading order: a token, or the tag of a block (token None)."""

    change: Change
    raw: str
    token: Token | None = None


def align(old: Block, new: Block) -> Iterator[Step]:
    """Every part of both texts, each once; what both have in common is one step."""
    if (old.start, old.end) != (new.start, new.end):
        yield from _whole(old, Change.DELETED)
        yield from _whole(new, Change.ADDED)
        return
    if old.start:
        yield Step(Change.SAME, old.start)
    yield from _align_nodes(old.children, new.children)
    if old.end:
        yield Step(Change.SAME, old.end)


def _align_nodes(old: Sequence[Node], new: Sequence[Node]) -> Iterator[Step]:
    for change, olds, news in _stretches(old, new):
        if change is Change.SAME:
            for node in olds:
                yield from _whole(node, Change.SAME)
        else:
            yield from _align_changed(olds, news)


def _align_changed(old: Sequence[Node], new: Sequence[Node]) -> Iterator[Step]:
    at_old = at_new = 0
    for i, j in [*_pairs(old, new), (len(old), len(new))]:
        for node in old[at_old:i]:
            yield from _whole(node, Change.DELETED)
        for node in new[at_new:j]:
            yield from _whole(node, Change.ADDED)
        if i < len(old):
            yield from _align_pair(old[i], new[j])
        at_old, at_new = i + 1, j + 1


def _align_pair(old: Node, new: Node) -> Iterator[Step]:
    if isinstance(old, Block) and isinstance(new, Block):
        yield from align(old, new)
    elif isinstance(old, Leaf) and isinstance(new, Leaf):
        yield from _align_words(old.tokens, new.tokens)


def _align_words(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Step]:
    """Word by word; a lone space between two changes joins them, or the result would be hard to read."""
    stretches = list(_word_stretches(old, new))
    deleted: list[Token] = []
    added: list[Token] = []
    for number, (change, olds, news) in enumerate(stretches):
        joins = 0 < number < len(stretches) - 1 and all(token.kind is Kind.SPACE for token in olds)
        if change is Change.SAME and not joins:
            yield from _words(deleted, added)
            deleted, added = [], []
            yield from (Step(Change.SAME, token.raw, token) for token in olds)
        else:
            deleted += olds
            added += news
    yield from _words(deleted, added)


def _word_stretches(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Stretch[Token]]:
    """Runs of words; of a very long block sentence by sentence first, which keeps the time in bounds."""
    if len(old) * len(new) <= _MOST_WORD_PAIRS:
        yield from _stretches(old, new)
        return
    for change, olds, news in _stretches(_sentences(old), _sentences(new)):
        some_old, some_new = tuple(chain(*olds)), tuple(chain(*news))
        if change is Change.SAME or len(some_old) * len(some_new) > _MOST_WORD_PAIRS:
            yield change, some_old, some_new
        else:
            yield from _stretches(some_old, some_new)


def _sentences(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    sentences: list[tuple[Token, ...]] = []
    begin = 0
    for end, token in enumerate(tokens, start=1):
        if token.raw in (".", "?", "!", "。", "؟") or end == len(tokens):
            sentences.append(tuple(tokens[begin:end]))
            begin = end
    return sentences


def _words(deleted: Sequence[Token], added: Sequence[Token]) -> Iterator[Step]:
    yield from (Step(Change.DELETED, token.raw, token) for token in deleted)
    yield from (Step(Change.ADDED, token.raw, token) for token in added)


def _stretches(old: Sequence[T], new: Sequence[T]) -> Iterator[Stretch[T]]:
    """Runs that both have (SAME) and runs that differ (told as DELETED, with both sides), in order.

    Common beginnings and ends are cut off first: most edits are small, and difflib passes over
    frequent tokens in long sequences.
    """
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    left = shorter - head
    tail = next((i for i in range(left) if old[-1 - i] != new[-1 - i]), left)
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield Change.SAME, old[:head], new[:head]
    if old_middle and new_middle:
        for name, i, k, j, m in SequenceMatcher(None, old_middle, new_middle).get_opcodes():
            change = Change.SAME if name == "equal" else Change.DELETED
            yield change, old_middle[i:k], new_middle[j:m]
    elif old_middle or new_middle:
        yield Change.DELETED, old_middle, new_middle
    if tail:
        yield Change.SAME, old[len(old) - tail :], new[len(new) - tail :]


def _whole(node: Node, change: Change) -> Iterator[Step]:
    if isinstance(node, Leaf):
        yield from (Step(change, token.raw, token) for token in node.tokens)
        return
    if node.start:
        yield Step(change, node.start)
    for child in node.children:
        yield from _whole(child, change)
    if node.end:
        yield Step(change, node.end)


def _pairs(old: Sequence[Node], new: Sequence[Node]) -> list[tuple[int, int]]:
    """Which old node became which new one, in order, so that the words in common are the most."""
    if len(old) * len(new) > _MOST_COMPARISONS:
        return [(i, i) for i in range(min(len(old), len(new))) if _may_pair(old[i], new[i])]
    old_words = [Counter(words_in(node)) for node in old]
    new_words = [Counter(words_in(node)) for node in new]
    gain = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = _likeness(old[i], new[j], old_words[i], new_words[j])
            together = paired + gain[i + 1][j + 1] if paired else 0.0
            gain[i][j] = max(gain[i + 1][j], gain[i][j + 1], together)
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if gain[i][j] == gain[i + 1][j]:
            i += 1
        elif gain[i][j] == gain[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _may_pair(old: Node, new: Node) -> bool:
    if isinstance(old, Block) and isinstance(new, Block):
        return (old.start, old.end) == (new.start, new.end)
    return isinstance(old, Leaf) and isinstance(new, Leaf)


def _likeness(old: Node, new: Node, old_words: Counter[str], new_words: Counter[str]) -> float:
    """From 0 (never the same block) to just over 1; twice the words in common by all words."""
    if not _may_pair(old, new):
        return 0.0
    total = old_words.total() + new_words.total()
    share = 2 * (old_words & new_words).total() / total if total else 1.0
    if isinstance(old, Block) and old.tag in ("td", "th"):
        # A cell that is taken out and put in again would shift the columns of its row.
        return share + 0.01
    return share if share >= _ALIKE else 0.0
