"""Reminding people by where they stopped: first whom it reaches and which words they get, then sending."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.reminding import reminding
from delphi.queries.studies import study_of
from delphi.services.reminders import remind_where_stopped
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.panel.blueprint import blueprint
from delphi.web.team import current_member, team_page

NOBODY = "Nobody was reminded: everybody who can be written to has had today's reminder, or has gone on."


@blueprint.get("/studies/<slug>/panel/remind")
@requires(Permission.MANAGE_PANEL)
def remind_page(slug: str) -> str:
    """Show who would get which words; nothing leaves before it is confirmed."""
    return _page(())


@blueprint.post("/studies/<slug>/panel/remind")
@requires(Permission.MANAGE_PANEL)
def remind_all(slug: str) -> Response | tuple[str, int]:
    """Send today's reminder to those who stopped at the places that were ticked."""
    member = current_member()
    try:
        with unit_of_work():
            n = remind_where_stopped(
                study_id=member.study_id,
                stops=request.form.getlist("stops"),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(error.problems), 422
    flash(f"{n} {'reminder leaves' if n == 1 else 'reminders leave'} now." if n else NOBODY)
    return redirect(url_for("panel.index", slug=slug), code=303)


def _page(problems: tuple[Problem, ...]) -> str:
    found = reminding(study_of(current_member().study_id), clock.now())
    chosen = request.args.get("stop", "") or request.form.getlist("stops")
    return team_page("panel/remind.html", part="panel", page=found, chosen=chosen, problems=problems)
