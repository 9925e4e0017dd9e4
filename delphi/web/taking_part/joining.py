"""Information and consent, declining, the study's information pages and pictures."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, WrongState
from delphi.domain.permissions import Permission
from delphi.queries.joining import consent_page, document_page, picture_of
from delphi.services.consent import change_permissions, give_consent
from delphi.services.leaving import decline
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, current_visit, requires, sign_out_panellist
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import (
    blueprint,
    chosen_variant,
    keep_variant,
    page,
    picture_address,
)
from delphi.web.taking_part.leaving import has_left


@blueprint.get("/studies/<slug>/taking-part/consent")
@requires(Permission.ANSWER, key=Key.PANEL)
def consent(slug: str) -> tuple[str, int]:
    """Information and consent; for somebody who has joined, the record of it."""
    keep_variant()
    found = consent_page(current_visit(), variant=chosen_variant(), picture=picture_address(slug))
    return page(
        "taking_part/consent_record.html" if found.agreed and not found.again else "taking_part/consent.html",
        consent=found,
        problems=(),
        problem="",
    )


@blueprint.post("/studies/<slug>/taking-part/consent")
@requires(Permission.ANSWER, key=Key.PANEL)
@shows_again
def agree(slug: str) -> tuple[str, int] | Response:
    """Record what was ticked; a tick that is missing is asked for, and the others stay."""
    visit, ticked = current_visit(), frozenset(request.form.getlist("consent"))
    missing: frozenset[str] = frozenset()
    problem = token_problem()
    if not problem:
        try:
            with unit_of_work():
                give_consent(
                    study_id=visit.study_id,
                    code=visit.code,
                    given=ticked,
                    variant=request.form.get("variant", "standard")[:40],
                    actor=visit.actor,
                    now=clock.now(),
                )
            return redirect(url_for("taking_part.home", slug=slug, joined="yes"), code=303)
        except InvalidInput as error:
            missing = frozenset(one.where for one in error.problems)
        except WrongState as error:
            problem = str(error)
    found = consent_page(
        visit, variant=chosen_variant(), picture=picture_address(slug), ticked=ticked, problems=missing
    )
    problems = tuple(one for one in found.statements if one.problem)
    return page("taking_part/consent.html", consent=found, problems=problems, problem=problem, status=422)


@blueprint.post("/studies/<slug>/taking-part/consent/optional")
@requires(Permission.ANSWER, key=Key.PANEL)
def change_optional(slug: str) -> Response:
    """Record other optional permissions than before; what was recorded stays beside it."""
    visit = current_visit()
    with unit_of_work():
        change_permissions(
            study_id=visit.study_id,
            code=visit.code,
            given=request.form.getlist("consent"),
            variant=chosen_variant(),
            actor=visit.actor,
            now=clock.now(),
        )
    return redirect(url_for("taking_part.consent", slug=slug, saved="yes"), code=303)


@blueprint.get("/studies/<slug>/taking-part/decline")
@requires(Permission.LEAVE, key=Key.PANEL)
def decline_page(slug: str) -> tuple[str, int]:
    """Ask once more before a no is recorded."""
    return page("taking_part/decline.html", problem="", reason="")


@blueprint.post("/studies/<slug>/taking-part/decline")
@requires(Permission.LEAVE, key=Key.PANEL)
@shows_again
def say_no(slug: str) -> tuple[str, int] | Response:
    """Record that somebody does not want to take part."""
    visit, reason, problem = current_visit(), request.form.get("reason", ""), token_problem()
    if problem:
        return page("taking_part/decline.html", problem=problem, reason=reason, status=400)
    try:
        with unit_of_work():
            decline(
                study_id=visit.study_id, code=visit.code, reason=reason, actor=visit.actor, now=clock.now()
            )
    except InvalidInput as error:
        problem = error.problems[0].sentence
        return page("taking_part/decline.html", problem=problem, reason=reason, status=422)
    sign_out_panellist(slug)
    return has_left(visit, "declined")


@blueprint.get("/studies/<slug>/taking-part/documents/<code>")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def document(slug: str, code: str) -> tuple[str, int]:
    """An information page in the form the person reads."""
    keep_variant()
    found = document_page(current_visit(), code, variant=chosen_variant(), picture=picture_address(slug))
    return page("taking_part/document.html", document=found)


@blueprint.get("/studies/<slug>/taking-part/pictures/<name>")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def picture(slug: str, name: str) -> FlaskResponse:
    """A picture of the study's texts; it may be kept in this browser, as texts name one picture for good."""
    found = picture_of(current_visit(), name)
    response = FlaskResponse(found.content, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
