"""The team's side of the house put together: rooms, sign-in, and what it says when something cannot be."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from delphi.domain.errors import DelphiError, InvalidInput, NotAllowed, NotFound, Problem, Stale, WrongState
from delphi.unit_of_work import Busy
from delphi.web.access import SignInNeeded, team_comes_from
from delphi.web.accounts import routes as accounts
from delphi.web.audit import routes as audit
from delphi.web.comments import files as comment_files
from delphi.web.comments import held, several, themes
from delphi.web.comments import routes as comments
from delphi.web.comparing import routes as comparing
from delphi.web.decisions import meetings, settling
from delphi.web.decisions import routes as decisions
from delphi.web.drafts import agreed, editor, revision, sections
from delphi.web.drafts import routes as drafts
from delphi.web.errors import on_refusal
from delphi.web.forms_base import set_up_forms
from delphi.web.panel import consent, person
from delphi.web.panel.blueprint import blueprint as panel
from delphi.web.previews import routes as previews
from delphi.web.results import other_rules
from delphi.web.results import routes as results
from delphi.web.rounds import adding, forms, late
from delphi.web.rounds import routes as rounds
from delphi.web.sent import what_was_sent
from delphi.web.studies import (
    look,
    new,
    people,
    rehearsal,
    renewals,
    report,
    rule,
    rule_form,
    settings,
    setup_more,
    writing,
)
from delphi.web.studies import routes as studies
from delphi.web.team import LeftTeam, current_account, member_in, team_page

ROOMS: tuple[Blueprint, ...] = (
    accounts.blueprint,
    studies.blueprint,
    new.blueprint,
    rule.blueprint,
    people.blueprint,
    look.blueprint,
    rule_form.blueprint,
    rehearsal.blueprint,
    writing.blueprint,
    settings.blueprint,
    setup_more.blueprint,
    renewals.blueprint,
    panel,
    person.blueprint,
    consent.blueprint,
    rounds.blueprint,
    forms.blueprint,
    late.blueprint,
    adding.blueprint,
    previews.blueprint,
    results.blueprint,
    other_rules.blueprint,
    comparing.blueprint,
    comments.blueprint,
    comment_files.blueprint,
    held.blueprint,
    several.blueprint,
    themes.blueprint,
    decisions.blueprint,
    settling.blueprint,
    meetings.blueprint,
    drafts.blueprint,
    editor.blueprint,
    agreed.blueprint,
    sections.blueprint,
    revision.blueprint,
    report.blueprint,
    audit.blueprint,
)

STATUS: tuple[tuple[type[DelphiError], int, str], ...] = (
    (NotAllowed, 403, "You may not do this"),
    (NotFound, 404, "There is nothing here"),
    (InvalidInput, 422, "This cannot be done yet"),
    (Stale, 409, "Somebody else was first"),
    (WrongState, 409, "This cannot be done now"),
    (Busy, 503, "The platform is very busy"),
)


def set_up_team_site(app: Flask) -> None:
    """Open every room of the team's side."""
    if "csrf" not in app.extensions:
        set_up_forms(app)
    team_comes_from(app, member_in)
    for room in ROOMS:
        app.register_blueprint(room)


def _ask_to_sign_in(error: SignInNeeded) -> Response | tuple[str, int]:
    """To the sign-in page, and back afterwards if it was a page to look at; a text that was sent stays."""
    sent = what_was_sent()
    if sent is not None:
        heading = "You are not signed in any more"
        return render_template("studies/send_again.html", account=None, heading=heading, sent=sent), 401
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("accounts.sign_in_page", next=wanted or None), code=303)


def _ask_to_send_again(error: CSRFError) -> Response | tuple[str, int]:
    """The token of a form is older than the sign-in: once more, with everything that was typed."""
    sent, account = what_was_sent(), current_account()
    if sent is None:
        return on_refusal(error)
    heading = "Please send this once more" if account else "You are not signed in any more"
    page = render_template(
        "studies/send_again.html", account=account, heading=heading, sent=sent, sentence=error.description
    )
    return page, 400 if account else 401


def _say_why_not(error: DelphiError) -> tuple[str, int]:
    """A page in the team's frame with the sentence, and that nothing was changed."""
    status, heading = next(
        ((code, words) for kind, code, words in STATUS if isinstance(error, kind)), (409, "")
    )
    problems = error.problems if isinstance(error, InvalidInput) else (Problem("", str(error)),)
    values: dict[str, Any] = {
        "heading": (error.heading if isinstance(error, InvalidInput) else "") or heading,
        "problems": problems,
        "was_change": request.method != "GET",
        "slug": (request.view_args or {}).get("slug"),
        "sent": what_was_sent(),
    }
    if g.get("actor") is not None and current_account() is not None:
        return team_page("studies/problem.html", **values), status
    return render_template("studies/problem.html", account=current_account(), **values), status


def _say_farewell(error: LeftTeam) -> tuple[str, int]:
    """A kind page for somebody who was taken out of the team, with what they were just sending."""
    page = render_template(
        "studies/left_team.html", account=current_account(), farewell=error.farewell, sent=what_was_sent()
    )
    return page, 403


for _room in ROOMS:
    _room.register_error_handler(LeftTeam, _say_farewell)
    _room.register_error_handler(SignInNeeded, _ask_to_sign_in)
    _room.register_error_handler(CSRFError, _ask_to_send_again)
    _room.register_error_handler(DelphiError, _say_why_not)
