"""Reading the forms of a section's page: only what this page asks, in the shape that the service takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from delphi.domain.errors import InvalidInput
from delphi.queries.answers import UNABLE, Answer, SavedPage
from delphi.queries.rating_page import Typed
from delphi.queries.round_outline import RoundOutline, SectionOutline

RATING, COMMENT = "rating-", "comment-"

NOT_ASKED = (
    "Part of what was sent belongs to another section or round, so nothing was saved. "
    "Your comments are still here. Please check your answers and save again."
)
CHOOSE = "Choose an answer. Or leave it blank and save again: we will not ask twice."


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a form: answers, comments, the revision of its page, and what is wrong with it."""

    ratings: Mapping[str, Answer | None]
    comments: Mapping[str, str]
    revision: int
    problem: str = ""

    def typed(self, problems: Mapping[str, str] | None = None) -> Typed:
        """The same for a page that comes back."""
        return Typed(self.ratings, self.comments, self.revision, problems or {})


def read_answers(
    values: Mapping[str, Any], outline: RoundOutline, section: SectionOutline, clear: str | None = None
) -> Given:
    """The answers in a form (or in the JSON of the small script, which names its fields in the same way)."""
    asked = {item.criterion for item in section.items}
    prompts = {prompt.code for prompt in outline.prompts_for("section")}
    ratings: dict[str, Answer | None] = {}
    comments: dict[str, str] = {}
    is_strange = False
    for name, value in values.items():
        if name.startswith(RATING):
            code, answer = name.removeprefix(RATING), _answer(value)
            is_strange |= code not in asked or (answer is None and value not in (None, ""))
            if code in asked and not (answer is None and value not in (None, "")):
                ratings[code] = answer
        elif name.startswith(COMMENT):
            code = name.removeprefix(COMMENT)
            is_strange |= code not in prompts
            comments[code] = str(value)
    if clear in asked:
        ratings[str(clear)] = None
    known = {code: text for code, text in comments.items() if code in prompts}
    return Given(ratings, known, number_in(values.get("revision")), NOT_ASKED if is_strange else "")


def says_nothing_new(given: Given, saved: object) -> bool:
    """Whether a page sent twice says nothing but what is saved: a double click, or a form sent again."""
    if not isinstance(saved, SavedPage):
        return False
    return all(saved.ratings.get(code) == value for code, value in given.ratings.items()) and all(
        saved.comments.get(code, "") == text.replace("\r\n", "\n").strip()
        for code, text in given.comments.items()
    )


def revision_of(saved: object) -> int:
    """The revision of a page that somebody saved first; 0 when nothing is known of it."""
    return saved.revision if isinstance(saved, SavedPage) else 0


def problems_by_field(error: InvalidInput) -> dict[str, str]:
    """The problems that the service found, by criterion or prompt."""
    return {one.where.rpartition(", ")[2]: one.sentence for one in error.problems}


def number_in(value: object) -> int:
    """A revision as a form sends it; 0 for what is no number."""
    text = str(value or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _answer(value: object) -> Answer | None:
    if value == UNABLE:
        return UNABLE
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
