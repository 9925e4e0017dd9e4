"""Who acts: every service is told, never guesses.

A team member and a panellist act inside one study; the operator is the person at the command line of
the machine (may do what needs no study role, such as adding the first account); the clock is the
platform itself doing what a person armed it to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from delphi.domain.ids import AccountId, PanellistId, StudyId


class Role(StrEnum):
    """What somebody does in a study team (requirements 1.6)."""

    LEAD = "lead"
    RESEARCHER = "researcher"
    CO_RESEARCHER = "co_researcher"
    DATA_ENTRY = "data_entry"
    ANALYST = "analyst"
    ADVISORY = "advisory"
    OBSERVER = "observer"


ROLE_WORDS: dict[Role, str] = {
    Role.LEAD: "Study lead",
    Role.RESEARCHER: "Researcher",
    Role.CO_RESEARCHER: "Co-researcher",
    Role.DATA_ENTRY: "Data entry",
    Role.ANALYST: "Analyst",
    Role.ADVISORY: "Advisory member",
    Role.OBSERVER: "Observer",
}


@dataclass(frozen=True, slots=True)
class TeamMember:
    """An account with its roles in one study."""

    account_id: AccountId
    study_id: StudyId
    roles: frozenset[Role]

    @property
    def reference(self) -> str:
        """How events name this actor."""
        return f"account:{self.account_id}"


@dataclass(frozen=True, slots=True)
class PanellistActor:
    """A panellist acting for themselves, known by code and never by name."""

    panellist_id: PanellistId
    study_id: StudyId
    code: str

    @property
    def reference(self) -> str:
        """How events name this actor."""
        return f"panellist:{self.code}"


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever may run commands on the machine itself."""

    @property
    def reference(self) -> str:
        """How events name this actor."""
        return "operator"


@dataclass(frozen=True, slots=True)
class Clock:
    """The platform, carrying out a plan that a person armed."""

    @property
    def reference(self) -> str:
        """How events name this actor."""
        return "clock"


Actor = TeamMember | PanellistActor | Operator | Clock
