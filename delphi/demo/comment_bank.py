"""The demo's bank of comments: what panellists write, and how the team reviews and answers it.

Pure: models only; placing.py decides who writes which comment in which round.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from delphi.demo.cast import Frozen, Sentence

CommentId = Annotated[str, Field(pattern=r"^[CMRS]\d{2}$")]
CommentKind = Literal["section", "missing", "reason"]
Stance = Literal["positive", "suggestion", "negative"]
Disposition = Literal[
    "accepted",
    "partly",
    "not_accepted",
    "noted",
    "already_covered",
    "duplicate",
    "out_of_scope",
    "deferred",
]


class Moderation(Frozen):
    """What the team does before the panel sees a comment.

    `redact` shows the words in `shown` instead, `hold` shows nothing, `escalate` shows nothing and
    tells the named person the same day.
    """

    action: Literal["redact", "hold", "escalate"]
    reason: Sentence
    shown: str | None = None

    @model_validator(mode="after")
    def _shows_words_only_when_redacted(self) -> Self:
        if (self.action == "redact") != (self.shown is not None):
            raise ValueError("`shown` goes with the action redact, and only with it")
        return self


class Comment(Frozen):
    """One comment, who may say it, and the team's answer.

    `kind` is `section` (about a draft), `missing` (about the guidance as a whole) or `reason` (why a
    rating changed). `easy_read` and `standard_text` bind it to readers of that variant.
    """

    id: CommentId
    kind: CommentKind
    section: str | None
    version: int | None
    round: int | None = None
    groups: Annotated[tuple[str, ...], Field(min_length=1)]
    easy_read: bool = False
    standard_text: bool = False
    stance: Stance
    criterion: str | None
    themes: Annotated[tuple[str, ...], Field(min_length=1)]
    text: Sentence
    moderation: Moderation | None = None
    disposition: Disposition
    duplicate_of: CommentId | None = None
    reason: Sentence

    @model_validator(mode="after")
    def _parts_fit_the_kind(self) -> Self:
        if (self.kind == "missing") != (self.section is None) or (self.section is None) != (
            self.version is None
        ):
            raise ValueError(f"{self.id}: a comment names a section and a version unless its kind is missing")
        if self.kind == "reason" and self.criterion is None:
            raise ValueError(f"{self.id}: a reason names the criterion whose rating changed")
        if (self.disposition == "duplicate") != (self.duplicate_of is not None):
            raise ValueError(f"{self.id}: duplicate_of goes with the disposition duplicate")
        return self


class CommentBank(Frozen):
    """The whole of comments.yaml, in the order of the file."""

    format: Annotated[Literal["demo-comments/2"], Field(alias="schema")]
    comments: tuple[Comment, ...]
