"""The short code: typed where a link cannot be opened, as from a letter or on another device."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, WrongState
from delphi.queries.taking_part import key_of_link
from delphi.services.short_codes import open_with_code
from delphi.services.signing_in import Refused
from delphi.unit_of_work import unit_of_work
from delphi.web.access import public, sign_in_panellist
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import blueprint

LONGEST_SHOWN = 40
"""Of what somebody typed in place of a code, so much comes back into the field."""


@blueprint.get("/code")
@public
def code() -> tuple[str, int]:
    """Ask for the short code."""
    return _page()


@blueprint.post("/code")
@public
@shows_again
def use_code() -> tuple[str, int] | Response:
    """Sign in with a short code; several times and on several devices, as with a link."""
    typed = request.form.get("code", "")
    if token_problem():
        return _page(typed, token_problem(), 400)
    try:
        with unit_of_work():
            found = open_with_code(
                typed=typed, code_key=str(current_app.config["SECRET_KEY"]), now=clock.now()
            )
            key = None if isinstance(found, Refused) else key_of_link(found.panellist_id)
    except InvalidInput as error:
        return _page(typed, error.problems[0].sentence, 422)
    except WrongState as error:
        return _page(typed, str(error), 410)
    if isinstance(found, Refused) or key is None:
        return _page(typed, found.sentence if isinstance(found, Refused) else "", 422)
    sign_in_panellist(found.study_slug, key.invitation_id, key.generation)
    return redirect(url_for("taking_part.home", slug=found.study_slug), code=303)


def _page(typed: str = "", problem: str = "", status: int = 200) -> tuple[str, int]:
    html = render_template("taking_part/code.html", typed=typed[:LONGEST_SHOWN], problem=problem, frame=None)
    return html, status
