"""Drafts: the list, one against the one before, and its way from working to published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput
from delphi.domain.permissions import Permission
from delphi.queries.drafts_page import draft_page, drafts_page, newest_number
from delphi.services.drafts import propose_draft, publish_draft, return_draft, sign_draft, unsign_draft
from delphi.services.variants import confirm_variant
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.previews.pages import picture_address
from delphi.web.team import current_member, team_page

blueprint = Blueprint("drafts", __name__)

VIEWS = ("both", "new", "old")


@blueprint.get("/studies/<slug>/drafts")
@requires(Permission.WRITE_DRAFTS)
def index(slug: str) -> str:
    """Every section with its newest draft."""
    return team_page("drafts/index.html", part="drafts", page=drafts_page(current_member()))


@blueprint.get("/studies/<slug>/drafts/<section>")
@requires(Permission.WRITE_DRAFTS)
def section(slug: str, section: str) -> Response:
    """To the newest draft of a section, or to the editor for its first."""
    number = newest_number(current_member(), section)
    if number is None:
        return redirect(url_for("editor.show", slug=slug, section=section, number=1))
    return redirect(url_for("drafts.show", slug=slug, section=section, number=number))


@blueprint.get("/studies/<slug>/drafts/<section>/<int:number>")
@requires(Permission.WRITE_DRAFTS)
def show(slug: str, section: str, number: int) -> str | Response:
    """One draft against the one before, or on to its editor."""
    pictures = picture_address(slug)
    page = draft_page(current_member(), section, number, pictures)
    view = request.args.get("view", "both")
    if view == "edit" and page.may_write:
        return redirect(url_for("editor.show", slug=slug, section=section, number=number))
    old = (
        draft_page(current_member(), section, page.before, pictures)
        if view == "old" and page.before
        else None
    )
    return team_page(
        "drafts/show.html", part="drafts", page=page, view=view if view in VIEWS else "both", old=old
    )


@blueprint.get("/studies/<slug>/drafts/<section>/next")
@requires(Permission.WRITE_DRAFTS)
def begin(slug: str, section: str) -> Response:
    """To the editor of the draft that follows the newest one."""
    number = (newest_number(current_member(), section) or 0) + 1
    return redirect(url_for("editor.show", slug=slug, section=section, number=number))


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/variants/<variant>")
@requires(Permission.WRITE_DRAFTS)
def checked(slug: str, section: str, number: int, variant: str) -> Response:
    """Say that another form of the text still says the same."""
    words = "Noted: it still says the same as the standard text."
    revision = _revision()
    return _act(confirm_variant, slug, section, number, words, variant=variant, revision=revision)


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/propose")
@requires(Permission.WRITE_DRAFTS)
def propose(slug: str, section: str, number: int) -> Response:
    """Put a draft forward for sign-off."""
    return _act(propose_draft, slug, section, number, f"Draft {number} waits for sign-off.")


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/return")
@requires(Permission.WRITE_DRAFTS)
def take_back(slug: str, section: str, number: int) -> Response:
    """Take a proposed draft back to be edited."""
    return _act(return_draft, slug, section, number, f"Draft {number} can be edited again.")


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/sign")
@requires(Permission.SIGN_OFF)
def sign(slug: str, section: str, number: int) -> Response:
    """Put one's name under a draft, as it was read."""
    words = f"You have signed draft {number}."
    return _act(sign_draft, slug, section, number, words, revision=_revision())


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/unsign")
@requires(Permission.SIGN_OFF)
def unsign(slug: str, section: str, number: int) -> Response:
    """Take one's own name from under a draft."""
    return _act(unsign_draft, slug, section, number, "Your signature is taken back.")


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/publish")
@requires(Permission.SIGN_OFF)
def publish(slug: str, section: str, number: int) -> Response:
    """Freeze a signed draft, so that a round can put it to the panel."""
    words = f"Draft {number} is published. Not a letter of it changes any more."
    return _act(publish_draft, slug, section, number, words)


def _revision() -> int:
    """Which saved text the page showed that was acted on."""
    revision = request.form.get("revision", type=int)
    if revision is None:
        raise InvalidInput("The page did not say which saved text it showed. Open the draft again.")
    return revision


def _act(
    service: Callable[..., Any], slug: str, section: str, number: int, words: str, **more: Any
) -> Response:
    member = current_member()
    with unit_of_work():
        service(
            study_id=member.study_id, section=section, number=number, actor=member, now=clock.now(), **more
        )
    flash(words)
    return redirect(url_for("drafts.show", slug=slug, section=section, number=number), code=303)
