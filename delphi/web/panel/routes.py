"""The panel: progress by group, adding people one by one or from a file, inviting them."""

from __future__ import annotations

import base64
import binascii

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.panel_progress_page import codes_to_invite, group_choices, panel_progress
from delphi.queries.studies import study_of
from delphi.services.invitations import invite
from delphi.services.panel import register_panellist
from delphi.services.panel_csv import COLUMNS, LARGEST_FILE
from delphi.services.panel_entries import FORMATS
from delphi.services.panel_import import import_panel, preview_panel
from delphi.services.panel_undo import undo_import
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.panel.blueprint import blueprint
from delphi.web.team import current_member, team_page
from delphi.web.uploads import sent_file

FIELDS = ("name", "email", "phone", "address", "group", "format", "region")


@blueprint.get("/studies/<slug>/panel")
@requires(Permission.MANAGE_PANEL)
def index(slug: str) -> str:
    """How far each group is, and who would get which reminder; no names."""
    page = panel_progress(current_member(), clock.now())
    return team_page("panel/index.html", part="panel", page=page)


@blueprint.get("/studies/<slug>/panel/new")
@requires(Permission.MANAGE_PANEL)
def new(slug: str) -> str:
    """A form for one more person."""
    return _form({"format": "standard"}, ())


@blueprint.post("/studies/<slug>/panel/new")
@requires(Permission.MANAGE_PANEL)
def add(slug: str) -> Response | tuple[str, int]:
    """Add one person; nobody is written to yet."""
    member = current_member()
    given = {name: request.form.get(name, "") for name in FIELDS}
    try:
        with unit_of_work():
            register_panellist(
                study_id=member.study_id,
                name=given["name"],
                group=given["group"],
                email=given["email"],
                phone=given["phone"],
                address=given["address"],
                format=given["format"] or "standard",
                region=given["region"],
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _form(given, tuple(_for_a_list(one, given) for one in error.problems)), 422
    flash(f"{' '.join(given['name'].split())} is on the panel and has not been invited yet.")
    return redirect(url_for("panel.index", slug=slug), code=303)


@blueprint.get("/studies/<slug>/panel/import")
@requires(Permission.MANAGE_PANEL)
def import_page(slug: str) -> str:
    """Choose a file with people."""
    return team_page("panel/import.html", part="panel", columns=COLUMNS, problems=())


@blueprint.post("/studies/<slug>/panel/import")
@requires(Permission.MANAGE_PANEL)
def preview(slug: str) -> str | tuple[str, int]:
    """Show what the file would do, with every problem by row; nothing is changed."""
    member, sent = current_member(), sent_file(most=LARGEST_FILE + 1)
    content = sent.content
    if not content:
        problem = Problem("file", "This file is empty." if sent.name else "Choose a file first.")
        page = team_page("panel/import.html", part="panel", columns=COLUMNS, problems=(problem,))
        return page, 422
    found = preview_panel(study_id=member.study_id, content=content, actor=member, now=clock.now())
    kept = "" if found.problems else base64.b64encode(content).decode("ascii")
    labels = dict(group_choices(member))
    groups = [(labels.get(code, code), n) for code, n in found.n_by_group.items()]
    page = team_page("panel/preview.html", part="panel", found=found, groups=groups, kept=kept)
    return (page, 422) if found.problems else page


@blueprint.post("/studies/<slug>/panel/import/confirm")
@requires(Permission.MANAGE_PANEL)
def import_confirm(slug: str) -> Response:
    """Add everybody in the file that was looked at; all of them or nobody."""
    member = current_member()
    request.max_form_memory_size = 2 * LARGEST_FILE
    try:
        content = base64.b64decode(request.form.get("kept", ""), validate=True)
    except binascii.Error:
        raise InvalidInput("The file was damaged on its way. Choose it again.") from None
    with unit_of_work():
        n = len(import_panel(study_id=member.study_id, content=content, actor=member, now=clock.now()))
    flash(f"{n} {'person is' if n == 1 else 'people are'} on the panel now. Nobody has been invited yet.")
    return redirect(url_for("panel.index", slug=slug), code=303)


@blueprint.get("/studies/<slug>/panel/import/undo")
@requires(Permission.MANAGE_PANEL)
def undo_page(slug: str) -> str:
    """Say whom undoing the last import would take off the panel."""
    page = panel_progress(current_member(), clock.now())
    return team_page("panel/undo.html", part="panel", n=page.n_to_undo)


@blueprint.post("/studies/<slug>/panel/import/undo")
@requires(Permission.MANAGE_PANEL)
def undo(slug: str) -> Response:
    """Take everybody off the panel whom the last import brought."""
    member = current_member()
    with unit_of_work():
        n = undo_import(study_id=member.study_id, actor=member, now=clock.now())
    flash(f"{n} {'person is' if n == 1 else 'people are'} off the panel again.")
    return redirect(url_for("panel.index", slug=slug), code=303)


@blueprint.get("/studies/<slug>/panel/invite")
@requires(Permission.MANAGE_PANEL)
def invite_page(slug: str) -> str:
    """Say how many people an invitation would reach, before it leaves."""
    n = len(codes_to_invite(study_of(current_member().study_id)))
    return team_page("panel/invite.html", part="panel", n=n)


@blueprint.post("/studies/<slug>/panel/invite")
@requires(Permission.MANAGE_PANEL)
def invite_all(slug: str) -> Response:
    """Invite everybody who is waiting for it."""
    member = current_member()
    with unit_of_work():
        codes = codes_to_invite(study_of(member.study_id))
        n_mail = invite(study_id=member.study_id, codes=codes, actor=member, now=clock.now())
    n_rest = len(codes) - n_mail
    words = f"{n_mail} invitations leave by e-mail now."
    if n_rest:
        words += f" {n_rest} people have no e-mail address: write to them or ring them."
    flash(words)
    return redirect(url_for("panel.index", slug=slug), code=303)


def _for_a_list(problem: Problem, given: dict[str, str]) -> Problem:
    """A group that is missing is chosen by its name here; only files need its code."""
    if problem.where == "group" and not given["group"]:
        return Problem("group", "Choose the stakeholder group.")
    return problem


def _form(given: dict[str, str], problems: tuple[Problem, ...]) -> str:
    return team_page(
        "panel/new.html",
        part="panel",
        given=given,
        problems=problems,
        groups=group_choices(current_member()),
        formats=FORMATS,
    )
