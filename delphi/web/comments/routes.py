"""Comments of a round: what the panel sees of each, its themes, and the team's answer to it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, NotFound, Problem
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission
from delphi.queries.comments_page import (
    KIND_CHOICES,
    STATE_CHOICES,
    CommentDetail,
    comments_page,
    round_with_comments,
)
from delphi.services.comments import review_comment
from delphi.services.dispositions import answer_comment
from delphi.services.themes import set_themes
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("comments", __name__)

FIELDS = ("state", "shown_text", "review_reason", "kind", "reason", "duplicate_of", "themes")


@blueprint.get("/studies/<slug>/comments")
@requires(Permission.REVIEW_COMMENTS)
def index(slug: str) -> Response:
    """To the newest round whose comments can be read."""
    number = round_with_comments(current_member())
    if number is None:
        raise NotFound("This study has no rounds yet.")
    return redirect(url_for("comments.show", slug=slug, number=number))


@blueprint.get("/studies/<slug>/rounds/<int:number>/comments")
@requires(Permission.REVIEW_COMMENTS)
def show(slug: str, number: int) -> str:
    """The bench: the list at the left, the comment in hand at the right."""
    return _page(number, request.args.get("comment", type=int), None, ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/comments/<int:comment>")
@requires(Permission.REVIEW_COMMENTS)
def save(slug: str, number: int, comment: int) -> Response | tuple[str, int]:
    """Save what was decided about one comment, all of it or nothing, and go to the next."""
    member = current_member()
    page = comments_page(member, number, comment_id=CommentId(comment))
    given = {name: request.form.get(name, "") for name in FIELDS}
    show_only = request.form.get("show") or None
    if page.current is not None and not request.form.get("skip"):
        try:
            with unit_of_work():
                _save(page.current, given)
        except InvalidInput as error:
            return _page(number, comment, given, error.problems), 422
        flash(f"Comment C{comment} is saved.")
    following = page.next_id
    return redirect(
        url_for("comments.show", slug=slug, number=number, comment=following, show=show_only), code=303
    )


def _save(detail: CommentDetail, given: dict[str, str]) -> None:
    """Run the use cases whose part of the form was filled in or changed."""
    member, now = current_member(), clock.now()
    if not given["state"] and not given["kind"]:
        raise InvalidInput([Problem("state", "Choose what the panel sees, or leave the comment open.")])
    text = given["shown_text"].replace("\r\n", "\n") if given["state"] == "redacted" else None
    before = (detail.state, detail.shown_text if text is not None else None, detail.review_reason)
    if given["state"] and (given["state"], text, given["review_reason"].strip()) != before:
        if given["state"] != "shown" and not given["review_reason"].strip():
            raise InvalidInput([Problem("review_reason", "Say why. The reason stays with the team.")])
        review_comment(
            study_id=member.study_id,
            comment_id=detail.id,
            state=given["state"],
            shown_text=text,
            reason=given["review_reason"],
            actor=member,
            now=now,
        )
    if given["themes"].strip() != detail.themes:
        labels = [label.strip() for label in given["themes"].split(",") if label.strip()]
        set_themes(study_id=member.study_id, comment_id=detail.id, labels=labels, actor=member, now=now)
    if given["kind"]:
        named = given["duplicate_of"] if given["kind"] == "duplicate" else ""
        answer_comment(
            study_id=member.study_id,
            comment_id=detail.id,
            kind=given["kind"],
            reason=given["reason"],
            duplicate_of=CommentId(int(named)) if named.isdigit() else None,
            actor=member,
            now=now,
        )


def _page(
    number: int, comment: int | None, given: dict[str, str] | None, problems: tuple[Problem, ...]
) -> str:
    show_only, search = request.values.get("show", ""), request.args.get("q", "").strip()
    page = comments_page(
        current_member(),
        number,
        show=show_only,
        search=search,
        comment_id=CommentId(comment) if comment is not None else None,
    )
    if given is None and page.current is not None:
        given = {name: str(getattr(page.current, name)) for name in FIELDS}
    return team_page(
        "comments/show.html",
        part="comments",
        round_number=number,
        page=page,
        given=given or {},
        problems=problems,
        search=search,
        show_only=show_only,
        states=STATE_CHOICES,
        kinds=KIND_CHOICES,
    )
