"""One panellist's requests inside this process, where the SQL statements of each can be counted exactly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from flask import Flask
from sqlalchemy.engine import Engine

from bench.respondent import Answer, Respondent, Tally, Unexpected
from bench.statements import Statements, counted
from bench.studies import PAGE, OpenStudy
from delphi.extensions import db

TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
REVISION = re.compile(rb'name="revision" value="(\d+)"')


class Inside:
    """A browser without a network: the same requests, answered by the application in this process."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """The answer to one request."""
        answer = self._client.open(
            path, method=method, data=body or None, content_type="application/x-www-form-urlencoded"
        )
        return Answer(answer.status_code, answer.headers.get("Location", ""), answer.get_data())

    def close(self) -> None:
        """Nothing is open."""

    def send_json(self, path: str, token: bytes, values: dict[str, str]) -> int:
        """Send what the page's small script sends; the status."""
        headers = {"X-CSRFToken": token.decode()}
        return self._client.post(
            path, data=json.dumps(values), content_type="application/json", headers=headers
        ).status_code


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: what it was, the statements it sent, how long its page is in bytes."""

    name: str
    statements: Statements
    n_bytes: int


def visits_of(app: Flask, study: OpenStudy) -> Iterator[Visit]:
    """What the study's first panellist does on a section's page of the open round, request by request.

    The application should be fresh: its first page is the cold one. Unexpected when an answer is not what
    it should be.
    """
    browser = Inside(app)
    someone = Respondent(browser, Random(1), Tally())
    someone.is_talkative = True
    root = f"/studies/{study.slug}/taking-part"
    page = f"{root}/round-{study.number}/sections/{PAGE}"
    with app.app_context():
        engine = db.engine

    def visit(name: str, method: str, path: str, body: bytes = b"") -> Visit:
        with counted(engine) as statements:
            answer = browser.send(method, path, body)
        expected = 200 if method == "GET" else 303
        if answer.status != expected:
            raise Unexpected(f"{name}: {path} answered {answer.status}.")
        return Visit(name, statements, len(answer.body))

    link = f"/link/{study.tokens[0]}"
    sign_in = someone.form(browser.send("GET", link))
    yield visit("sign_in", "POST", link, sign_in)
    yield visit("page_cold", "GET", page)
    yield visit("page", "GET", page)
    yield visit("first_save", "POST", page, someone.form(browser.send("GET", page)))
    yield visit("page_answered", "GET", page)
    yield visit("save", "POST", page, someone.form(browser.send("GET", page)))
    yield _as_given(browser, study, page, engine)
    yield visit("home", "GET", root)
    review = f"{root}/round-{study.number}/review"
    yield visit("review", "GET", review)
    yield visit(
        "submit", "POST", f"{root}/round-{study.number}/send", someone.form(browser.send("GET", review))
    )


def answered_after_a_start(app: Flask, study: OpenStudy) -> Visit:
    """The same page for the same person once everything is answered, as the first of a fresh application."""
    browser = Inside(app)
    someone = Respondent(browser, Random(1), Tally())
    link = f"/link/{study.tokens[0]}"
    browser.send("POST", link, someone.form(browser.send("GET", link)))
    page = f"/studies/{study.slug}/taking-part/round-{study.number}/sections/{PAGE}"
    with app.app_context():
        engine = db.engine
    with counted(engine) as statements:
        answer = browser.send("GET", page)
    if answer.status != 200 or b" checked" not in answer.body:
        raise Unexpected(f"{page} answered {answer.status}, or without the answers that were saved.")
    return Visit("page_answered_cold", statements, len(answer.body))


def _as_given(browser: Inside, study: OpenStudy, page: str, engine: Engine) -> Visit:
    """An answer saved by the page's small script as it is given."""
    now = browser.send("GET", page).body
    token, revision = TOKEN.search(now), REVISION.search(now)
    if token is None or revision is None:
        raise Unexpected("The page has no form to answer.")
    values = {"revision": revision[1].decode(), **{f"rating-{code}": "4" for code in study.criteria}}
    with counted(engine) as statements:
        status = browser.send_json(f"{page}/answers", token[1], values)
    if status != 200:
        raise Unexpected(f"Saving as given answered {status}.")
    return Visit("save_as_given", statements, 0)
