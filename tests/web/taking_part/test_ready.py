"""A page that is rendered once for everybody shows each reader their own answers and nobody else's."""

from __future__ import annotations

import re

from delphi.web.taking_part import ready

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def test_a_ready_page_holds_nothing_of_the_reader_for_whom_it_was_made(app, opened, make_person):
    first, second = (make_person(opened, code) for code in opened.codes[:2])
    for someone in (first, second):
        someone.sign_in(opened.answered_at)
    display = first.get(f"{first.root}/display")
    first.press(display, "Use these settings", size="app-text-large")
    comment = "Only I could have written this."
    first.press(first.section(), "Save and continue", rating__clear="4", comment__change=comment)
    theirs, page = first.section(), second.section()
    assert comment in theirs.text
    assert "app-text-large" in theirs.text
    assert theirs.text.count(" checked") == 1
    assert comment not in page.text
    assert "app-text-large" not in page.text
    assert " checked" not in page.text
    assert first.code not in page.text
    assert TOKEN.search(page.text)[1] != TOKEN.search(theirs.text)[1]


def test_no_mark_of_a_gap_is_left_in_a_page(person):
    page = person.section()
    back = person.press(page, "Save and continue", rating__clear="4", comment__change="x" * 10_001)
    assert back.status == 422
    for one in (page, back, person.section()):
        assert ready.MARK not in one.text


def test_one_page_is_rendered_for_all_who_are_told_the_same(monkeypatch, opened, make_person):
    rendered = []
    whole = ready._without_indents
    monkeypatch.setattr(ready, "_without_indents", lambda html: rendered.append(1) or whole(html))
    for code in opened.codes[:2]:
        someone = make_person(opened, code)
        someone.sign_in(opened.answered_at)
        assert someone.section().status == 200
        assert someone.section().status == 200
    assert rendered == [1]


def test_a_text_that_is_shown_as_it_stands_keeps_its_spaces():
    assert ready._without_indents("<p>\n    a</p>\n\n<p>b</p>") == "<p>\na</p>\n<p>b</p>"
    assert ready._without_indents("<pre>\n    a</pre>") == "<pre>\n    a</pre>"
