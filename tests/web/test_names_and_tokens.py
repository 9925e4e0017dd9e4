"""Laws of every page at once: no name stands beside an answer, and no personal link is left lying about."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest

from delphi import clock
from delphi.queries.panellists import panellist_of
from delphi.services import invitations

NAME = re.compile(r"Person (users|carers|workers) \d|(users|carers|workers)\d@panel\.example")
"""What the small study's panel is called, and where it is written to."""
COMMENT = "Begin with a smaller step than that."
PANEL = "/studies/small-study/panel"


@pytest.fixture
def answered(small_study, monkeypatch):
    """The small study after round 1: rated, commented on, decided and published; between its rounds."""
    small_study.codes = small_study.started()
    for number, code in enumerate(small_study.codes):
        small_study.save(code, comments={"change": COMMENT})
        small_study.save(code, "next-steps", comments={"change": f"{COMMENT} {number}"})
    small_study.close().analyse().publish()
    monkeypatch.setattr(clock, "now", lambda: small_study.analysed_at)
    return small_study


def crawl(client, start):
    """Every page that can be reached by links from one page: address and text."""
    waiting, seen = deque([start]), {start}
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        if answer.status_code in (302, 303) or answer.mimetype != "text/html":
            continue
        assert answer.status_code == 200, (address, answer.status_code)
        text = answer.get_data(as_text=True)
        yield address, text
        for link in lxml.html.fromstring(text).xpath("//a/@href"):
            target = urlsplit(urljoin(address, link))
            path = target.path + (f"?{target.query}" if target.query else "")
            if not target.netloc and not target.scheme and path not in seen and "download" not in path:
                seen.add(path)
                waiting.append(path)


def test_names_stand_on_pages_of_the_panel_only_and_those_hold_no_answer(answered, lead):
    with_names, with_comments = set(), set()
    n_pages = 0
    for address, text in crawl(lead.client, "/studies/small-study"):
        n_pages += 1
        if NAME.search(text):
            with_names.add(address)
        if COMMENT in text:
            with_comments.add(address)
    assert n_pages > 40
    assert with_names, "the panel's page shows names"
    assert with_comments, "the comments' page shows comments"
    assert all(address.startswith(PANEL) for address in with_names), with_names
    assert not with_names & with_comments


def test_a_panellist_reads_nobodys_name_and_no_code_but_their_own(answered, app):
    code, *others = answered.codes
    client = signed_in(app, answered, code)
    pages = dict(crawl(client, "/studies/small-study/taking-part"))
    assert len(pages) > 5
    assert any(COMMENT in text for text in pages.values()), "reviewed comments are shared"
    for address, text in pages.items():
        assert not NAME.search(text), address
        assert not any(re.search(rf"\b{other}\b", text) for other in others), address


def test_no_token_is_in_an_address_a_title_a_page_or_the_log(answered, app, caplog):
    caplog.set_level("DEBUG")
    with answered.work():
        person = panellist_of(answered.id, answered.codes[0]).id
        link = invitations.issue_link(panellist_id=person, now=clock.now())
    token = link.rpartition("/")[2]
    page = app.test_client().get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    title = lxml.html.fromstring(page.get_data(as_text=True)).findtext(".//title")
    assert token not in title
    client = signed_in(app, answered, answered.codes[0], link)
    for address, text in crawl(client, "/studies/small-study/taking-part"):
        assert token not in address
        assert token not in text
    assert token not in caplog.text


def signed_in(app, study, code, link=None):
    """A browser in which a panellist is signed in."""
    if link is None:
        with study.work():
            person = panellist_of(study.id, code).id
            link = invitations.issue_link(panellist_id=person, now=clock.now())
    client = app.test_client()
    form = lxml.html.fromstring(client.get(link).get_data(as_text=True)).forms[0]
    assert client.post(form.action, data=dict(form.form_values())).status_code == 303
    return client
