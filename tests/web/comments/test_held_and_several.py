"""Held texts opened on the record, what was passed on followed up, one answer for several, themes."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.services.comments import review_comment
from delphi.services.feedback import publish_feedback
from delphi.services.themes import set_themes
from tools.small_team import answer_and_decide, opened_team

COMMENTS = "/studies/small-study/rounds/1/comments"
THEMES = "/studies/small-study/themes"


@pytest.fixture
def closed(small_study):
    team = opened_team(small_study)
    small_study.close()
    return team


@pytest.fixture
def passed_on(closed):
    closed(review_comment, comment_id=closed.comment_ids["pets"], state="escalated", reason="risk")
    return closed


def answered(team):
    with team.study.look():
        rows = {name: db.session.get(Comment, one) for name, one in team.comment_ids.items()}
        return {
            name: (one.state.value, one.disposition and one.disposition.kind) for name, one in rows.items()
        }


def themes_of(team, name):
    with team.study.look():
        return [link.theme.label for link in db.session.get(Comment, team.comment_ids[name]).themes]


def test_the_text_of_a_held_comment_is_opened_on_the_record(lead, sign_in_as, passed_on):
    address = f"{COMMENTS}?comment={passed_on.comment_ids['pets']}"
    page = lead.get(address)
    assert "Pets." not in page.html
    page = lead.press("Open the text (recorded in the audit)")
    assert "“Pets.”" in page.main
    assert passed_on.events("comment_opened") == [(f"comment:{passed_on.comment_ids['pets']}", "{}")]
    assert "Pets." not in sign_in_as("second").get(address).html, (
        "open for whoever opened it, for nobody else"
    )


def test_a_text_that_is_not_held_needs_no_opening(lead, passed_on):
    action = f"{COMMENTS}/{passed_on.comment_ids['scores']}/open"
    _, values = lead.get(f"{COMMENTS}?comment={passed_on.comment_ids['pets']}").form_of(
        "Open the text (recorded in the audit)"
    )
    assert "is not held" in lead.post(action, 409, **values).text


def test_what_was_done_about_a_comment_is_written_down(lead, passed_on):
    lead.get(f"{COMMENTS}?comment={passed_on.comment_ids['pets']}")
    page = lead.press(
        "Write it down", 422, **{"Who did it?": "Sam Lead", "What was done?": "Rang the person."}
    )
    assert "Write the day, the month and the year" in page.errors[0]
    assert page.field("Who did it?").get("value") == "Sam Lead"
    day = {"done_on-day": "17", "done_on-month": "2", "done_on-year": "2025"}
    page = lead.press("Write it down", **day, **{"Nothing is left to do": "yes"})
    assert "Rang the person." in page.main
    assert "Sam Lead, Monday 17 February 2025" in page.main
    assert "Nothing is left to do." in page.main
    [(_, data)] = passed_on.events("escalation_followed_up")
    assert "Rang" not in data, "the log holds no contents"


def test_a_day_to_come_is_not_a_day_on_which_something_was_done(lead, passed_on):
    lead.get(f"{COMMENTS}?comment={passed_on.comment_ids['pets']}")
    day = {"done_on-day": "17", "done_on-month": "2", "done_on-year": "2099"}
    page = lead.press("Write it down", 422, **day, **{"Who did it?": "Sam", "What was done?": "Rang."})
    assert "still to come" in page.errors[0]


def test_several_comments_get_the_same_answer(lead, closed):
    ids = closed.comment_ids
    page = lead.get(f"{COMMENTS}/{ids['scores']}/same-answer")
    first = page.tree.xpath("//input[@name='comments']")[0]
    assert first.get("value") == str(ids["again"]), "what is most alike comes first"
    given = {"Accepted": "accepted", "reason": "Taken out.", "Themes to add": "scoring"}
    page = lead.press("Give them this answer", 422, **given)
    assert "Say whether they may be shown" in page.errors[0]
    page = lead.press("Give them this answer", 422, shown="yes")
    assert "Tick at least one comment" in page.errors[0]
    lead.press("Give them this answer", comments=[str(ids["again"]), str(ids["pets"])], shown="yes")
    assert answered(closed) == {
        "scores": ("new", None),
        "again": ("shown", "accepted"),
        "pets": ("shown", "accepted"),
    }
    assert themes_of(closed, "again") == ["scoring"]


def test_an_answer_to_several_is_taken_back_in_one(lead, closed):
    ids = closed.comment_ids
    lead.get(f"{COMMENTS}/{ids['scores']}/same-answer")
    page = lead.press(
        "Give them this answer",
        comments=[str(ids["again"]), str(ids["pets"])],
        Accepted="accepted",
        reason="Taken out.",
        shown="no",
    )
    lead.press(next(one for one in page.buttons() if one.startswith("Undo")))
    assert set(answered(closed).values()) == {("new", None)}


def test_a_held_comment_is_not_among_several(lead, passed_on):
    page = lead.get(f"{COMMENTS}/{passed_on.comment_ids['scores']}/same-answer")
    assert "Pets." not in page.html
    lead.get(f"{COMMENTS}/{passed_on.comment_ids['pets']}/same-answer", 404)


def test_themes_are_made_renamed_and_put_together(lead, closed):
    closed(set_themes, comment_id=closed.comment_ids["scores"], labels=["scores"])
    closed(set_themes, comment_id=closed.comment_ids["again"], labels=["marks", "scores"])
    lead.get(THEMES)
    page = lead.press("Make the theme", 422, Name="MARKS")
    assert "There is a theme “marks” already" in page.errors[0]
    lead.press("Make the theme", Name="time and money")
    page = lead.press("Delete time and money")
    assert "Delete time and money" not in page.buttons()
    forms = {one.action: one for one in page.tree.forms}
    marks = next(
        one for action, one in forms.items() if action.endswith("/name") and "marks" in one.fields["label"]
    )
    values = dict(marks.form_values()) | {"label": "numbers"}
    assert "numbers" in lead.get(lead.post(marks.action, 303, **values).location).main
    merge = marks.action.replace("/name", "/put-together")
    scores = next(
        one.get("value") for one in lead.page.tree.xpath("//option") if one.text_content() == "scores"
    )
    lead.post(merge, 303, csrf_token=values["csrf_token"], into=scores)
    assert themes_of(closed, "again") == ["scores"]
    assert "numbers" not in lead.get(THEMES).main


def test_a_theme_in_published_feedback_keeps_its_name(lead, small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    team(set_themes, comment_id=team.comment_ids["scores"], labels=["scores"])
    answer_and_decide(team)
    with small_study.work():
        publish_feedback(study_id=small_study.id, number=1, actor=small_study.lead, now=team.now)
    page = lead.get(THEMES)
    assert "stays there" in page.main
    assert "Rename" not in page.buttons()
    theme = page.tree.xpath("//form[contains(@action,'/themes')]//input[@name='csrf_token']")[0].get("value")
    assert "published feedback" in lead.post(f"{THEMES}/1/name", 409, csrf_token=theme, label="x").text
