"""Forms that came after the close: noted, and decided about one by one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.late_forms import late_form_page
from delphi.queries.round_page import codes_to_enter
from delphi.services.late_forms import hold_late_form, refuse_late_form
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.dates import read_day, typed_day
from delphi.web.team import current_member, team_page

blueprint = Blueprint("late_forms", __name__)


@blueprint.get("/studies/<slug>/rounds/<int:number>/late-forms/new")
@requires(Permission.ENTER_FORMS)
def new(slug: str, number: int) -> str:
    """Note a form that came late."""
    return _new_page(number, ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/late-forms/new")
@requires(Permission.ENTER_FORMS)
def hold(slug: str, number: int) -> Response | tuple[str, int]:
    """Hold the form until somebody decides."""
    member, code = current_member(), request.form.get("code", "")
    try:
        if not code:
            raise InvalidInput([Problem("code", "Choose the code that is printed on the form.")])
        received_on = read_day(request.form, "received_on")
        with unit_of_work():
            hold_late_form(
                study_id=member.study_id,
                number=number,
                code=code,
                received_on=received_on,
                note=request.form.get("note", ""),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _new_page(number, error.problems), 422
    flash(f"The late form of {code} is held until somebody decides.")
    return redirect(url_for("rounds.show", slug=slug, number=number, _anchor="late-forms"), code=303)


@blueprint.get("/studies/<slug>/rounds/<int:number>/late-forms/<code>")
@requires(Permission.ENTER_FORMS)
def show(slug: str, number: int, code: str) -> str:
    """What is known of one late form, with the two ways to decide."""
    return _page(number, code, ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/late-forms/<code>/refuse")
@requires(Permission.ENTER_FORMS)
def refuse(slug: str, number: int, code: str) -> Response | tuple[str, int]:
    """Decide that it is not admitted."""
    member = current_member()
    try:
        with unit_of_work():
            refuse_late_form(
                study_id=member.study_id,
                number=number,
                code=code,
                reason=request.form.get("reason", ""),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(number, code, error.problems), 422
    flash(f"The late form of {code} is not admitted. Keep it with the other papers of the study.")
    return redirect(url_for("rounds.show", slug=slug, number=number, _anchor="late-forms"), code=303)


def _new_page(number: int, problems: tuple[Problem, ...]) -> str:
    return team_page(
        "rounds/late_new.html",
        part="rounds",
        round_number=number,
        number=number,
        codes=codes_to_enter(current_member(), number),
        given=request.form,
        received_on=typed_day(request.form, "received_on"),
        problems=problems,
    )


def _page(number: int, code: str, problems: tuple[Problem, ...]) -> str:
    return team_page(
        "rounds/late_form.html",
        part="rounds",
        round_number=number,
        late=late_form_page(current_member(), number, code),
        reason=request.form.get("reason", ""),
        problems=problems,
    )
