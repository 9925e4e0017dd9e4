"""The session of a panellist ends while they type: the page that answers still holds everything they sent."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment, Rating

WORDS = "Keep the tea.\n\nשלום <script>x</script>"


def lose_cookie(person):
    person.client.delete_cookie("session")


def finish_elsewhere(person):
    person.press(person.get(f"{person.root}/finish"), "Finish on this device")


def change_secret(person):
    person.app.config["SECRET_KEY"] = "another secret"
    person.app.secret_key = "another secret"


def saved(person):
    with person.study.look():
        return (
            db.session.scalars(db.select(Comment.text)).all(),
            db.session.scalars(db.select(Rating.value)).all(),
        )


def type_and_send(person):
    page = person.section()
    return page, {"rating__clear": "4", "rating__feasible": "2", "comment__change": WORDS}


@pytest.mark.parametrize("end", [lose_cookie, finish_elsewhere, change_secret])
def test_what_was_sent_comes_back_and_is_saved_after_signing_in_on_another_page(person, end):
    page, typed = type_and_send(person)
    before = saved(person)
    end(person)
    page = person.press(page, "Save and continue", **typed)
    assert page.status == 401
    assert page.heading == "You are not signed in here any more"
    assert page.labelled("Your text").value.strip() == WORDS
    assert "Your 2 chosen answers go along" in page.words
    assert saved(person) == before, "nothing is kept for somebody we do not know"
    person.sign_in(person.study.answered_at)
    page = person.press(page, "Send again")
    if page.status == 400:  # a token from before the new sign-in: once more, with everything still there
        page = person.press(page, "Save and continue")
    assert page.heading == "Next steps"
    comments, ratings = saved(person)
    assert comments == [WORDS]
    assert sorted(ratings) == [2, 4]


def test_a_page_without_words_or_answers_asks_for_the_link_alone(person):
    page = person.section()
    lose_cookie(person)
    page = person.press(page, "Save and continue")
    assert page.status == 401
    assert page.heading == "Please use your personal link"
    assert not page.tree.findall(".//textarea")


def test_words_that_another_website_sends_are_not_shown(person):
    page, typed = type_and_send(person)
    lose_cookie(person)
    data = {name.replace("__", "-"): value for name, value in typed.items()}
    address = page.form("Save and continue").get("action")
    page = person.post(address, data, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 401
    assert "Keep the tea" not in page.text


def test_the_small_script_is_told_that_nobody_is_signed_in(person):
    lose_cookie(person)
    answer = person.client.post(
        f"{person.root}/round-1/sections/first-steps/answers", json={"revision": 0, "rating-clear": "4"}
    )
    assert answer.status_code == 401
    assert answer.json["why"] == "signed-out"


def test_a_page_that_somebody_left_open_is_not_sent_in_the_name_of_the_next(person, make_person):
    """One device in a day centre: the first person's page is still open when the second signs in."""
    page, typed = type_and_send(person)
    before = saved(person)
    other = make_person(person.study, person.study.codes[1])
    other.client = person.client
    other.sign_in(person.study.answered_at)
    page = person.press(page, "Save and continue", **typed)
    assert page.status == 400
    assert page.heading == "Please open your own link again"
    assert page.labelled("Your text").value.strip() == WORDS
    assert "Send again" not in page.words
    assert saved(person) == before, "what one says is never taken for the other's"


def test_the_same_person_signing_in_again_on_another_page_may_go_on(person):
    page, typed = type_and_send(person)
    person.sign_in(person.study.answered_at)
    assert person.press(page, "Save and continue", **typed).heading == "Next steps"
