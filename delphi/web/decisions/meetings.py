"""Consensus meetings after the rounds: recorded with who came, and vote by vote."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.meetings import meeting_page, meetings_page
from delphi.services.meetings import record_meeting, record_vote
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.dates import read_day, typed_day
from delphi.web.team import current_member, team_page

blueprint = Blueprint("meetings", __name__)

COUNTS = ("n_for", "n_against", "n_abstained")


@blueprint.get("/studies/<slug>/meetings")
@requires(Permission.DECIDE)
def index(slug: str) -> str:
    """Every meeting with its votes, and the form for one more."""
    return _index(())


@blueprint.post("/studies/<slug>/meetings")
@requires(Permission.DECIDE)
def add(slug: str) -> Response | tuple[str, int]:
    """Record that a meeting was held."""
    member = current_member()
    try:
        held_on = read_day(request.form, "held_on")
        with unit_of_work():
            meeting = record_meeting(
                study_id=member.study_id,
                held_on=held_on,
                who=request.form.get("who", ""),
                how=request.form.get("how", ""),
                actor=member,
                now=clock.now(),
            ).id
    except InvalidInput as error:
        return _index(error.problems), 422
    flash("The meeting is recorded. Now record its votes.")
    return redirect(url_for("meetings.show", slug=slug, meeting=meeting), code=303)


@blueprint.get("/studies/<slug>/meetings/<int:meeting>")
@requires(Permission.DECIDE)
def show(slug: str, meeting: int) -> str:
    """One meeting, and the form for a vote."""
    return _page(meeting, ())


@blueprint.post("/studies/<slug>/meetings/<int:meeting>/votes")
@requires(Permission.DECIDE)
def vote(slug: str, meeting: int) -> Response | tuple[str, int]:
    """Record one vote, or put a slip in one right."""
    member = current_member()
    try:
        counted = {name: _count(name) for name in COUNTS}
        with unit_of_work():
            record_vote(
                study_id=member.study_id,
                meeting_id=meeting,
                section=request.form.get("section", ""),
                question=request.form.get("question", ""),
                changes=request.form.get("changes", ""),
                actor=member,
                now=clock.now(),
                **counted,
            )
    except InvalidInput as error:
        return _page(meeting, error.problems), 422
    flash("The vote is recorded.")
    return redirect(url_for("meetings.show", slug=slug, meeting=meeting), code=303)


def _count(name: str) -> int:
    words = request.form.get(name, "").strip()
    if not (words.isascii() and words.isdigit() and len(words) <= 4):
        raise InvalidInput([Problem(name, "Write a whole number in digits; 0 if nobody did.")])
    return int(words)


def _index(problems: tuple[Problem, ...]) -> str:
    return team_page(
        "decisions/meetings.html",
        part="drafts",
        page=meetings_page(current_member()),
        given=request.form,
        held_on=typed_day(request.form, "held_on"),
        problems=problems,
    )


def _page(meeting: int, problems: tuple[Problem, ...]) -> str:
    return team_page(
        "decisions/meeting.html",
        part="drafts",
        meeting=meeting_page(current_member(), meeting),
        given=request.form,
        problems=problems,
    )
