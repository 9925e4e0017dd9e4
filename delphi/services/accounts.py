"""Who may work on studies: accounts on this platform, and roles in each study."""

from __future__ import annotations

import re
from datetime import datetime

from delphi.domain.actors import ROLE_WORDS, Actor, Role
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db
from delphi.models.accounts import Account, TeamRole
from delphi.queries.studies import account_by_email, study_of
from delphi.services.events import record
from delphi.services.locks import hold

LONGEST_EMAIL = 254
LONGEST_NAME = 200
EMAIL = re.compile(r"[^@\s<>,;:\"()\x00-\x1f]+@[^@\s<>,;:\"()\x00-\x1f]+")


def add_account(*, email: str, name: str, actor: Actor, now: datetime) -> Account:
    """Add somebody who can then be given roles in studies.

    Raises InvalidInput for an address or a name that cannot be used, or when the address has an account.
    """
    require(actor, Permission.ADD_ACCOUNTS)
    return new_account(email=email, name=name, now=now)


def new_account(*, email: str, name: str, now: datetime) -> Account:
    """Add an account; a step of adding people here and to a team. Raises as `add_account` does."""
    email, name = email.strip().lower(), " ".join(name.split())
    problems = []
    if not EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        problems.append(Problem("email", f"“{email}” is not an e-mail address like name@example.org."))
    elif db.session.scalar(db.select(Account.id).where(Account.email == email)) is not None:
        problems.append(Problem("email", f"{email} has an account already."))
    if not name or len(name) > LONGEST_NAME:
        problems.append(Problem("name", f"Give a name of 1 to {LONGEST_NAME} characters."))
    if problems:
        raise InvalidInput(problems)
    account = Account(email=email, name=name, created_at=now)
    db.session.add(account)
    db.session.flush()
    return account


def give_role(*, study_id: StudyId, email: str, role: Role, actor: Actor, now: datetime) -> bool:
    """Give somebody a role in a study; False when they have it already. NotFound without an account."""
    require(actor, Permission.MANAGE_TEAM, study_id)
    account = account_by_email(email)
    if db.session.get(TeamRole, (study_id, account.id, role)) is not None:
        return False
    db.session.add(TeamRole(study_id=study_id, account_id=account.id, role=role))
    db.session.flush()
    _record("team_role_given", study_id, account, role, actor, now)
    return True


def take_role(*, study_id: StudyId, email: str, role: Role, actor: Actor, now: datetime) -> None:
    """Take a role away. NotFound when they do not have it, WrongState for a study's last lead."""
    require(actor, Permission.MANAGE_TEAM, study_id)
    hold(study_of(study_id))  # of two leads who take the role from each other, one has to stay
    account = account_by_email(email)
    held = db.session.get(TeamRole, (study_id, account.id, role))
    if held is None:
        raise NotFound(f"{account.name} is not {ROLE_WORDS[role].lower()} in this study.")
    if role == Role.LEAD and _n_leads(study_id) == 1:
        raise WrongState(f"{account.name} is the only study lead. Give somebody else that role first.")
    db.session.delete(held)
    db.session.flush()
    _record("team_role_taken", study_id, account, role, actor, now)


def _n_leads(study_id: StudyId) -> int:
    held = db.select(db.func.count()).where(TeamRole.study_id == study_id, TeamRole.role == Role.LEAD)
    return db.session.scalar(held) or 0


def _record(kind: str, study_id: StudyId, account: Account, role: Role, actor: Actor, now: datetime) -> None:
    record(
        kind,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"account:{account.id}",
        data={"role": role.value},
    )
