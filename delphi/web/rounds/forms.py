"""Typing in answers that came on paper or by phone, in time or late with a reason."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.answers import UNABLE, Answer
from delphi.queries.form_page import PaperForm, paper_form
from delphi.queries.round_page import codes_to_enter
from delphi.services.forms import FormPage, enter_form
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.dates import day_parts, read_day, typed_day
from delphi.web.team import current_member, team_page

blueprint = Blueprint("forms", __name__)

NO_CODE = (Problem("code", "Choose the code that is printed on the form."),)


@blueprint.get("/studies/<slug>/rounds/<int:number>/forms")
@requires(Permission.ENTER_FORMS)
def choose(slug: str, number: int) -> str | Response:
    """Whose form it is, by the code that is printed on it."""
    code = request.args.get("code", "").strip().upper()
    if code:
        return redirect(url_for("forms.show", slug=slug, number=number, code=code))
    codes = codes_to_enter(current_member(), number)
    return team_page(
        "rounds/choose_form.html",
        part="rounds",
        round_number=number,
        codes=codes,
        number=number,
        problems=NO_CODE if "code" in request.args else (),
    )


@blueprint.get("/studies/<slug>/rounds/<int:number>/forms/<code>")
@requires(Permission.ENTER_FORMS)
def show(slug: str, number: int, code: str) -> str:
    """The form of one person, to be typed in."""
    return _page(paper_form(current_member(), number, code), None, ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/forms/<code>")
@requires(Permission.ENTER_FORMS)
def enter(slug: str, number: int, code: str) -> Response | tuple[str, int]:
    """Enter the whole form, all of it or nothing."""
    member = current_member()
    form = paper_form(member, number, code)
    try:
        received_on = read_day(request.form, "received_on")
        with unit_of_work():
            enter_form(
                study_id=member.study_id,
                number=number,
                code=code,
                pages=_pages(form),
                about_the_whole={one.code: request.form.get(one.name, "") for one in form.whole},
                received_on=received_on,
                mode=_mode(),
                late_reason=request.form.get("late_reason"),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(form, dict(request.form), error.problems), 422
    flash(f"The form of {code} is entered and counts as handed in.")
    return redirect(url_for("rounds.show", slug=slug, number=number), code=303)


def _pages(form: PaperForm) -> dict[str, FormPage]:
    return {
        section.code: FormPage(
            {item.code: _answer(request.form.get(item.name, "")) for item in section.items},
            {prompt.code: request.form.get(prompt.name, "") for prompt in section.prompts},
        )
        for section in form.sections
    }


def _answer(given: str) -> Answer | None:
    if given == UNABLE:
        return UNABLE
    return int(given) if given.lstrip("-").isdigit() else None


def _mode() -> Literal["paper", "phone"]:
    return "phone" if request.form.get("mode") == "phone" else "paper"


def _page(form: PaperForm, given: dict[str, str] | None, problems: tuple[Problem, ...]) -> str:
    return team_page(
        "rounds/form.html",
        part="rounds",
        round_number=form.number,
        form=form,
        given=given,
        received_on=day_parts(form.received_on) if given is None else typed_day(given, "received_on"),
        problems=problems,
    )
