"""The report in every format, the study file, and finishing the study.

Files that leave the platform are recorded, so each download is a form that is sent, not a link.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import Problem
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import StudyState
from delphi.queries.next_step import next_step
from delphi.queries.studies import study_of
from delphi.services.exports import record_export
from delphi.services.studies import finish_study
from delphi.services.study_export import export_study
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

if TYPE_CHECKING:
    from delphi.reports.writing import WrittenFile

blueprint = Blueprint("report", __name__)

EVERYTHING = "all"
KINDS = {
    ".html": "text/html",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


@blueprint.get("/studies/<slug>/report")
@requires(Permission.EXPORT_STUDY)
def show(slug: str) -> str:
    """The formats there are, and what else ends a study."""
    return _page(())


@blueprint.post("/studies/<slug>/report")
@requires(Permission.EXPORT_STUDY)
def download(slug: str) -> Response | tuple[str, int]:
    """The report in one format, or all of it as one .zip; recorded, with each file's checksum."""
    from delphi.reports.audience import Audience
    from delphi.reports.registry import FORMATS
    from delphi.reports.writing import write_report

    member = current_member()
    wanted = request.form.getlist("formats")
    if not wanted:
        return _page((Problem("formats", "Choose at least one format."),)), 422
    audience = Audience.TEAM if request.form.get("audience") == "team" else Audience.SHARED
    with tempfile.TemporaryDirectory(prefix="delphi-report-") as folder:
        files = write_report(
            study_id=member.study_id,
            formats=[one.id for one in FORMATS] if EVERYTHING in wanted else wanted,
            folder=Path(folder),
            audience=audience,
            actor=member,
            now=clock.now(),
            record=unit_of_work()(record_export),
        )
        return _as_download(files, f"{slug}-report{'-NOT-FOR-SHARING' if audience.is_team else ''}.zip")


def _as_download(files: Sequence[WrittenFile], zip_name: str) -> Response:
    """One file as it is, several as one .zip; the list of files that goes with them is no file of its own."""
    report, *others = (one.path for one in files)
    if len(others) == 1:
        return _attached(report.read_bytes(), report.name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (report, *others):
            archive.write(path, path.name)
    return _attached(packed.getvalue(), zip_name)


def _attached(content: bytes, name: str) -> Response:
    kind = KINDS.get(Path(name).suffix, "application/octet-stream")
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)


@blueprint.post("/studies/<slug>/study-file")
@requires(Permission.EXPORT_STUDY)
def study_file(slug: str) -> Response:
    """The study as a file, without people and answers."""
    member = current_member()
    with unit_of_work():
        content = export_study(study_id=member.study_id, actor=member, now=clock.now())
    return send_file(
        io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=f"{slug}.zip"
    )


@blueprint.post("/studies/<slug>/finish")
@requires(Permission.FINISH_STUDY)
def finish(slug: str) -> Response | tuple[str, int]:
    """End the study; asks first."""
    member = current_member()
    if not request.form.get("sure"):
        return _page((Problem("sure", "Tick that the study is at its end."),)), 422
    with unit_of_work():
        finish_study(study_id=member.study_id, actor=member, now=clock.now())
    flash("The study is finished. Its reports are final.")
    return redirect(url_for("studies.home", slug=slug), code=303)


def _page(problems: tuple[Problem, ...]) -> str:
    from delphi.reports.registry import FORMATS

    member = current_member()
    study = study_of(member.study_id)
    step = next_step(study, clock.now())
    return team_page(
        "studies/report.html",
        part="report",
        formats=FORMATS,
        everything=EVERYTHING,
        problems=problems,
        is_finished=study.state in (StudyState.FINISHED, StudyState.ARCHIVED),
        may_finish=is_allowed(member, Permission.FINISH_STUDY) and study.state == StudyState.RUNNING,
        is_at_end=step.permission == Permission.FINISH_STUDY,
        standing=step.standing,
        sees_results=is_allowed(member, Permission.SEE_RESULTS),
    )
