"""Four ways to stop, each with what follows from it, and a page that asks once more (requirement E30)."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, NotFound, WrongState
from delphi.domain.permissions import Permission
from delphi.queries.leaving import Choice, StopPage, stop_page
from delphi.queries.studies import study_of
from delphi.queries.study_frame import frame_of
from delphi.queries.taking_part import PanelVisit
from delphi.services.deletion import stop_and_delete
from delphi.services.leaving import delete_contact_details, stop
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, current_visit, public, requires, sign_out_panellist
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import blueprint, joined, page

LEFT_KEY = "left"
"""In the session: how somebody has just left, for the one page that says so."""


@blueprint.get("/studies/<slug>/taking-part/stop")
@requires(Permission.LEAVE, key=Key.PANEL)
@joined
def stop_choices(slug: str) -> tuple[str, int]:
    """Show the ways to stop; choosing one leads to a page that asks once more."""
    found = stop_page(current_visit(), clock.now())
    if "choice" not in request.args and "asked" not in request.args:
        return page("taking_part/stop.html", stop=found, problem="")
    return _asked_again(found, request.args.get("choice", ""))


def _asked_again(found: StopPage, code: str, problem: str = "", reason: str = "") -> tuple[str, int]:
    choice = found.choice(code)
    if choice is None:
        return page(
            "taking_part/stop.html", stop=found, problem="Choose what you would like to do.", status=422
        )
    status = 422 if problem else 200
    return page(
        "taking_part/stop_confirm.html",
        stop=found,
        choice=choice,
        problem=problem,
        reason=reason,
        status=status,
    )


@blueprint.post("/studies/<slug>/taking-part/stop")
@requires(Permission.LEAVE, key=Key.PANEL)
@shows_again
@joined
def do_stop(slug: str) -> tuple[str, int] | Response:
    """Carry out what was chosen and confirmed."""
    visit = current_visit()
    found = stop_page(visit, clock.now())
    choice = found.choice(request.form.get("choice", ""))
    problem, reason = token_problem(), request.form.get("reason", "")
    if choice is None or problem:
        return _asked_again(found, request.form.get("choice", ""), problem, reason)
    if choice.is_only_told:
        return redirect(url_for("taking_part.home", slug=slug), code=303)
    try:
        with unit_of_work():
            _carry_out(choice, visit, reason)
    except WrongState as error:
        return _asked_again(found, choice.code, str(error), reason)
    except InvalidInput as error:
        return _asked_again(found, choice.code, error.problems[0].sentence, reason)
    if choice.ends_session:
        sign_out_panellist(slug)
    return has_left(visit, choice.code)


def _carry_out(choice: Choice, visit: PanelVisit, reason: str) -> None:
    common = {"study_id": visit.study_id, "code": visit.code, "actor": visit.actor, "now": clock.now()}
    if choice.code == "stop":
        stop(reason=reason, **common)  # type: ignore[arg-type]
    elif choice.code == "delete":
        stop_and_delete(**common)  # type: ignore[arg-type]
    else:
        delete_contact_details(**common)  # type: ignore[arg-type]


def has_left(visit: PanelVisit, how: str) -> Response:
    """Go to the page that says what has been done; the sign-in has gone with it."""
    session[LEFT_KEY] = {
        "how": how,
        "study_id": visit.study_id,
        "slug": visit.slug,
        "study": visit.frame.short_title,
        "ask": visit.frame.whom_to_ask,
    }
    return redirect(url_for("taking_part.left", slug=visit.slug), code=303)


@blueprint.get("/studies/<slug>/taking-part/left")
@public
def left(slug: str) -> str:
    """Say what has been done, to whoever has just done it."""
    told = session.get(LEFT_KEY)
    if not told or told.get("slug") != slug:
        raise NotFound("There is nothing to show here. Please use the personal link in your newest message.")
    # Contact and support stay on the page for somebody who has just left; the study is theirs no more.
    return render_template("taking_part/left.html", left=told, frame=frame_of(study_of(told["study_id"])))
