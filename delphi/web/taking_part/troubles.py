"""What the panellist's pages say when something cannot be done: kind, true, and with a way on."""

from __future__ import annotations

from flask import g, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from delphi.domain.errors import DelphiError, InvalidInput, NotAllowed, NotFound, Stale, WrongState
from delphi.unit_of_work import Busy
from delphi.web.access import LinkNeeded
from delphi.web.taking_part.blueprint import blueprint, chosen_variant, reader_links

HEADINGS: dict[type[DelphiError], tuple[int, str]] = {
    NotAllowed: (403, "You may not open this page"),
    NotFound: (404, "There is nothing here"),
    InvalidInput: (422, "This could not be saved"),
    Stale: (409, "This was changed on another device"),
    WrongState: (409, "This cannot be done now"),
    Busy: (503, "Very many people are here just now"),
}


@blueprint.errorhandler(LinkNeeded)
def link_needed(error: LinkNeeded) -> tuple[str, int]:
    """Nobody is signed in with a personal link: say how to come in."""
    return render_template("taking_part/link_needed.html", sentence=str(error), frame=None), 401


@blueprint.errorhandler(DelphiError)
def say_why(error: DelphiError) -> tuple[str, int]:
    """The error's own sentence under a heading for its kind."""
    status, heading = next(
        (found for kind, found in HEADINGS.items() if isinstance(error, kind)),
        (409, "This cannot be done now"),
    )
    return _page(heading, str(error), status)


@blueprint.errorhandler(CSRFError)
def say_send_again(error: CSRFError) -> tuple[str, int]:
    """A button was pressed on a page from before a new sign-in."""
    return _page("Please try once more", str(error.description), 400)


@blueprint.errorhandler(413)
def say_too_much(error: HTTPException) -> tuple[str, int]:
    """Far more was sent than any form here can hold."""
    sentence = (
        "What was sent is too long to be kept. Go back: what you typed is still on the page. Shorten it."
    )
    return _page("This is too long", sentence, 413)


def _page(heading: str, sentence: str, status: int) -> tuple[str, int]:
    visit = g.get("panel_visit")
    html = render_template(
        "taking_part/problem.html",
        heading=heading,
        sentence=sentence,
        frame=visit.frame if visit else None,
        slug=visit.slug if visit else None,
        variant=chosen_variant(),
        reader_links=reader_links(visit) if visit else (),
    )
    return html, status
