"""A panellist with a browser: opens links, reads pages by their roles, fills in forms by their labels."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from lxml import html as lxml_html

from delphi import clock
from delphi.queries.panellists import panellist_of
from delphi.services import invitations
from tools.small_study import SmallStudy


class Page:
    """One answer of the server, read by roles and labels."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        self.address = response.request.path
        self.text = response.get_data(as_text=True)
        self.tree = lxml_html.fromstring(self.text) if self.text else None

    @property
    def title(self):
        return self.tree.findtext(".//title")

    @property
    def heading(self):
        return " ".join(self.tree.find(".//h1").text_content().split())

    @property
    def words(self):
        return " ".join(self.tree.find(".//main").text_content().split())

    def form(self, button):
        """The form with this button, with what a browser would send of it unchanged."""
        for form in self.tree.iterfind(".//form"):
            for one in form.iterfind(".//button"):
                if " ".join(one.text_content().split()).startswith(button):
                    return form
        raise AssertionError(f"no button {button!r} on {self.heading!r}")

    def labelled(self, words, within=None):
        """The field whose label begins with these words, inside the group of this legend."""
        root = self.tree
        if within:
            root = next(
                group
                for group in self.tree.iter("fieldset")
                if within in group.find(".//legend").text_content()
            )
        for label in root.iter("label"):
            if " ".join(label.text_content().split()).startswith(words):
                return self.tree.get_element_by_id(label.get("for"))
        raise AssertionError(f"no field {words!r} on {self.heading!r}")

    def link(self, words):
        for one in self.tree.iter("a"):
            if " ".join(one.text_content().split()).startswith(words):
                return one.get("href")
        raise AssertionError(f"no link {words!r} on {self.heading!r}")


def fields_of(form):
    """What a browser sends of a form as it stands, without its buttons."""
    sent = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


class Person:
    """A panellist at a browser of their own."""

    def __init__(self, app: Flask, study: SmallStudy, code: str):
        self.app, self.study, self.code = app, study, code
        self.client = app.test_client()
        self.root = f"/studies/{study.slug}/taking-part"

    def link(self, now: datetime):
        """A new personal link, as a message would bring it."""
        with self.study.work():
            person = panellist_of(self.study.id, self.code)
            return invitations.issue_link(panellist_id=person.id, now=now)

    def get(self, path, **more):
        return Page(self.client.get(path, **more))

    def post(self, path, data, **more):
        return Page(self.client.post(path, data=data, **more))

    def press(self, page, button, follow=True, drop=(), **typed):
        """Press a button on a page after filling in fields; `typed` uses field names with _ for -."""
        form = page.form(button)
        data = fields_of(form)
        data.update({name.replace("__", "-"): value for name, value in typed.items()})
        for name in drop:
            data.pop(name, None)
        return self.post(form.get("action"), data, follow_redirects=follow)

    def sign_in(self, now):
        page = self.get(self.link(now))
        return self.press(page, "Continue")

    def section(self, code="first-steps", number=1):
        return self.get(f"{self.root}/round-{number}/sections/{code}")


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages."""

    def set_to(now: datetime):
        monkeypatch.setattr(clock, "now", lambda: now)

    return set_to


@pytest.fixture
def opened(app: Flask, small_study: SmallStudy, at):
    """The small study in its open round 1, with nine people who have consented; `codes` names them."""
    small_study.codes = small_study.started()
    at(small_study.answered_at)
    return small_study


@pytest.fixture
def person(app: Flask, opened: SmallStudy):
    """One of the panel, signed in on a browser of their own."""
    someone = Person(app, opened, opened.codes[0])
    someone.sign_in(opened.answered_at)
    return someone


@pytest.fixture
def make_person(app: Flask):
    """Another panellist with a browser of their own."""

    def make(study: SmallStudy, code: str) -> Person:
        return Person(app, study, code)

    return make
