"""A real browser and a real server: what only they can show."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from delphi import clock
from delphi.domain.actors import Operator
from delphi.services.signing_in import make_sign_in_link
from tools.databases import SqliteDatabases
from tools.small_study import SmallStudy
from tools.small_team import Team, opened_team
from tools.walking import TIMEOUT_MS, Windows

# No sandbox, as the build machine is root; the rest keeps it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_SECONDS = 30.0
"""For a message that is on its way."""


@pytest.fixture(scope="package")
def browser(browser_path: str) -> Iterator[Browser]:
    """One browser for the tests of this folder: while it is open nothing else can run an event loop."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """SQLite, whichever database the run stores its studies in."""
    return SqliteDatabases(tmp_path_factory.mktemp("looked-at"))


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases) -> str:
    """A database for tests of what pages look like."""
    return sqlite_databases.migrated()


@pytest.fixture
def windows(browser: Browser, address: str) -> Iterator[Windows]:
    """Windows to open; the test fails when one of them reports an error or asks a foreign address.

    It asks for `address` so that they close before the server does: a last request may be under way.
    """
    windows = Windows(browser, address)
    yield windows
    windows.close()
    assert not windows.troubles


@pytest.fixture
def page(windows: Windows) -> Page:
    """A page in a window of its own."""
    return windows.open().page


@pytest.fixture
def port() -> int:
    """The port to answer at; 0 stands for any that is free."""
    return 0


@pytest.fixture
def address(app: Flask, port: int) -> Iterator[str]:
    """Where the application of this test answers."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Finds a port at which nobody answers."""

    def find() -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return int(free.getsockname()[1])

    return find


# --- The study team ------------------------------------------------------------------------------------


@pytest.fixture
def team(small_study: SmallStudy) -> Team:
    """Round 1 of the small study is analysed, with three comments to review."""
    team = opened_team(small_study)
    small_study.close().analyse()
    return team


@pytest.fixture
def sign_in_link(address: str, team: Team) -> str:
    """A link that signs the lead in once."""
    with team.study.work():
        return make_sign_in_link(
            email="lead@small.example", base_url=address, actor=Operator(), now=clock.now()
        )


@pytest.fixture
def signed_in(page: Page, sign_in_link: str) -> Page:
    """The lead's browser, signed in by pressing the button of a link."""
    page.goto(sign_in_link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="Your studies").wait_for()
    return page


# --- Time and mail --------------------------------------------------------------------------------------


class MovedClock:
    """Goes on as time does, from wherever it was put."""

    def __init__(self) -> None:
        self.put_to(datetime.now(UTC))

    def put_to(self, moment: datetime) -> None:
        """Make this the present moment."""
        self.ahead = moment - datetime.now(UTC)

    def now(self) -> datetime:
        """What the platform takes for the present moment."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def moved_clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """The platform's clock, to be put to any moment."""
    moved = MovedClock()
    monkeypatch.setattr(clock, "now", moved.now)
    return moved


class Mailbox:
    """A mail server that takes every message, and finds the personal link in one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.letters: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        """Take a message."""
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.letters.append((envelope.rcpt_tos[0], letter))
        return "250 OK"

    def link_in(self, address: str, subject: str) -> str:
        """The link of the first message to somebody whose subject has these words, once it has come."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for to, letter in list(self.letters):
                if to == address and subject in letter["Subject"]:
                    body = letter.get_body(("plain",))
                    assert body is not None
                    return re.findall(r"https?://\S+/link/\S+", body.get_content())[0]
            time.sleep(0.05)
        came = [letter["Subject"] for to, letter in self.letters if to == address]
        raise AssertionError(f"no message “{subject}” came for {address}, only {came}")


@pytest.fixture
def mailbox(free_port: Callable[[], int]) -> Iterator[Mailbox]:
    """A mail server on this machine."""
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()
