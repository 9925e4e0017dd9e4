"""Members of a small study's team at their browsers, and reading a page as people do: by roles and labels."""

from __future__ import annotations

from dataclasses import dataclass, field

import lxml.html
import pytest

from delphi import clock
from delphi.domain.actors import Operator
from delphi.services.signing_in import make_sign_in_link
from tools.small_study import SmallStudy


@dataclass
class Page:
    """An answer of the server: its status, its address, and its parts by role and label."""

    status: int
    location: str
    html: str
    tree: lxml.html.HtmlElement = field(init=False)

    def __post_init__(self):
        self.tree = lxml.html.fromstring(self.html) if self.html.strip().startswith("<") else None

    @property
    def heading(self):
        found = self.tree.xpath("//h1")
        assert len(found) == 1, "a page has one first heading"
        return _words(found[0])

    @property
    def text(self):
        return _words(self.tree.xpath("//body")[0])

    @property
    def main(self):
        return _words(self.tree.xpath("//main")[0])

    @property
    def title(self):
        return _words(self.tree.xpath("//title")[0])

    @property
    def errors(self):
        return [
            _words(one) for one in self.tree.xpath("//*[contains(@class,'govuk-error-summary__list')]/li")
        ]

    def links(self):
        return {_words(one): one.get("href") for one in self.tree.xpath("//a[@href]")}

    def parts(self):
        """The parts of the study in the navigation."""
        nav = self.tree.xpath("//nav[@aria-label='Parts of the study']")
        return [_words(one) for one in nav[0].xpath(".//a")] if nav else []

    def field(self, label):
        """The field that a label names."""
        for one in self.tree.xpath("//label"):
            if _spoken(one) == label:
                if one.get("for"):
                    return self.tree.get_element_by_id(one.get("for"))
                return one.xpath(".//input")[0]
        raise AssertionError(f"no field is labelled {label!r}")

    def buttons(self):
        return [_words(one) for one in self.tree.xpath("//main//button")]

    def form_of(self, button):
        """The form that a button sends, with everything that is filled in."""
        for form in self.tree.forms:
            for one in form.xpath(".//button"):
                if _words(one) == button:
                    values = dict(form.form_values())
                    if one.get("name"):
                        values[one.get("name")] = one.get("value", "")
                    return form.action, values
        raise AssertionError(f"no button says {button!r}; there are {self.buttons()}")

    def row(self, heading):
        """The cells of the table row with this heading, as words."""
        for one in self.tree.xpath("//tr"):
            heads = one.xpath("./th[@scope='row']")
            if heads and heading in _words(heads[0]):
                return [_words(cell) for cell in one.xpath("./td")]
        raise AssertionError(f"no row is headed {heading!r}")


def _words(element):
    return " ".join(element.text_content().split())


def _spoken(element):
    """The words of an element without what is hidden from screen readers, as the key of a shortcut is."""
    return " ".join("".join(element.xpath(".//text()[not(ancestor::*[@aria-hidden='true'])]")).split())


class Visitor:
    """One browser: opens pages, fills in forms by label, presses buttons by their words."""

    def __init__(self, app):
        self.client = app.test_client()
        self.page = None

    def get(self, address, status=200):
        answer = self.client.get(address)
        if answer.status_code == 302 and status == 200:
            answer = self.client.get(answer.headers["Location"])
        return self._take(answer, status)

    def post(self, address, status=303, **values):
        """Send a form as it is, without a page before it."""
        return self._take(self.client.post(address, data=values), status)

    def press(self, button, status=303, **by_label):
        """Fill in the present page's fields by label and press a button; follows to the next page."""
        action, values = self.page.form_of(button)
        for label, value in by_label.items():
            values[self._name(label, value)] = value
        values = {key: value for key, value in values.items() if value is not None}
        answer = self._take(self.client.post(action, data=values), status)
        return self.get(answer.location) if status == 303 else answer

    def _name(self, label, value):
        try:
            return self.page.field(label).get("name")
        except AssertionError:
            return label

    def _take(self, answer, status):
        answer.request.environ["wsgi.input"].close()
        page = Page(answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True))
        assert page.status == status, (
            f"{page.status} {page.location}\n{page.text if page.tree is not None else ''}"
        )
        if page.status != 303:
            self.page = page
        return page


@pytest.fixture(autouse=True)
def _push_request_context():
    """Keep pytest-flask from holding one context open: browsers here must not share what a request knows."""


@pytest.fixture
def visitor(app):
    """A browser in which nobody is signed in."""
    return Visitor(app)


@pytest.fixture
def sign_in_as(app, small_study: SmallStudy):
    """Open a browser as somebody of the small study's team: "lead", "second" or "clerk"."""

    def sign_in(who="lead"):
        visitor = Visitor(app)
        with small_study.work():
            link = make_sign_in_link(
                email=f"{who}@small.example", base_url="", actor=Operator(), now=clock.now()
            )
        visitor.get(link)
        visitor.press("Sign in")
        return visitor

    return sign_in


@pytest.fixture
def lead(sign_in_as):
    """The study lead's browser."""
    return sign_in_as("lead")
