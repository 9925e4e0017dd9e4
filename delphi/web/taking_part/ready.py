"""A section's page from ready pieces: rendered once for everybody, each reader's own answers filled in.

Nearly all of a page is frozen when the round opens: the text, the questions with their figures, the frame. It
is rendered once with a mark at each place that differs between readers, cut there, and kept with the round; a
page joins the pieces. A question is kept by itself, since it stands in every page of its section.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from delphi.queries.frozen import kept
from delphi.queries.question_asked import Question
from delphi.queries.rating_page import RatingPage
from delphi.web.display import reading_classes

QUESTION, FORMS, YOU = "macros/panel/question.html", "macros/forms.html", "macros/panel/you.html"

MARK = secrets.token_hex(12)
"""Stands in no text: it is thrown anew at each start."""

_INDENT = re.compile(r"\n\s+")
_GAP = re.compile(rf"<{MARK}:([a-z0-9-]+)>")


@dataclass(frozen=True, slots=True)
class Ready:
    """HTML cut at its gaps: `pieces` is one longer than `names`."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def n_characters(self) -> int:
        """How much there is of it."""
        return sum(map(len, self.pieces))

    def filled(self, values: Mapping[str, str]) -> Markup:
        """The HTML with the values in their gaps; what has no value stays empty."""
        parts = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            parts += (values.get(name, ""), piece)
        return Markup("".join(parts))  # noqa: S704 - rendered by our templates, which escape


def ready_page(
    page: RatingPage, render: Callable[..., str], *, like: tuple[Hashable, ...] | None, keep: str = ""
) -> Markup:
    """A section's page for its reader. `render` makes it, with `gap` and `reading` as further values.

    `like` names whatever else differs between readers of this content; None makes the page for this one
    alone. `keep` is the name under which the reader's device keeps what could not be sent.
    """
    ready = kept(
        ("page", *page.content.key, *(like or ())),
        lambda: _pieces(_without_indents(render(gap=gap, reading=gap("reading")))),
        is_fixed=like is not None and page.content.is_fixed,
    )
    return ready.filled(_own_page(page, keep))


def ready_question(one: Question) -> Markup:
    """A question of a section's page, with the figures of the round before if there are any."""
    source = one.source
    ready = kept(("question", *source.key, one.code), lambda: _cut(one), is_fixed=source.is_fixed)
    return ready.filled(own_answers(one))


def gap(name: str) -> Markup:
    """The mark of a place that differs between readers."""
    return Markup(f"<{MARK}:{name}>")  # noqa: S704 - our own letters and digits


def _cut(one: Question) -> Ready:
    earlier = one.source.earlier
    return _pieces(str(_macros(QUESTION).question(one, gap, earlier.round if earlier else None)))


def _pieces(html: str) -> Ready:
    pieces = _GAP.split(html)
    return Ready(tuple(pieces[::2]), tuple(pieces[1::2]))


def _without_indents(html: str) -> str:
    """The same without the spaces that begin its lines, where none of them is shown as it stands."""
    return html if "<pre" in html else _INDENT.sub("\n", html)


def _own_page(page: RatingPage, keep: str) -> dict[str, str]:
    """What this reader's page has in its gaps."""
    box = _macros(QUESTION).box
    return {
        "reading": reading_classes(),
        "token": escape(generate_csrf()),
        "revision": str(page.revision),
        "keep": escape(keep),
        "questions": "".join(ready_question(one) for one in page.questions),
        "boxes": "".join(str(box(one)) for one in page.boxes),
        "saved": escape(page.saved),
        "saved-how": " app-saved--yes" if page.is_saved else "",
    }


def own_answers(one: Question) -> dict[str, str]:
    """What this reader's question has in its gaps, by name."""
    values: dict[str, str] = {}
    if one.chosen is not None:
        values[f"chosen-{one.chosen}"] = " checked"
        which = f": question {one.place}"
        values["clear"] = _macros(FORMS).link_button("Clear my answer", "clear", one.code, which)
    if one.chart is not None:
        values["chart"] = one.chart
    if one.last:
        values["last"] = _macros(YOU).you(one.last, one.last_lead, f"{one.field}-last")
    if one.problem:
        values["wrong"] = " govuk-form-group--error"
        values["trouble"] = _macros(FORMS).error_message(one.field, one.problem)
    if one.elsewhere:
        said = _macros(QUESTION).elsewhere(one.field, one.elsewhere)
        values["trouble"] = values.get("trouble", "") + said
    described = [
        f"{one.field}-{part}"
        for part, is_there in (("last", one.last), ("error", one.problem), ("elsewhere", one.elsewhere))
        if is_there
    ]
    if described:
        values["described"] = f' aria-describedby="{" ".join(described)}"'
    return values


def _macros(template: str) -> Any:
    return current_app.jinja_env.get_template(template).module
