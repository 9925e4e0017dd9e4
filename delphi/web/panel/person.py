"""One member of the panel: correcting how they are reached, a new link, an address that does not work."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, NotFound, Problem
from delphi.domain.permissions import Permission
from delphi.domain.short_codes import spelled
from delphi.queries.deliveries import last_messages
from delphi.queries.identities import PanelRow
from delphi.queries.panel_people_page import PersonRow, person_row
from delphi.queries.panel_progress_page import round_shown
from delphi.queries.studies import study_of
from delphi.services.deliveries import mark_bounced
from delphi.services.identities import open_panel_page
from delphi.services.invitations import invite, revoke_invitation, revoke_links
from delphi.services.leaving import decline, stop
from delphi.services.panel import change_contact_details
from delphi.services.panel_undo import take_off_panel
from delphi.services.short_codes import give_short_code
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.panel.handles import code_of
from delphi.web.team import current_member, team_page

blueprint = Blueprint("person", __name__)

WAYS = ("name", "email", "phone", "address")


@blueprint.get("/studies/<slug>/panel/people/<handle>")
@requires(Permission.MANAGE_PANEL)
def show(slug: str, handle: str) -> str:
    """One person's contact details and what can be done for them; opening it is recorded."""
    return _page(slug, handle)


@blueprint.post("/studies/<slug>/panel/people/<handle>/details")
@requires(Permission.MANAGE_PANEL)
def details(slug: str, handle: str) -> Response | tuple[str, int]:
    """Correct a name or a way of reaching somebody."""
    member = current_member()
    given = {way: request.form.get(way, "") for way in WAYS}
    try:
        with unit_of_work():
            change_contact_details(
                study_id=member.study_id,
                code=code_of(slug, handle),
                name=given["name"],
                email=given["email"],
                phone=given["phone"],
                address=given["address"],
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(slug, handle, given, error.problems), 422
    return _done(slug, handle, "The contact details are saved.")


@blueprint.post("/studies/<slug>/panel/people/<handle>/invite")
@requires(Permission.MANAGE_PANEL)
def send(slug: str, handle: str) -> Response:
    """Invite this person, or again."""
    member = current_member()
    with unit_of_work():
        n = invite(study_id=member.study_id, codes=[code_of(slug, handle)], actor=member, now=clock.now())
    words = "The invitation leaves now." if n else "Marked as invited. Write to this person, or ring them."
    return _done(slug, handle, words)


@blueprint.post("/studies/<slug>/panel/people/<handle>/new-link")
@requires(Permission.MANAGE_PANEL)
def new_link(slug: str, handle: str) -> Response:
    """Switch off this person's links and send a new one."""
    return _act(revoke_links, slug, handle, "The old links no longer work. A new one leaves now.")


@blueprint.post("/studies/<slug>/panel/people/<handle>/short-code")
@requires(Permission.MANAGE_PANEL)
def short_code(slug: str, handle: str) -> str:
    """Make a short code to be read out or written down; this answer is the only place where it is shown."""
    member = current_member()
    with unit_of_work():
        made = give_short_code(
            study_id=member.study_id,
            code=code_of(slug, handle),
            code_key=str(current_app.config["SECRET_KEY"]),
            actor=member,
            now=clock.now(),
        )
    return _page(slug, handle, short_code=spelled(made))


@blueprint.post("/studies/<slug>/panel/people/<handle>/bounced")
@requires(Permission.MANAGE_PANEL)
def bounced(slug: str, handle: str) -> Response:
    """Note that the invitation did not arrive."""
    return _act(mark_bounced, slug, handle, "Noted. Correct the address and invite this person again.")


@blueprint.post("/studies/<slug>/panel/people/<handle>/take-back")
@requires(Permission.MANAGE_PANEL)
def take_back(slug: str, handle: str) -> Response:
    """Take an invitation back before the person has agreed; their links stop working."""
    return _act(revoke_invitation, slug, handle, "The invitation is taken back. Its links no longer work.")


@blueprint.post("/studies/<slug>/panel/people/<handle>/said-no")
@requires(Permission.LEAVE)
def said_no(slug: str, handle: str) -> Response:
    """Note that somebody who has not joined does not want to; nothing more is sent to them."""
    return _act(decline, slug, handle, "Noted. Nothing more is sent to this person.")


@blueprint.post("/studies/<slug>/panel/people/<handle>/take-off")
@requires(Permission.LEAVE)
def take_off(slug: str, handle: str) -> Response:
    """Undo adding somebody who was never asked: off the panel, with the contact details."""
    member = current_member()
    with unit_of_work():
        take_off_panel(study_id=member.study_id, code=code_of(slug, handle), actor=member, now=clock.now())
    flash("This person is off the panel, and their contact details are deleted.")
    return redirect(url_for("panel.people", slug=slug), code=303)


@blueprint.post("/studies/<slug>/panel/people/<handle>/stop")
@requires(Permission.LEAVE)
def stopped(slug: str, handle: str) -> Response | tuple[str, int]:
    """End somebody's taking part because they asked for it; their answers stay."""
    if not request.form.get("asked"):
        return _page(slug, handle, None, (Problem("asked", "Tick that the person asked for this."),)), 422
    return _act(stop, slug, handle, "This person has stopped taking part. Their answers so far stay.")


def _act(service: Callable[..., object], slug: str, handle: str, words: str) -> Response:
    """Do one thing for this person, then show them again."""
    member = current_member()
    with unit_of_work():
        service(study_id=member.study_id, code=code_of(slug, handle), actor=member, now=clock.now())
    return _done(slug, handle, words)


def _page(
    slug: str,
    handle: str,
    given: dict[str, str] | None = None,
    problems: tuple[Problem, ...] = (),
    short_code: str = "",
) -> str:
    row = _row(slug, handle)
    person = row.person
    if given is None:
        given = {way: str(getattr(person, way) or "") for way in WAYS} if person else {}
    return team_page(
        "panel/person.html",
        part="panel",
        row=_as_listed(row),
        state=row.state,
        invitation=row.invitation,
        has_details=person is not None,
        given_email=person is not None and bool(person.email),
        handle=handle,
        given=given,
        problems=problems,
        short_code=short_code,
    )


def _as_listed(row: PanelRow) -> PersonRow:
    study = study_of(current_member().study_id)
    round_ = round_shown(study)
    message = last_messages(study.id, [row.code]).get(row.code)
    return person_row(row, round_.number if round_ else None, message, study.timezone)


def _row(slug: str, handle: str) -> PanelRow:
    member, code = current_member(), code_of(slug, handle)
    with unit_of_work():
        panel = open_panel_page(study_id=member.study_id, actor=member, now=clock.now())
    for row in panel.rows:
        if row.code == code:
            return row
    raise NotFound("There is nobody here. Go back to the panel and choose again.")


def _done(slug: str, handle: str, words: str) -> Response:
    flash(words)
    return redirect(url_for("person.show", slug=slug, handle=handle), code=303)
