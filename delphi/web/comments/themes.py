"""The list of themes: made, renamed, put together, deleted."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.themes import themes_page
from delphi.services.theme_list import delete_theme, make_theme, put_together, rename_theme
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("themes", __name__)


@blueprint.get("/studies/<slug>/themes")
@requires(Permission.REVIEW_COMMENTS)
def show(slug: str) -> str:
    """Every theme with its use, and what can be done with it."""
    return _page()


@blueprint.post("/studies/<slug>/themes")
@requires(Permission.REVIEW_COMMENTS)
def make(slug: str) -> Response | tuple[str, int]:
    """Make a theme."""
    member, label = current_member(), request.form.get("label", "")
    try:
        with unit_of_work():
            theme = make_theme(study_id=member.study_id, label=label, actor=member, now=clock.now())
            said = f"The theme “{theme.label}” is there."
    except InvalidInput as error:
        return _page(given=label, problems=error.problems), 422
    return _done(slug, said)


@blueprint.post("/studies/<slug>/themes/<int:theme>/name")
@requires(Permission.REVIEW_COMMENTS)
def rename(slug: str, theme: int) -> Response | tuple[str, int]:
    """Give a theme another name."""
    member, label = current_member(), request.form.get("label", "")
    try:
        with unit_of_work():
            rename_theme(study_id=member.study_id, theme_id=theme, label=label, actor=member, now=clock.now())
    except InvalidInput as error:
        problems = tuple(Problem(f"label-{theme}", one.sentence) for one in error.problems)
        return _page(open_theme=theme, given=label, problems=problems), 422
    return _done(slug, "The theme has its new name.")


@blueprint.post("/studies/<slug>/themes/<int:theme>/put-together")
@requires(Permission.REVIEW_COMMENTS)
def merge(slug: str, theme: int) -> Response | tuple[str, int]:
    """Give the comments of this theme another one instead."""
    member, into = current_member(), request.form.get("into", "")
    try:
        with unit_of_work():
            if not into.isdecimal():
                raise InvalidInput([Problem("into", "Choose the theme to put it together with.")])
            n = put_together(
                study_id=member.study_id, theme_id=theme, into_id=int(into), actor=member, now=clock.now()
            )
    except InvalidInput as error:
        problems = tuple(Problem(f"into-{theme}", one.sentence) for one in error.problems)
        return _page(open_theme=theme, problems=problems), 422
    return _done(slug, f"{n} {'comment has' if n == 1 else 'comments have'} the other theme now.")


@blueprint.post("/studies/<slug>/themes/<int:theme>/delete")
@requires(Permission.REVIEW_COMMENTS)
def delete(slug: str, theme: int) -> Response:
    """Take a theme that no comment has off the list."""
    member = current_member()
    with unit_of_work():
        delete_theme(study_id=member.study_id, theme_id=theme, actor=member, now=clock.now())
    return _done(slug, "The theme is off the list.")


def _page(open_theme: int = 0, given: str = "", problems: tuple[Problem, ...] = ()) -> str:
    return team_page(
        "comments/themes.html",
        part="comments",
        page=themes_page(current_member()),
        open_theme=open_theme,
        given=given,
        problems=problems,
    )


def _done(slug: str, words: str) -> Response:
    flash(words)
    return redirect(url_for("themes.show", slug=slug), code=303)
