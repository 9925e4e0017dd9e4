"""Comments that the panel does not see: opening the text of one, and what was done about one passed on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission
from delphi.queries.comments_choice import Choice
from delphi.services.follow_ups import note_follow_up, open_text
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.comments.routes import address_of, bench
from delphi.web.dates import read_day, typed_day
from delphi.web.team import current_member

blueprint = Blueprint("held_comments", __name__)


@blueprint.post("/studies/<slug>/rounds/<int:number>/comments/<int:comment>/open")
@requires(Permission.REVIEW_COMMENTS)
def open_one(slug: str, number: int, comment: int) -> Response:
    """Open the text of a held comment for an hour; it is recorded."""
    member = current_member()
    with unit_of_work():
        open_text(study_id=member.study_id, comment_id=CommentId(comment), actor=member, now=clock.now())
    flash(f"The text of C{comment} is open for you for an hour. The audit says so.")
    return _back(slug, number, comment)


@blueprint.post("/studies/<slug>/rounds/<int:number>/comments/<int:comment>/follow-up")
@requires(Permission.REVIEW_COMMENTS)
def follow_up(slug: str, number: int, comment: int) -> Response | tuple[str, int]:
    """Write down what was done about a comment that was passed on."""
    member, form = current_member(), request.form
    try:
        with unit_of_work():
            note_follow_up(
                study_id=member.study_id,
                comment_id=CommentId(comment),
                who=form.get("who", ""),
                what=form.get("what", ""),
                done_on=read_day(form, "done_on"),
                is_last=bool(form.get("is_last")),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        noted = dict(form) | {"done_on": typed_day(form, "done_on")}
        return bench(number, comment, Choice.read(form), problems=error.problems, noted=noted), 422
    flash("It is written down.")
    return _back(slug, number, comment)


def _back(slug: str, number: int, comment: int) -> Response:
    choice = Choice.read(request.form)
    return redirect(address_of(slug, number, choice, CommentId(comment)), code=303)
