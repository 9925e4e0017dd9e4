"""The choices on the bench in words, and the fields of its form."""

from __future__ import annotations

from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.states import CommentState

FIELDS = (
    "state",
    "shown_text",
    "review_reason",
    "kind",
    "reason",
    "duplicate_of",
    "themes",
    "stamp",
)
STATE_CHOICES = (
    (CommentState.SHOWN.value, "Show"),
    (CommentState.REDACTED.value, "Show, with words taken out"),
    (CommentState.HELD.value, "Hold"),
    (CommentState.ESCALATED.value, "Pass on"),
)
KIND_CHOICES = tuple((kind.value, DISPOSITION_WORDS[kind]) for kind in DispositionKind)
