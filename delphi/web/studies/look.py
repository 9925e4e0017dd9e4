"""A study's colour and logo: trying them, saving them, and the logo itself for every page that shows it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.colours import accent_of
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.logos import MOST_BYTES
from delphi.domain.permissions import Permission
from delphi.queries.look_page import logo_of, look_page
from delphi.services.setup import change_look
from delphi.unit_of_work import unit_of_work
from delphi.web.access import public, requires
from delphi.web.studies.settings import words_of
from delphi.web.team import current_member, team_page
from delphi.web.uploads import sent_file

blueprint = Blueprint("look", __name__)

A_DAY = "public, max-age=86400"
ONLY_A_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG styles itself; nothing in it may run or load."""


@blueprint.app_template_global()
def logo_address(slug: str, name: str | None) -> str:
    """Where a study's logo is; empty for none."""
    return url_for("look.logo", slug=slug, name=name) if name else ""


@blueprint.get("/logos/<slug>/<name>")
@public
def logo(slug: str, name: str) -> FlaskResponse:
    """A study's logo. Its name is made of its contents, so browsers may keep it."""
    found = logo_of(slug, name)
    response = FlaskResponse(found.content, mimetype=found.media_type)
    response.headers["Cache-Control"] = A_DAY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = ONLY_A_PICTURE
    return response


@blueprint.get("/studies/<slug>/settings/look")
@requires(Permission.EDIT_STUDY)
def show(slug: str) -> str:
    """The colour and the logo; with `try` in the address, the page in that colour."""
    wanted = request.args.get("try", "").strip().lower()
    try:
        return _page(accent_of(wanted).colour if wanted else None)
    except InvalidInput as error:
        return _page(None, (Problem("accent", str(error)),), wanted)


@blueprint.post("/studies/<slug>/settings/look")
@requires(Permission.EDIT_STUDY)
def save(slug: str) -> Response | tuple[str, int]:
    """Save the colour and the logo, or show the colour without saving it."""
    member, wanted = current_member(), request.form.get("accent", "").strip().lower()
    if request.form.get("try"):
        query = urlencode({"try": wanted}) if wanted else ""
        return redirect(f"{url_for('look.show', slug=slug)}?{query}", code=303)
    sent = sent_file("logo", most=MOST_BYTES * 10)
    content = sent.content if sent.name else None
    try:
        with unit_of_work():
            changed = change_look(
                study_id=member.study_id,
                accent=_colour(wanted),
                logo=content,
                without_logo=bool(request.form.get("without-logo")),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        problems = tuple(Problem(one.where.removeprefix("look."), one.sentence) for one in error.problems)
        return _page(None, problems, wanted), 422
    flash(words_of(changed))
    return redirect(url_for("look.show", slug=slug), code=303)


def _colour(wanted: str) -> str | None:
    if not wanted:
        return None
    try:
        return accent_of(wanted).colour
    except InvalidInput as error:
        raise InvalidInput([Problem("accent", str(error))]) from None


def _page(tried: str | None, problems: tuple[Problem, ...] = (), typed: str = "") -> str:
    page = look_page(current_member(), tried)
    return team_page(
        "studies/settings/look.html",
        part="settings",
        page=page,
        problems=problems,
        typed=typed or page.shown,
        accent=page.shown,
    )
