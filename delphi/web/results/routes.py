"""The results of an analysed round: all sections, one in full, the shown table as a file. Not for sharing."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from delphi.domain.errors import NotFound
from delphi.domain.permissions import Permission
from delphi.queries.results import answers_were_deleted
from delphi.queries.results_page import ResultsPage, results_page
from delphi.queries.results_safe import safe_results, safe_table
from delphi.queries.results_table import results_table
from delphi.queries.rounds import round_of
from delphi.queries.section_results import section_result
from delphi.web.access import requires
from delphi.web.table_files import send_table
from delphi.web.team import current_member, team_page

blueprint = Blueprint("results", __name__)

SAFE = "safe"


@blueprint.get("/studies/<slug>/rounds/<int:number>/results")
@requires(Permission.SEE_RESULTS)
def show(slug: str, number: int) -> str:
    """Sections with outcome and reason, and agreement of all and of each panel; or what may be shared."""
    if request.args.get("share") == SAFE or _has_only_what_was_shared(number):
        page_to_share = safe_results(current_member(), number)
        return team_page("results/safe.html", part="rounds", round_number=number, page=page_to_share)
    page = _shown(number, request.args)
    return team_page("results/show.html", part="rounds", round_number=number, page=page)


@blueprint.post("/studies/<slug>/rounds/<int:number>/results/file")
@requires(Permission.EXPORT_STUDY)
def download(slug: str, number: int) -> Response:
    """The shown table as a file; a form and not a link, because what leaves the platform is recorded.

    What may be shared, unless the form asks for the team's own table.
    """
    if request.form.get("share", SAFE) == SAFE or _has_only_what_was_shared(number):
        return send_table(safe_table(slug, safe_results(current_member(), number)), is_safe=True)
    return send_table(results_table(slug, _shown(number, request.form)))


@blueprint.get("/studies/<slug>/rounds/<int:number>/results/<section>")
@requires(Permission.SEE_RESULTS)
def section(slug: str, number: int, section: str) -> str | Response:
    """One section in full, by all, panel and group; after a deletion its place in what was shared."""
    if _has_only_what_was_shared(number):
        if section not in (one.code for one in safe_results(current_member(), number).sections):
            raise NotFound(f"Round {number} has no results for a section “{section}”.")
        return redirect(url_for(".show", slug=slug, number=number, _anchor=section), code=303)
    page = section_result(current_member(), number, section, request.args.get("criterion", ""))
    # The chart escapes every word that people wrote and draws the rest itself.
    picture = Markup(page.chosen.picture)  # noqa: S704 - drawn by delphi/charts, escaped
    return team_page("results/section.html", part="rounds", round_number=number, page=page, picture=picture)


def _has_only_what_was_shared(number: int) -> bool:
    return answers_were_deleted(round_of(current_member().study_id, number))


def _shown(number: int, chosen: MultiDict[str, str]) -> ResultsPage:
    """The page as the reader chose it: filter, order, table, criterion."""
    return results_page(
        current_member(),
        number,
        show=chosen.get("show", ""),
        sort=chosen.get("sort", ""),
        view=chosen.get("view", ""),
        criterion=chosen.get("criterion", ""),
    )
