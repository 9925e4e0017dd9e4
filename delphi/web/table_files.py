"""A table of the team's pages as a file: recorded as an export in one transaction, then sent."""

from __future__ import annotations

import io

from flask import request, send_file
from werkzeug.wrappers import Response

from delphi import clock
from delphi.queries.plain_table import PlainTable
from delphi.services.exports import record_export
from delphi.unit_of_work import unit_of_work
from delphi.web.team import current_member


def send_table(table: PlainTable, *, is_safe: bool = False) -> Response:
    """The table in the format that the form asks for; for the team unless it `is_safe` to share.

    Raises InvalidInput for a format that there is not.
    """
    # Here and not above: nobody else needs what writes spreadsheets.
    from delphi.reports.audience import Audience
    from delphi.reports.one_table import table_file

    member = current_member()
    with unit_of_work():
        made = table_file(
            study_id=member.study_id,
            table=table,
            kind=request.form.get("format", ""),
            actor=member,
            now=clock.now(),
            record=record_export,
            audience=Audience.SHARED if is_safe else Audience.TEAM,
        )
    return send_file(
        io.BytesIO(made.content), mimetype=made.mimetype, as_attachment=True, download_name=made.name
    )
