"""How much a page and a save ask of the database, and how long the page is: the same for many items."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from delphi.extensions import db
from delphi.queries.frozen import forget_kept
from tools.new_version import publish_version
from tools.small_study import SmallStudy

MOST_FOR_A_PAGE, MOST_FOR_A_SAVE = 8, 10
LONGEST_PAGE = 17_000
MOST_FILES = 4
ASSET = re.compile(r'<(?:link|script|img)\b[^>]* (?:href|src)="([^"]+)"')


class Counting:
    """The statements that one request sends."""

    def __init__(self, app):
        with app.app_context():
            self.engine = db.engine

    def __enter__(self):
        self.statements = []
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *exception):
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement, parameters, context, many):
        if not statement.startswith(("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")):
            self.statements.append(statement)


@pytest.fixture(params=[5, 50])
def rater(request, app, at, make_person):
    """Somebody in an open round that asks many things of each section."""
    criteria = [
        {"id": f"c{n}", "label": f"Criterion {n}", "statement": f"This statement is number {n}."}
        for n in range(request.param)
    ]
    study = SmallStudy(app, criteria=criteria)
    code = study.started(1)[0]
    at(study.answered_at)
    someone = make_person(study, code)
    someone.n = request.param
    someone.sign_in(study.answered_at)
    return someone


@pytest.mark.parametrize("is_warm", [False, True])
def test_a_rating_page_asks_for_at_most_eight_things(app, rater, is_warm):
    if is_warm:
        rater.press(rater.section(), "Save and continue", asked="yes", rating__c0="4")
    with Counting(app) as counted:
        page = rater.section()
    assert page.status == 200
    assert len(counted.statements) <= MOST_FOR_A_PAGE, "\n".join(counted.statements)


def test_so_does_the_dearest_page_cold_answered_and_after_a_new_consent_version(app, at, rater):
    rater.press(rater.section(), "Save and continue", rating__c0="4", comment__change="A thought.")
    publish_version(rater.study, now=rater.study.answered_at)
    at(rater.study.answered_at + timedelta(minutes=5))
    rater.press(rater.get(f"{rater.root}/consent"), "Agree and go on", consent=["c1", "c2"])
    with app.app_context():
        forget_kept()
    with Counting(app) as counted:
        page = rater.section()
    assert " checked" in page.text
    assert len(counted.statements) <= MOST_FOR_A_PAGE, "\n".join(counted.statements)


def test_a_save_asks_for_at_most_ten_things(app, rater):
    page = rater.section()
    answers = {f"rating__c{n}": "4" for n in range(rater.n)}
    with Counting(app) as counted:
        after = rater.press(page, "Save and continue", follow=False, comment__change="A thought.", **answers)
    assert after.status == 303
    assert len(counted.statements) <= MOST_FOR_A_SAVE, "\n".join(counted.statements)


def test_saving_as_given_asks_for_at_most_ten_things(app, rater):
    token = rater.section().form("Save and continue").inputs["csrf_token"].value
    with Counting(app) as counted:
        answer = rater.client.post(
            f"{rater.root}/round-1/sections/first-steps/answers",
            json={"revision": "0", "rating-c0": "4"},
            headers={"X-CSRFToken": token},
        )
    assert answer.status_code == 200
    assert len(counted.statements) <= MOST_FOR_A_SAVE, "\n".join(counted.statements)


def test_a_first_page_with_five_items_is_short(rater):
    if rater.n == 5:
        assert len(rater.section().text.encode()) <= LONGEST_PAGE


def test_so_is_one_with_every_question_answered(rater):
    if rater.n == 5:
        answers = {f"rating__c{n}": "4" for n in range(rater.n)}
        rater.press(rater.section(), "Save and continue", comment__change="A thought.", **answers)
        page = rater.section()
        assert page.text.count(" checked") == rater.n
        assert len(page.text.encode()) <= LONGEST_PAGE


def test_a_page_in_the_studys_own_colour_asks_for_four_files(app, at, make_person):
    study = SmallStudy(app, look={"accent": "#1d4f91"})
    code = study.started(1)[0]
    at(study.answered_at)
    someone = make_person(study, code)
    someone.sign_in(study.answered_at)
    asked = ASSET.findall(someone.section().text)
    assert any("/accents/1d4f91.css" in address for address in asked)
    assert len(asked) <= MOST_FILES
