"""Another program with a questionnaire of the same size, which somebody has started: read, answered, sent.

The peer of our goals is LimeSurvey 6, page by page, with as many questions a page as `--page` says. Nothing
of it is known here but that a page is a form with radio buttons, and that the answer to a form is the next.
"""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass
from html import unescape
from random import Random
from urllib.parse import quote_plus, urlsplit

from bench.respondent import Answer, Respondent, Tally, Unexpected, Wire
from bench.stands import Load, measured

TAG = re.compile(rb"<(?:input|button|textarea)\b[^>]*>")
ATTRIBUTE = re.compile(rb'([\w-]+)="([^"]*)"')
ACTION = re.compile(rb'<form\b[^>]*action=["\']([^"\']+)["\']')
ONWARDS = ("movenext", "movesubmit")
"""What LimeSurvey's buttons to the next page and to the end are called."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where it is on this machine, and the processes whose time counts: web server, PHP and database."""

    url: str
    pids: tuple[int, ...]

    def answer(self, clients: int, seconds: float, seed: int) -> Load:
        """So many people fill it in from its beginning, again and again."""
        address = urlsplit(self.url)
        if address.hostname not in ("127.0.0.1", "localhost"):
            raise Unexpected("The peer has to run on this machine: its address begins with http://127.0.0.1.")
        first = address.path + (f"?{address.query}" if address.query else "")

        def work(person: Respondent, ends: float) -> None:
            dice = Random(f"{seed}")
            while time.perf_counter() < ends:
                fill_in(Wire(address.port or 80), first, dice, person.tally, ends)

        people = [Respondent(Wire(address.port or 80), Random(seed), Tally()) for _ in range(clients)]
        return measured(people, work, seconds, self.pids)


def fill_in(wire: Wire, first: str, dice: Random, tally: Tally, ends: float) -> None:
    """Go from page to page until there is no form with questions any more; each page sent on is a save."""
    page = _follow(wire, wire.send("GET", first))
    for n in itertools.count():
        action = ACTION.search(page.body)
        fields = fields_of(page.body, dice)
        if action is None or not fields or time.perf_counter() >= ends:
            if n == 0 and not fields:
                raise Unexpected("The peer's first page has no form.")
            break
        body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items()).encode()
        began = time.perf_counter()
        page = _follow(wire, wire.send("POST", _path(unescape(action[1].decode())), body))
        # One request both saves and shows the next page here, so the two halves share its time.
        half = (time.perf_counter() - began) / 2
        tally.pages.append(half)
        tally.saves.append(half)
    wire.close()


def fields_of(page: bytes, dice: Random) -> dict[str, str]:
    """What a browser would send of a page: hidden fields, a radio of each name, the button that leads on."""
    fields: dict[str, str] = {}
    points: dict[str, list[str]] = {}
    for tag in TAG.findall(page):
        given = {name.decode(): unescape(value.decode()) for name, value in ATTRIBUTE.findall(tag)}
        name, kind = given.get("name", ""), given.get("type", "")
        if kind == "hidden" and name:
            fields[name] = given.get("value", "")
        elif kind == "radio" and given.get("value"):
            points.setdefault(name, []).append(given["value"])
        elif tag.startswith(b"<button") and given.get("value") in ONWARDS:
            fields[name] = given["value"]
    return fields | {name: dice.choice(values) for name, values in points.items()}


def _follow(wire: Wire, answer: Answer) -> Answer:
    for _ in range(5):
        if not answer.location:
            return answer
        answer = wire.send("GET", _path(answer.location))
    raise Unexpected("The peer leads round in a circle.")


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
