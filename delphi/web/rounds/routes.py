"""A round's page and what can be done with a round. What cannot be undone asks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.calendar import in_words
from delphi.domain.errors import InvalidInput, NotFound, Problem
from delphi.domain.permissions import Permission
from delphi.queries.results import results_ahead
from delphi.queries.round_page import round_page, round_to_look_at
from delphi.services.analysis import analyse_round
from delphi.services.round_dates import move_dates
from delphi.services.rounds import (
    arm_round,
    cancel_round,
    close_round,
    extend_round,
    open_round,
    plan_round,
    reopen_round,
)
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.dates import read_day, typed_day
from delphi.web.team import current_member, team_page

blueprint = Blueprint("rounds", __name__)

Answer = Response | tuple[str, int]


@blueprint.get("/studies/<slug>/rounds")
@requires(Permission.SEE_PROGRESS)
def index(slug: str) -> Response:
    """To the round that is under way, or next."""
    number = round_to_look_at(current_member())
    if number is None:
        raise NotFound("This study has no rounds yet.")
    return redirect(url_for("rounds.show", slug=slug, number=number))


@blueprint.get("/studies/<slug>/rounds/<int:number>")
@requires(Permission.SEE_PROGRESS)
def show(slug: str, number: int) -> str:
    """Where a round stands and what can be done with it."""
    return _page(number)


@blueprint.post("/studies/<slug>/rounds/<int:number>/plan")
@requires(Permission.RUN_ROUNDS)
def plan(slug: str, number: int) -> Answer:
    """Say which sections, in which draft, a planned round puts to the panel."""
    page = round_page(current_member(), number, clock.now())
    items = {row.code: request.form.get(f"draft.{row.code}", "") for row in page.plan}
    chosen = {code: int(draft) for code, draft in items.items() if draft.isdigit()}
    return _act(plan_round, slug, number, "The plan is saved.", items=chosen)


@blueprint.post("/studies/<slug>/rounds/<int:number>/arm")
@requires(Permission.RUN_ROUNDS)
def arm(slug: str, number: int) -> Answer:
    """Put a round's dates into force."""
    words = f"Round {number} is armed: it opens, reminds and closes by itself."
    return _act(arm_round, slug, number, words)


@blueprint.post("/studies/<slug>/rounds/<int:number>/dates")
@requires(Permission.RUN_ROUNDS)
def dates(slug: str, number: int) -> Answer:
    """Give a round that has not opened other dates; once sealed this is a deviation and needs its reason."""
    reason = request.form.get("reason", "")
    given = {"reason": reason} | {name: typed_day(request.form, name) for name in ("opens_on", "closes_on")}
    try:
        opens_on, closes_on = read_day(request.form, "opens_on"), read_day(request.form, "closes_on")
        words = f"Round {number} is planned from {in_words(opens_on)} to {in_words(closes_on)}."
        return _act(move_dates, slug, number, words, opens_on=opens_on, closes_on=closes_on, reason=reason)
    except InvalidInput as error:
        return _page(number, error.problems, given), 422


@blueprint.post("/studies/<slug>/rounds/<int:number>/open")
@requires(Permission.RUN_CLOCK)
def open_(slug: str, number: int) -> Answer:
    """Open an armed round now, without waiting for its day."""
    if not request.form.get("sure-open"):
        return _ask_again(number, "sure-open", "Tick that the round shall open now.")
    return _act(open_round, slug, number, f"Round {number} is open. The panel is told now.")


@blueprint.post("/studies/<slug>/rounds/<int:number>/extend")
@requires(Permission.RUN_ROUNDS)
def extend(slug: str, number: int) -> Answer:
    """Put off the closing day, with a reason."""
    return _with_day(
        extend_round, slug, number, "The round is extended. Everybody who has not finished is told now."
    )


@blueprint.post("/studies/<slug>/rounds/<int:number>/close")
@requires(Permission.RUN_CLOCK)
def close(slug: str, number: int) -> Answer:
    """Close a round now."""
    if not request.form.get("sure-close"):
        return _ask_again(number, "sure-close", "Tick that the round shall close now.")
    return _act(close_round, slug, number, f"Round {number} is closed. No answer is accepted any more.")


@blueprint.post("/studies/<slug>/rounds/<int:number>/reopen")
@requires(Permission.RUN_ROUNDS)
def reopen(slug: str, number: int) -> Answer:
    """Open a closed round again until a new day; a deviation."""
    return _with_day(
        reopen_round, slug, number, f"Round {number} is open again. It is recorded as a deviation."
    )


@blueprint.post("/studies/<slug>/rounds/<int:number>/cancel")
@requires(Permission.RUN_ROUNDS)
def cancel(slug: str, number: int) -> Answer:
    """Cancel a round, with a reason."""
    reason = request.form.get("cancel-reason", "")
    if not reason.strip():
        return _ask_again(number, "cancel-reason", "Say why the round is cancelled.")
    return _act(cancel_round, slug, number, f"Round {number} is cancelled.", reason=reason)


@blueprint.post("/studies/<slug>/rounds/<int:number>/analyse")
@requires(Permission.ANALYSE)
def analyse(slug: str, number: int) -> Answer:
    """Compute a closed round by the sealed rule."""
    member = current_member()
    if not request.form.get("sure-analyse"):
        return _ask_again(number, "sure-analyse", "Tick that every form is in.")
    ahead = results_ahead(member.study_id, number)
    with unit_of_work():
        analyse_round(study_id=member.study_id, number=number, actor=member, now=clock.now(), ahead=ahead)
    flash(f"Round {number} is analysed. The results are kept with their checksum.")
    return redirect(url_for("rounds.show", slug=slug, number=number), code=303)


def _act(service: Callable[..., Any], slug: str, number: int, words: str, **more: Any) -> Response:
    """Run one service, then show the round again."""
    member = current_member()
    with unit_of_work():
        service(study_id=member.study_id, number=number, actor=member, now=clock.now(), **more)
    flash(words)
    return redirect(url_for("rounds.show", slug=slug, number=number), code=303)


def _with_day(service: Callable[..., Any], slug: str, number: int, words: str) -> Answer:
    """Run a service that takes a new closing day and a reason, or show what is wrong with them."""
    reason = request.form.get("reason", "")
    given = {"reason": reason, "closes_on": typed_day(request.form, "closes_on")}
    why = () if reason.strip() else (Problem("reason", "Say why. The reason is printed in the report."),)
    try:
        closes_on = read_day(request.form, "closes_on")
    except InvalidInput as error:
        return _page(number, (*error.problems, *why), given), 422
    if why:
        return _page(number, why, given), 422
    try:
        answer = _act(service, slug, number, words, closes_on=closes_on, reason=reason)
    except InvalidInput as error:
        return _page(number, error.problems, given), 422
    flash(f"The new last day is {in_words(closes_on)}.")
    return answer


def _ask_again(number: int, field: str, sentence: str) -> tuple[str, int]:
    return _page(number, (Problem(field, sentence),)), 422


def _page(number: int, problems: tuple[Problem, ...] = (), given: dict[str, Any] | None = None) -> str:
    page = round_page(current_member(), number, clock.now())
    empty = {"reason": "", "opens_on": typed_day({}, "opens_on"), "closes_on": typed_day({}, "closes_on")}
    given = empty | (given or {})
    picture = Markup(page.days.picture) if page.days else ""  # noqa: S704 - drawn by delphi/charts, escaped
    return team_page(
        "rounds/show.html",
        part="rounds",
        round_number=number,
        page=page,
        picture=picture,
        problems=problems,
        given=given,
    )
