"""The audit: what happened, by whom and when, as sentences, to be filtered and taken away as a table."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request
from flask import Response as FlaskResponse

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.audit_page import EXPORT_HEADS, Wanted, audit_page, audit_rows
from delphi.reports.csv_file import csv_bytes
from delphi.web.access import requires
from delphi.web.dates import read_day, typed_day
from delphi.web.team import current_member, team_page

blueprint = Blueprint("audit", __name__)


@blueprint.get("/studies/<slug>/audit")
@requires(Permission.SEE_AUDIT)
def index(slug: str) -> str | tuple[str, int]:
    """The log by day, the newest first."""
    wanted, problems = _wanted()
    page = audit_page(current_member(), wanted, before=request.args.get("before", type=int))
    shown = team_page(
        "audit/index.html",
        part="audit",
        page=page,
        wanted=wanted,
        asked={key: value for key, value in request.args.items() if key != "before" and value},
        days={name: typed_day(request.args, name) for name in ("since", "until")},
        problems=problems,
    )
    return (shown, 422) if problems else shown


@blueprint.get("/studies/<slug>/audit/events.csv")
@requires(Permission.SEE_AUDIT)
def export(slug: str) -> FlaskResponse:
    """The events that fit as a table with all of each row, so that the chain can be checked elsewhere."""
    wanted, problems = _wanted()
    if problems:
        raise InvalidInput(problems)
    content = csv_bytes(EXPORT_HEADS, audit_rows(current_member(), wanted))
    response = FlaskResponse(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-audit.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted() -> tuple[Wanted, tuple[Problem, ...]]:
    """Which events this request asks for; a date that cannot be read is said and left out."""
    since, wrong_since = _day("since")
    until, wrong_until = _day("until")
    topic, who = request.args.get("topic", ""), request.args.get("who", "")
    return Wanted(topic, who, since, until), (*wrong_since, *wrong_until)


def _day(name: str) -> tuple[date | None, tuple[Problem, ...]]:
    if not any(typed_day(request.args, name).values()):
        return None, ()
    try:
        return read_day(request.args, name), ()
    except InvalidInput as error:
        return None, error.problems
