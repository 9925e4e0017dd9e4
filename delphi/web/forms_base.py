"""The one protection against forged forms, set up so that nobody loses what they typed.

A page may lie open for days before it is sent, so a token has no age of its own: it lives as long as the
session. Pages marked with `shows_again` come back with everything typed when the token does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from delphi.web.access import is_shared_device

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

PAGE_TOO_OLD = (
    "This page could not be sent just now, because it had been open for a long time or you signed in again. "
    "Everything you typed is still here. Please check it and send it once more."
)
COOKIES_OFF = (
    "Your browser does not keep cookies for this website, so we cannot tell that it is you. "
    "Please allow cookies for this website and try again, or ask the study team for another way to take part."
)


def set_up_forms(app: Flask) -> None:
    """Check the token of every form before its view; pages that keep what was typed answer themselves."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        # We send no referrer (a personal link must not travel in one), so it cannot be asked for either.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.before_request(_check_token)
    app.jinja_env.globals.setdefault("csrf_token", generate_csrf)


def shows_again(view: View) -> View:
    """Mark a view that asks `token_problem()` itself and shows its page again with what was typed."""
    view.shows_again = True  # type: ignore[attr-defined]
    return view


def token_problem() -> str:
    """Why this form cannot be taken as it is, as a sentence; empty when it can."""
    sentence: str = g.get("token_problem", "")
    return sentence


def _check_token() -> None:
    if request.method not in CHANGING or request.endpoint is None or not _is_checked():
        return
    try:
        csrf.protect()
    except CSRFError as error:
        g.token_problem = PAGE_TOO_OLD if _sent_cookie() else COOKIES_OFF
        view = current_app.view_functions[request.endpoint]
        # What one person typed is not shown again on a page of the next.
        if is_shared_device() or not getattr(view, "shows_again", False):
            error.description = g.token_problem
            raise


def _is_checked() -> bool:
    return bool(current_app.config.get("WTF_CSRF_ENABLED", True))


def _sent_cookie() -> bool:
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies
