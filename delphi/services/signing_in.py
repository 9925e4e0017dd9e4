"""How members of study teams come in: by password, or by a link that works once.

Somebody who is signing in is nobody yet, so what stands here asks the password or the link instead of
the access policy. What an account may do in a study is asked again with every page.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from delphi.domain.actors import Actor
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import AccountId
from delphi.domain.permissions import Permission, require
from delphi.domain.waiting import too_many_words, wait_after
from delphi.extensions import db
from delphi.models.accounts import Account, SignInLink
from delphi.queries.accounts import look_at_sign_in_link, sign_in_token_hash
from delphi.queries.studies import account_by_email
from delphi.services.passwords import checked_password, fits_password, is_outdated, password_hash

LINK_LIFETIME = timedelta(hours=24)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session has to remember of an account."""

    account_id: AccountId
    generation: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nobody was signed in, as a sentence. Returned, not raised: the failed try has to be saved."""

    sentence: str


def sign_in(*, email: str, password: str, now: datetime) -> SignedIn | Refused:
    """Sign somebody in with their password.

    After five wrong ones in a row each further try has to wait, up to 15 minutes; a one-time link
    always works.
    """
    account = db.session.scalar(
        db.select(Account)
        .where(Account.email == email.strip().lower())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if account is not None and (wait := wait_after(account.failed_sign_ins, account.failed_at, now)):
        return Refused(too_many_words(wait))
    fits = fits_password(account.password_hash if account else None, password)
    if account is None or not fits or not account.is_active:
        if account is not None:
            account.failed_sign_ins += 1
            account.failed_at = now
            db.session.flush()
        return Refused(
            "This e-mail address and password do not go together. Check both, "
            "or ask whoever looks after this server for a one-time link."
        )
    account.failed_sign_ins, account.failed_at = 0, None
    if account.password_hash and is_outdated(account.password_hash):
        account.password_hash = password_hash(password)
    db.session.flush()
    return SignedIn(account.id, account.generation)


def make_sign_in_link(*, email: str, base_url: str, actor: Actor, now: datetime) -> str:
    """A link that signs an account in once, within 24 hours; its token is written down nowhere else.

    Raises NotFound without an account, WrongState when the account is switched off.
    """
    require(actor, Permission.ADD_ACCOUNTS)
    account = account_by_email(email)
    if not account.is_active:
        raise WrongState(f"The account of {account.email} is switched off.")
    return new_sign_in_link(account, base_url=base_url, now=now)


def new_sign_in_link(account: Account, *, base_url: str, now: datetime) -> str:
    """A new one-time link; a step of making one for the operator and of adding somebody to a team."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        SignInLink(
            account_id=account.id,
            token_hash=sign_in_token_hash(token),
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    db.session.flush()
    return f"{base_url.rstrip('/')}/sign-in/{token}"


def use_sign_in_link(*, token: str, now: datetime) -> SignedIn:
    """Sign somebody in with a one-time link, which then no longer works.

    Raises NotFound for a damaged link, WrongState for one that was used or has run out.
    """
    found = look_at_sign_in_link(token, now)
    used = db.session.execute(
        db.update(SignInLink)
        .where(SignInLink.id == found.link_id, SignInLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if getattr(used, "rowcount", 0) != 1:
        raise WrongState("This link has just been used. Ask for a new one.")
    account = db.session.get_one(Account, found.account_id, populate_existing=True)
    account.failed_sign_ins, account.failed_at = 0, None
    db.session.flush()
    return SignedIn(account.id, account.generation)


def choose_password(*, account_id: AccountId, password: str, now: datetime) -> SignedIn:
    """Give an account its password; every session of it ends but the one that is made from what returns.

    `account_id` is whoever is signed in. Raises InvalidInput for a password that would be guessed.
    """
    account = db.session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise NotFound("There is no such account.")
    checked = checked_password(password, email=account.email, name=account.name)
    account.password_hash = password_hash(checked)
    account.generation += 1
    account.failed_sign_ins, account.failed_at = 0, None
    db.session.flush()
    return SignedIn(account.id, account.generation)


def end_sessions(*, account_id: AccountId, now: datetime) -> None:
    """Sign an account out everywhere: each session carries the generation that ends here."""
    account = db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    account.generation += 1
    db.session.flush()
