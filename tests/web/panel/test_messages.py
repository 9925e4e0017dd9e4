"""Messages that did not leave are listed with their reason and can be sent again."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry, OutboxState

PANEL = "/studies/small-study/panel"


@pytest.fixture
def failed(small_study):
    """Round 1 is open, and none of the three messages about it left."""
    small_study.started(1)
    with small_study.work():
        for entry in db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.kind == "message")):
            entry.state, entry.attempts, entry.done_at = OutboxState.FAILED, 9, clock.now()
            entry.last_error = "The mail server mail.example:25 could not be reached (TimeoutError)."
    return small_study


def states(study):
    with study.look():
        found = db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.kind == "message"))
        return sorted(one.state.value for one in found)


def test_the_panel_says_that_messages_did_not_leave_and_where_they_are(lead, failed):
    page = lead.get(PANEL)
    assert "3 messages did not leave." in page.main
    page = lead.get(page.links()["See why, and send again"])
    assert page.heading == "3 messages did not leave"
    assert page.row("Person users 0")[:2] == [
        "Round is open",
        "The mail server mail.example:25 could not be reached (TimeoutError).",
    ]


def test_one_message_is_sent_again(lead, failed):
    lead.get(f"{PANEL}/messages")
    page = lead.press("Send again to Person users 0")
    assert "1 message is tried again now." in page.text
    assert states(failed) == ["failed", "failed", "waiting"]


def test_all_messages_are_sent_again(lead, failed):
    lead.get(f"{PANEL}/messages")
    page = lead.press("Send all 3 again")
    assert page.heading == "Every message has left"
    assert states(failed) == ["waiting"] * 3


def test_sending_again_twice_says_that_it_has_left(lead, send, failed):
    lead.get(PANEL)
    send(lead, f"{PANEL}/messages/again")
    assert "Perhaps it has left meanwhile" in send(lead, f"{PANEL}/messages/again", 404).text


def test_names_on_the_page_are_recorded_and_codes_are_not_shown(lead, failed):
    page = lead.get(f"{PANEL}/messages")
    with failed.look():
        assert db.session.scalar(db.select(db.func.count()).where(Event.kind == "panel_page_opened")) == 1
        [code, *_] = db.session.scalars(
            db.select(Event.subject).where(Event.kind == "panellist_registered")
        ).all()
    assert code.removeprefix("panellist:") not in page.html


def test_the_list_of_people_says_what_became_of_the_last_message(lead, failed):
    assert "Did not leave" in lead.get(f"{PANEL}/people").row("Person users 0")


def test_data_entry_neither_sees_nor_sends_messages(sign_in_as, send, failed):
    clerk = sign_in_as("clerk")
    clerk.get(f"{PANEL}/messages", 403)
    send(clerk, f"{PANEL}/messages/again", 403)
