"""The comments of a study as a file: what was shared, or for the team every comment that may be read."""

from __future__ import annotations

import io

from flask import Blueprint, request, send_file
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.permissions import Permission, require
from delphi.services.exports import record_export
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("comment_files", __name__)


@blueprint.get("/studies/<slug>/comments/file")
@requires(Permission.EXPORT_STUDY)
def show(slug: str) -> str:
    """For whom the file is, and in which format."""
    return team_page("comments/file.html", part="comments")


@blueprint.post("/studies/<slug>/comments/file")
@requires(Permission.EXPORT_STUDY)
def download(slug: str) -> Response:
    """The file; recorded, because whoever deletes answers later has to know which files hold them."""
    # Here and not above: nobody else needs what writes spreadsheets.
    from delphi.reports.audience import Audience
    from delphi.reports.comments_table import comments_table
    from delphi.reports.one_table import table_file

    member = current_member()
    audience = Audience.TEAM if request.form.get("audience") == "team" else Audience.SHARED
    if audience.is_team:
        require(member, Permission.REVIEW_COMMENTS, member.study_id)
    with unit_of_work():
        made = table_file(
            study_id=member.study_id,
            table=comments_table(member.study_id, audience),
            kind=request.form.get("format", ""),
            actor=member,
            now=clock.now(),
            record=record_export,
            audience=audience,
        )
    return send_file(
        io.BytesIO(made.content), mimetype=made.mimetype, as_attachment=True, download_name=made.name
    )
