"""The same answer for several comments at once; each is read in full on the page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission
from delphi.queries.several_comments import SeveralPage, several_page
from delphi.services.reviews import Answer, answer_alike
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.comments.routes import labels_of
from delphi.web.comments.words import KIND_CHOICES
from delphi.web.team import current_member, team_page

blueprint = Blueprint("several_comments", __name__)


@blueprint.get("/studies/<slug>/rounds/<int:number>/comments/<int:comment>/same-answer")
@requires(Permission.REVIEW_COMMENTS)
def show(slug: str, number: int, comment: int) -> str:
    """Comments that could have the answer of this one, those most alike first."""
    page = several_page(current_member(), number, CommentId(comment))
    given = {"kind": page.kind, "reason": page.reason, "themes": page.themes}
    return _page(page, given, frozenset(), ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/comments/<int:comment>/same-answer")
@requires(Permission.REVIEW_COMMENTS)
def save(slug: str, number: int, comment: int) -> Response | tuple[str, int]:
    """Give the ticked comments the answer, all of them or none."""
    member, form = current_member(), request.form
    ticked = [CommentId(int(one)) for one in form.getlist("comments") if one.isdecimal()]
    try:
        with unit_of_work():
            if form.get("shown") not in ("yes", "no"):
                raise InvalidInput([Problem("shown", "Say whether they may be shown as they were written.")])
            n = answer_alike(
                study_id=member.study_id,
                comment_ids=ticked,
                answer=Answer(form.get("kind", ""), form.get("reason", ""), CommentId(comment)),
                labels=labels_of(form.get("themes", "")),
                may_be_shown=form["shown"] == "yes",
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        page = several_page(member, number, CommentId(comment))
        return _page(page, dict(form), frozenset(ticked), error.problems), 422
    flash(f"{n} {'comment is' if n == 1 else 'comments are'} answered.")
    return redirect(url_for("comments.show", slug=slug, number=number, show="open"), code=303)


def _page(
    page: SeveralPage,
    given: dict[str, str],
    ticked: frozenset[CommentId],
    problems: tuple[Problem, ...],
) -> str:
    return team_page(
        "comments/several.html",
        part="comments",
        round_number=page.number,
        page=page,
        given=given,
        ticked=ticked,
        problems=problems,
        kinds=KIND_CHOICES,
    )
