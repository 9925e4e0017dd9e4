"""What is left once the rounds are over: each section that is still open gets its final place."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.meetings import votes_by_section
from delphi.queries.settling_page import settling_page
from delphi.services.settling import settle_section
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("settling", __name__)


@blueprint.get("/studies/<slug>/open-sections")
@requires(Permission.DECIDE)
def show(slug: str) -> str:
    """The sections without a final place."""
    return _page("", {}, ())


@blueprint.post("/studies/<slug>/open-sections/<section>")
@requires(Permission.DECIDE)
def settle(slug: str, section: str) -> Response | tuple[str, int]:
    """Give one section its final place."""
    member = current_member()
    given = {name: request.form.get(name, "") for name in ("kind", "reason")}
    try:
        if not given["kind"]:
            raise InvalidInput([Problem("kind", "Choose where this section ends.")])
        with unit_of_work():
            settle_section(
                study_id=member.study_id,
                section=section,
                kind=given["kind"],
                reason=given["reason"],
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        problems = tuple(Problem(f"{one.where}-{section}", one.sentence) for one in error.problems)
        return _page(section, given, problems), 422
    flash("The section has its final place.")
    return redirect(url_for("settling.show", slug=slug), code=303)


def _page(section: str, given: dict[str, str], problems: tuple[Problem, ...]) -> str:
    member = current_member()
    return team_page(
        "decisions/settling.html",
        part="drafts",
        page=settling_page(member),
        votes=votes_by_section(member.study_id),
        about=section,
        given=given,
        problems=problems,
    )
