"""Words that the team writes down for good: reasons, summaries, edits. Checked the same way everywhere.

Pure. Answers of panellists are another matter: they are kept as they were written. What begins small
elsewhere ("revise", or an objection after its place in a file) begins a sentence by `with_capital`.
"""

from __future__ import annotations

import re

from delphi.domain.errors import InvalidInput, Problem

LONGEST_NOTE = 5_000
"""Characters in a reason or summary; what is longer belongs in a document."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def has_unprintable(text: str) -> bool:
    """Whether a text holds characters that no database or page can show."""
    return _UNPRINTABLE.search(text) is not None


def required_words(where: str, text: str | None, *, at_most: int = LONGEST_NOTE, missing: str = "") -> str:
    """The text without blanks around it and with one kind of line end.

    `where` names the field; `missing` is the sentence when nothing was written. Raises InvalidInput
    when it is empty, longer than `at_most` characters, or holds characters that cannot be shown.
    """
    words = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        raise InvalidInput([Problem(where, missing or "This is empty. Write at least a few words.")])
    if len(words) > at_most:
        raise InvalidInput(
            [Problem(where, f"This has {len(words):,} characters; the longest is {at_most:,}. Shorten it.")]
        )
    if has_unprintable(words):
        raise InvalidInput([Problem(where, "This holds characters that cannot be shown. Type it again.")])
    return words


def optional_words(where: str, text: str | None, *, at_most: int = LONGEST_NOTE) -> str | None:
    """Like `required_words`, but nothing is fine too: None for an empty text."""
    return required_words(where, text, at_most=at_most) if text and text.strip() else None


def with_capital(words: str) -> str:
    """The words with a capital letter in front, the rest as it is; "" stays "".

    >>> with_capital("chose 7 to 9 in the UK")
    'Chose 7 to 9 in the UK'
    """
    return words[:1].upper() + words[1:]
