"""Signing in by password or one-time link, signing out, choosing a password.

Opening a one-time link shows a page and signs nobody in: programs that scan mail open links too.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.queries.accounts import look_at_sign_in_link
from delphi.services.signing_in import Refused, choose_password, end_sessions, sign_in, use_sign_in_link
from delphi.unit_of_work import unit_of_work
from delphi.web.access import public
from delphi.web.accounts.tries import tries_here
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.team import account_here, begin_session, current_account, end_session, needs_account

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@public
def sign_in_page() -> str | Response:
    """Ask for e-mail address and password."""
    if current_account() is not None:
        return redirect(url_for("studies.index"), code=303)
    return render_template("accounts/sign_in.html", email="", problems=(), next=_next_page())


@blueprint.post("/sign-in")
@public
@shows_again
def sign_in_post() -> tuple[str, int] | Response:
    """Sign in, or say on the same page why not."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    sentence, where = token_problem(), ""
    if not sentence and not (email.strip() and password):
        sentence = "Give your e-mail address." if not email.strip() else "Give your password."
        where = "password" if email.strip() else "email"
    tries, now = tries_here(), clock.now()
    if not sentence:
        sentence, where = tries.obstacle(email, now), "email"
    if not sentence:
        with unit_of_work():
            result = sign_in(email=email, password=password, now=now)
        if not isinstance(result, Refused):
            tries.forget(email)
            begin_session(result)
            return redirect(_next_page() or url_for("studies.index"), code=303)
        tries.note_wrong(email, now)
        sentence = result.sentence
    page = render_template(
        "accounts/sign_in.html", email=email, problems=(Problem(where, sentence),), next=_next_page()
    )
    return page, 422


@blueprint.get("/sign-in/<token>")
@public
def link_page(token: str) -> str:
    """Show whose one-time link this is, with the button that signs in."""
    return render_template(
        "accounts/link.html", link=look_at_sign_in_link(token, clock.now()), token_of_link=token
    )


@blueprint.post("/sign-in/<token>")
@public
def link_post(token: str) -> Response:
    """Sign in with a one-time link, which then no longer works."""
    with unit_of_work():
        signed_in = use_sign_in_link(token=token, now=clock.now())
    begin_session(signed_in)
    return redirect(url_for("studies.index"), code=303)


@blueprint.post("/sign-out")
@needs_account
def sign_out() -> Response:
    """Sign out on this device; with `everywhere`, on all others too."""
    if request.form.get("everywhere"):
        with unit_of_work():
            end_sessions(account_id=account_here().account_id, now=clock.now())
    end_session()
    flash("You are signed out.")
    return redirect(url_for("accounts.sign_in_page"), code=303)


@blueprint.get("/your-account")
@needs_account
def account_page() -> str:
    """Choose a password, or sign out everywhere."""
    return render_template("accounts/account.html", account=account_here(), problems=())


@blueprint.post("/your-account/password")
@needs_account
def password_post() -> tuple[str, int] | Response:
    """Choose a password; every other session of this account ends."""
    account, password = account_here(), request.form.get("password", "")
    try:
        if password != request.form.get("again", ""):
            raise InvalidInput([Problem("again", "These two are not the same. Type the password again.")])
        with unit_of_work():
            signed_in = choose_password(account_id=account.account_id, password=password, now=clock.now())
    except InvalidInput as error:
        return render_template("accounts/account.html", account=account, problems=error.problems), 422
    begin_session(signed_in)
    flash("Your password is saved. You are signed out on every other device.")
    return redirect(url_for("accounts.account_page"), code=303)


def _next_page() -> str:
    """Where somebody was on their way to; only an address of this server, so that no link leads astray."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/studies") and not parts.scheme and not parts.netloc and "\\" not in wanted
    return wanted if is_ours else ""
