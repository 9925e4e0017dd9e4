"""The results of an analysed round under other rules: all sections, one in full, a file. Not for sharing."""

from __future__ import annotations

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from delphi.domain.permissions import Permission
from delphi.queries.other_rules_page import other_rules_page
from delphi.queries.other_rules_section import other_rules_section
from delphi.queries.other_rules_table import other_rules_table
from delphi.web.access import requires
from delphi.web.table_files import send_table
from delphi.web.team import current_member, team_page

blueprint = Blueprint("other_rules", __name__)


@blueprint.get("/studies/<slug>/rounds/<int:number>/other-rules")
@requires(Permission.SEE_RESULTS)
def show(slug: str, number: int) -> str:
    """Every other way to decide the round's sections, and how far each section is from another outcome."""
    page = other_rules_page(current_member(), number, show=request.args.get("show", ""))
    # The chart escapes every word that people wrote and draws the rest itself.
    picture = Markup(page.picture)  # noqa: S704
    return team_page(
        "results/other_rules.html", part="rounds", round_number=number, page=page, picture=picture
    )


@blueprint.post("/studies/<slug>/rounds/<int:number>/other-rules/file")
@requires(Permission.EXPORT_STUDY)
def download(slug: str, number: int) -> Response:
    """The shown table as a file; a form and not a link, because what leaves the platform is recorded."""
    page = other_rules_page(current_member(), number, show=request.form.get("show", ""))
    return send_table(other_rules_table(slug, page))


@blueprint.get("/studies/<slug>/rounds/<int:number>/other-rules/<section>")
@requires(Permission.SEE_RESULTS)
def section(slug: str, number: int, section: str) -> str:
    """One section by each way, its statements one by one, and how far it is from another outcome."""
    page = other_rules_section(current_member(), number, section)
    picture = Markup(page.picture)  # noqa: S704 - drawn by delphi/charts, escaped
    return team_page(
        "results/other_rules_section.html", part="rounds", round_number=number, page=page, picture=picture
    )
