"""What changed between two drafts of a text, for the screen, for reports, and in plain words.

Tags are whole and only what can be read is marked, so the result is always well formed; and nothing
is lost: both drafts can be put together again from it, character by character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import groupby

from markupsafe import Markup, escape

from delphi.text.alignment import Change, Step, align
from delphi.text.html_tree import Kind, Token, parse, tag_name

__all__ = ["Difference", "Edit", "compare"]

_ALTERNATIVE_TEXT = re.compile(r'\balt="([^"]*)"')
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class Edit:
    """One change in words: `old` became `new`; "" where something was only added or only deleted.

    `under` is the new draft's heading above it, "" before the first heading.
    """

    under: str
    old: str
    new: str

    @property
    def sentence(self) -> str:
        """The change as a line of a report."""
        place = f"Under “{self.under}”: " if self.under else ""
        if not self.old:
            return f"{place}added “{self.new}”"
        if not self.new:
            return f"{place}deleted “{self.old}”"
        return f"{place}“{self.old}” became “{self.new}”"


@dataclass(frozen=True)
class Difference:
    """The compared drafts as one stream of steps, and the ways to tell it."""

    steps: tuple[Step, ...]

    @property
    def old_html(self) -> str:
        """The earlier draft, exactly as given."""
        return "".join(step.raw for step in self.steps if step.change is not Change.ADDED)

    @property
    def new_html(self) -> str:
        """The later draft, exactly as given."""
        return "".join(step.raw for step in self.steps if step.change is not Change.DELETED)

    @property
    def is_empty(self) -> bool:
        """Whether the drafts are the same to the last character."""
        return all(step.change is Change.SAME for step in self.steps)

    @cached_property
    def words_added(self) -> int:
        """Words that only the later draft has."""
        return self._count(Change.ADDED, Kind.WORD)

    @cached_property
    def words_deleted(self) -> int:
        """Words that only the earlier draft has."""
        return self._count(Change.DELETED, Kind.WORD)

    @property
    def summary(self) -> str:
        """The size of the change in a sentence, for people who do not see the marks."""
        if self.is_empty:
            return "Not a word was changed."
        counts = (
            (self.words_added, "word", "added"),
            (self.words_deleted, "word", "deleted"),
            (self._count(Change.ADDED, Kind.PICTURE), "picture", "added"),
            (self._count(Change.DELETED, Kind.PICTURE), "picture", "deleted"),
        )
        told = [f"{n} {noun}{'' if n == 1 else 's'} {verb}" for n, noun, verb in counts if n]
        if not told:
            return "No word was changed, only punctuation or layout."
        return f"{told[0]}." if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}."

    def html(self, *, added: str = "added:", deleted: str = "deleted:") -> Markup:
        """Both drafts in one, what changed in `ins` and `del`.

        `added` and `deleted` are spoken by screen readers before each change and not seen; they are
        parameters so that a study in another language can say them in it.
        """
        labels = {Change.ADDED: added, Change.DELETED: deleted}
        return Markup("".join(self._html(labels)))  # noqa: S704 - steps come from sanitised HTML only

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every change in words, in reading order; layout and spaces alone are not listed."""
        return tuple(self._edits())

    def _count(self, change: Change, kind: Kind) -> int:
        return sum(
            1 for step in self.steps if step.change is change and step.token and step.token.kind is kind
        )

    def _html(self, labels: dict[Change, str]) -> Iterator[str]:
        for (change, is_block), run in groupby(self.steps, lambda step: (step.change, step.token is None)):
            steps = list(run)
            if is_block:
                yield from (step.raw for step in steps)
                continue
            tokens = [step.token for step in steps if step.token]
            readable = [token for token in tokens if token.kind is not Kind.TAG]
            inner = "".join(_with_tags(readable))
            if change is Change.SAME or all(token.kind is Kind.SPACE for token in readable):
                # A space that went needs no mark, and is needed where words around it still stand.
                yield "" if change is Change.DELETED else inner
            else:
                tag = "ins" if change is Change.ADDED else "del"
                label = escape(labels[change])
                yield f'<{tag}><span class="visually-hidden">{label} </span>{inner}</{tag}>'

    def _edits(self) -> Iterator[Edit]:
        with_headings = zip(self.steps, _headings_above(self.steps), strict=True)
        runs = groupby(
            with_headings, lambda pair: pair[0].token is not None and pair[0].change is not Change.SAME
        )
        for is_edit, run in runs:
            if not is_edit:
                continue
            told: dict[Change, list[str]] = {Change.DELETED: [], Change.ADDED: []}
            heading = ""
            for step, heading in run:  # noqa: B007 - all steps of a run stand under one heading
                if step.token:
                    told[step.change].append(_spoken(step.token))
            edit = Edit(heading, _tidy(told[Change.DELETED]), _tidy(told[Change.ADDED]))
            if edit.old != edit.new:
                yield edit


def compare(old_html: Markup, new_html: Markup) -> Difference:
    """The difference between two rendered texts; ValueError if one is not what `render` writes."""
    return Difference(tuple(align(parse(old_html), parse(new_html))))


def _with_tags(tokens: Iterable[Token]) -> Iterator[str]:
    """Tokens with bold, links and the like opened and closed around them, whatever run they stand in."""
    inside: tuple[str, ...] = ()
    for token in tokens:
        yield from _move(inside, token.inside)
        inside = token.inside
        yield token.raw
    yield from _move(inside, ())


def _move(inside: tuple[str, ...], to: tuple[str, ...]) -> Iterator[str]:
    shared = next(
        (i for i, (a, b) in enumerate(zip(inside, to, strict=False)) if a != b), min(len(inside), len(to))
    )
    yield from (f"</{tag_name(tag)}>" for tag in reversed(inside[shared:]))
    yield from to[shared:]


def _headings_above(steps: Iterable[Step]) -> Iterator[str]:
    """For each step the later draft's heading above it."""
    above = ""
    title: list[str] | None = None
    for step in steps:
        if step.change is not Change.DELETED:
            if step.token is not None and title is not None:
                title.append(_spoken(step.token))
            elif step.token is None and _is_heading(step.raw):
                if title is not None:
                    above = _tidy(title)
                title = [] if title is None else None
        yield above


def _is_heading(raw: str) -> bool:
    return raw.startswith("<") and tag_name(raw) in _HEADINGS


def _spoken(token: Token) -> str:
    if token.kind is Kind.TAG:
        return ""
    if token.kind is Kind.BREAK:
        return " "
    if token.kind is Kind.PICTURE:
        match = _ALTERNATIVE_TEXT.search(token.raw)
        words = unescape(match.group(1)) if match else ""
        return f"[picture: {words}]" if words else "[picture]"
    return unescape(token.raw)


def _tidy(words: Iterable[str]) -> str:
    return " ".join("".join(words).split())
