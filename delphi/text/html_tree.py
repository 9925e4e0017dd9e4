"""Our own HTML as a tree of blocks with words in its leaves, so that two texts can be compared.

Reads only what `delphi.text.markdown.render` writes: well formed, few tags. Putting all parts of the
tree together again gives the same text to the last character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from delphi.text.markdown import BLOCK_TAGS, INLINE_TAGS

VOID_TAGS = frozenset({"br", "hr", "img"})

_PUNCTUATION = r"!-/:-@\[-`{-~\u00a0-\u00bf\u2010-\u205e\u060c\u061b\u061f\u06d4\u3000-\u303f\uff00-\uff0f"
_ONE_SIGN_A_WORD = r"\u3040-\u30ff\u3400-\u9fff"  # Japanese and Chinese put no spaces between words
_TAG = r"<(?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>"
_PART = re.compile(
    rf"(?P<tag>{_TAG})"
    r"|(?P<mark>&\#?\w+;)"
    r"|(?P<space>\s+)"
    rf"|(?P<word>[{_ONE_SIGN_A_WORD}]"
    rf"|[^\s<&{_PUNCTUATION}{_ONE_SIGN_A_WORD}]+(?:['’-][^\s<&{_PUNCTUATION}{_ONE_SIGN_A_WORD}]+)*)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_TAG_NAME = re.compile(r"</?([a-z][a-z0-9]*)")


class Kind(Enum):
    """What a token is to a reader."""

    WORD = "word"
    SPACE = "space"
    MARK = "mark"  # punctuation
    PICTURE = "picture"
    BREAK = "break"
    TAG = "tag"  # the start or end of bold, a link and the like: nothing to read in itself


@dataclass(frozen=True, slots=True)
class Token:
    """The smallest thing that can be added or deleted: a word, a space, a sign, a picture, a tag.

    `inside` holds the start tags around it within its block, so that a word made bold, or a link
    that leads elsewhere, is not the same token.
    """

    raw: str
    kind: Kind
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A run of words within a block."""

    tokens: tuple[Token, ...]

    def raw(self) -> str:
        """The HTML of the run."""
        return "".join(token.raw for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its tags as written; white space between blocks belongs to the tag before it."""

    start: str
    children: tuple[Block | Leaf, ...]
    end: str

    def raw(self) -> str:
        """The HTML of the block."""
        return self.start + "".join(child.raw() for child in self.children) + self.end

    @property
    def tag(self) -> str:
        """Its name ("p", "li"); "" for the root."""
        return tag_name(self.start) if self.start.startswith("<") else ""


def tag_name(raw: str) -> str:
    """The name in a start or end tag; ValueError if it is not one that our texts have."""
    match = _TAG_NAME.match(raw)
    if match is None or match.group(1) not in BLOCK_TAGS | INLINE_TAGS:
        raise ValueError(f"not a tag of a rendered text: {raw[:60]!r}")
    return match.group(1)


def parse(html: str) -> Block:
    """The tree of a rendered text, under a root without tags; ValueError if it is not well formed."""
    return _Reader(html).read()


def words_in(node: Block | Leaf) -> Iterator[str]:
    """The words of a node, for judging how much two nodes have in common."""
    if isinstance(node, Leaf):
        yield from (token.raw for token in node.tokens if token.kind in (Kind.WORD, Kind.PICTURE))
    else:
        for child in node.children:
            yield from words_in(child)


class _Reader:
    """Reads HTML from left to right, keeping the open blocks and the open inline tags."""

    def __init__(self, html: str) -> None:
        self._parts = [(match.lastgroup or "", match.group()) for match in _PART.finditer(html)]
        self._at = 0
        self._inside: list[str] = []

    def read(self) -> Block:
        start = self._white_space()
        children = self._children()
        if self._at < len(self._parts):
            raise ValueError(f"a tag is closed that was not open: {self._parts[self._at][1]!r}")
        return Block(start, children, "")

    def _children(self) -> tuple[Block | Leaf, ...]:
        children: list[Block | Leaf] = []
        words: list[Token] = []
        while self._at < len(self._parts):
            kind, raw = self._parts[self._at]
            if kind == "tag" and tag_name(raw) in BLOCK_TAGS:
                if self._inside:
                    raise ValueError(f"a block begins or ends inside {self._inside[-1]!r}: {raw!r}")
                if words:
                    children.append(Leaf(tuple(words)))
                    words = []
                if raw.startswith("</"):
                    return tuple(children)
                children.append(self._block(raw))
            else:
                self._at += 1
                words.append(self._token(kind, raw))
        if self._inside:
            raise ValueError(f"{self._inside[-1]!r} is never closed")
        return (*children, Leaf(tuple(words))) if words else tuple(children)

    def _block(self, start: str) -> Block:
        self._at += 1
        name = tag_name(start)
        if name in VOID_TAGS:
            return Block(start + self._white_space(), (), "")
        if name != "pre":
            start += self._white_space()
        children = self._children()
        if self._at >= len(self._parts) or self._parts[self._at][1] != f"</{name}>":
            raise ValueError(f"{start.strip()!r} is never closed")
        self._at += 1
        return Block(start, children, f"</{name}>" + self._white_space())

    def _white_space(self) -> str:
        if self._at < len(self._parts) and self._parts[self._at][0] == "space":
            self._at += 1
            return self._parts[self._at - 1][1]
        return ""

    def _token(self, kind: str, raw: str) -> Token:
        if kind != "tag":
            is_space = kind == "space" or raw == "&nbsp;"
            known = Kind.SPACE if is_space else Kind.WORD if kind == "word" else Kind.MARK
            return Token(raw, known, tuple(self._inside))
        name = tag_name(raw)
        if name in VOID_TAGS:
            return Token(raw, Kind.PICTURE if name == "img" else Kind.BREAK, tuple(self._inside))
        if not raw.startswith("</"):
            self._inside.append(raw)
        elif not self._inside or tag_name(self._inside.pop()) != name:
            raise ValueError(f"a tag is closed that was not open: {raw!r}")
        return Token(raw, Kind.TAG, tuple(self._inside))
