"""How a reader wants pages to look: text size, spacing, colours. Kept in a cookie, without an account.

The style sheets know the settings as classes on the page (requirement A31). The cookie holds nothing but
their names, so it may stay when the sign-in ends; only “Finish on this device” takes it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

COOKIE = "display"
KEPT_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One way that something can look: its class on the page, and the words for it."""

    value: str
    words: str
    about: str = ""


SIZE, SPACING, COLOURS = "size", "spacing", "colours"
USUAL = "usual"

CHOICES: Mapping[str, tuple[str, tuple[Choice, ...]]] = {
    SIZE: (
        "Text size",
        (
            Choice(USUAL, "Usual"),
            Choice("app-text-large", "Large"),
            Choice("app-text-larger", "Larger"),
        ),
    ),
    SPACING: (
        "Space between letters and lines",
        (Choice(USUAL, "Usual"), Choice("app-spacing", "Wider")),
    ),
    COLOURS: (
        "Colours",
        (
            Choice(USUAL, "As my device does it"),
            Choice("app-light", "Dark words on white"),
            Choice("app-cream", "Dark words on cream", "For people whom white dazzles."),
            Choice("app-dark", "Light words on dark"),
        ),
    ),
}
"""What can be chosen, as heading and ways, in the order of the page; the first way is the usual one."""


def set_up_display(app: Flask) -> None:
    """Give every page the reader's own settings as `reading`, the classes of its first element."""

    @app.context_processor
    def reading() -> dict[str, str]:
        return {"reading": reading_classes()}


def reading_classes() -> str:
    """The classes of what this browser's reader has chosen."""
    return " ".join(value for value in display_of_reader().values() if value != USUAL)


def display_of_reader() -> dict[str, str]:
    """What this browser's reader has chosen, by setting; the usual for whatever was not chosen."""
    kept = request.cookies.get(COOKIE, "").split(".")
    return {name: next((one for one in kept if _is_way(name, one)), USUAL) for name in CHOICES}


def read_display(given: Mapping[str, str]) -> dict[str, str]:
    """Settings as a form gives them; an unknown one is taken for the usual."""
    return {name: one if _is_way(name, one := given.get(name, "")) else USUAL for name in CHOICES}


def keep_display(response: Response, chosen: Mapping[str, str]) -> None:
    """Remember settings in this browser for a year; nothing is kept when all are the usual."""
    values = [value for value in chosen.values() if value != USUAL]
    if not values:
        forget_display(response)
        return
    response.set_cookie(
        COOKIE,
        ".".join(values),
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def forget_display(response: Response) -> None:
    """Show pages as usual in this browser from now on."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")


def _is_way(name: str, value: str) -> bool:
    return any(choice.value == value for choice in CHOICES[name][1])
