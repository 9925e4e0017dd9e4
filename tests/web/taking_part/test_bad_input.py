"""What people paste, forget, send twice or send too late: a kind sentence, a way on, nothing lost."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.panellists import ConsentRecord, Panellist
from delphi.services import invitations, panel

HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eright to left\u202c שלום, مرحبا",
    '=HYPERLINK("http://x.example")',
    "a\x00b",
)


@pytest.fixture
def newcomer(small_study, at, make_person):
    """Somebody invited to a study that is open, who has not decided yet."""
    small_study.seal().publish_drafts()
    small_study.join(3)
    common = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.imported_at}
    with small_study.work():
        code = panel.register_panellist(
            name="New Person", email="new@panel.example", group="users", **common
        ).code
    with small_study.work():
        invitations.invite(codes=[code], **common)
    small_study.open()
    at(small_study.answered_at)
    someone = make_person(small_study, code)
    someone.sign_in(small_study.answered_at)
    return someone


def is_safe(page):
    """What was typed is words on the page and never markup."""
    return "<script>alert" not in page.text and "{{" not in page.title and page.status < 500


@pytest.mark.parametrize("text", HOSTILE)
def test_words_about_the_whole_and_about_help_come_back_as_they_were_typed(person, text):
    person.press(person.section(), "Save and continue", rating__clear="4", asked="yes")
    review = person.get(f"{person.root}/round-1/review")
    page = person.press(review, "Send my answers", comment__missing=text, support="x" * 300)
    assert page.status == 422
    assert page.labelled("Is anything missing?").value.strip() == text.replace("\x00", "\ufffd").strip()
    assert page.labelled("Is anything missing?").get("dir") == "auto"
    assert is_safe(page)
    page = person.press(review, "Send my answers", comment__missing=text, support=text.replace("\x00", ""))
    assert page.heading == "Your answers are sent"
    assert is_safe(page)


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 100_000])
def test_a_reason_for_being_late_is_kept_or_shown_again(person, opened, text):
    opened.close()
    page = person.press(person.get(person.root), "Ask to send late answers", reason=text)
    assert is_safe(page)
    is_kept = "You asked on" in page.words
    assert is_kept or page.labelled("Why are your answers late?").value.strip()


def test_a_reason_for_stopping_that_is_too_long_is_shown_again_and_nothing_is_done(person, opened):
    page = person.get(f"{person.root}/stop?choice=stop")
    button = page.tree.get_element_by_id("confirm").text_content()
    page = person.press(page, button, reason="x" * 301)
    assert page.status == 422
    assert "This has 301 characters; there is room for 300." in page.words
    assert "reason:" not in page.words
    assert page.labelled("If you want to, tell us why").value.strip() == "x" * 301
    assert person.get(person.root).status == 200


@pytest.mark.parametrize(("typed", "status"), [({"reason": "x" * 301}, 422), ({"csrf_token": "old"}, 400)])
def test_a_no_that_cannot_be_taken_comes_back_with_its_reason(newcomer, typed, status):
    page = newcomer.get(f"{newcomer.root}/decline")
    page = newcomer.press(page, "I do not want to take part", **{"reason": "No time."} | typed)
    assert page.status == status
    assert page.title.startswith("Error:")
    assert page.labelled("If you want to, tell us why").value.strip() in ("No time.", "x" * 301)
    page = newcomer.press(page, "I do not want to take part", reason="No time.")
    assert page.heading == "Thank you for telling us"


def test_agreeing_twice_is_agreeing_once(newcomer):
    page = newcomer.get(f"{newcomer.root}/consent")
    for _ in range(2):
        done = newcomer.press(page, "Agree and take part", consent=["c1", "c2"])
        assert done.status == 200
    with newcomer.study.look():
        person = db.session.scalars(db.select(Panellist).where(Panellist.code == newcomer.code)).one()
        records = db.select(ConsentRecord).where(ConsentRecord.panellist_id == person.id)
        assert len(db.session.scalars(records).all()) == 1


def test_a_consent_form_without_its_token_keeps_its_ticks(newcomer):
    page = newcomer.get(f"{newcomer.root}/consent")
    page = newcomer.press(page, "Agree and take part", consent=["c1", "o1"], csrf_token="old")
    assert page.labelled("I have read the information.").checked
    assert page.labelled("My words may be quoted.").checked
    assert newcomer.press(page, "Agree and take part", consent=["c1", "c2"]).status == 200


def test_another_rounds_review_or_receipt_is_not_found(person):
    for path in ("round-2/review", "round-9/receipt", "round-2/sections/first-steps", "feedback/1"):
        page = person.get(f"{person.root}/{path}")
        assert page.status == 404
        assert person.get(page.link("Go to your sections")).status == 200


def test_a_form_sent_without_any_cookie_says_so_and_a_page_after_it_how_to_come_in(person):
    page = person.get(f"{person.root}/round-1/review")
    person.client.delete_cookie("session")
    page = person.press(page, "Send my answers")
    assert page.status == 401
    assert page.link("type the short code") == "/code"
