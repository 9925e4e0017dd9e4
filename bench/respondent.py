"""A panellist as a program: opens a link, reads forms, answers and saves, over HTTP and nothing else.

What it sends of a page is what a browser would send: the token against forged forms, the revision, and the
fields that the form has. It speaks plain HTTP/1.1 on a connection that it keeps, since a library's client
would cost more than the server that is measured.
"""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Protocol
from urllib.parse import quote_plus

WAIT_SECONDS = 30.0

HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
RADIO = re.compile(rb'name="(rating-[^"]+)" type="radio" value="([^"]*)"')
BOX = re.compile(rb'<textarea[^>]* name="(comment-[^"]+)"')
SEND = re.compile(rb'action="([^"]+/send)"')
SECTION = re.compile(rb'href="([^"]+/round-\d+/sections/[^"#?]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, where it leads, the page."""

    status: int
    location: str
    body: bytes


class Sender(Protocol):
    """Whatever carries a request to a server and keeps its cookies."""

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """The answer to one request."""

    def close(self) -> None:
        """Go away."""


class Wire:
    """One kept connection to 127.0.0.1, with the cookies of one browser."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[bytes, bytes] = {}
        self._socket: socket.socket | None = None

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Send a request and read its answer whole; OSError when the server hangs up."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), WAIT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n".encode()]
        if self._cookies:
            pairs = b"; ".join(b"=".join(pair) for pair in self._cookies.items())
            lines.append(b"Cookie: " + pairs + b"\r\n")
        if method == "POST":
            lines.append(
                b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body)
            )
        self._socket.sendall(b"".join([*lines, b"\r\n", body]))
        return self._read(self._socket)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self, connection: socket.socket) -> Answer:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more(connection)
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        length, location, is_last = 0, "", False
        for line in lines:
            name, _, value = line.partition(b": ")
            match name.lower():
                case b"content-length":
                    length = int(value)
                case b"location":
                    location = value.decode()
                case b"set-cookie":
                    cookie, _, content = value.partition(b";")[0].partition(b"=")
                    self._cookies[cookie] = content
                case b"connection":
                    is_last = value.lower() == b"close"
        parts = [rest]
        missing = length - len(rest)
        while missing > 0:
            parts.append(self._more(connection))
            missing -= len(parts[-1])
        if is_last:
            self.close()
        return Answer(int(first.split()[1]), location, b"".join(parts))

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        data = connection.recv(262_144)
        if not data:
            raise ConnectionError("The server hung up in the middle of an answer.")
        return data


class Unexpected(RuntimeError):
    """The server did not do what a panellist needs it to do."""


@dataclass
class Tally:
    """How long each kind of request took, in seconds, in the order in which they were made."""

    pages: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    n_journeys: int = 0

    @property
    def n_saved(self) -> int:
        """Pages that were read and saved."""
        return min(len(self.pages), len(self.saves))

    def add(self, other: Tally) -> None:
        """Take in what another client measured."""
        self.pages += other.pages
        self.saves += other.saves
        self.others += other.others
        self.n_journeys += other.n_journeys


class Respondent:
    """Somebody with a personal link, who says something different each time."""

    def __init__(self, sender: Sender, dice: Random, tally: Tally) -> None:
        self.sender, self._dice, self.tally = sender, dice, tally
        self.sections: list[str] = []
        self._n_forms = 0
        self.is_talkative = False
        """Whether they write into every box, something new each time: then a save always costs the same."""

    def sign_in(self, token: str) -> None:
        """Open the link and press its button; learn which sections there are."""
        path = f"/link/{token}"
        page = self._timed(self.tally.others, "GET", path)
        entered = self._timed(self.tally.others, "POST", path, _form(_hidden(page)))
        home = self._timed(self.tally.others, "GET", _leads_on(entered, path))
        # The home page may begin with the one to carry on with; codes are in the order of the round.
        self.sections = sorted({found.decode() for found in SECTION.findall(home.body)})
        if not self.sections:
            raise Unexpected("The home page names no section.")

    def answer(self, path: str) -> str:
        """Read a section, answer all of it, save; where that leads."""
        page = self._timed(self.tally.pages, "GET", path)
        saved = self._timed(self.tally.saves, "POST", path, self.form(page))
        return _leads_on(saved, path)

    def walk(self, token: str) -> None:
        """One journey: from the link through every section to the receipt."""
        self.sign_in(token)
        path = self.sections[0]
        for _ in self.sections:
            path = self.answer(path)
        review = self._timed(self.tally.others, "GET", path)
        action = SEND.search(review.body)
        if action is None:
            raise Unexpected(f"{path} has no form to hand the answers in.")
        sent = self._timed(self.tally.others, "POST", action[1].decode(), _form(_hidden(review)))
        self._timed(self.tally.others, "GET", _leads_on(sent, path))
        self.tally.n_journeys += 1

    def form(self, page: Answer) -> bytes:
        """What is sent of a page: its hidden fields, an answer to each question, words in some boxes."""
        points: dict[str, list[str]] = {}
        for name, value in RADIO.findall(page.body):
            points.setdefault(name.decode(), []).append(value.decode())
        values = _hidden(page) | {name: self._dice.choice(given) for name, given in points.items()}
        self._n_forms += 10
        for name in BOX.findall(page.body):
            n = self._dice.randint(1, 9)
            values[name.decode()] = (
                f"I would say it in {n + self._n_forms} words, and once."
                if self.is_talkative or n > 4
                else ""
            )
        return _form(values)

    def _timed(self, times: list[float], method: str, path: str, body: bytes = b"") -> Answer:
        began = time.perf_counter()
        answer = self.sender.send(method, path, body)
        times.append(time.perf_counter() - began)
        if answer.status not in (HTTPStatus.OK, HTTPStatus.SEE_OTHER):
            raise Unexpected(f"{method} {path} answered {answer.status}.")
        return answer


def is_refused_without_its_token(sender: Sender, path: str) -> bool:
    """Whether a save is refused that lacks the token against forged forms, as everybody's must be."""
    values = _hidden(sender.send("GET", path)) | {"csrf_token": "forged"}
    return sender.send("POST", path, _form(values)).status == HTTPStatus.BAD_REQUEST


def _leads_on(answer: Answer, path: str) -> str:
    if answer.status != HTTPStatus.SEE_OTHER:
        raise Unexpected(f"A form sent to {path} came back with {answer.status} instead of leading on.")
    return answer.location.partition("#")[0]


def _hidden(page: Answer) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in HIDDEN.findall(page.body)}


def _form(values: dict[str, str]) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in values.items()).encode()
