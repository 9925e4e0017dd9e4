"""The people of a study's team, with their roles, and what a lead may do about them."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import ROLE_WORDS, Role, TeamMember
from delphi.domain.errors import NotFound
from delphi.domain.ids import AccountId, StudyId
from delphi.domain.permissions import Permission, is_allowed
from delphi.extensions import db
from delphi.models.accounts import Account, SignInLink, TeamRole
from delphi.models.log import Event
from delphi.models.studies import Study
from delphi.queries.studies import study_of, team_of
from delphi.queries.study_frame import frame_of
from delphi.queries.team_frame import roles_in_words

ROLE_ABOUT: dict[Role, str] = {
    Role.LEAD: "Everything, also the team, the seal and the end of the study.",
    Role.RESEARCHER: "Everything but the team, the seal and the end of the study. Sees names.",
    Role.CO_RESEARCHER: "Reviews comments, writes, decides and signs. Never sees names.",
    Role.DATA_ENTRY: "Enters paper and phone answers. Sees no results.",
    Role.ANALYST: "Analyses rounds and sees results. Never sees names.",
    Role.ADVISORY: "Says something about drafts before round 1.",
    Role.OBSERVER: "Sees how far the study is.",
}


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that can be given: its words, what it lets somebody do, and whether this person has it."""

    value: str
    words: str
    about: str
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the team."""

    account_id: AccountId
    name: str
    email: str
    roles: str
    has_signed_in: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Everybody in the team. Only who arranges the team sees addresses."""

    people: tuple[PersonRow, ...]
    choices: tuple[RoleChoice, ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person of the team with every role that there is."""

    person: PersonRow
    choices: tuple[RoleChoice, ...]
    is_last_lead: bool
    may_get_link: bool


@dataclass(frozen=True, slots=True)
class Farewell:
    """What somebody reads who was taken out of a team: of which study, and whom to ask."""

    title: str
    whom_to_ask: str


def team_people(member: TeamMember) -> TeamPage:
    """The team of the member's study, by name."""
    may_manage = is_allowed(member, Permission.MANAGE_TEAM)
    people = tuple(
        _person(account, roles, member, may_manage) for account, roles in _team(member.study_id).values()
    )
    return TeamPage(people, _choices(frozenset()), may_manage)


def person_page(member: TeamMember, account_id: int) -> PersonPage:
    """One person of the team; NotFound for somebody who is not in it."""
    team = _team(member.study_id)
    if account_id not in team:
        raise NotFound("There is nobody like this in the study team.")
    account, roles = team[AccountId(account_id)]
    n_leads = sum(Role.LEAD in held for _, held in team.values())
    return PersonPage(
        _person(account, roles, member, True),
        _choices(roles),
        is_last_lead=Role.LEAD in roles and n_leads == 1,
        may_get_link=may_get_link(account, member.study_id),
    )


def may_get_link(account: Account, study_id: StudyId) -> bool:
    """Whether a lead may make this person a link: they never signed in, and are in no other study."""
    elsewhere = db.select(db.exists().where(TeamRole.account_id == account.id, TeamRole.study_id != study_id))
    return account.is_active and not _has_signed_in(account) and not db.session.scalar(elsewhere)


def farewell_of(slug: str, account_id: AccountId) -> Farewell | None:
    """What to say to somebody who was in this study's team before; None for strangers."""
    study: Study | None = db.session.scalar(
        db.select(Study)
        .join(Event, Event.study_id == Study.id)
        .where(
            Study.slug == slug,
            Event.kind == "team_role_taken",
            Event.subject == f"account:{account_id}",
        )
        .limit(1)
    )
    if study is None:
        return None
    leads = [row.account.name for row in team_of(study.id) if row.role == Role.LEAD]
    contact = frame_of(study).whom_to_ask
    return Farewell(study.short_title, " or ".join(leads) or contact)


def _team(study_id: StudyId) -> dict[AccountId, tuple[Account, frozenset[Role]]]:
    study_of(study_id)
    found: dict[AccountId, tuple[Account, frozenset[Role]]] = {}
    for row in team_of(study_id):
        _, roles = found.get(row.account_id, (row.account, frozenset()))
        found[row.account_id] = (row.account, roles | {row.role})
    return found


def _person(account: Account, roles: frozenset[Role], member: TeamMember, may_manage: bool) -> PersonRow:
    return PersonRow(
        account.id,
        account.name,
        account.email if may_manage else "",
        roles_in_words(roles),
        _has_signed_in(account),
        account.id == member.account_id,
    )


def _has_signed_in(account: Account) -> bool:
    used = db.select(db.exists().where(SignInLink.account_id == account.id, SignInLink.used_at.is_not(None)))
    return account.password_hash is not None or bool(db.session.scalar(used))


def _choices(held: frozenset[Role]) -> tuple[RoleChoice, ...]:
    return tuple(RoleChoice(role.value, ROLE_WORDS[role], ROLE_ABOUT[role], role in held) for role in Role)
