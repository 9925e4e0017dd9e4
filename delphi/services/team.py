"""Who is in a study's team, as its lead arranges it in the browser: adding people, roles, taking people out.

A lead gives roles in the own study only. A link that signs somebody in is made for people who never signed in
and are in no other study: with any other link a lead could become somebody else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import Actor, Role
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import AccountId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db
from delphi.models.accounts import Account, TeamRole
from delphi.queries.studies import account_by_email, has_account, study_of
from delphi.queries.team_page import may_get_link
from delphi.services.accounts import give_role, new_account, take_role
from delphi.services.locks import hold
from delphi.services.signing_in import new_sign_in_link


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody who was added; `link` signs them in once, and is empty for those who can sign in already."""

    name: str
    email: str
    link: str = ""


def add_member(
    *,
    study_id: StudyId,
    email: str,
    name: str,
    role: str,
    base_url: str,
    actor: Actor,
    now: datetime,
) -> Added:
    """Give somebody a role by their e-mail address; without an account they get one, and a link for once.

    Raises InvalidInput for an address, name or role that cannot be used, and for what they have already.
    """
    require(actor, Permission.MANAGE_TEAM, study_id)
    wanted = _roles([role])
    is_new = not has_account(email)
    account = new_account(email=email, name=name, now=now) if is_new else account_by_email(email)
    if not account.is_active:
        raise InvalidInput([Problem("email", "This account is switched off. Ask whoever runs this server.")])
    for one in wanted:
        if not give_role(study_id=study_id, email=account.email, role=one, actor=actor, now=now):
            raise InvalidInput([Problem("email", f"{account.name} has this role already.")])
    link = new_sign_in_link(account, base_url=base_url, now=now) if is_new else ""
    return Added(account.name, account.email, link)


def set_roles(
    *, study_id: StudyId, account_id: AccountId, roles: Collection[str], actor: Actor, now: datetime
) -> None:
    """Make somebody's roles be these; at least one, because taking somebody out is said in its own way.

    Raises NotFound for somebody who is not in the team, WrongState for a study's last lead.
    """
    require(actor, Permission.MANAGE_TEAM, study_id)
    account, held = _member(study_id, account_id)
    wanted = _roles(roles)
    for role in (one for one in Role if one in wanted - held):
        give_role(study_id=study_id, email=account.email, role=role, actor=actor, now=now)
    for role in (one for one in Role if one in held - wanted):
        take_role(study_id=study_id, email=account.email, role=role, actor=actor, now=now)


def remove_member(*, study_id: StudyId, account_id: AccountId, actor: Actor, now: datetime) -> str:
    """Take somebody out of the team, from their next click on; returns their name.

    What they wrote, decided and signed stays. Raises NotFound for somebody who is not in the team, WrongState
    for a study's last lead.
    """
    require(actor, Permission.MANAGE_TEAM, study_id)
    account, held = _member(study_id, account_id)
    for role in (one for one in Role if one in held):
        take_role(study_id=study_id, email=account.email, role=role, actor=actor, now=now)
    return account.name


def renew_member_link(
    *, study_id: StudyId, account_id: AccountId, base_url: str, actor: Actor, now: datetime
) -> Added:
    """A new one-time link for somebody who never signed in; WrongState for everybody else."""
    require(actor, Permission.MANAGE_TEAM, study_id)
    account, _ = _member(study_id, account_id)
    if not may_get_link(account, study_id):
        raise WrongState(
            f"{account.name} has signed in before or works on other studies, so only whoever runs this "
            "server can make them a new link."
        )
    return Added(account.name, account.email, new_sign_in_link(account, base_url=base_url, now=now))


def _member(study_id: StudyId, account_id: AccountId) -> tuple[Account, set[Role]]:
    """Somebody in the team with their roles. The study is held: two leads must not take each other out."""
    hold(study_of(study_id))
    rows = db.session.scalars(
        db.select(TeamRole).where(TeamRole.study_id == study_id, TeamRole.account_id == account_id)
    ).all()
    if not rows:
        raise NotFound("There is nobody like this in the study team.")
    return rows[0].account, {row.role for row in rows}


def _roles(given: Collection[str]) -> set[Role]:
    known = {role.value for role in Role}
    if not given or not set(given) <= known:
        raise InvalidInput([Problem("role", "Choose at least one role.")])
    return {Role(one) for one in given}
