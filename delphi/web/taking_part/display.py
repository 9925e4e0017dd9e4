"""Where a reader chooses how pages look; open to everybody, before and after signing in."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi.domain.permissions import Permission
from delphi.web.access import Key, public, requires
from delphi.web.display import CHOICES, display_of_reader, keep_display, read_display
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import blueprint, page


@blueprint.get("/display")
@public
def display() -> tuple[str, int]:
    """Choose how pages look, for somebody who is not signed in."""
    return render_template("taking_part/display.html", frame=None, **_values()), 200


@blueprint.post("/display")
@public
@shows_again
def keep() -> tuple[str, int] | Response:
    """Keep the choice in this browser."""
    if token_problem():
        return render_template("taking_part/display.html", frame=None, **_values()), 400
    return _kept("taking_part.display")


@blueprint.get("/studies/<slug>/taking-part/display")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def own_display(slug: str) -> tuple[str, int]:
    """Choose how pages look, in the frame of one's study."""
    return page("taking_part/display.html", **_values())


@blueprint.post("/studies/<slug>/taking-part/display")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
@shows_again
def keep_own(slug: str) -> tuple[str, int] | Response:
    """Keep the choice in this browser."""
    if token_problem():
        return page("taking_part/display.html", status=400, **_values())
    return _kept("taking_part.own_display", slug=slug)


def _values() -> dict[str, Any]:
    chosen = read_display(request.form) if request.form else display_of_reader()
    return {
        "settings": [
            (name, heading, [(one.value, one.words, one.about, one.value == chosen[name]) for one in ways])
            for name, (heading, ways) in CHOICES.items()
        ],
        "problem": token_problem(),
        "is_kept": "kept" in request.args,
    }


def _kept(endpoint: str, **where: Any) -> Response:
    response = redirect(url_for(endpoint, kept="yes", **where), code=303)
    keep_display(response, read_display(request.form))
    return response
