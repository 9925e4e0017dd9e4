"""Messages that did not leave: to whom, why, and sending them again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.permissions import Permission
from delphi.queries.deliveries import undelivered
from delphi.services.deliveries import send_again
from delphi.services.identities import open_panel_page
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.panel.blueprint import blueprint
from delphi.web.panel.handles import handle_of
from delphi.web.team import current_member, team_page


@blueprint.get("/studies/<slug>/panel/messages")
@requires(Permission.MANAGE_PANEL)
def messages(slug: str) -> str:
    """What did not leave, with names; that names were shown is recorded."""
    member = current_member()
    found, names = undelivered(member.study_id), {}
    if any(one.code for one in found):
        with unit_of_work():
            panel = open_panel_page(study_id=member.study_id, actor=member, now=clock.now())
        names = {row.code: row.person.name for row in panel.rows if row.person}
    handles = {one.code: handle_of(slug, one.code) for one in found if one.code}
    return team_page("panel/messages.html", part="panel", found=found, names=names, handles=handles)


@blueprint.post("/studies/<slug>/panel/messages/again")
@requires(Permission.MANAGE_PANEL)
def messages_again(slug: str) -> Response:
    """Try one message again, or all that were given up."""
    member, only = current_member(), request.form.get("message", type=int)
    with unit_of_work():
        n = send_again(
            study_id=member.study_id,
            only=None if only is None else [only],
            actor=member,
            now=clock.now(),
        )
    flash(f"{n} {'message is' if n == 1 else 'messages are'} tried again now.")
    return redirect(url_for("panel.messages", slug=slug), code=303)
