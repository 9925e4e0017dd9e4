"""The personal link: opening it shows a page and changes nothing; the button signs in.

Mail programs open links by themselves, so a GET must neither sign in nor use anything up. After signing
in the link is in no title, address or referrer any more.
"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.permissions import Permission
from delphi.queries.taking_part import LinkPage, key_of_link, link_page
from delphi.services.invitations import open_link
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, public, requires, sign_in_panellist, sign_out_panellist
from delphi.web.display import forget_display
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import blueprint, page


@blueprint.get("/link/<token>")
@public
def link(token: str) -> tuple[str, int]:
    """Show where a personal link leads, or say kindly why it does not work."""
    found = link_page(token, clock.now())
    return _shown(found)


@blueprint.post("/link/<token>")
@public
@shows_again
def open_personal_link(token: str) -> tuple[str, int] | Response:
    """Sign in with a personal link; several times and on several devices."""
    now = clock.now()
    found = link_page(token, now)
    if token_problem() or found.problem:
        return _shown(found, token_problem())
    try:
        with unit_of_work():
            actor = open_link(token=token, now=now)
            key = key_of_link(actor.panellist_id)
    except (NotFound, WrongState):
        return _shown(link_page(token, now))
    sign_in_panellist(found.slug, key.invitation_id, key.generation)
    return redirect(url_for("taking_part.home", slug=found.slug), code=303)


def _shown(found: LinkPage, problem: str = "") -> tuple[str, int]:
    template = "taking_part/link_broken.html" if found.problem else "taking_part/link.html"
    status = found.status if found.problem else (400 if problem else 200)
    html = render_template(template, link=found, problem=problem, frame=found.frame)
    return html, status


@blueprint.get("/studies/<slug>/taking-part/finish")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def finish(slug: str) -> tuple[str, int]:
    """Ask whether to forget the link on this device."""
    return page("taking_part/finish.html")


@blueprint.post("/studies/<slug>/taking-part/finish")
@requires(Permission.READ_FEEDBACK, key=Key.PANEL)
def finish_here(slug: str) -> Response:
    """Forget the link and everything kept on this device, for somebody who shares it."""
    sign_out_panellist(slug)
    response = redirect(url_for("taking_part.finished_here"), code=303)
    forget_display(response)
    response.headers["Clear-Site-Data"] = '"storage", "cache"'
    return response


@blueprint.get("/finished-here")
@public
def finished_here() -> str:
    """Say that nothing is left on this device."""
    return render_template("taking_part/finished_here.html", frame=None)
