"""Recording consent that was given on paper or by phone: by name from the panel, by code from a form."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.consent_entry import codes_to_consent, consent_entry
from delphi.services.consent import give_consent
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.dates import read_day, typed_day
from delphi.web.panel.handles import code_of
from delphi.web.team import current_member, team_page

blueprint = Blueprint("consents", __name__)

NO_CODE = (Problem("code", "Choose the code that is printed on the form."),)

HOW = {"paper": "On paper", "phone": "By phone"}
READ_AS = ("standard", "easy_read")


@blueprint.get("/studies/<slug>/panel/people/<handle>/consent")
@requires(Permission.MANAGE_PANEL)
def of_person(slug: str, handle: str) -> str:
    """The statements to tick for somebody whose name stands on the page before."""
    return _page(code_of(slug, handle), _here("consents.of_person", slug, handle), is_named=True)


@blueprint.post("/studies/<slug>/panel/people/<handle>/consent")
@requires(Permission.MANAGE_PANEL)
def record_of_person(slug: str, handle: str) -> Response | tuple[str, int]:
    """Record what was ticked, and show the person again."""
    code, address = code_of(slug, handle), _here("consents.of_person", slug, handle)
    problems = _record(code)
    if problems:
        return _page(code, address, is_named=True, problems=problems), 422
    flash("The consent is recorded. This person takes part.")
    return redirect(_here("person.show", slug, handle), code=303)


@blueprint.get("/studies/<slug>/consents")
@requires(Permission.ENTER_FORMS)
def choose(slug: str) -> str | Response:
    """Whose form it is, by the code that is printed on it."""
    code = request.args.get("code", "").strip().upper()
    if code:
        return redirect(url_for("consents.of_code", slug=slug, code=code))
    return team_page(
        "panel/choose_consent.html",
        part="rounds",
        codes=codes_to_consent(current_member()),
        problems=NO_CODE if "code" in request.args else (),
    )


@blueprint.get("/studies/<slug>/consents/<code>")
@requires(Permission.ENTER_FORMS)
def of_code(slug: str, code: str) -> str:
    """The statements to tick for whoever has this code; no name."""
    return _page(code, url_for("consents.of_code", slug=slug, code=code))


@blueprint.post("/studies/<slug>/consents/<code>")
@requires(Permission.ENTER_FORMS)
def record_of_code(slug: str, code: str) -> Response | tuple[str, int]:
    """Record what was ticked, and choose the next form."""
    problems = _record(code)
    if problems:
        return _page(code, url_for("consents.of_code", slug=slug, code=code), problems=problems), 422
    flash(f"The consent of {code} is recorded. This person takes part.")
    return redirect(url_for("consents.choose", slug=slug), code=303)


def _record(code: str) -> tuple[Problem, ...]:
    """Record the consent of this request, or say what is wrong with it; then nothing is recorded."""
    member, how = current_member(), request.form.get("how", "")
    try:
        if how not in HOW:
            raise InvalidInput([Problem("how", "Say how the consent was given.")])
        dated_on = read_day(request.form, "dated_on")
        with unit_of_work():
            give_consent(
                study_id=member.study_id,
                code=code,
                given=request.form.getlist("consent"),
                variant=_variant() or "standard",
                how=how,
                dated_on=dated_on,
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        places = {"how", "dated_on"}
        return tuple(
            one if one.where in places else Problem(f"consent-{one.where}", one.sentence)
            for one in error.problems
        )
    return ()


def _page(code: str, address: str, *, is_named: bool = False, problems: tuple[Problem, ...] = ()) -> str:
    entry = consent_entry(current_member(), code, variant=_variant())
    return team_page(
        "panel/consent.html",
        part="panel" if is_named else "rounds",
        entry=entry,
        here=address,
        who="this person" if is_named else code,
        ticked=request.form.getlist("consent"),
        how=request.form.get("how", ""),
        hows=tuple(HOW.items()),
        dated_on=typed_day(request.form, "dated_on"),
        problems=problems,
    )


def _variant() -> str:
    given = request.values.get("variant", "")
    return given if given in READ_AS else ""


def _here(endpoint: str, slug: str, handle: str) -> str:
    return url_for(endpoint, slug=slug, handle=handle)
