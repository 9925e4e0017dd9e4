"""Adding a round after the seal, from the browser."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.services.added_rounds import add_round
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.dates import read_day, typed_day
from delphi.web.team import current_member, team_page

blueprint = Blueprint("added_rounds", __name__)

KIND_WORDS = (
    ("rating", "Ratings"),
    ("mixed", "Ratings and comments"),
    ("comments", "Comments only"),
)


@blueprint.get("/studies/<slug>/rounds/new")
@requires(Permission.RUN_ROUNDS)
def new(slug: str) -> str:
    """What the round asks for, when, and why it is added."""
    return _page(())


@blueprint.post("/studies/<slug>/rounds/new")
@requires(Permission.RUN_ROUNDS)
def add(slug: str) -> Response | tuple[str, int]:
    """Add it as a deviation."""
    member = current_member()
    try:
        opens_on, closes_on = read_day(request.form, "opens_on"), read_day(request.form, "closes_on")
        with unit_of_work():
            number = add_round(
                study_id=member.study_id,
                kind=request.form.get("kind", ""),
                opens_on=opens_on,
                closes_on=closes_on,
                purpose=request.form.get("purpose", ""),
                reason=request.form.get("reason", ""),
                actor=member,
                now=clock.now(),
            ).number
    except InvalidInput as error:
        return _page(error.problems), 422
    flash(f"Round {number} is added. It is recorded as a deviation.")
    return redirect(url_for("rounds.show", slug=slug, number=number), code=303)


def _page(problems: tuple[Problem, ...]) -> str:
    return team_page(
        "rounds/new.html",
        part="rounds",
        kinds=KIND_WORDS,
        given=request.form,
        days={name: typed_day(request.form, name) for name in ("opens_on", "closes_on")},
        problems=problems,
    )
