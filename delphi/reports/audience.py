"""For whom a report is: everybody, under the small-number rules, or the study team alone."""

from __future__ import annotations

from enum import StrEnum

NOT_FOR_SHARING = "NOT FOR SHARING"
NOT_FOR_SHARING_SENTENCE = (
    "NOT FOR SHARING: for the study team only. Small groups are shown in full, and people may be recognised."
)
SAFE_SENTENCE = "Safe to share: figures of small groups are withheld."


class Audience(StrEnum):
    """Who may have the files."""

    SHARED = "shared"
    TEAM = "team"

    @property
    def is_team(self) -> bool:
        """Whether figures of small groups are in it, so that every file is marked."""
        return self is Audience.TEAM

    @property
    def sentence(self) -> str:
        """What stands first in every file."""
        return NOT_FOR_SHARING_SENTENCE if self.is_team else SAFE_SENTENCE
