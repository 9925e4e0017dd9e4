"""What the team can answer to a comment. The reason is always written beside it.

Pure.
"""

from __future__ import annotations

from enum import StrEnum


class DispositionKind(StrEnum):
    """What became of a comment (design.md, "disposition")."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    NOT_ACCEPTED = "not_accepted"
    NOTED = "noted"
    ALREADY_COVERED = "already_covered"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    DEFERRED = "deferred"


DISPOSITION_WORDS: dict[DispositionKind, str] = {
    DispositionKind.ACCEPTED: "Accepted",
    DispositionKind.PARTLY: "Accepted in part",
    DispositionKind.NOT_ACCEPTED: "Not accepted",
    DispositionKind.NOTED: "Noted: no change was asked for",
    DispositionKind.ALREADY_COVERED: "Already covered",
    DispositionKind.DUPLICATE: "Says the same as another comment",
    DispositionKind.OUT_OF_SCOPE: "Out of scope",
    DispositionKind.DEFERRED: "Put off to a later edition",
}
