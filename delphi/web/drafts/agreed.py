"""Agreed text: corrected without changing its meaning, or its section taken up again (requirement M18)."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.decisions import CHANGE_WORDS, ChangeClass
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission
from delphi.domain.study_file_texts import plain_newlines
from delphi.queries.draft_editor import EditorPage, editor_page
from delphi.queries.drafts_page import DraftPage, draft_page, newest_number
from delphi.services.corrections import correct_agreed_text
from delphi.services.decisions import reopen_section
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.previews.pages import picture_address
from delphi.web.team import current_member, team_page

blueprint = Blueprint("agreed", __name__)

Answer = Response | tuple[str, int]

KINDS = tuple((kind.value, *CHANGE_WORDS[kind]) for kind in (ChangeClass.CORRECTION, ChangeClass.MINOR))
"""The edits that agreed text may have: value, name, meaning."""


@blueprint.get("/studies/<slug>/drafts/<section>/correct")
@requires(Permission.WRITE_DRAFTS)
def correct_page(slug: str, section: str) -> str:
    """The agreed text, to be corrected."""
    return _correction(slug, section, {}, ())


@blueprint.post("/studies/<slug>/drafts/<section>/correct")
@requires(Permission.WRITE_DRAFTS)
def correct(slug: str, section: str) -> Answer:
    """List a correction; words that change become the next draft, which waits for sign-off."""
    member = current_member()
    given = {name: request.form.get(name, "") for name in ("kind", "edit", "comment")}
    comment = re.search(r"\d+", given["comment"])
    try:
        with unit_of_work():
            correct_agreed_text(
                study_id=member.study_id,
                section=section,
                kind=given["kind"],
                edit=given["edit"],
                comment_id=CommentId(int(comment.group())) if comment else None,
                texts=_changed(editor_page(member, section, _following(section), picture_address(slug))),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _correction(slug, section, given, _beside_fields(error)), 422
    flash("The correction is listed. Changed words hold once they are signed and published.")
    return redirect(url_for("drafts.section", slug=slug, section=section), code=303)


@blueprint.get("/studies/<slug>/drafts/<section>/take-up-again")
@requires(Permission.DECIDE)
def reopen_page(slug: str, section: str) -> str:
    """What taking an agreed section up again means."""
    return _reopening(slug, section, "", ())


@blueprint.post("/studies/<slug>/drafts/<section>/take-up-again")
@requires(Permission.DECIDE)
def reopen(slug: str, section: str) -> Answer:
    """Unlock an agreed section, with the reason why."""
    member, reason = current_member(), request.form.get("reason", "")
    try:
        with unit_of_work():
            reopen_section(
                study_id=member.study_id, section=section, reason=reason, actor=member, now=clock.now()
            )
    except InvalidInput as error:
        return _reopening(slug, section, reason, error.problems), 422
    flash("The section is in play again. Begin its next draft, and choose it for the coming round.")
    return redirect(url_for("drafts.section", slug=slug, section=section), code=303)


def _following(section: str) -> int:
    return _newest(section) + 1


def _newest(section: str) -> int:
    number = newest_number(current_member(), section)
    if number is None:
        raise NotFound("This section has no text yet.")
    return number


def _locked(slug: str, section: str) -> DraftPage:
    """The newest draft of a section whose text is agreed; WrongState for any other."""
    page = draft_page(current_member(), section, _newest(section), picture_address(slug))
    if not page.is_locked:
        raise WrongState(f"“{page.title}” is not agreed, so its text is not locked. Write its next draft.")
    return page


def _changed(page: EditorPage) -> dict[str, str]:
    """The forms of the text whose words were changed."""
    typed = {one.code: plain_newlines(request.form.get(one.name, one.base)) for one in page.fields}
    return {
        one.code: typed[one.code]
        for one in page.fields
        if typed[one.code].strip() != one.base.strip() and (typed[one.code].strip() or one.base.strip())
    }


def _beside_fields(error: InvalidInput) -> tuple[Problem, ...]:
    """The problems with the names that their fields have in the form."""
    own = ("kind", "edit", "comment")
    return tuple(
        one
        if one.where in own
        else Problem("text.standard" if one.where == "texts" else f"text.{one.where}", one.sentence)
        for one in error.problems
    )


def _correction(slug: str, section: str, given: dict[str, str], problems: tuple[Problem, ...]) -> str:
    _locked(slug, section)
    member, number = current_member(), _following(section)
    texts: dict[str, Any] = {}
    if request.method == "POST":
        saved = editor_page(member, section, number, picture_address(slug))
        texts = {"texts": {one.code: request.form.get(one.name, one.text) for one in saved.fields}}
    return team_page(
        "drafts/correct.html",
        part="drafts",
        page=editor_page(member, section, number, picture_address(slug), **texts),
        kinds=KINDS,
        given=given,
        problems=problems,
    )


def _reopening(slug: str, section: str, reason: str, problems: tuple[Problem, ...]) -> str:
    page = _locked(slug, section)
    return team_page("drafts/reopen.html", part="drafts", page=page, reason=reason, problems=problems)
