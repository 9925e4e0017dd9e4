"""What the panellist's views share: the blueprint, rendering with the study's frame, the reader's variant."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from delphi.domain.errors import WrongState
from delphi.domain.states import PanellistState
from delphi.queries.section_content import EASY_READ, STANDARD, PictureAddress
from delphi.queries.taking_part import PanelVisit
from delphi.services.answers import AGREE_AGAIN
from delphi.web.access import VARIANT_KEY, current_visit

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("taking_part", __name__)

READ_AS = {"standard": STANDARD, "easy-read": EASY_READ}


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """These pages hold what somebody thinks; no cache and no referrer may keep any of it."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("X-Robots-Tag", "noindex")
    return response


def joined(view: View) -> View:
    """Lead somebody who has not agreed to take part to the page on which they decide."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        visit = current_visit()
        if visit.state == PanellistState.REGISTERED:
            return redirect(url_for("taking_part.consent", slug=visit.slug), code=303)
        return view(*args, **values)

    return cast("View", guarded)


def agreed(view: View) -> View:
    """The same for somebody who has to agree again; what they were just sending is shown, not lost."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        visit = current_visit()
        if visit.must_agree_again and request.method == "POST":
            raise WrongState(AGREE_AGAIN)
        if visit.must_agree_again:
            return redirect(url_for("taking_part.consent", slug=visit.slug), code=303)
        return view(*args, **values)

    return joined(cast("View", guarded))


def page(template: str, *, round_line: str = "", status: int = 200, **values: Any) -> tuple[str, int]:
    """A page in the frame of the panellist's study."""
    visit = current_visit()
    html = render_template(
        template,
        frame=visit.frame,
        slug=visit.slug,
        variant=chosen_variant(),
        reader_links=reader_links(visit),
        round_line=round_line,
        **values,
    )
    return html, status


def reader_links(visit: PanelVisit) -> tuple[tuple[str, str], ...]:
    """What stays open to this person on every page, as words and address, at the same place on each."""
    slug = visit.slug
    is_easy = chosen_variant() == EASY_READ
    choices = [
        ("Change text size or colours", url_for("taking_part.own_display", slug=slug)),
        (
            "Read in standard text" if is_easy else "Read in Easy Read",
            url_for("taking_part.reading", slug=slug, read="standard" if is_easy else "easy-read"),
        ),
        ("About the study and your consent", url_for("taking_part.consent", slug=slug)),
        ("Finish on this device", url_for("taking_part.finish", slug=slug)),
    ]
    if visit.state == PanellistState.REGISTERED:
        choices.append(("Say no to the invitation", url_for("taking_part.decline_page", slug=slug)))
    else:
        choices.append(("Stop taking part", url_for("taking_part.stop_choices", slug=slug)))
    return tuple(choices)


def chosen_variant() -> str:
    """How this person reads: as chosen here, else as the study team noted, else standard."""
    chosen = session.get(VARIANT_KEY)
    if chosen in READ_AS.values():
        return str(chosen)
    visit = g.get("panel_visit")
    return EASY_READ if visit is not None and visit.format == EASY_READ else STANDARD


def keep_variant() -> None:
    """Remember the form of text that a link asked for (`?read=easy-read`), on this device only."""
    asked = READ_AS.get(request.args.get("read", ""))
    if asked is not None:
        session[VARIANT_KEY] = asked


def picture_address(slug: str) -> PictureAddress:
    """Where the study's pictures are shown to its panel."""

    def address(name: str) -> str:
        return url_for("taking_part.picture", slug=slug, name=name)

    return address
