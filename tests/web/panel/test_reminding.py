"""Reminders by where people stopped: whom they reach, the words, who is spared, and sending them once."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.log import OutboxEntry
from delphi.services import deliveries, invitations, panel

PANEL = "/studies/small-study/panel"


@pytest.fixture
def opened(small_study):
    """Three people in an open round; the first has begun."""
    codes = small_study.started(1)
    small_study.save(codes[0])
    small_study.codes = codes
    return small_study


@pytest.fixture
def recruiting(small_study):
    """Two people have been invited, one of them by letter; no round is open."""
    small_study.seal().publish_drafts()
    act = {"study_id": small_study.id, "actor": small_study.lead, "now": clock.now()}
    with small_study.work():
        people = [
            panel.register_panellist(name="Ann Other", email="ann@x.example", group="users", **act).code,
            panel.register_panellist(name="Ray Lane", address="4 Mill Lane", group="users", **act).code,
        ]
    with small_study.work():
        invitations.invite(codes=people, **act)
    small_study.codes = people
    return small_study


def promised(study):
    with study.look():
        rows = db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.key.startswith("remind:")))
        return sorted(row.payload["message"] for row in rows if row.kind == "message")


def test_reminders_say_first_whom_they_reach_and_go_once(lead, send, opened):
    page = lead.get(f"{PANEL}/remind")
    assert page.heading == "Remind 3 people by e-mail?"
    assert "Has agreed, has not started: 2 by e-mail" in page.main
    assert "Started, not finished: 1 by e-mail" in page.main
    send(lead, f"{PANEL}/remind", stops=["not_started", "half_done"])
    assert "3 reminders leave now" in lead.get(PANEL).text
    assert lead.get(f"{PANEL}/remind").heading == "There is nobody to remind by e-mail"
    assert promised(opened) == ["reminder_half_done", "reminder_not_started", "reminder_not_started"]


def test_the_words_that_people_read_stand_on_the_page(lead, opened):
    page = lead.get(f"{PANEL}/remind")
    assert "Dear [their name]" in page.main
    assert "[their own personal link]" in page.main
    assert "until the end of Friday 14 February 2025" in page.main


def test_only_the_places_that_are_ticked_are_reminded(lead, send, opened):
    lead.get(f"{PANEL}/remind")
    send(lead, f"{PANEL}/remind", stops="half_done")
    assert promised(opened) == ["reminder_half_done"]


def test_nothing_ticked_is_a_sentence(lead, send, opened):
    lead.get(f"{PANEL}/remind")
    send(lead, f"{PANEL}/remind", 422)
    assert lead.page.errors == ["Choose whom to remind."]
    send(lead, f"{PANEL}/remind", 422, stops="everybody")
    assert promised(opened) == []


def test_people_who_were_invited_are_reminded_before_any_round_is_open(lead, recruiting):
    page = lead.get(PANEL)
    assert page.row("Has not opened the invitation")[0] == "2"
    page = lead.get(f"{PANEL}/remind")
    assert page.heading == "Remind 1 person by e-mail?"
    assert "1 person cannot be reached by e-mail" in page.main
    lead.press("Send the reminders")
    assert promised(recruiting) == ["reminder_invited"]


def test_whoever_has_opened_the_invitation_is_a_place_of_their_own(lead, recruiting):
    ann = recruiting.person(recruiting.codes[0]).panellist_id
    with recruiting.work():
        link = invitations.issue_link(panellist_id=ann, now=clock.now())
    with recruiting.work():
        invitations.open_link(token=link, now=clock.now())
    assert lead.get(PANEL).row("Opened it, has not agreed to take part")[0] == "1"


def test_whoever_bounced_is_not_written_to_and_stands_apart(lead, opened):
    with opened.work():
        deliveries.mark_bounced(study_id=opened.id, code=opened.codes[0], actor=opened.lead, now=clock.now())
    page = lead.get(PANEL)
    assert page.row("The address does not work")[0] == "1"
    assert lead.get(f"{PANEL}/remind").heading == "Remind 2 people by e-mail?"
    page = lead.get(f"{PANEL}/people?show=bounced")
    assert page.row("Person users 0")[-2] == "Bounced"
    assert "Correct the address of Person users 0" in page.links()


def test_data_entry_reminds_nobody(sign_in_as, send, opened):
    clerk = sign_in_as("clerk")
    clerk.get(f"{PANEL}/remind", 403)
    send(clerk, f"{PANEL}/remind", 403, stops="half_done")
