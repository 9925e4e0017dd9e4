"""A short code, typed on a phone or read out over one."""

from __future__ import annotations

import pytest

from delphi.services import short_codes
from delphi.services.invitations import issue_link_and_code


@pytest.fixture
def visitor(opened, make_person):
    return make_person(opened, opened.codes[0])


@pytest.fixture
def short_code(app, visitor, opened):
    person = opened.person(visitor.code)
    with opened.work():
        return issue_link_and_code(
            panellist_id=person.panellist_id,
            base_url="",
            code_key=app.config["SECRET_KEY"],
            actor=opened.lead,
            now=opened.answered_at,
        ).short_code


def typed(visitor, code):
    page = visitor.get("/code")
    return visitor.press(page, "Continue", **{page.labelled("Short code").get("name"): code})


def test_typing_the_code_leads_to_the_sections(visitor, short_code):
    page = typed(visitor, f" {short_code[:5].lower()} {short_code[5:]}")
    assert (page.address, page.heading) == (visitor.root, "Your sections in round 1")
    assert short_code not in page.text


def test_a_wrong_code_comes_back_with_what_to_do_and_signs_nobody_in(visitor, short_code):
    page = typed(visitor, "0000-0000-00")
    assert page.status == 422
    assert page.title.startswith("Error: Type your short code")
    assert page.labelled("Short code").get("value") == "0000-0000-00"
    assert "compare it with your message" in page.words
    assert visitor.get(visitor.root).status == 401


@pytest.mark.parametrize("code", ["", "short", "x" * 100_000, "<script>alert(1)</script>"])
def test_what_cannot_be_a_code_is_refused_kindly(visitor, code):
    page = typed(visitor, code)
    assert page.status == 422
    assert "<script>alert" not in page.text
    assert len(page.text) < 20_000


def test_the_page_closes_after_very_many_wrong_codes(visitor, short_code, monkeypatch):
    monkeypatch.setattr(short_codes, "MOST_WRONG", 1)
    typed(visitor, "0000000000")
    assert "The link in your message works all the time" in typed(visitor, short_code).words


def test_without_cookies_the_page_says_so(visitor, short_code):
    form = visitor.get("/code").form("Continue")
    visitor.client.delete_cookie("session")
    page = visitor.post("/code", {"csrf_token": form.inputs["csrf_token"].value, "code": short_code})
    assert page.status == 400
    assert "cookies" in page.words
    assert page.labelled("Short code").get("value") == short_code


def test_the_code_page_is_found_from_where_people_are_stuck(visitor):
    for path in ("/", "/link/damaged", visitor.root, "/finished-here"):
        page = visitor.get(path)
        words = "your short code" if path == "/finished-here" else "type the short code"
        assert visitor.get(page.link(words)).heading == "Type your short code"
