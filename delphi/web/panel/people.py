"""The people of the panel: names, how to reach them, how far they are, what became of messages to them."""

from __future__ import annotations

from hashlib import sha256

from flask import request
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.permissions import Permission
from delphi.queries.deliveries import last_messages
from delphi.queries.panel_people_page import SORTS, people_page
from delphi.queries.panel_progress_page import round_shown
from delphi.queries.people_table import people_table
from delphi.queries.studies import study_of
from delphi.reports.csv_file import csv_bytes
from delphi.services.identities import open_panel_page, record_people_export
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.panel.blueprint import blueprint
from delphi.web.panel.handles import handle_of
from delphi.web.team import current_member, team_page


@blueprint.get("/studies/<slug>/panel/people")
@requires(Permission.MANAGE_PANEL)
def people(slug: str) -> str:
    """Names, contact and progress. That the page was opened is itself recorded."""
    member, now = current_member(), clock.now()
    with unit_of_work():
        panel = open_panel_page(study_id=member.study_id, actor=member, now=now)
    chosen, sort = request.args.get("show", "all"), request.args.get("sort", "name")
    search = request.args.get("q", "").strip()
    study = study_of(member.study_id)
    round_ = round_shown(study)
    page = people_page(
        panel,
        chosen=chosen,
        search=search,
        sort=sort if sort in SORTS else "name",
        page=request.args.get("page", 1, type=int),
        round_number=round_.number if round_ else None,
        messages=lambda codes: last_messages(study.id, codes),
        timezone=study.timezone,
    )
    handles = {row.code: handle_of(slug, row.code) for row in page.rows}
    return team_page(
        "panel/people.html", part="panel", page=page, handles=handles, search=search, sort=sort, chosen=chosen
    )


@blueprint.post("/studies/<slug>/panel/people/file")
@requires(Permission.MANAGE_PANEL)
def people_file(slug: str) -> Response:
    """Names and contact details of everybody as a table, for letters and calls; recorded."""
    member, now = current_member(), clock.now()
    study = study_of(member.study_id)
    round_ = round_shown(study)
    with unit_of_work():
        panel = open_panel_page(study_id=member.study_id, actor=member, now=now)
        table = people_table(slug, panel, round_.number if round_ else None, study.timezone)
        content = csv_bytes(table.heads, table.rows)
        record_people_export(
            study_id=member.study_id, checksum=sha256(content).hexdigest(), actor=member, now=now
        )
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}-NOT-FOR-SHARING.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
