"""Personal links: opened by scanners, opened twice, cut in half, out of date, switched off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi.extensions import db
from delphi.models.panellists import Invitation, Panellist
from delphi.services import invitations, panel


@pytest.fixture
def visitor(opened, make_person):
    return make_person(opened, opened.codes[0])


def test_looking_at_a_link_signs_nobody_in(visitor):
    page = visitor.get(visitor.link(visitor.study.answered_at))
    assert page.status == 200
    assert page.heading == "Welcome back to Small study"
    assert "Set-Cookie" not in page.headers or "panel" not in page.headers["Set-Cookie"]
    assert visitor.get(visitor.root).status == 401


def test_looking_at_a_link_writes_nothing(visitor, opened):
    link = visitor.link(opened.answered_at)
    with opened.look():
        before = [(one.state, one.opened_at) for one in db.session.scalars(db.select(Invitation))]
    visitor.get(link)
    with opened.look():
        assert [(one.state, one.opened_at) for one in db.session.scalars(db.select(Invitation))] == before


def test_a_link_works_twice_and_on_two_devices(opened, make_person):
    first, second = (make_person(opened, opened.codes[0]) for _ in range(2))
    link = first.link(opened.answered_at)
    for device in (first, second, first):
        assert device.press(device.get(link), "Continue").heading == "Your sections in round 1"


def test_after_signing_in_no_token_is_in_address_title_or_page(visitor):
    link = visitor.link(visitor.study.answered_at)
    page = visitor.press(visitor.get(link), "Continue")
    token = link.rpartition("/")[2]
    assert page.address == visitor.root
    assert token not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_link_cut_in_half_says_what_to_do(visitor):
    page = visitor.get(visitor.link(visitor.study.answered_at)[:-20])
    assert page.status == 404
    assert page.heading == "This link does not work"
    assert "copy all of it" in page.words


def test_an_expired_link_says_whom_to_ask(visitor, at):
    link = visitor.link(visitor.study.answered_at)
    at(visitor.study.answered_at + timedelta(days=400))
    page = visitor.get(link)
    assert page.status == 410
    assert "01632 960 100" in page.words


def test_replaced_links_end_the_session_on_every_device(person, opened):
    with opened.work():
        invitations.revoke_links(
            study_id=opened.id, code=person.code, actor=opened.lead, now=opened.answered_at
        )
    page = person.get(person.root)
    assert page.status == 401
    assert "Answers that you have saved are safe." in page.words


def test_a_switched_off_link_says_so(visitor, opened):
    link = visitor.link(opened.answered_at)
    with opened.work():
        invitations.revoke_links(
            study_id=opened.id, code=visitor.code, actor=opened.lead, now=opened.answered_at
        )
    assert visitor.get(link).status == 410


def test_without_cookies_the_page_says_so(visitor):
    link = visitor.link(visitor.study.answered_at)
    page = visitor.get(link)
    form = page.form("Continue")
    visitor.client.delete_cookie("session")
    page = visitor.post(link, {"csrf_token": form.inputs["csrf_token"].value})
    assert page.status == 400
    assert "cookies" in page.words


def test_another_study_is_not_found_and_nobody_signed_in_is_told_how(person, make_person, opened):
    assert person.get("/studies/some-other-study/taking-part").status == 404
    stranger = make_person(opened, opened.codes[1])
    assert stranger.get(stranger.root).status == 401
    assert stranger.get("/studies/some-other-study/taking-part").status == 401


def test_finishing_on_a_device_forgets_the_link_there(person):
    page = person.press(person.get(f"{person.root}/finish"), "Finish on this device")
    assert page.heading == "You have finished on this device"
    assert person.get(person.root).status == 401


def test_a_new_person_reads_and_agrees_first(small_study, at, make_person):
    small_study.seal().publish_drafts()
    small_study.join(3)
    with small_study.work():
        newcomer = panel.register_panellist(
            study_id=small_study.id,
            name="New Person",
            email="new@panel.example",
            group="users",
            actor=small_study.lead,
            now=small_study.imported_at,
        ).code
    with small_study.work():
        invitations.invite(
            study_id=small_study.id, codes=[newcomer], actor=small_study.lead, now=small_study.imported_at
        )
    small_study.open()
    at(small_study.answered_at)
    someone = make_person(small_study, newcomer)
    page = someone.sign_in(small_study.answered_at)
    assert page.heading == "Decide if you want to take part"
    moved = someone.get(f"{someone.root}/round-1/sections/first-steps", follow_redirects=True)
    assert moved.heading == "Decide if you want to take part"
    page = someone.press(page, "Agree and take part", consent=["c1", "o1"])
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert page.labelled("I have read the information.").checked
    assert page.labelled("My words may be quoted.").checked
    assert not page.labelled("I agree to take part.").checked
    page = someone.press(page, "Agree and take part", consent=["c1", "c2", "o1"])
    assert "Thank you. You are taking part." in page.words
    record = someone.get(f"{someone.root}/consent")
    assert record.heading == "What you agreed to"
    assert "Yes: My words may be quoted." in record.words
    with small_study.look():
        found = db.session.scalar(db.select(Panellist).where(Panellist.code == newcomer))
        assert found.state == "active"


def test_names_are_never_on_these_pages(person):
    for path in ("", "/consent", "/round-1/sections/first-steps", "/round-1/review", "/stop"):
        assert "Person users" not in person.get(person.root + path).text
