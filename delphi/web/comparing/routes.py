"""Groups against each other, the same people in two rounds, who came back: for the team, not for sharing."""

from __future__ import annotations

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from delphi.domain.errors import NotFound
from delphi.domain.permissions import Permission
from delphi.queries.came_back_page import CameBackPage, came_back_page
from delphi.queries.comparing_tables import came_back_table, groups_table, stability_table
from delphi.queries.groups_page import GroupsPage, groups_page
from delphi.queries.plain_table import PlainTable
from delphi.queries.stability_item import stability_item
from delphi.queries.stability_page import StabilityPage, stability_page
from delphi.web.access import requires
from delphi.web.table_files import send_table
from delphi.web.team import current_member, team_page

blueprint = Blueprint("comparing", __name__)


@blueprint.get("/studies/<slug>/rounds/<int:number>/groups")
@requires(Permission.SEE_RESULTS)
def groups(slug: str, number: int) -> str:
    """Panels, or stakeholder groups, against each other on every statement."""
    page = _groups(number, request.args)
    # The chart escapes every word that people wrote and draws the rest itself.
    picture = Markup(page.picture)  # noqa: S704
    return team_page("comparing/groups.html", part="rounds", round_number=number, page=page, picture=picture)


@blueprint.get("/studies/<slug>/rounds/<int:number>/stability")
@requires(Permission.SEE_RESULTS)
def stability(slug: str, number: int) -> str:
    """On which statements the same people gave the same answers as in the round before."""
    page = _stability(number, request.args)
    return team_page("comparing/stability.html", part="rounds", round_number=number, page=page)


@blueprint.get("/studies/<slug>/rounds/<int:number>/stability/<section>")
@requires(Permission.SEE_RESULTS)
def item(slug: str, number: int, section: str) -> str:
    """One statement in two rounds: who went where."""
    page = stability_item(current_member(), number, section, request.args.get("criterion", ""))
    # The chart escapes every word that people wrote and draws the rest itself.
    picture = Markup(page.picture)  # noqa: S704
    return team_page("comparing/item.html", part="rounds", round_number=number, page=page, picture=picture)


@blueprint.get("/studies/<slug>/rounds/<int:number>/who-came-back")
@requires(Permission.SEE_RESULTS)
def came_back(slug: str, number: int) -> str:
    """Who came back since the first round, and how those who left had rated."""
    page = _came_back(number, request.args)
    return team_page("comparing/came_back.html", part="rounds", round_number=number, page=page)


@blueprint.post("/studies/<slug>/rounds/<int:number>/comparing/file")
@requires(Permission.EXPORT_STUDY)
def download(slug: str, number: int) -> Response:
    """The shown table as a file; a form and not a link, because what leaves the platform is recorded."""
    return send_table(_table(slug, number, request.form))


def _groups(number: int, chosen: MultiDict[str, str]) -> GroupsPage:
    """The page as the reader chose it."""
    return groups_page(
        current_member(),
        number,
        by=chosen.get("by", ""),
        show=chosen.get("show", ""),
        sort=chosen.get("sort", ""),
        criterion=chosen.get("criterion", ""),
    )


def _stability(number: int, chosen: MultiDict[str, str]) -> StabilityPage:
    """The page as the reader chose it."""
    return stability_page(
        current_member(),
        number,
        show=chosen.get("show", ""),
        sort=chosen.get("sort", ""),
        criterion=chosen.get("criterion", ""),
    )


def _came_back(number: int, chosen: MultiDict[str, str]) -> CameBackPage:
    """The page as the reader chose it."""
    return came_back_page(
        current_member(),
        number,
        show=chosen.get("show", ""),
        sort=chosen.get("sort", ""),
        criterion=chosen.get("criterion", ""),
    )


def _table(slug: str, number: int, chosen: MultiDict[str, str]) -> PlainTable:
    """The table that a form asks for by its name."""
    if chosen.get("table") == "groups":
        return groups_table(slug, _groups(number, chosen))
    if chosen.get("table") == "stability":
        return stability_table(slug, _stability(number, chosen))
    if chosen.get("table") == "came-back":
        return came_back_table(slug, _came_back(number, chosen))
    raise NotFound("There is no such table.")
