"""The whole access policy on one page: which permission is given by which predicates.

Views declare a permission and services require it, since commands and background work come in at the
services too. A permission is granted when any of its predicates holds. docs/permissions.md is
generated from this table.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from delphi.domain.actors import Actor, Clock, Operator, PanellistActor, Role, TeamMember
from delphi.domain.errors import NotAllowed
from delphi.domain.ids import StudyId


class Permission(StrEnum):
    """One thing that somebody may or may not do. The value is the rest of "You may not …"."""

    ADD_ACCOUNTS = "add people to this platform"
    IMPORT_STUDY = "bring a study onto this platform"
    SEE_STUDY = "see this study"
    EDIT_STUDY = "change this study's set-up"
    MANAGE_TEAM = "change who is in the study team"
    EXPORT_STUDY = "export this study"
    SEAL_STUDY = "seal this study"
    SIGN_OFF = "sign off for the study team"
    MANAGE_PANEL = "manage the panel"
    SEE_IDENTITY = "look up who wrote something"
    ENTER_FORMS = "enter paper and phone answers"
    RUN_ROUNDS = "arm, open, extend or close rounds"
    RUN_CLOCK = "open or close a round when its time has come"
    SEE_PROGRESS = "see how many people have answered"
    SEE_RESULTS = "see results that are not shared yet"
    ANALYSE = "analyse a round"
    REVIEW_COMMENTS = "review comments"
    WRITE_DRAFTS = "write drafts"
    DECIDE = "decide about sections"
    PUBLISH = "publish feedback"
    RECORD_DEVIATION = "record a deviation from the protocol"
    RECORD_ADVICE = "record what the advisory committee said"
    FINISH_STUDY = "finish this study"
    VERIFY = "verify this study's records"
    SEE_AUDIT = "read this study's events"
    ANSWER = "give answers, or enter those given on paper or by phone"
    LEAVE = "stop taking part"
    READ_FEEDBACK = "read the feedback of a round"


Predicate = Callable[[Actor], bool]


def _has(*roles: Role) -> Predicate:
    wanted = frozenset(roles)

    def has_role(actor: Actor) -> bool:
        return isinstance(actor, TeamMember) and bool(actor.roles & wanted)

    has_role.__doc__ = " or ".join(sorted(role.value.replace("_", "-") for role in roles))
    return has_role


def is_panellist(actor: Actor) -> bool:
    """the panellist, about their own answers"""
    return isinstance(actor, PanellistActor)


def is_operator(actor: Actor) -> bool:
    """operator of the machine"""
    return isinstance(actor, Operator)


def is_clock(actor: Actor) -> bool:
    """the platform's clock"""
    return isinstance(actor, Clock)


_core = _has(Role.LEAD, Role.RESEARCHER)
_coding = _has(Role.LEAD, Role.RESEARCHER, Role.CO_RESEARCHER)
_results = _has(Role.LEAD, Role.RESEARCHER, Role.CO_RESEARCHER, Role.ANALYST)
_forms = _has(Role.LEAD, Role.RESEARCHER, Role.DATA_ENTRY)
_lead = _has(Role.LEAD)
_everyone = _has(*Role)

POLICY: dict[Permission, tuple[Predicate, ...]] = {
    Permission.ADD_ACCOUNTS: (is_operator,),
    Permission.IMPORT_STUDY: (is_operator, _lead),
    Permission.SEE_STUDY: (_everyone, is_operator),
    Permission.EDIT_STUDY: (_core,),
    Permission.MANAGE_TEAM: (_lead, is_operator),
    Permission.EXPORT_STUDY: (_core, is_operator),
    Permission.SEAL_STUDY: (_lead,),
    Permission.SIGN_OFF: (_coding,),
    Permission.MANAGE_PANEL: (_core,),
    Permission.SEE_IDENTITY: (_core,),
    Permission.ENTER_FORMS: (_forms,),
    Permission.RUN_ROUNDS: (_core,),
    Permission.RUN_CLOCK: (_core, is_clock),
    Permission.SEE_PROGRESS: (_has(*(set(Role) - {Role.ADVISORY})),),
    Permission.SEE_RESULTS: (_results,),
    Permission.ANALYSE: (_has(Role.LEAD, Role.RESEARCHER, Role.ANALYST),),
    Permission.REVIEW_COMMENTS: (_coding,),
    Permission.WRITE_DRAFTS: (_coding,),
    Permission.DECIDE: (_coding,),
    Permission.PUBLISH: (_core,),
    Permission.RECORD_DEVIATION: (_core,),
    Permission.RECORD_ADVICE: (_has(Role.LEAD, Role.RESEARCHER, Role.ADVISORY),),
    Permission.FINISH_STUDY: (_lead,),
    Permission.VERIFY: (_results, is_operator),
    Permission.SEE_AUDIT: (_core, is_operator),
    Permission.ANSWER: (is_panellist, _forms),
    Permission.LEAVE: (is_panellist, _core),
    Permission.READ_FEEDBACK: (is_panellist, _everyone),
}


def is_allowed(actor: Actor, permission: Permission) -> bool:
    """Whether the policy grants the permission to this actor, in the actor's own study."""
    return any(predicate(actor) for predicate in POLICY[permission])


def require(actor: Actor, permission: Permission, study_id: StudyId | None = None) -> None:
    """Stop unless the actor may do this here.

    `study_id` is the study that is touched; an actor of another study is refused whatever the role.
    Raises NotAllowed with a sentence for the person.
    """
    elsewhere = (
        study_id is not None and isinstance(actor, TeamMember | PanellistActor) and actor.study_id != study_id
    )
    if elsewhere or not is_allowed(actor, permission):
        raise NotAllowed(f"You may not {permission.value}. If you think you should, ask the study lead.")


def permissions_table() -> str:
    """The policy as a Markdown table, for docs/permissions.md."""
    lines = ["| You may … | granted to |", "| --- | --- |"]
    for permission in Permission:
        who = "; ".join((predicate.__doc__ or "").strip() for predicate in POLICY[permission])
        lines.append(f"| {permission.value} | {who} |")
    return "\n".join(lines)
