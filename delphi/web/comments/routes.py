"""Comments of a round, one by one: what the panel sees of each, its themes, and the team's answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, NotFound, Problem, Stale
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission
from delphi.queries.comments_choice import Choice
from delphi.queries.comments_page import comments_page, round_with_comments
from delphi.services.reviews import Answer, Review, save_review, take_back_last
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.comments.words import FIELDS, KIND_CHOICES, STATE_CHOICES
from delphi.web.dates import day_parts
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.team import current_member, team_page

blueprint = Blueprint("comments", __name__)


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
    return bench(number, request.args.get("comment", type=int), Choice.read(request.args))


@blueprint.post("/studies/<slug>/rounds/<int:number>/comments/<int:comment>")
@requires(Permission.REVIEW_COMMENTS)
@shows_again
def save(slug: str, number: int, comment: int) -> Response | tuple[str, int]:
    """Save what was decided about one comment, all of it or nothing, and go to the next."""
    member, choice = current_member(), Choice.read(request.form)
    page = comments_page(member, number, clock.now(), choice=choice, comment_id=CommentId(comment))
    if not request.form.get("skip"):
        given = {name: request.form.get(name, "") for name in FIELDS}
        if problem := token_problem():
            return bench(number, comment, choice, given, (Problem("", problem),)), 400
        try:
            with unit_of_work():
                _save(CommentId(comment), given)
        except InvalidInput as error:
            return bench(number, comment, choice, given, error.problems), 422
        except Stale as error:
            return bench(number, comment, choice, given, (Problem("", str(error)),), error.theirs), 409
        flash(f"Comment C{comment} is saved.")
    return redirect(address_of(slug, number, choice, page.next_id), code=303)


@blueprint.post("/studies/<slug>/rounds/<int:number>/comments/undo")
@requires(Permission.REVIEW_COMMENTS)
def undo(slug: str, number: int) -> Response:
    """Put back what this person saved last."""
    member = current_member()
    with unit_of_work():
        back = take_back_last(study_id=member.study_id, number=number, actor=member, now=clock.now())
    names = ", ".join(f"C{one}" for one in back)
    flash(f"{names} {'is' if len(back) == 1 else 'are'} as before.")
    return redirect(address_of(slug, number, Choice.read(request.form), back[0]), code=303)


def bench(
    number: int,
    comment: int | None,
    choice: Choice,
    given: dict[str, str] | None = None,
    problems: tuple[Problem, ...] = (),
    theirs: object = None,
    noted: Mapping[str, object] | None = None,
) -> str:
    """The bench with what somebody typed, if it comes back; `theirs` is what a colleague saved meanwhile."""
    in_hand = CommentId(comment) if comment is not None else None
    page = comments_page(current_member(), number, clock.now(), choice=choice, comment_id=in_hand)
    if given is None and page.current is not None:
        given = {name: str(getattr(page.current, name)) for name in FIELDS}
    return team_page(
        "comments/show.html",
        part="comments",
        round_number=number,
        page=page,
        choice=choice,
        given=given or {},
        noted=noted or {"done_on": day_parts(None)},
        problems=problems,
        theirs=theirs,
        states=STATE_CHOICES,
        kinds=KIND_CHOICES,
    )


def address_of(slug: str, number: int, choice: Choice, comment: CommentId | None) -> str:
    """Where a comment is in hand, among those that the reader chose."""
    values: dict[str, Any] = {"slug": slug, "number": number, "comment": comment, **choice.fields()}
    return url_for("comments.show", **values)


def _save(comment: CommentId, given: dict[str, str]) -> None:
    member = current_member()
    named = given["duplicate_of"]
    original = CommentId(int(named)) if named.isdecimal() else None
    save_review(
        study_id=member.study_id,
        comment_id=comment,
        review=_review(given),
        labels=labels_of(given["themes"]),
        answer=Answer(given["kind"], given["reason"], original) if given["kind"] else None,
        seen=given["stamp"],
        actor=member,
        now=clock.now(),
    )


def _review(given: dict[str, str]) -> Review | None:
    state, reason = given["state"], given["review_reason"]
    if not state:
        return None
    if state != "shown" and not reason.strip():
        raise InvalidInput([Problem("review_reason", "Say why. The reason stays with the team.")])
    text = given["shown_text"].replace("\r\n", "\n") if state == "redacted" else None
    return Review(state, text, reason)


def labels_of(typed: str) -> list[str]:
    """Themes as they are typed, with commas between them."""
    return [label.strip() for label in typed.split(",") if label.strip()]
