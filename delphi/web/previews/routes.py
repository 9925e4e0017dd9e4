"""See it as this group sees it: a panellist's home, sections and feedback, to look at and not to answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, redirect, request, session, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import NotFound
from delphi.domain.permissions import Permission
from delphi.queries.feedback_page import feedback_page_of, feedback_section_of
from delphi.queries.joining import picture_in
from delphi.queries.panel_home import round_line_of
from delphi.queries.previews import (
    Preview,
    first_group,
    preview_of,
    previewed_feedback,
    previewed_home,
    previewed_outline,
)
from delphi.queries.rating_page import rating_page
from delphi.queries.section_content import EASY_READ
from delphi.web.access import requires
from delphi.web.previews.pages import BACK_KEY, BACK_TO, READINGS, picture_address, preview_page
from delphi.web.taking_part.home import PARTS
from delphi.web.taking_part.ready import ready_page
from delphi.web.taking_part.sections import SHOWS
from delphi.web.team import current_member

blueprint = Blueprint("previews", __name__)

PLACE = "/studies/<slug>/rounds/<int:number>/preview/<group>/<reading>"


@blueprint.before_request
def remember_origin() -> None:
    """Keep from which page the preview was opened, so that leaving it leads back there."""
    if request.args.get("back") in BACK_TO:
        session[BACK_KEY] = request.args["back"]


@blueprint.get("/studies/<slug>/rounds/<int:number>/preview")
@requires(Permission.SEE_PROGRESS)
def index(slug: str, number: int) -> Response:
    """To the preview as the first group reads it."""
    group = first_group(current_member())
    return redirect(url_for("previews.home", slug=slug, number=number, group=group, reading="standard"))


@blueprint.get(PLACE)
@requires(Permission.SEE_PROGRESS)
def home(slug: str, number: int, group: str, reading: str) -> str:
    """The list of sections, as it is or as it will be once the round opens."""
    preview = _preview(number, group, reading)
    found = previewed_home(preview, clock.now())
    return preview_page(
        "taking_part/home.html",
        preview,
        home=found,
        part=PARTS[found.standing],
        round_line=found.round_line,
    )


@blueprint.get(f"{PLACE}/sections/<code>")
@requires(Permission.SEE_PROGRESS)
def section(slug: str, number: int, group: str, reading: str, code: str) -> str | Response:
    """A section with its questions, and with what was published about it before."""
    asked = request.args.get("read", reading)
    if asked != reading and asked in READINGS:
        return redirect(
            url_for("previews.section", slug=slug, number=number, group=group, reading=asked, code=code)
        )
    preview = _preview(number, group, reading)
    outline = previewed_outline(preview)
    found = rating_page(preview.visit, outline, code, variant=preview.reading, picture=picture_address(slug))
    if preview.is_planned:
        found = replace(found, is_open=True)
    usual = "new" if found.content.variant == EASY_READ else "changes"
    shows = request.args.get("show", usual)
    render = partial(
        preview_page,
        "taking_part/section.html",
        preview,
        section=found,
        shows=shows if shows in SHOWS else usual,
        round_line=round_line_of(preview.visit, number, is_open=found.is_open, closes=found.closes),
    )
    return ready_page(found, render, like=None)


@blueprint.get(f"{PLACE}/feedback")
@requires(Permission.SEE_RESULTS)
def feedback(slug: str, number: int, group: str, reading: str) -> str:
    """A round's feedback as the panel gets it, also before it is published."""
    preview = _preview(number, group, reading)
    return preview_page(
        "taking_part/feedback.html", preview, feedback=feedback_page_of(previewed_feedback(preview))
    )


@blueprint.get(f"{PLACE}/feedback/sections/<code>")
@requires(Permission.SEE_RESULTS)
def feedback_on_section(slug: str, number: int, group: str, reading: str, code: str) -> str:
    """One section's figures and comments as the panel gets them."""
    preview = _preview(number, group, reading)
    found = feedback_section_of(preview.visit, previewed_feedback(preview), code)
    return preview_page("taking_part/feedback_section.html", preview, feedback=found)


@blueprint.get(f"{PLACE}/elsewhere")
@requires(Permission.SEE_PROGRESS)
def elsewhere(slug: str, number: int, group: str, reading: str) -> str:
    """Say that a page is not in the preview, since it holds somebody's own answers or choices."""
    return preview_page("previews/elsewhere.html", _preview(number, group, reading))


@blueprint.get("/studies/<slug>/pictures/<name>")
@requires(Permission.SEE_STUDY)
def picture(slug: str, name: str) -> FlaskResponse:
    """A picture of the study's texts."""
    found = picture_in(current_member().study_id, name)
    response = FlaskResponse(found.content, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _preview(number: int, group: str, reading: str) -> Preview:
    if reading not in READINGS:
        raise NotFound("There is no such preview. Go back to the round and choose again.")
    return preview_of(current_member(), number, group, READINGS[reading])
