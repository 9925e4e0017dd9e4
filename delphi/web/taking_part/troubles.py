"""What the panellist's pages say when something cannot be done: kind, true, and with a way on."""

from __future__ import annotations

from http import HTTPStatus

from flask import g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from delphi.domain.errors import DelphiError, InvalidInput, NotAllowed, NotFound, Stale, WrongState
from delphi.unit_of_work import Busy
from delphi.web.access import LinkNeeded, is_shared_device
from delphi.web.sent import what_was_sent
from delphi.web.taking_part.blueprint import blueprint, chosen_variant, reader_links

HEADINGS: dict[type[DelphiError], tuple[int, str]] = {
    NotAllowed: (403, "You may not open this page"),
    NotFound: (404, "There is nothing here"),
    InvalidInput: (422, "This could not be saved"),
    Stale: (409, "This was changed on another device"),
    WrongState: (409, "This cannot be done now"),
    Busy: (503, "Very many people are here just now"),
}


SIGNED_OUT = "You are not signed in here any more. Save this page: you will see how to go on."
"""For the line about saving on a page that is still open; what was typed stands on that page."""

OF_SOMEBODY_ELSE = (
    "Somebody else has signed in on this device since this page was opened. Nothing was saved, so that what "
    "one person says is never taken for the other's. Open the personal link of the person who was answering."
)


@blueprint.errorhandler(LinkNeeded)
def link_needed(error: LinkNeeded) -> tuple[str | Response, int]:
    """Nobody is signed in with a personal link: say how to come in, and give back what was being sent."""
    if request.is_json:
        return jsonify(why="signed-out", sentence=SIGNED_OUT), 401
    page = render_template(
        "taking_part/link_needed.html", sentence=str(error), frame=None, sent=what_was_sent()
    )
    return page, 401


@blueprint.errorhandler(DelphiError)
def say_why(error: DelphiError) -> tuple[str | Response, int]:
    """The error's own sentence under a heading for its kind."""
    status, heading = next(
        (found for kind, found in HEADINGS.items() if isinstance(error, kind)),
        (409, "This cannot be done now"),
    )
    if request.is_json:
        return jsonify(why="refused", sentence=str(error)), status
    return _page(heading, str(error), status)


@blueprint.errorhandler(CSRFError)
def say_send_again(error: CSRFError) -> tuple[str | Response, int]:
    """A button was pressed on a page from before a new sign-in, perhaps on a page of somebody else."""
    if is_shared_device() and request.is_json:
        return jsonify(why="again", sentence=OF_SOMEBODY_ELSE), 400
    if is_shared_device():
        return _page("Please open your own link again", OF_SOMEBODY_ELSE, 400, may_send_again=False)
    return _page("Please try once more", str(error.description), 400, may_send_again=True)


@blueprint.errorhandler(413)
def say_too_much(error: HTTPException) -> tuple[str, int]:
    """Far more was sent than any form here can hold."""
    sentence = (
        "What was sent is too long to be kept. Go back: what you typed is still on the page. Shorten it."
    )
    return _page("This is too long", sentence, 413)


def _page(heading: str, sentence: str, status: int, *, may_send_again: bool | None = None) -> tuple[str, int]:
    visit = g.get("panel_visit")
    if may_send_again is None:
        may_send_again = visit is None or visit.must_agree_again
    html = render_template(
        "taking_part/problem.html",
        heading=heading,
        sentence=sentence,
        frame=visit.frame if visit else None,
        slug=visit.slug if visit else None,
        variant=chosen_variant(),
        reader_links=reader_links(visit) if visit else (),
        sent=what_was_sent() if status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None,
        may_send_again=may_send_again,
        must_agree_again=visit is not None and visit.must_agree_again,
    )
    return html, status
