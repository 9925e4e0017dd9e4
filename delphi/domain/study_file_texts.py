"""The markdown in which sections and information pages are written: one dialect, its title, its pictures.

It lies in the domain because a study file is checked before anything is shown: a missing picture or
a page without words is found when the file comes in. `delphi.text.markdown` turns the same dialect
into HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

PICTURE_FOLDER = "images"
"""The one folder in which a study keeps its pictures, without folders inside it."""

PICTURE_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:svg|png|jpg|jpeg|gif|webp)"
"""What a picture may be called: letters, digits, dots, hyphens and underscores, and a known ending."""

_REFERENCE = re.compile(rf"(?:(?:\.\./)?{PICTURE_FOLDER}/)?({PICTURE_NAME})")


class PictureReference(NamedTuple):
    """A picture named in a text: the reference as written, and the words that stand for it."""

    written: str
    alternative_text: str

    @property
    def name(self) -> str | None:
        """The file name in the picture folder; None when the reference points anywhere else."""
        return picture_name(self.written)


@lru_cache(maxsize=1)
def dialect() -> MarkdownIt:
    """The parser: CommonMark with tables; HTML in the text is shown as text, never interpreted."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # The rule caches fill at first use, which two threads must not do at once.
    parser.render("![x](y)\n\n| x |\n| - |\n")
    return parser


def split_title(markdown: str) -> tuple[str, str]:
    """The first `#` heading as plain words, and what follows it; ("", text) if there is none first."""
    text = plain_newlines(markdown)
    tokens = dialect().parse(text)
    if len(tokens) < 2 or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return "", text
    title = "".join(words_of(tokens[1].children or [])).strip()
    _, end = tokens[0].map or [0, 0]
    return title, "\n".join(text.split("\n")[end:]).lstrip("\n")


def has_words(markdown: str) -> bool:
    """Whether anything but a title, pictures and rules stands in a text."""
    _, body = split_title(markdown)
    for token in dialect().parse(body):
        if token.type in ("fence", "code_block") and token.content.strip():
            return True
        if token.type == "inline" and any(
            part.strip() for part in words_of(token.children or [], pictures=False)
        ):
            return True
    return False


def picture_references(markdown: str) -> tuple[PictureReference, ...]:
    """Every picture that a text names, in order, as often as it is named."""
    return tuple(
        PictureReference(str(child.attrGet("src") or ""), alternative_text(child))
        for token in dialect().parse(plain_newlines(markdown))
        for child in token.children or []
        if child.type == "image"
    )


def picture_name(reference: str) -> str | None:
    """The picture's file name for `../images/NAME`, `images/NAME` or `NAME`; None for anything else.

    Addresses on the web and paths that leave the picture folder are None, so that no page ever loads
    something that did not travel with the study.
    """
    match = _REFERENCE.fullmatch(reference)
    return match.group(1) if match else None


def alternative_text(picture: Token) -> str:
    """The words that stand for a picture, without markup."""
    return "".join(words_of(picture.children or []))


def words_of(tokens: list[Token], *, pictures: bool = True) -> Iterator[str]:
    """The plain words of inline tokens; of a picture its alternative text, unless left out."""
    for token in tokens:
        if token.type == "image":
            if pictures:
                yield alternative_text(token)
        elif token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def plain_newlines(markdown: str) -> str:
    """A text with each line ended by one line feed, as texts are stored."""
    return markdown.replace("\r\n", "\n").replace("\r", "\n")
