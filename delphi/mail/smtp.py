"""One conversation with a mail server.

Personal links are credentials: they leave this machine encrypted, unless whoever runs it has said that the
way to the mail server is safe (`?tls=none`).
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address

TIMEOUT_SECONDS = 30.0
"""For each answer of the server, not for the whole conversation."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the mail server is and how to talk to it."""

    host: str
    port: int
    is_implicit_tls: bool = False
    may_be_plain: bool = False
    user: str = ""
    password: str = ""

    @property
    def is_this_machine(self) -> bool:
        """Whether nothing leaves the machine on the way to it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


class Refusal(Exception):
    """The message was not taken. The sentence holds neither the address nor the server's own words.

    `is_final`: it never will be. `is_unknown_address`: because nobody has this address.
    """

    def __init__(self, sentence: str, *, is_final: bool = False, is_unknown_address: bool = False) -> None:
        self.is_final = is_final
        self.is_unknown_address = is_unknown_address
        super().__init__(sentence)


def deliver(email: EmailMessage, server: Server) -> None:
    """Hand a message to a mail server; Refusal when it does not take it."""
    with _refusals(server):
        connection = _connect(server)
        try:
            _protect(connection, server)
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(email)
        finally:
            _take_leave(connection)


def _connect(server: Server) -> smtplib.SMTP:
    if server.is_implicit_tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)


def _protect(connection: smtplib.SMTP, server: Server) -> None:
    """Turn encryption on. Mail servers on the same machine seldom have a certificate that holds."""
    if server.is_implicit_tls or server.may_be_plain or server.is_this_machine:
        return
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("starttls"):
        raise Refusal(
            f"The mail server {server.host} offers no encryption (STARTTLS). Use smtps://, or add “?tls=none”"
            " to mail_url if the way to it is safe."
        )
    connection.starttls(context=ssl.create_default_context())


def _take_leave(connection: smtplib.SMTP) -> None:
    """Say goodbye. A message that was taken stays taken, however that goes."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _says_unknown(code: int, words: bytes) -> bool:
    """Whether a refusal is about the address itself, and not about who may send what (RFC 3463, 3.2 and 3.3).

    A server that relays for nobody refuses every address with 5.7.1: that is no reason to give them up.
    """
    found = re.match(rb"5\.(\d{1,3})\.(\d{1,3})", words)
    if found is None:
        return code in (550, 551, 553)
    return found[1] == b"1" or (found[1], found[2]) == (b"2", b"1")


@contextmanager
def _refusals(server: Server) -> Iterator[None]:
    """Turn what can go wrong into sentences."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, words = min(error.recipients.values())
        raise Refusal(
            f"The mail server did not accept the address ({code}).",
            is_final=code // 100 == 5,
            is_unknown_address=_says_unknown(code, words),
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refusal(
            "The mail server cannot do what this message needs (a sign-in, or an address with letters "
            "beyond A to Z).",
            is_final=not server.user,
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Refusal(
            f"The mail server did not accept the user name and password in mail_url ({error.smtp_code})."
        ) from error
    except smtplib.SMTPResponseException as error:
        raise Refusal(f"The mail server did not accept the message ({error.smtp_code}).") from error
    except ssl.SSLError as error:
        raise Refusal(f"The mail server {server.host} could not be trusted: {error.reason}.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refusal(
            f"The mail server {server.host}:{server.port} could not be reached ({type(error).__name__})."
        ) from error
