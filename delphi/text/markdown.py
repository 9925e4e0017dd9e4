"""Markdown to safe HTML, for section texts and information pages.

Two fences: the parser never passes HTML through, and its output is then cut down to a short list of
tags and attributes. Pictures come only from where the caller says, so that no page loads anything
from elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from delphi.domain.study_file_texts import (
    alternative_text,
    dialect,
    picture_name,
    picture_references,
    split_title,
)

__all__ = ["picture_names", "render", "render_inline", "split_title"]

PictureResolver = Callable[[str], str | None]
"""From a picture's file name to the address at which it is shown, or None if there is no such picture."""

INLINE_TAGS = frozenset({"a", "br", "code", "em", "img", "strong"})
BLOCK_TAGS = frozenset(
    {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
    | {"table", "tbody", "td", "th", "thead", "tr"}
)
"""Every tag that a text can come out with."""

_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt", "src"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
}
_LINK_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_DEEPEST_HEADING = 6


def no_pictures(_name: str) -> None:
    """A resolver for texts without pictures: every picture is replaced by its alternative text."""


def render(markdown: str, *, picture: PictureResolver = no_pictures, demote: int = 0) -> Markup:
    """A text as safe HTML, marked as such for templates.

    `demote` moves every heading down (1: `#` becomes h2), to fit below the page's own headings.
    `picture` gives the address of a picture by its file name; a picture it does not know, or one
    outside the study's picture folder, is replaced by its alternative text. A paragraph that begins
    with a picture and goes on in words (a line of Easy Read) has the class "picture-line".
    """
    parser = dialect()
    tokens = parser.parse(markdown)
    addresses: set[str] = set()
    for token in tokens:
        _fit_block(token, demote)
        if token.children:
            token.children = list(_with_pictures(token.children, picture, addresses))
    _mark_picture_lines(tokens)
    return _sanitised(parser.renderer.render(tokens, parser.options, {}), addresses)


def render_inline(markdown: str) -> Markup:
    """A title, statement or label as safe HTML, without a paragraph around it and without pictures."""
    parser = dialect()
    tokens = parser.parseInline(markdown)
    for token in tokens:
        token.children = list(_with_pictures(token.children or [], no_pictures, set()))
    return _sanitised(parser.renderer.render(tokens, parser.options, {}), set())


def picture_names(markdown: str) -> tuple[str, ...]:
    """The file names of the pictures that a text shows, each once, in the order of first use."""
    names = (reference.name for reference in picture_references(markdown))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _fit_block(token: Token, demote: int) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1:]) + demote, _DEEPEST_HEADING)}"
    elif token.type in ("th_open", "td_open"):
        # The parser aligns columns with an inline style, which the site's content policy forbids.
        align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        if align in ("center", "right"):
            token.attrSet("class", f"align-{align}")
        if token.type == "th_open":
            token.attrSet("scope", "col")


def _with_pictures(
    children: Iterable[Token], picture: PictureResolver, addresses: set[str]
) -> Iterator[Token]:
    """The inline tokens with each picture's address filled in, and noted in `addresses`."""
    for child in children:
        if child.type != "image":
            yield child
            continue
        name = picture_name(str(child.attrGet("src") or ""))
        address = None if name is None else picture(name)
        if address is None:
            yield Token("text", "", 0, content=alternative_text(child))
        else:
            addresses.add(address)
            child.attrSet("src", address)
            yield child


def _mark_picture_lines(tokens: list[Token]) -> None:
    for opening, inline in itertools.pairwise(tokens):
        children = inline.children or []
        if opening.type == "paragraph_open" and len(children) > 1 and children[0].type == "image":
            opening.attrSet("class", "picture-line")


def _sanitised(html: str, addresses: set[str]) -> Markup:
    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return value if value.lower().startswith(_LINK_SCHEMES) else None
        if attribute == "src":
            return value if value in addresses else None
        return value

    clean = nh3.clean(
        html,
        tags=set(INLINE_TAGS | BLOCK_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "data"},
    )
    return Markup(clean)  # noqa: S704 - the one place where HTML becomes safe: sanitised in the line above
