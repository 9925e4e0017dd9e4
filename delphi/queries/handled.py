"""What the team has decided about a comment, as one plain thing: to compare, to keep, and to put back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.ids import CommentId
from delphi.models.answers import Comment


@dataclass(frozen=True, slots=True)
class Handled:
    """State, words to show, answer and themes of a comment; `kind` is "" while it has no answer."""

    state: str
    shown_text: str | None
    review_reason: str | None
    kind: str
    reason: str
    duplicate_of: CommentId | None
    themes: tuple[str, ...]

    @property
    def stamp(self) -> str:
        """A few characters that change whenever any of it does."""
        return checksum(self.as_text())[:12]

    def as_text(self) -> str:
        """All of it as text, to be kept."""
        return canonical_json(asdict(self))


def handled_of(comment: Comment) -> Handled:
    """What stands about a comment now."""
    answer = comment.disposition
    return Handled(
        state=comment.state.value,
        shown_text=comment.shown_text,
        review_reason=comment.review_reason,
        kind=answer.kind if answer else "",
        reason=answer.reason if answer else "",
        duplicate_of=answer.duplicate_of_id if answer else None,
        themes=tuple(sorted(link.theme.label for link in comment.themes)),
    )


def handled_from(text: str) -> Handled:
    """What `as_text` kept."""
    plain = json.loads(text)
    return Handled(**plain | {"themes": tuple(plain["themes"])})
