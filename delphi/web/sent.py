"""What somebody was sending when it could not be taken, for the page that answers: nothing typed is lost.

A session can end while a person types: signed out on another page, links replaced, cookies lost, a member
taken out of the team. Nothing is kept on the server for somebody we do not know; the page itself holds the
form, and can send it again once its reader is signed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

WORTH_COPYING = 20
"""Characters from which on a value without a blank is a text that somebody may want back."""

NOT_TYPED = ("csrf_token", "seen", "revision", "base.", "asked", "shown")
"""How the names of fields begin that no person fills in; the draft editor's hold what it started from."""

CHOICE, COMMENT = "rating-", "comment-"
"""How the names of a panellist's answers on a scale and in words begin."""

LONG_FORM = 20
"""Fields from which on a form is not filled in gladly again, even one without a text, as the rule's is."""

FROM_ELSEWHERE = "cross-site"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it arrived: where it was going, the texts in it, everything else that has to go with them."""

    address: str
    texts: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    has_files: bool = False

    @property
    def n_choices(self) -> int:
        """How many answers on a scale are among it."""
        return sum(name.startswith(CHOICE) and bool(value) for name, value in self.others)

    @property
    def is_long(self) -> bool:
        """Whether there are so many fields that nobody would like to fill them in again."""
        return sum(bool(value.strip()) for _, value in self.others) >= LONG_FORM


def what_was_sent() -> Sent | None:
    """The form of this request, when it holds what a person would not like to do again; else None.

    A form that another website sends is never shown: its words would look like the reader's own. Nor is what
    was typed on the pages about accounts, which may be a password.
    """
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") == FROM_ELSEWHERE:
        return None
    if request.blueprint == "accounts":
        return None
    fields = [one for one in request.form.items(multi=True) if one[0] != "csrf_token"]
    texts = tuple((name, value) for name, value in fields if _is_text(name, value))
    others = tuple(one for one in fields if one not in texts)
    sent = Sent(request.full_path.rstrip("?"), texts, others, any(request.files.values()))
    return sent if texts or sent.n_choices or sent.is_long else None


def _is_text(name: str, value: str) -> bool:
    typed = value.strip()
    if name.startswith(NOT_TYPED) or not typed:
        return False
    return name.startswith(COMMENT) or len(typed) >= WORTH_COPYING or any(one.isspace() for one in typed)
