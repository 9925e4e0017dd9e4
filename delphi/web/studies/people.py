"""The study team in the browser: who is in it, adding somebody, their roles, taking somebody out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.config import Settings
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import AccountId
from delphi.domain.permissions import Permission
from delphi.queries.team_page import person_page, team_people
from delphi.services.team import Added, add_member, remove_member, renew_member_link, set_roles
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("team", __name__)


@blueprint.get("/studies/<slug>/settings/people")
@requires(Permission.EDIT_STUDY)
def index(slug: str) -> str:
    """Everybody in the team, and the form to add somebody."""
    return _people()


@blueprint.post("/studies/<slug>/settings/people")
@requires(Permission.MANAGE_TEAM)
def add(slug: str) -> str | Response | tuple[str, int]:
    """Add somebody; the link of a new account is on this answer and nowhere else."""
    member, form = current_member(), request.form
    try:
        with unit_of_work():
            added = add_member(
                study_id=member.study_id,
                email=form.get("email", ""),
                name=form.get("name", ""),
                role=form.get("role", ""),
                base_url=_base_url(),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _people(error.problems, form.to_dict()), 422
    if added.link:
        return _link(added)
    flash(f"{added.name} is in the team.")
    return redirect(url_for("team.index", slug=slug), code=303)


@blueprint.get("/studies/<slug>/settings/people/<int:person>")
@requires(Permission.MANAGE_TEAM)
def show(slug: str, person: int) -> str:
    """One person's roles."""
    return _person(person)


@blueprint.post("/studies/<slug>/settings/people/<int:person>")
@requires(Permission.MANAGE_TEAM)
def change(slug: str, person: int) -> Response | tuple[str, int]:
    """Give and take roles."""
    member = current_member()
    try:
        with unit_of_work():
            set_roles(
                study_id=member.study_id,
                account_id=AccountId(person),
                roles=request.form.getlist("role"),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _person(person, error.problems), 422
    flash("The roles are saved.")
    return redirect(url_for("studies.home" if person == member.account_id else "team.index", slug=slug), 303)


@blueprint.post("/studies/<slug>/settings/people/<int:person>/remove")
@requires(Permission.MANAGE_TEAM)
def remove(slug: str, person: int) -> Response | tuple[str, int]:
    """Take somebody out of the team; asks first."""
    member = current_member()
    if not request.form.get("sure"):
        return _person(person, (Problem("sure", "Tick that this person leaves the team."),)), 422
    with unit_of_work():
        name = remove_member(
            study_id=member.study_id, account_id=AccountId(person), actor=member, now=clock.now()
        )
    flash(f"{name} is not in the team any more.")
    is_me = person == member.account_id
    return redirect(url_for("studies.index") if is_me else url_for("team.index", slug=slug), code=303)


@blueprint.post("/studies/<slug>/settings/people/<int:person>/link")
@requires(Permission.MANAGE_TEAM)
def link(slug: str, person: int) -> str:
    """Make a new one-time link for somebody who never signed in, shown on this answer only."""
    member = current_member()
    with unit_of_work():
        added = renew_member_link(
            study_id=member.study_id,
            account_id=AccountId(person),
            base_url=_base_url(),
            actor=member,
            now=clock.now(),
        )
    return _link(added)


def _base_url() -> str:
    settings: Settings = current_app.extensions["delphi_settings"]
    return settings.base_url


def _people(problems: tuple[Problem, ...] = (), given: dict[str, str] | None = None) -> str:
    page = team_people(current_member())
    return team_page(
        "studies/settings/people.html", part="settings", page=page, problems=problems, given=given or {}
    )


def _person(person: int, problems: tuple[Problem, ...] = ()) -> str:
    page = person_page(current_member(), person)
    return team_page("studies/settings/person.html", part="settings", page=page, problems=problems)


def _link(added: Added) -> str:
    return team_page("studies/settings/link.html", part="settings", added=added)
