"""What a person reads when something cannot be: the sentence, what to do next, whom to ask.

Errors of the house say what is wrong in their own words; what the web server or the program itself refuses
gets plain words here. Nothing shows a stack trace or an address, and the log of a failure names places in
the program, never values: a personal link, a comment or a name may be among them.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, g, jsonify, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from delphi.domain.errors import DelphiError, InvalidInput, NotAllowed, NotFound, Stale, WrongState
from delphi.log import Log
from delphi.unit_of_work import Busy
from delphi.web.access import Key, SignInNeeded, access_of

log = Log("web")

RETRY_SECONDS = 30

KINDS: tuple[tuple[type[DelphiError], int, str], ...] = (
    (SignInNeeded, 401, "You are not signed in here"),
    (NotAllowed, 403, "This page is not open to you"),
    (NotFound, 404, "We cannot find this page"),
    (Stale, 409, "Something was saved in between"),
    (WrongState, 409, "This cannot be done now"),
    (InvalidInput, 422, "Please check what you sent"),
    (Busy, 503, "Very many people are saving just now"),
)
"""Each kind of error with its status and heading; the first that fits counts."""

REFUSALS: dict[int, tuple[str, str]] = {
    400: ("This could not be read", "Something was missing from what your browser sent."),
    401: ("You are not signed in here", "Please open your personal link, or sign in, and try again."),
    403: ("This page is not open to you", "You do not have access to this page."),
    404: (
        "We cannot find this page",
        "The address may be incomplete: some mail programs cut long links. Please copy the whole link.",
    ),
    405: ("This page cannot be opened this way", "Please go back and use the button on the page."),
    413: (
        "What you sent is too large",
        "Please send a smaller file, or a shorter text, and try again. What was saved before is still there.",
    ),
    429: ("That was too often", "Please wait a minute and try again."),
}
"""What the web server refuses: heading and sentence by status."""

NOT_CHANGED = "Nothing was changed. Use your browser’s Back button to return to what you typed."
NOT_WORKED = "This did not work"
OUR_SIDE = (
    "Something went wrong on our side. What was saved before is still there. "
    "Please try again in a few minutes."
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One page about something that could not be; `reference` is for whoever looks after the server."""

    status: int
    heading: str
    sentences: tuple[str, ...]
    reference: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether the program failed, rather than what was asked of it."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def set_up_errors(app: Flask) -> None:
    """Answer every error with a page; a blueprint may know better words and registers its own."""
    app.register_error_handler(DelphiError, _on_delphi_error)
    app.register_error_handler(HTTPException, on_refusal)
    app.register_error_handler(Exception, _on_failure)
    app.logger.addFilter(_without_values)


def trouble_of(error: DelphiError) -> Trouble:
    """What to say about an error of the house."""
    status, heading = next(
        ((code, words) for kind, code, words in KINDS if isinstance(error, kind)), (409, "")
    )
    if isinstance(error, InvalidInput):
        return Trouble(
            status, error.heading.rstrip(":") or heading, tuple(str(problem) for problem in error.problems)
        )
    return Trouble(status, heading, (str(error),))


def _on_delphi_error(error: DelphiError) -> Response:
    response = _answer(trouble_of(error))
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def on_refusal(error: HTTPException) -> Response:
    """A refusal of the web server or of the protection against forged forms; redirects pass as they are."""
    status = error.code or HTTPStatus.BAD_REQUEST
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    fallback = REFUSALS[400] if status < HTTPStatus.INTERNAL_SERVER_ERROR else (NOT_WORKED, OUR_SIDE)
    heading, sentence = REFUSALS.get(status, fallback)
    if isinstance(error, CSRFError):
        # forms_base knows whether cookies are off or the page is old.
        sentence = str(error.description)
    response = _answer(Trouble(status, heading, (sentence,)))
    for name, value in error.get_response().headers:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _on_failure(error: Exception) -> Response:
    """A mistake in the program: log where, answer with a reference, say nothing else."""
    if current_app.testing or current_app.debug:
        raise error
    reference = secrets.token_hex(4)
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-12:]]
    log.error(
        "failed",
        reference=reference,
        kind=type(error).__name__,
        endpoint=request.endpoint or "",
        at=" ".join(places),
    )
    return _answer(Trouble(500, NOT_WORKED, (OUR_SIDE,), reference))


def _without_values(record: logging.LogRecord) -> bool:
    """Flask logs address and stack trace when even the page about a failure fails: keep the kind of error."""
    if record.exc_info:
        kind = record.exc_info[0].__name__ if record.exc_info[0] else ""
        record.msg, record.args, record.exc_info = "a page failed: %s", (kind,), None
    return True


def _answer(trouble: Trouble) -> Response:
    """The trouble as a page in the frame of whoever asked, or as JSON for the small scripts."""
    accepted = request.accept_mimetypes
    if accepted["application/json"] > accepted["text/html"]:
        response: Response = jsonify(heading=trouble.heading, sentence=" ".join(trouble.sentences))
    else:
        response = current_app.make_response(_page(trouble))
    response.status_code = trouble.status
    return response


def _page(trouble: Trouble) -> str:
    is_change = request.method not in ("GET", "HEAD")
    values: dict[str, Any] = {"trouble": trouble, "not_changed": NOT_CHANGED if is_change else ""}
    if _is_about_team():
        account = None if trouble.is_ours else g.get("account")
        return render_template("errors/team.html", account=account, **values)
    # A failed look-up must not be tried again for the frame: only what the request has found already.
    visit = None if trouble.is_ours else g.get("panel_visit")
    home = url_for("taking_part.home", slug=visit.slug) if visit is not None else ""
    frame = getattr(visit, "frame", None)
    return render_template("errors/panel.html", frame=frame, home_address=home, **values)


def _is_about_team() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view) if view else None
    if access is not None and access.key is not None:
        return access.key is Key.TEAM
    return (request.endpoint or "").split(".")[0] in ("accounts", "studies")
