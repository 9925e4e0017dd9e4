"""What a panellist finds when there is nothing to answer, and when they want to stop."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from delphi.extensions import db
from delphi.models.answers import Rating
from delphi.models.log import OutboxEntry
from delphi.models.panellists import Identity, Panellist
from delphi.models.studies import Study
from delphi.services import leaving, rounds


def test_before_the_first_round_the_day_is_named(small_study, at, make_person):
    small_study.seal().publish_drafts()
    code = small_study.join(1)[0]
    at(small_study.imported_at)
    page = make_person(small_study, code).sign_in(small_study.imported_at)
    assert page.heading == "The study has not opened yet"
    assert "Round 1 opens on Monday 3 February 2025." in page.words


def test_a_plan_that_has_slipped_names_no_day_that_is_past(small_study, at, make_person):
    small_study.seal().publish_drafts()
    code = small_study.join(1)[0]
    at(small_study.closed_at)
    page = make_person(small_study, code).sign_in(small_study.imported_at)
    assert page.heading == "The study has not opened yet"
    assert "3 February" not in page.text
    assert "We write to you when it opens." in page.words


def test_what_was_ticked_if_one_wanted_to_is_changed_later_and_said_to_be_saved(person):
    page = person.get(f"{person.root}/consent")
    assert "Your choices are saved." not in page.words
    page = person.press(page, "Save these choices", consent="o1")
    assert "Your choices are saved." in page.words
    assert page.labelled("My words may be quoted.").checked


def test_the_receipt_does_not_say_that_everything_is_done_when_it_is_not(person):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    receipt = person.press(person.get(f"{person.root}/round-1/review"), "Send my answers")
    assert "3 answers are blank, which is fine. You can add to them until the end of" in receipt.words
    assert "everything" not in receipt.words
    home = person.press(receipt, "Change my answers")
    assert "please check and send your answers again" in home.words


def test_going_on_without_choosing_how_to_stop_asks_for_a_choice(person):
    page = person.get(f"{person.root}/stop?asked=yes")
    assert page.status == 422
    assert "Choose what you would like to do." in page.words
    assert page.form("Continue").inputs["asked"].value == "yes"


def test_home_says_what_is_done_and_when_it_ends(person):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    home = person.get(person.root)
    assert "You have done 1 of 2 sections." in home.words
    assert "by the end of Friday 14 February 2025. That is 9 days from today." in home.words
    assert home.link("Carry on: Next steps")


def test_the_last_day_and_the_day_before_are_said_in_words(person, at):
    for day, words in ((13, "That is tomorrow."), (14, "That is today.")):
        at(datetime(2025, 2, day, 12, tzinfo=UTC))
        assert words in person.get(person.root).words


def test_an_extension_is_told_with_its_reason(person, opened):
    with opened.work():
        rounds.extend_round(
            study_id=opened.id,
            number=1,
            closes_on=datetime(2025, 2, 21, tzinfo=UTC).date(),
            reason="Postal packs arrived late.",
            actor=opened.lead,
            now=opened.answered_at,
        )
    words = person.get(person.root).words
    assert "We have moved the last day from Friday 14 February 2025 to Friday 21 February 2025" in words
    assert "Postal packs arrived late." in words


def test_after_the_close_what_was_saved_counts(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    opened.close()
    page = person.get(person.root)
    assert page.heading == "Round 1 has closed"
    assert "What you saved is safe, and it counts." in page.words
    assert "Agree" in person.get(f"{person.root}/round-1/review").words
    assert "Answers cannot be changed any more." in person.section().words


def test_between_rounds_the_feedback_can_be_read(person, opened, make_person):
    person.press(
        person.section(),
        "Save and continue",
        rating__clear="4",
        rating__feasible="5",
        comment__change="More.",
    )
    for code in opened.codes[1:]:
        opened.save(code)
    for code in opened.codes:
        opened.save(code, "next-steps")
    assert person.get(f"{person.root}/feedback/1").status == 404
    opened.close().analyse().publish()
    page = person.get(person.root)
    assert page.heading == "Round 1 is done"
    page = person.get(page.link("What the panel said in round 1"))
    page = person.get(page.link("First steps"))
    assert "You said: Agree" in page.words
    assert "All 9 people agreed" in page.words
    assert "More." in page.words
    other = make_person(opened, opened.codes[1])
    other.sign_in(opened.answered_at)
    assert "What came of your comment" not in other.get(f"{other.root}/feedback/1/sections/first-steps").words


def test_a_panellist_stops_and_their_answers_stay(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    page = person.get(f"{person.root}/stop")
    assert "It is your choice" in page.words
    page = person.get(f"{person.root}/stop?choice=stop")
    assert "What will happen" in page.words
    with opened.look():
        assert db.session.scalar(db.select(Panellist.state).where(Panellist.code == person.code)) == "active"
    page = person.press(page, "Stop taking part", reason="No time.")
    assert page.heading == "You have stopped taking part"
    assert "team@small.example" in page.text, "contact and support stay on the page"
    assert person.get("/studies/another/taking-part/left").status == 404
    assert person.get(person.root).status == 401
    with opened.look():
        assert len(db.session.scalars(db.select(Rating)).all()) == 2


def test_a_panellist_stops_and_their_answers_go(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    page = person.press(person.get(f"{person.root}/stop?choice=delete"), "Stop and delete my answers")
    assert page.heading == "Your answers are deleted"
    with opened.look():
        assert not db.session.scalars(db.select(Rating)).all()


def test_contact_details_alone_can_be_deleted(person, opened):
    page = person.press(person.get(f"{person.root}/stop?choice=contact"), "Delete my contact details")
    assert page.heading == "Your contact details are deleted"
    assert person.get(person.root).heading == "Your sections in round 1"
    assert "Delete my name" not in person.get(f"{person.root}/stop").words
    with opened.look():
        assert db.session.get(Identity, opened.person(person.code).panellist_id) is None


def test_leaving_out_a_round_changes_nothing(person, opened):
    page = person.press(person.get(f"{person.root}/stop?choice=pause"), "Leave out this round")
    assert page.heading == "Your sections in round 1"


def test_after_the_cut_off_deleting_is_not_offered_and_says_why(person, at):
    at(datetime(2025, 7, 2, 12, tzinfo=UTC))
    words = person.get(f"{person.root}/stop").words
    assert "delete my answers" not in words
    assert "Answers could be deleted until the end of Monday 30 June 2025." in words


@pytest.mark.parametrize("choice", ["", "everything"])
def test_stopping_needs_a_choice(person, choice):
    page = person.get(f"{person.root}/stop?choice={choice}")
    assert page.status == 422
    assert page.title.startswith("Error:")


def test_somebody_taken_out_while_signed_in_is_told_kindly(person, opened):
    page = person.section()
    with opened.work():
        leaving.stop(study_id=opened.id, code=person.code, actor=opened.lead, now=opened.answered_at)
    page = person.press(page, "Save and continue", rating__clear="4", rating__feasible="4")
    assert page.status == 401
    assert page.heading == "You are not signed in here any more"


def test_sent_answers_can_be_changed_until_the_close(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    receipt = person.press(person.get(f"{person.root}/round-1/review"), "Send my answers")
    assert receipt.heading == "Your answers are sent"
    assert "1 of 2 sections, 2 of 4 answers" in receipt.words
    first = receipt.words.split("Seal of your answers")[1].split()[:4]
    home = person.press(receipt, "Change my answers")
    assert home.heading == "Your sections in round 1"
    person.press(person.section(), "Save and continue", rating__clear="1", rating__feasible="5")
    receipt = person.press(person.get(f"{person.root}/round-1/review"), "Send my answers")
    assert receipt.words.split("Seal of your answers")[1].split()[:4] != first


def test_sending_nothing_is_told_kindly(person):
    page = person.press(person.get(f"{person.root}/round-1/review"), "Send my answers", comment__missing="")
    assert page.status == 422
    assert "Nothing is saved yet." in page.words
    assert person.get(f"{person.root}/round-1/receipt").status == 404


def test_a_long_answer_about_the_whole_is_kept_on_the_page(person):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    long = "Too long. " * 1200
    page = person.press(person.get(f"{person.root}/round-1/review"), "Send my answers", comment__missing=long)
    assert page.status == 422
    assert page.labelled("Is anything missing?").value.strip() == long.strip()


def test_sending_after_the_close_is_refused_kindly(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", rating__feasible="5")
    page = person.get(f"{person.root}/round-1/review")
    opened.close()
    page = person.press(page, "Send my answers")
    assert page.status == 422
    assert "has closed" in page.words


def test_a_finished_study_says_thank_you(person, opened):
    with opened.work():
        db.session.get(Study, opened.id).state = "finished"
    assert person.get(person.root).heading == "This study is finished"


def test_a_copy_comes_by_mail_to_whoever_asks(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    page = person.press(person.get(f"{person.root}/round-1/review"), "Mail me a copy")
    assert page.heading == "Check your answers, then send"
    assert "Your copy is on its way." in page.words
    page = person.press(person.press(page, "Send my answers"), "Mail me a copy")
    assert page.heading == "Your answers are sent"
    with opened.look():
        kinds = [one.payload.get("message") for one in db.session.scalars(db.select(OutboxEntry))]
    assert kinds.count("copy_of_answers") == 1, "the second was asked for in the same minute"
    printed = person.get(page.link("Show all my answers"))
    assert printed.tree.get_element_by_id("all").get("open") is not None


def test_somebody_without_an_address_is_told_how_to_keep_a_copy(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    with opened.work():
        db.session.execute(db.update(Identity).values(email=None, phone="01632 960 111"))
    page = person.get(f"{person.root}/round-1/review")
    assert "We have no e-mail address of you" in page.words
    assert "You can print or save this page" in page.words
    token = page.form("Send my answers").inputs["csrf_token"].value
    assert person.post(f"{person.root}/round-1/copy", {"csrf_token": token}).status == 409


def test_two_tabs_on_the_questions_about_the_whole_lose_neither_text(person, opened):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    first, second = (person.get(f"{person.root}/round-1/review") for _ in range(2))
    person.press(first, "Send my answers", comment__missing="Pets.", support="My sister read it to me.")
    page = person.press(second, "Send my answers", comment__missing="Music.")
    assert page.status == 409
    assert "You also changed this on another device" in page.words
    assert "On another device you wrote:Pets." in page.words
    assert page.labelled("Is anything missing?").value.strip() == "Music."
    page = person.press(page, "Send my answers", comment__missing="Pets and music.")
    assert page.heading == "Your answers are sent"
    assert "Pets and music." in page.words


def test_sending_the_same_page_twice_is_no_conflict(person):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    page = person.get(f"{person.root}/round-1/review")
    for _ in range(2):
        sent = person.press(page, "Send my answers", comment__missing="Pets.")
        assert sent.heading == "Your answers are sent"


def test_what_was_said_about_help_is_still_there_when_answers_are_changed(person):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    page = person.get(f"{person.root}/round-1/review")
    receipt = person.press(page, "Send my answers", support="My sister read it to me.")
    person.press(receipt, "Change my answers")
    page = person.get(f"{person.root}/round-1/review")
    assert page.labelled("Did somebody help you").get("value") == "My sister read it to me."
