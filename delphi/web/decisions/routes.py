"""Deciding about sections after a round, signing the decisions, publishing the feedback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, NotFound, Problem
from delphi.domain.permissions import Permission
from delphi.queries.decisions_page import decision_form, decisions_page, round_to_decide
from delphi.queries.publishing_page import publishing_page
from delphi.services.decisions import (
    decide,
    keep_agreed,
    sign_decisions,
    unsign_decisions,
    withdraw_decision,
)
from delphi.services.feedback import publish_feedback
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/studies/<slug>/rounds/<int:number>/decisions")
@requires(Permission.DECIDE)
def index(slug: str, number: int) -> str:
    """Every section with its outcome and decision, and the signatures."""
    page = decisions_page(current_member(), number)
    return team_page("decisions/index.html", part="drafts", round_number=number, page=page)


@blueprint.get("/studies/<slug>/rounds/<int:number>/decisions/<section>")
@requires(Permission.DECIDE)
def section(slug: str, number: int, section: str) -> str:
    """Decide about one section."""
    return _form(number, section, None, ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/decisions/<section>")
@requires(Permission.DECIDE)
def save(slug: str, number: int, section: str) -> Response | tuple[str, int]:
    """Record the decision; signatures under the earlier ones come off."""
    member = current_member()
    given = {name: request.form.get(name, "") for name in ("kind", "reason", "into")}
    try:
        if not given["kind"]:
            raise InvalidInput([Problem("kind", "Choose what happens to this section.")])
        with unit_of_work():
            decide(
                study_id=member.study_id,
                number=number,
                section=section,
                kind=given["kind"],
                reason=given["reason"],
                into=given["into"] if given["kind"] == "merge" else None,
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _form(number, section, given, error.problems), 422
    flash("The decision is saved. It takes effect when the feedback is published.")
    return redirect(url_for("decisions.index", slug=slug, number=number), code=303)


@blueprint.post("/studies/<slug>/rounds/<int:number>/decisions/<section>/withdraw")
@requires(Permission.DECIDE)
def withdraw(slug: str, number: int, section: str) -> Response:
    """Take a decision back, so that the section is undecided again."""
    words = "The decision is taken back. The section is undecided again."
    return _act(withdraw_decision, slug, number, words, section=section)


@blueprint.post("/studies/<slug>/rounds/<int:number>/decisions-keep")
@requires(Permission.DECIDE)
def keep(slug: str, number: int) -> Response:
    """Keep every agreed section that has no decision yet."""
    return _act(keep_agreed, slug, number, "The agreed sections are kept. Each can still be changed.")


@blueprint.post("/studies/<slug>/rounds/<int:number>/decisions-signature")
@requires(Permission.SIGN_OFF)
def sign(slug: str, number: int) -> Response:
    """Sign all decisions of the round together, as they were read."""
    digest = request.form.get("digest", "")
    return _act(
        sign_decisions, slug, number, f"You have signed the decisions of round {number}.", digest=digest
    )


@blueprint.post("/studies/<slug>/rounds/<int:number>/decisions-signature/withdraw")
@requires(Permission.SIGN_OFF)
def unsign(slug: str, number: int) -> Response:
    """Take one's own name from under the decisions."""
    return _act(unsign_decisions, slug, number, "Your signature is taken back.")


@blueprint.get("/studies/<slug>/feedback")
@requires(Permission.PUBLISH)
def feedback_index(slug: str) -> Response:
    """To the newest round that has been analysed."""
    number = round_to_decide(current_member())
    if number is None:
        raise NotFound("This study has no rounds yet.")
    return redirect(url_for("decisions.feedback", slug=slug, number=number))


@blueprint.get("/studies/<slug>/rounds/<int:number>/feedback")
@requires(Permission.PUBLISH)
def feedback(slug: str, number: int) -> str:
    """What publishing would show, to whom, and what is missing."""
    return _feedback(number, ())


@blueprint.post("/studies/<slug>/rounds/<int:number>/feedback")
@requires(Permission.PUBLISH)
def publish(slug: str, number: int) -> Response | tuple[str, int]:
    """Freeze the feedback and share it with the panel."""
    member = current_member()
    if not request.form.get("looked"):
        problem = Problem("looked", "Look at what the panel will see, then tick that you have.")
        return _feedback(number, (problem,)), 422
    with unit_of_work():
        publish_feedback(study_id=member.study_id, number=number, actor=member, now=clock.now())
    flash(f"The feedback of round {number} is published. The panel is told now.")
    return redirect(url_for("studies.home", slug=slug), code=303)


def _act(service: Callable[..., Any], slug: str, number: int, words: str, **more: Any) -> Response:
    """Run one service, then show all decisions again."""
    member = current_member()
    with unit_of_work():
        service(study_id=member.study_id, number=number, actor=member, now=clock.now(), **more)
    flash(words)
    return redirect(url_for("decisions.index", slug=slug, number=number), code=303)


def _feedback(number: int, problems: tuple[Problem, ...]) -> str:
    page = publishing_page(current_member(), number)
    return team_page(
        "decisions/feedback.html", part="feedback", round_number=number, page=page, problems=problems
    )


def _form(number: int, section: str, given: dict[str, str] | None, problems: tuple[Problem, ...]) -> str:
    page = decision_form(current_member(), number, section)
    given = given or {"kind": page.row.kind, "reason": page.row.reason, "into": page.into}
    return team_page(
        "decisions/section.html",
        part="drafts",
        round_number=number,
        page=page,
        given=given,
        problems=problems,
    )
