"""The information has changed: panellists read what is new and agree again before they go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment
from tools.new_version import publish_version


@pytest.fixture
def renew(opened, at):
    """Publish a new consent text, about which everybody is asked."""

    def publish():
        publish_version(opened, now=opened.answered_at)
        at(opened.answered_at + timedelta(minutes=5))

    return publish


def test_every_page_leads_to_what_is_new_until_it_is_agreed(person, renew):
    renew()
    for address in ("", "/round-1/sections/first-steps", "/round-1/review"):
        page = person.get(f"{person.root}{address}", follow_redirects=True)
        assert page.heading == "Something about the study has changed"
    assert "We keep answers for 12 years, not 10." in page.words
    assert not page.tree.xpath("//input[@checked]")
    page = person.press(page, "Agree and go on", consent=["c1", "c2"])
    assert page.address == person.root
    assert person.section().heading == "First steps"


def test_one_tick_missing_is_asked_for_and_what_is_new_stays(person, renew):
    renew()
    page = person.press(person.get(f"{person.root}/consent"), "Agree and go on", consent=["c1"])
    assert page.status == 422
    assert page.heading == "Something about the study has changed"
    assert page.labelled("I have read the new information.").checked


def test_stopping_and_reading_are_open_meanwhile(person, renew):
    renew()
    assert person.get(f"{person.root}/stop").status == 200
    assert person.get(f"{person.root}/display").status == 200


def test_what_somebody_was_writing_when_the_version_came_is_not_lost(person, renew):
    page = person.section()
    renew()
    page = person.press(page, "Save and continue", rating__clear="4", comment__change="Keep the tea.")
    assert page.status == 409
    assert "read what is new and agree again first" in page.words
    assert page.labelled("Your text").value.strip() == "Keep the tea."
    with person.study.look():
        assert not db.session.scalars(db.select(Comment)).all()
    again = person.get(f"{person.root}/consent")
    person.press(again, "Agree and go on", consent=["c1", "c2"])
    person.press(page, "Send again")
    with person.study.look():
        assert db.session.scalars(db.select(Comment.text)).all() == ["Keep the tea."]


def test_the_small_script_says_the_same(person, renew):
    renew()
    answer = person.client.post(
        f"{person.root}/round-1/sections/first-steps/answers", json={"revision": 0, "rating-clear": "4"}
    )
    assert answer.status_code == 409
    assert "agree again first" in answer.json["sentence"]
