"""Drafts: the list, one against the one before, writing, proposing, signing, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem, Stale
from delphi.domain.permissions import Permission
from delphi.queries.drafts_page import (
    DraftPage,
    draft_page,
    drafts_page,
    empty_texts,
    newest_number,
    variant_words,
)
from delphi.services.draft_texts import SavedDraft
from delphi.services.drafts import (
    propose_draft,
    publish_draft,
    return_draft,
    sign_draft,
    write_draft,
)
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("drafts", __name__)

VIEWS = ("both", "new", "old", "edit")


@blueprint.get("/studies/<slug>/drafts")
@requires(Permission.WRITE_DRAFTS)
def index(slug: str) -> str:
    """Every section with its newest draft."""
    return team_page("drafts/index.html", part="drafts", rows=drafts_page(current_member()))


@blueprint.get("/studies/<slug>/drafts/<section>")
@requires(Permission.WRITE_DRAFTS)
def section(slug: str, section: str) -> Response:
    """To the newest draft of a section, or to the form for its first."""
    number = newest_number(current_member(), section)
    if number is None:
        return redirect(url_for("drafts.begin", slug=slug, section=section))
    return redirect(url_for("drafts.show", slug=slug, section=section, number=number))


@blueprint.get("/studies/<slug>/drafts/<section>/<int:number>")
@requires(Permission.WRITE_DRAFTS)
def show(slug: str, section: str, number: int) -> str:
    """One draft against the one before, or in the editor."""
    page = draft_page(current_member(), section, number)
    view = request.args.get("view", "both")
    if view == "edit" and page.may_write:
        texts = {one.code: one.text for one in page.variants}
        return _editor(section, number, page.revision, texts)
    old = draft_page(current_member(), section, page.before) if view == "old" and page.before else None
    return _page(page, view if view in VIEWS else "both", old)


@blueprint.get("/studies/<slug>/drafts/<section>/next")
@requires(Permission.WRITE_DRAFTS)
def begin(slug: str, section: str) -> str:
    """The editor with what the next draft begins from."""
    number, texts = empty_texts(current_member(), section)
    return _editor(section, number, None, texts)


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>")
@requires(Permission.WRITE_DRAFTS)
def save(slug: str, section: str, number: int) -> Response | tuple[str, int]:
    """Save a draft; when somebody else saved first, both texts are kept."""
    member = current_member()
    revision = request.form.get("revision", type=int)
    texts = {
        key.removeprefix("text."): value for key, value in request.form.items() if key.startswith("text.")
    }
    given = {variant: text for variant, text in texts.items() if text.strip()}
    try:
        with unit_of_work():
            draft = write_draft(
                study_id=member.study_id,
                section=section,
                texts=given,
                number=number,
                revision=revision,
                without_variants=[variant for variant in texts if variant not in given],
                actor=member,
                now=clock.now(),
            )
            saved = draft.number
    except InvalidInput as error:
        return _editor(section, number, revision, texts, problems=error.problems), 422
    except Stale as error:
        theirs = error.theirs if isinstance(error.theirs, SavedDraft) else None
        return _editor(section, number, revision, texts, theirs=theirs, sentence=str(error)), 409
    flash(f"Draft {saved} is saved.")
    return redirect(url_for("drafts.show", slug=slug, section=section, number=saved), code=303)


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
    """Put one's name under a draft."""
    return _act(sign_draft, slug, section, number, f"You have signed draft {number}.")


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/publish")
@requires(Permission.SIGN_OFF)
def publish(slug: str, section: str, number: int) -> Response:
    """Freeze a signed draft, so that a round can put it to the panel."""
    words = f"Draft {number} is published. Not a letter of it changes any more."
    return _act(publish_draft, slug, section, number, words)


def _act(service: Callable[..., Any], slug: str, section: str, number: int, words: str) -> Response:
    member = current_member()
    with unit_of_work():
        service(study_id=member.study_id, section=section, number=number, actor=member, now=clock.now())
    flash(words)
    return redirect(url_for("drafts.show", slug=slug, section=section, number=number), code=303)


def _page(page: DraftPage, view: str, old: DraftPage | None) -> str:
    return team_page("drafts/show.html", part="drafts", page=page, view=view, old=old)


def _editor(
    section: str,
    number: int,
    revision: int | None,
    texts: dict[str, str],
    *,
    problems: tuple[Problem, ...] = (),
    theirs: SavedDraft | None = None,
    sentence: str = "",
) -> str:
    title = next(one.title for one in drafts_page(current_member()) if one.code == section)
    order = sorted(texts, key=lambda one: (one != "standard", one))
    fields = [
        (one, variant_words(one), texts[one], theirs.texts.get(one, "") if theirs else None) for one in order
    ]
    if theirs is not None:
        number, revision = theirs.number, theirs.revision
    return team_page(
        "drafts/edit.html",
        part="drafts",
        section=section,
        title=title,
        number=number,
        revision=revision,
        fields=fields,
        problems=problems,
        sentence=sentence,
    )
