"""How a message leaves: by SMTP, into a folder as .eml files, or into memory for tests.

    send(message, "smtp://user:password@mail.example.org:587", now=now, reference="receipt:3:14")

What goes wrong is said without the address it was for: these sentences are stored and logged.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from delphi.domain.errors import DelphiError, InvalidInput
from delphi.mail import smtp
from delphi.mail.messages import Address, Message

__all__ = ["AddressUnknown", "MailNotSent", "MailRefused", "check_mail_url", "memory", "send", "to_email"]


class MailNotSent(DelphiError):
    """The message did not leave, and may if it is tried again later."""


class MailRefused(MailNotSent):
    """The message will never be accepted as it is: trying again is of no use."""


class AddressUnknown(MailRefused):
    """Nobody has this address, says the mail server."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where `memory:` keeps what was sent, oldest first."""

    sent: list[EmailMessage] = field(default_factory=list)


memory = Memory()


def send(message: Message, mail_url: str, *, now: datetime, reference: str) -> None:
    """Send one message.

    `reference` names the effect: the same one sent twice carries the same Message-ID, so that most
    mailboxes show it once. Raises MailNotSent, MailRefused, or InvalidInput when `mail_url` makes no sense.
    """
    email = to_email(message, now=now, reference=reference)
    scheme = check_mail_url(mail_url)
    if scheme == "memory":
        memory.sent.append(email)
    elif scheme == "file":
        _write(email, folder_of(mail_url), now, reference)
    else:
        _send_by_smtp(email, mail_url)


def check_mail_url(mail_url: str) -> str:
    """The kind of transport that a setting names; InvalidInput with the forms there are."""
    scheme = mail_url.partition(":")[0]
    if scheme in ("smtp", "smtps"):
        server_of(mail_url)
    elif scheme == "file":
        folder_of(mail_url)
    elif scheme != "memory":
        raise InvalidInput(
            "The setting mail_url must be smtp://user:password@host:587, smtps://user:password@host:465 "
            "or file:FOLDER."
        )
    return scheme


def server_of(mail_url: str) -> smtp.Server:
    """The mail server that a setting names; InvalidInput when a part of it is missing."""
    parts = urlsplit(mail_url)
    options = parse_qs(parts.query)
    try:
        port = parts.port
    except ValueError:
        raise InvalidInput("The port in the setting mail_url is not a number between 0 and 65535.") from None
    if not parts.hostname:
        raise InvalidInput("The setting mail_url names no mail server: smtp://user:password@HOST:587.")
    if set(options) - {"tls"} or options.get("tls", ["none"]) != ["none"]:
        raise InvalidInput("The only option in the setting mail_url is “?tls=none”.")
    is_implicit = parts.scheme == "smtps"
    return smtp.Server(
        host=parts.hostname,
        port=port or (465 if is_implicit else 587),
        is_implicit_tls=is_implicit,
        may_be_plain="tls" in options,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def folder_of(mail_url: str) -> Path:
    """The folder that `file:FOLDER` names; InvalidInput when there is none in it."""
    folder = mail_url.removeprefix("file:")
    folder = folder.removeprefix("//") if folder.startswith("///") else folder
    if not folder:
        raise InvalidInput("The setting mail_url names no folder: write file:FOLDER.")
    return Path(folder)


def to_email(message: Message, *, now: datetime, reference: str) -> EmailMessage:
    """The message as it travels: plain text first, HTML beside it, marked as sent by a program."""
    email = EmailMessage(policy=policy.SMTP)
    email["From"] = _header(message.sender)
    email["To"] = _header(message.to)
    if message.reply_to:
        email["Reply-To"] = _header(message.reply_to)
    email["Subject"] = message.subject
    email["Date"] = format_datetime(now)
    email["Message-ID"] = f"<{_digest(reference)}@{_ascii_domain(message.sender.email)}>"
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    email.set_content(message.text)
    email.add_alternative(message.html, subtype="html")
    return email


def _header(address: Address) -> HeaderAddress:
    user = address.email.rpartition("@")[0]
    try:
        return HeaderAddress(address.name, user, _ascii_domain(address.email))
    except (ValueError, HeaderParseError) as error:
        raise MailRefused("The e-mail address cannot be used. Check how it is written.") from error


def _ascii_domain(email: str) -> str:
    """The domain as mail servers know it: bücher.example is xn--bcher-kva.example."""
    domain = email.rpartition("@")[2]
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise MailRefused("The part of the e-mail address after @ is not a valid name.") from error


def _digest(reference: str) -> str:
    return sha256(reference.encode()).hexdigest()[:32]


def _write(email: EmailMessage, folder: Path, now: datetime, reference: str) -> None:
    """Write an .eml file that is there whole or not at all."""
    name = f"{now:%Y%m%dT%H%M%S}-{_digest(reference)}.eml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(email.as_bytes())
        Path(temporary).replace(folder / name)
    except OSError as error:
        raise MailNotSent(f"The mail folder cannot be written to: {error.strerror}.") from error


def _send_by_smtp(email: EmailMessage, mail_url: str) -> None:
    try:
        smtp.deliver(email, server_of(mail_url))
    except smtp.Refusal as refusal:
        if refusal.is_unknown_address:
            raise AddressUnknown(str(refusal)) from refusal
        raise (MailRefused if refusal.is_final else MailNotSent)(str(refusal)) from refusal
