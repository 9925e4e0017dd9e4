"""Asking to send late answers, from the page of a round that has closed."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, WrongState
from delphi.domain.permissions import Permission
from delphi.services.late_requests import ask_to_be_late
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, current_visit, requires
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import agreed, blueprint
from delphi.web.taking_part.home import home_with


@blueprint.post("/studies/<slug>/taking-part/round-<int:number>/late")
@requires(Permission.ANSWER, key=Key.PANEL)
@shows_again
@agreed
def ask_late(slug: str, number: int) -> tuple[str, int] | Response:
    """Pass on to the team that somebody wants to add answers, and why."""
    visit, reason = current_visit(), request.form.get("reason", "")
    problem = token_problem()
    if not problem:
        try:
            with unit_of_work():
                ask_to_be_late(
                    study_id=visit.study_id,
                    number=number,
                    code=visit.code,
                    reason=reason,
                    actor=visit.actor,
                    now=clock.now(),
                )
            return redirect(url_for("taking_part.home", slug=slug, _anchor="late"), code=303)
        except InvalidInput as error:
            problem = error.problems[0].sentence
        except WrongState as error:
            return home_with(late_problem=str(error), late_typed=reason, status=409)
    return home_with(late_problem=problem, late_typed=reason, status=422)
