"""The same races over HTTP, with a server in a process of its own: nothing is lost, nobody is troubled."""

from __future__ import annotations

import http.client
import http.cookiejar
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from lxml import html

from delphi.extensions import db
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.log import Event
from delphi.queries.panellists import panellist_of
from delphi.services import invitations

PATIENCE_SECONDS = 30.0
SECTION = "first-steps"

SERVER = """
import sys
from datetime import datetime
from pathlib import Path
import waitress
from delphi import clock
from delphi.app import create_app
from delphi.config import Settings

url, instance, port, now = sys.argv[1:]
clock.now = lambda: datetime.fromisoformat(now)
settings = Settings(
    instance=Path(instance), secret_key="only-for-tests", database_url=url, base_url=f"http://127.0.0.1:{port}"
)
waitress.serve(create_app(settings), host="127.0.0.1", port=int(port), threads=8, _quiet=True)
"""


class Server:
    """Our application in a process of its own, with eight threads, at a time that stands still."""

    def __init__(self, settings, at):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._arguments = [settings.database_url, str(settings.instance), str(self.port), at.isoformat()]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, *self._arguments], cwd=Path(__file__).parents[2]
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server did not start in time"
                time.sleep(0.05)
            else:
                return self

    def end(self, sign=signal.SIGTERM):
        self.process.send_signal(sign)
        self.process.wait(PATIENCE_SECONDS)


@dataclass(frozen=True)
class Answer:
    status: int
    to: str
    text: str

    @property
    def words(self):
        return " ".join(html.fromstring(self.text).find(".//main").text_content().split())


class _Stay(urllib.request.HTTPRedirectHandler):
    """A browser follows a redirect; a test wants to see it."""

    def redirect_request(self, *_):
        return None


class Browser:
    """One person's browser: cookies, pages, and forms sent as they stand."""

    def __init__(self, server, slug):
        self._base = f"http://127.0.0.1:{server.port}"
        self.root = f"/studies/{slug}/taking-part/round-1"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies, _Stay())

    def ask(self, path, data=None):
        body = None if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self._base + path, body, {"Referer": self._base + path})
        try:
            with self._opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                return Answer(answer.status, "", answer.read().decode())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.headers.get("Location", ""), answer.read().decode())

    def form(self, path, button):
        """The address and the fields of the form with this button."""
        page = self.ask(path)
        for form in html.fromstring(page.text).iterfind(".//form"):
            if any(button in one.text_content() for one in form.iterfind(".//button")):
                return form.get("action"), dict(form.form_values())
        raise AssertionError(f"no button {button!r} at {path}: {page.status}")

    def sign_in(self, link):
        assert self.ask(*self.form(link, "Continue")).status == 303
        return self

    def page(self, section=SECTION):
        """A section's page as it stands now, ready to be filled in and sent."""
        address, fields = self.form(f"{self.root}/sections/{section}", "Save and continue")
        return address, fields | {"asked": "yes"}


@pytest.fixture
def server(settings, small_study):
    found = Server(settings, small_study.answered_at)
    yield found
    if found.process and found.process.poll() is None:
        found.end()


@pytest.fixture
def browsers(small_study, server):
    """Browsers of the panel's nine people, signed in, with their codes; each may have several."""
    codes = small_study.started()
    server.start()

    def sign_in(code):
        with small_study.work():
            person = panellist_of(small_study.id, code)
            link = invitations.issue_link(panellist_id=person.id, now=small_study.answered_at)
        return Browser(server, small_study.slug).sign_in(link)

    return codes, sign_in


def filled(page, point, words):
    address, fields = page
    return address, fields | {
        "rating-clear": str(point),
        "rating-feasible": str(point),
        "comment-change": words,
    }


def at_once(*acts):
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def saved(study, code):
    """What is kept of one person on the section: revision, points by value, comment."""
    with study.look():
        person = panellist_of(study.id, code).id
        revisions = db.session.scalars(
            db.select(SectionSave.revision).where(SectionSave.panellist_id == person)
        )
        points = db.session.scalars(db.select(Rating.value).where(Rating.panellist_id == person))
        words = db.session.scalars(db.select(Comment.text).where(Comment.panellist_id == person))
        return revisions.one(), set(points), words.one()


def test_of_two_tabs_one_wins_and_the_other_page_shows_both_texts(small_study, browsers):
    codes, sign_in = browsers
    tabs = [sign_in(codes[0]), sign_in(codes[0])]
    texts = {4: "From the left tab.", 2: "From the right tab."}
    pages = [tab.page() for tab in tabs]
    found = at_once(
        *(
            partial(tab.ask, *filled(page, point, words))
            for tab, page, (point, words) in zip(tabs, pages, texts.items(), strict=True)
        )
    )
    assert sorted(answer.status for answer in found) == [303, 409]
    won = 4 if found[0].status == 303 else 2
    assert saved(small_study, codes[0]) == (1, {won}, texts[won])
    stale = next(answer for answer in found if answer.status == 409)
    assert all(words in stale.text for words in texts.values())


def test_a_form_sent_twice_at_once_or_again_later_is_kept_once_and_troubles_nobody(small_study, browsers):
    codes, sign_in = browsers
    browser = sign_in(codes[0])
    sent = filled(browser.page(), 4, "Only once.")
    answers = at_once(*[partial(browser.ask, *sent)] * 3)
    answers.append(browser.ask(*sent))
    assert [answer.status for answer in answers] == [303] * 4
    assert len({answer.to for answer in answers}) == 1
    assert saved(small_study, codes[0]) == (1, {4}, "Only once.")


def test_a_double_click_on_send_hands_in_once_and_shows_the_receipt(small_study, browsers):
    codes, sign_in = browsers
    browser = sign_in(codes[0])
    browser.ask(*filled(browser.page(), 4, "Ready."))
    send = browser.form(f"{browser.root}/review", "Send")
    answers = at_once(*[partial(browser.ask, *send)] * 3)
    assert [(answer.status, answer.to.endswith("/receipt")) for answer in answers] == [(303, True)] * 3
    with small_study.look():
        assert db.session.scalar(db.select(db.func.count()).select_from(Submission)) == 1
        handed_in = db.select(db.func.count()).select_from(Event).where(Event.kind == "answers_submitted")
        assert db.session.scalar(handed_in) == 1


def test_who_saves_while_the_round_closes_is_kept_or_told_and_shown_what_they_wrote(small_study, browsers):
    codes, sign_in = browsers
    people = {code: sign_in(code) for code in codes[:4]}
    accepted = dict.fromkeys(people, 0)
    refused = {}

    def keep_saving(code):
        for number in itertools.count(1):
            answer = people[code].ask(*filled(pages[code], number % 5 + 1, f"{code} writes {number}"))
            if answer.status != 303:
                refused[code] = answer, number
                return
            accepted[code] = number
            pages[code][1]["revision"] = str(number)

    pages = {code: browser.page() for code, browser in people.items()}
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(keep_saving, code) for code in people]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while min(accepted.values()) < 2:
            assert time.monotonic() < deadline, accepted
            time.sleep(0.01)
        small_study.close()
        for writer in writers:
            writer.result(PATIENCE_SECONDS)
    for code, (answer, number) in refused.items():
        assert answer.status == 409
        assert "has closed" in answer.words
        assert f"{code} writes {number}" in answer.text, "what could not be saved can be copied"
        last = accepted[code]
        assert saved(small_study, code) == (last, {last % 5 + 1}, f"{code} writes {last}")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_what_a_killed_server_acknowledged_is_there_and_the_same_session_goes_on(
    small_study, server, browsers
):
    codes, sign_in = browsers
    browser, last = sign_in(codes[0]), 0
    for _ in range(2):
        page = browser.page()
        killer = threading.Timer(0.4, server.process.send_signal, [signal.SIGKILL])
        killer.start()
        while True:
            page[1]["revision"] = str(last)
            try:
                answer = browser.ask(*filled(page, (last + 1) % 5 + 1, f"save {last + 1}"))
            except (OSError, http.client.HTTPException):
                break
            assert answer.status == 303
            last += 1
        killer.join()
        server.process.wait(PATIENCE_SECONDS)
        revision, points, words = saved(small_study, codes[0])
        # One more may have been saved and not acknowledged any more; never one less.
        assert revision in (last, last + 1)
        assert (points, words) == ({revision % 5 + 1}, f"save {revision}")
        last = revision
        server.start()
    assert browser.ask(*filled(browser.page(), 5, "After all that.")).status == 303
    assert saved(small_study, codes[0]) == (last + 1, {5}, "After all that.")
