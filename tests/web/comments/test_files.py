"""The comments of a study as a file: safe unless asked otherwise, recorded, and never naming a panellist."""

from __future__ import annotations

import csv
import io
import json

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.log import Event
from delphi.models.panellists import Panellist
from delphi.services.comments import review_comment
from tools.small_team import opened_team

PAGE = "/studies/small-study/comments/file"


@pytest.fixture
def closed(small_study):
    team = opened_team(small_study)
    small_study.close()
    return team


def download(browser, **given):
    browser.get(PAGE)
    action, values = browser.page.form_of("Download as CSV")
    answer = browser.client.post(action, data=values | given)
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8-sig")
    lines = text.split("\r\n", 1)[1] if text.startswith("#") else text
    name = answer.headers["Content-Disposition"]
    return text, list(csv.DictReader(io.StringIO(lines))), name


def exports(study):
    with study.look():
        found = db.session.scalars(db.select(Event.data).where(Event.kind == "report_exported"))
        return [json.loads(data) for data in found]


def test_the_file_is_safe_unless_asked_otherwise_and_holds_nothing_unpublished(lead, closed):
    text, rows, name = download(lead)
    assert rows == []
    assert "NOT-FOR-SHARING" not in name
    assert text.startswith("No,Round,Section")
    assert exports(closed.study)[0]["audience"] == "shared"


def test_the_teams_file_has_every_comment_with_group_and_answer_and_no_code(lead, closed):
    text, rows, name = download(lead, audience="team")
    assert "NOT-FOR-SHARING" in name
    assert text.startswith("# NOT FOR SHARING")
    with closed.study.look():
        written = set(db.session.scalars(db.select(Comment.text)))
        codes = set(db.session.scalars(db.select(Panellist.code)))
    assert {row["Words as written"] for row in rows} == written
    assert {row["Round"] for row in rows} == {"1"}
    assert all(row["Group"] and row["Writer (in this file only)"].startswith("W") for row in rows)
    assert rows[0]["Draft"] == "1"
    assert not any(code in text for code in codes)
    (event,) = exports(closed.study)
    assert event["audience"] == "team"
    assert next(iter(event["files"].values()))


def test_held_words_stay_where_they_are(lead, closed):
    secret = closed.comment_ids["scores"]
    with closed.study.look():
        words = db.session.get(Comment, secret).text
    closed(review_comment, comment_id=secret, state="held", reason="Names somebody.")
    text, rows, _ = download(lead, audience="team")
    assert words not in text
    assert "Held" in {row["Shown or not"] for row in rows}


def test_while_a_round_is_open_its_comments_are_in_no_file(lead, small_study):
    opened_team(small_study)
    assert download(lead, audience="team")[1] == []


def test_only_those_who_export_may(sign_in_as, closed):
    sign_in_as("clerk").get(PAGE, 403)
