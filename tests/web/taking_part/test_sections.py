"""A section's page: what it asks, what it keeps, and what stands in the way of losing anything."""

from __future__ import annotations

import json

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment, Rating
from delphi.queries.answers import saved_page
from delphi.queries.round_outline import outline_of


@pytest.fixture
def saved(opened):
    """What is saved of somebody's page of a section."""

    def look(code, section="first-steps"):
        with opened.look():
            outline = outline_of(opened.id, 1)
            person = opened.person(code)
            return saved_page(outline.round_id, person.panellist_id, outline.section(section))

    return look


def test_nothing_is_chosen_in_advance_and_every_point_has_its_words(person):
    page = person.section()
    assert not [one for one in page.tree.iter("input") if one.get("type") == "radio" and one.checked]
    for words in ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "I can't say"):
        assert page.labelled(words, within="This could be done in my area.").get("type") == "radio"


def test_blanks_are_asked_about_once_and_everything_else_is_saved(person, saved):
    page = person.press(person.section(), "Save and continue", rating__clear="4", comment__change="Keep it.")
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert page.link("‘This could be done in my area’ has no answer") == "#rating-feasible"
    assert page.labelled("Agree", within="easy to understand").checked
    assert saved(person.code).ratings == {"clear": 4}
    page = person.press(page, "Save and continue")
    assert page.heading == "Next steps"


def test_an_answer_can_be_cleared(person, saved):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    page = person.press(person.section(), "Clear my answer", clear="clear")
    assert page.heading == "First steps"
    assert saved(person.code).ratings == {"feasible": 5}


def test_sending_the_same_page_twice_is_saving_it_once(person, saved):
    page = person.section()
    for _ in range(2):
        after = person.press(page, "Save and continue", rating__clear="4", rating__feasible="5")
        assert after.heading == "Next steps"
    assert saved(person.code).revision == 1


def test_two_devices_keep_both_texts_to_choose_from(person, make_person, opened, saved):
    other = make_person(opened, person.code)
    other.sign_in(opened.answered_at)
    here, there = person.section(), other.section()
    other.press(
        there, "Save and continue", rating__clear="2", rating__feasible="2", comment__change="From there."
    )
    page = person.press(
        here, "Save and continue", rating__clear="5", rating__feasible="2", comment__change="From here."
    )
    assert page.status == 409
    assert "You also changed this section on another device" in page.words
    assert "On another device you answered: Disagree" in page.words
    assert "From there." in page.words
    assert page.labelled("What would you change?").value.strip() == "From here."
    assert saved(person.code).comments == {"change": "From there."}
    page = person.press(page, "Save what is on this page")
    assert page.heading == "Next steps"
    assert saved(person.code).comments == {"change": "From here."}
    assert saved(person.code).ratings == {"clear": 5, "feasible": 2}


def test_a_comment_of_100000_characters_is_still_on_the_page(person, saved):
    long = "All work and no play. " * 4546
    page = person.press(
        person.section(), "Save and continue", rating__clear="4", rating__feasible="4", comment__change=long
    )
    assert page.status == 422
    assert "the longest we can keep has 10,000" in page.words
    assert page.labelled("What would you change?").value.strip() == long.strip()
    assert page.labelled("Agree", within="easy to understand").checked
    assert saved(person.code).revision == 0


@pytest.mark.parametrize(
    "text",
    ["<script>alert('x')</script> & \"quotes\"", "\u202eمرحبا بالعالم\u202c", "\n\nTwo empty lines first"],
)
def test_what_somebody_writes_is_shown_as_they_wrote_it(person, saved, text):
    person.press(
        person.section(), "Save and continue", rating__clear="4", rating__feasible="4", comment__change=text
    )
    assert saved(person.code).comments["change"] == text.strip()
    page = person.section()
    assert page.labelled("What would you change?").value.strip() == text.strip()
    assert page.labelled("What would you change?").get("dir") == "auto"
    assert "<script>alert" not in page.text
    assert "<script>alert" not in person.get(f"{person.root}/round-1/review").text


def test_a_page_sent_after_the_close_is_shown_back(person, opened, saved):
    page = person.section()
    opened.close()
    page = person.press(
        page, "Save and continue", rating__clear="4", rating__feasible="4", comment__change="Too late?"
    )
    assert page.status == 409
    assert page.heading == "This could not be saved any more"
    assert "Too late?" in page.words
    assert "Agree" in page.words
    assert saved(person.code).revision == 0


def test_another_rounds_question_is_refused_and_the_comment_kept(person, saved):
    page = person.press(
        person.section(),
        "Save and continue",
        rating__clear="4",
        rating__elsewhere="4",
        comment__change="Mine.",
    )
    assert page.status == 400
    assert "belongs to another section or round" in page.words
    assert page.labelled("What would you change?").value.strip() == "Mine."
    assert saved(person.code).revision == 0


@pytest.mark.parametrize("value", ["9", "-1", "4.5", "'; drop table rating", "٣", ""])
def test_an_answer_that_is_not_on_the_scale_is_not_saved(person, saved, value):
    page = person.press(person.section(), "Save and continue", rating__clear=value, rating__feasible="4")
    assert page.status in (400, 422)
    assert "clear" not in saved(person.code).ratings


def test_a_lost_token_keeps_what_was_typed(person, saved):
    page = person.press(
        person.section(),
        "Save and continue",
        drop=["csrf_token"],
        rating__clear="4",
        rating__feasible="4",
        comment__change="Still here.",
    )
    assert page.status == 400
    assert "Everything you typed is still here." in page.words
    assert page.labelled("What would you change?").value.strip() == "Still here."
    assert saved(person.code).revision == 0
    assert person.press(page, "Save and continue").heading == "Next steps"


def test_a_section_that_the_round_does_not_put_is_not_found(person):
    page = person.section("no-such-section")
    assert page.status == 404
    assert person.section(number=2).status == 404


def test_nobody_sees_the_answers_of_somebody_else(person, make_person, opened):
    person.press(
        person.section(),
        "Save and continue",
        rating__clear="4",
        rating__feasible="4",
        comment__change="Secret.",
    )
    other = make_person(opened, opened.codes[1])
    other.sign_in(opened.answered_at)
    for page in (other.section(), other.get(f"{other.root}/round-1/review")):
        assert "Secret." not in page.text
    assert not [
        one for one in other.section().tree.iter("input") if one.get("type") == "radio" and one.checked
    ]


def test_looking_writes_nothing(person, opened):
    for path in ("", "/round-1/sections/first-steps", "/round-1/review", "/stop", "/consent", "/finish"):
        assert person.get(person.root + path).status == 200
    with opened.look():
        assert not db.session.scalars(db.select(Rating)).all()
        assert not db.session.scalars(db.select(Comment)).all()


# --- Saving as given ------------------------------------------------------------------------------------


@pytest.fixture
def send(person):
    """What the page's script sends."""

    def send_json(page, section="first-steps", **values):
        token = page.form("Save and continue").inputs["csrf_token"].value
        return person.client.post(
            f"{person.root}/round-1/sections/{section}/answers",
            data=json.dumps({name.replace("__", "-"): value for name, value in values.items()}),
            headers={"Content-Type": "application/json", "X-CSRFToken": token},
        )

    return send_json


def test_an_answer_is_saved_as_it_is_given(person, send, saved):
    answer = send(person.section(), revision="0", rating__clear="4")
    assert answer.status_code == 200
    assert answer.json["revision"] == 1
    assert answer.json["at"] == "12:00pm"
    answer = send(person.section(), revision="1", rating__clear=None, comment__change="As I type.")
    assert saved(person.code).ratings == {}
    assert saved(person.code).comments == {"change": "As I type."}
    assert "0 of 2 answers saved at 12:00pm." in person.section().words


def test_the_script_is_told_that_another_device_was_first(person, send):
    page = person.section()
    send(page, revision="0", rating__clear="4")
    answer = send(page, revision="0", rating__clear="5")
    assert answer.status_code == 409
    assert answer.json["why"] == "stale"


def test_the_script_is_told_that_the_round_has_closed(person, send, opened):
    page = person.section()
    opened.close()
    answer = send(page, revision="0", rating__clear="5")
    assert answer.status_code == 409
    assert answer.json["why"] == "closed"
    assert "has closed" in answer.json["sentence"]


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"text"'])
def test_what_is_not_an_answer_is_refused(person, body):
    token = person.section().form("Save and continue").inputs["csrf_token"].value
    answer = person.client.post(
        f"{person.root}/round-1/sections/first-steps/answers",
        data=body,
        headers={"Content-Type": "application/json", "X-CSRFToken": token},
    )
    assert answer.status_code == 400


def test_the_script_needs_the_token_too(person, saved):
    answer = person.client.post(
        f"{person.root}/round-1/sections/first-steps/answers", json={"rating-clear": "4"}
    )
    assert answer.status_code == 400
    assert saved(person.code).revision == 0
