"""Rendering a panellist's page for the team to look at: the same template, its links stay in the preview.

`preview` in a template says that nothing can be sent. Addresses name group and form of text in the path,
since the panellist's templates add query strings of their own.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, session, url_for

from delphi.queries.previews import Preview
from delphi.queries.section_content import EASY_READ, STANDARD, PictureAddress

READINGS = {"standard": STANDARD, "easy-read": EASY_READ}
"""The forms of text as an address names them."""

SHOWN = {
    "taking_part.home": "previews.home",
    "taking_part.section": "previews.section",
    "taking_part.feedback": "previews.feedback",
    "taking_part.feedback_on_section": "previews.feedback_on_section",
}
"""Pages of the panel that a preview has; others hold somebody's own answers or choices."""


BACK_KEY = "preview-from"
"""In the session: from which page of the team the preview was opened."""

BACK_TO = {"round": "rounds.show", "panel": "panel.index", "feedback": "decisions.feedback"}
"""The pages from which a preview is opened; leaving it leads back to the one it was."""


def preview_page(template: str, preview: Preview, *, round_line: str = "", **values: Any) -> str:
    """A panellist's page in the study's frame, under a strip that says what it is."""
    frame = preview.visit.frame

    def stay(endpoint: str, **more: Any) -> str:
        return address_in(preview, endpoint, **more)

    return render_template(
        template,
        frame=frame,
        slug=preview.visit.slug,
        variant=preview.reading,
        reader_links=(),
        round_line=round_line,
        preview=preview,
        url_for=stay,
        team_url_for=url_for,
        word_of_reading=word_of_reading,
        leave_address=_leave_address(preview),
        **values,
    )


def _leave_address(preview: Preview) -> str:
    endpoint = BACK_TO.get(str(session.get(BACK_KEY)), BACK_TO["round"])
    if endpoint == BACK_TO["panel"]:
        return url_for(endpoint, slug=preview.visit.slug)
    return url_for(endpoint, slug=preview.visit.slug, number=preview.number)


def address_in(preview: Preview, endpoint: str, **values: Any) -> str:
    """Where a link of a panellist's page leads in this preview."""
    known = {
        "slug": preview.visit.slug,
        "number": values.get("number", preview.number),
        "group": preview.group,
        "reading": word_of_reading(preview.reading),
    }
    if endpoint not in SHOWN:
        return url_for("previews.elsewhere", **known)
    more = {name: value for name, value in values.items() if name in ("code", "_anchor", "show")}
    return url_for(SHOWN[endpoint], **known, **more)


def word_of_reading(reading: str) -> str:
    """A form of text as an address names it."""
    return next(word for word, known in READINGS.items() if known == reading)


def picture_address(slug: str) -> PictureAddress:
    """Where the study's pictures are shown to its team."""

    def address(name: str) -> str:
        return url_for("previews.picture", slug=slug, name=name)

    return address
