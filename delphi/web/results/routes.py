"""The results of an analysed round: all sections, and one in full. Not for sharing."""

from __future__ import annotations

from flask import Blueprint, request
from markupsafe import Markup

from delphi.domain.permissions import Permission
from delphi.queries.results_page import results_page, section_result
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("results", __name__)


@blueprint.get("/studies/<slug>/rounds/<int:number>/results")
@requires(Permission.SEE_RESULTS)
def show(slug: str, number: int) -> str:
    """Sections with outcome and reason, and agreement of all and of each panel."""
    chosen, sort = request.args.get("show", ""), request.args.get("sort", "order")
    page = results_page(current_member(), number, show=chosen, sort=sort)
    return team_page("results/show.html", part="rounds", round_number=number, page=page, chosen=chosen)


@blueprint.get("/studies/<slug>/rounds/<int:number>/results/<section>")
@requires(Permission.SEE_RESULTS)
def section(slug: str, number: int, section: str) -> str:
    """One section in full: every point of the scale, by all, panel and group."""
    page = section_result(current_member(), number, section)
    # The charts escape every word that people wrote and draw the rest themselves.
    pictures = {one.code: Markup(one.picture) for one in page.criteria}  # noqa: S704
    return team_page("results/section.html", part="rounds", round_number=number, page=page, pictures=pictures)
