"""The page a panellist comes back to: where the study stands, and which sections are done."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.permissions import Permission
from delphi.domain.states import PanellistState
from delphi.queries.panel_home import Standing, home_page
from delphi.web.access import Key, current_visit, requires
from delphi.web.taking_part.blueprint import blueprint, keep_variant, page

PARTS: dict[Standing, str] = {
    Standing.NOT_OPEN: "taking_part/home/not_open.html",
    Standing.OPEN: "taking_part/home/open.html",
    Standing.NOT_ASKED: "taking_part/home/not_asked.html",
    Standing.CLOSED: "taking_part/home/closed.html",
    Standing.BETWEEN: "taking_part/home/between.html",
    Standing.FINISHED: "taking_part/home/finished.html",
    Standing.STOPPED: "taking_part/home/stopped.html",
}
"""What the page says in each state of the study."""


@blueprint.get("/studies/<slug>/taking-part")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def home(slug: str) -> tuple[str, int] | Response:
    """Show where this person stands; somebody who has not joined yet decides first."""
    keep_variant()
    visit = current_visit()
    if visit.state == PanellistState.REGISTERED or visit.must_agree_again:
        return redirect(url_for("taking_part.consent", slug=slug), code=303)
    return home_with()


def home_with(*, late_problem: str = "", late_typed: str = "", status: int = 200) -> tuple[str, int]:
    """The home page; after a request to be late that could not be passed on, with what was typed."""
    found = home_page(current_visit(), clock.now())
    return page(
        "taking_part/home.html",
        home=found,
        part=PARTS[found.standing],
        round_line=found.round_line,
        late_problem=late_problem,
        late_typed=late_typed,
        status=status,
    )


@blueprint.get("/studies/<slug>/taking-part/reading")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def reading(slug: str) -> Response:
    """Keep how this person wants to read, and go back to the sections."""
    keep_variant()
    return redirect(url_for("taking_part.home", slug=slug), code=303)
