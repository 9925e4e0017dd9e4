"""A section's questions from ready pieces: rendered once for everybody, each reader's own answers filled in.

A question with its figures is the heaviest part of a page, and all of it but a few places is frozen when the
round opens. It is rendered once for each item and variant with a mark at each such place, cut there, and kept
with the round; a page joins the pieces.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup

from delphi.queries.frozen import kept
from delphi.queries.rating_page import Question

TEMPLATE = "taking_part/_question.html"

MARK = secrets.token_hex(12)
"""Stands in no text: it is thrown anew at each start."""

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


def ready_question(one: Question, round_: int | None) -> Markup:
    """A question of a section's page; `round_` is the earlier round whose figures stand in it."""
    source = one.source
    ready = kept(("question", *source.key, one.code), lambda: _cut(one, round_), is_fixed=source.is_fixed)
    return ready.filled(_own(one))


def gap(name: str) -> Markup:
    """The mark of a place that differs between readers."""
    return Markup(f"<{MARK}:{name}>")  # noqa: S704 - our own letters and digits


def _cut(one: Question, round_: int | None) -> Ready:
    pieces = _GAP.split(str(_macros().question(one, gap, round_)))
    return Ready(tuple(pieces[::2]), tuple(pieces[1::2]))


def _own(one: Question) -> dict[str, str]:
    """What this reader's question has in its gaps."""
    values: dict[str, str] = {}
    if one.chosen is not None:
        values[f"chosen-{one.chosen}"] = " checked"
        values["clear"] = _macros().clear_button(one)
    if one.chart is not None:
        values["chart"] = one.chart
    if one.last:
        values["last"] = _macros().last(one)
    if one.problem or one.elsewhere:
        values["trouble"] = _macros().trouble(one)
    if one.problem:
        values["wrong"] = " govuk-form-group--error"
    described = [
        f"{one.field}-{part}"
        for part, is_there in (("last", one.last), ("error", one.problem), ("elsewhere", one.elsewhere))
        if is_there
    ]
    if described:
        values["described"] = f' aria-describedby="{" ".join(described)}"'
    return values


def _macros() -> Any:
    return current_app.jinja_env.get_template(TEMPLATE).module
