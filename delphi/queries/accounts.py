"""Team accounts: who a session belongs to, and where a one-time link leads. Looking changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import Role, TeamMember
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import AccountId, StudyId
from delphi.extensions import db
from delphi.models.accounts import Account, SignInLink, TeamRole
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class AccountVisit:
    """Somebody who is signed in: who they are, and whether they have chosen a password."""

    account_id: AccountId
    name: str
    email: str
    has_password: bool


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """Where a one-time link leads."""

    link_id: int
    account_id: AccountId
    name: str


def account_visit(account_id: AccountId, generation: int) -> AccountVisit | None:
    """The account of a session; None when it is switched off or its sessions were ended."""
    account = db.session.get(Account, account_id)
    if account is None or not account.is_active or account.generation != generation:
        return None
    return AccountVisit(account.id, account.name, account.email, account.password_hash is not None)


def member_by_slug(slug: str, account_id: AccountId) -> TeamMember | None:
    """An account as a member of the study with this short name; None when it has no role there."""
    rows = db.session.execute(
        db.select(TeamRole.study_id, TeamRole.role)
        .join(Study, Study.id == TeamRole.study_id)
        .where(Study.slug == slug, TeamRole.account_id == account_id)
    ).all()
    if not rows:
        return None
    return TeamMember(account_id, StudyId(rows[0].study_id), frozenset(Role(row.role) for row in rows))


def look_at_sign_in_link(token: str, now: datetime) -> LinkSeen:
    """Where a one-time link leads. Mail programs open links by themselves, so this signs nobody in.

    Raises NotFound for a damaged link, WrongState for one that was used, has run out, or whose account
    is switched off.
    """
    row = db.session.execute(
        db.select(SignInLink, Account)
        .join(Account, Account.id == SignInLink.account_id)
        .where(SignInLink.token_hash == sign_in_token_hash(token))
    ).one_or_none()
    if row is None:
        raise NotFound(
            "This link is not known here. Perhaps it was cut when it was copied: copy all of it, "
            "or ask whoever looks after this server for a new one."
        )
    link, account = row
    if link.used_at is not None:
        raise WrongState("This link has been used; it works once. Ask for a new one.")
    if link.expires_at <= now:
        raise WrongState("This link worked for 24 hours, and they are over. Ask for a new one.")
    if not account.is_active:
        raise WrongState("This account is switched off. Ask whoever looks after this server.")
    return LinkSeen(link.id, account.id, account.name)


def sign_in_token_hash(token: str) -> str:
    """How a token is stored: nobody who reads the database can sign in with what stands there."""
    return hashlib.sha256(token.strip().encode("utf-8")).hexdigest()
