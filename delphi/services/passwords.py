"""Keeping passwords so that whoever reads the database cannot sign in: Argon2id, in its own notation."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from delphi.domain.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
LONGEST = 200
"""A longer one would let strangers keep the server busy with hashing."""


def checked_password(password: str, *, email: str, name: str) -> str:
    """The password, if it can be used; InvalidInput with what is wrong with it.

    Length is what counts (NIST SP 800-63B): no rule asks for digits or signs.
    """
    sentence = ""
    plain = password.casefold()
    if len(password) < SHORTEST:
        sentence = (
            f"Use at least {SHORTEST} characters. Three or four words that do not belong together do well."
        )
    elif len(password) > LONGEST:
        sentence = f"This has {len(password)} characters; there is room for {LONGEST}."
    elif len(set(plain)) < 5 or plain in (email.casefold(), name.casefold()):
        sentence = "This would be guessed first. Use words that have nothing to do with you."
    if sentence:
        raise InvalidInput([Problem("password", sentence)])
    return password


def password_hash(password: str) -> str:
    """What is stored of a password."""
    return _hasher().hash(password)


def fits_password(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is none, so that time tells nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(stored or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than are used now."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return password_hash("the password of nobody at all")
