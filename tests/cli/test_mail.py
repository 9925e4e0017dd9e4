"""`delphi mail`: what did not leave, by code and reason, and sending it again in somebody's name."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.log import OutboxEntry, OutboxState
from delphi.queries.deliveries import undelivered

LEAD = ("--as", "lead@small.example")


@pytest.fixture
def failed(small_study):
    """Round 1 is open, and none of the three messages about it left."""
    small_study.started(1)
    with small_study.work():
        for entry in db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.kind == "message")):
            entry.state, entry.attempts, entry.done_at = OutboxState.FAILED, 9, small_study.opened_at
            entry.last_error = "The mail server could not be reached (TimeoutError)."
    return small_study


def given_up(study):
    with study.look():
        return undelivered(study.id)


def test_what_did_not_leave_is_listed_by_code(delphi, failed):
    told = delphi.ok("mail", "list", failed.slug)
    [one, *_] = given_up(failed)
    assert f"{one.id}  Round is open to {one.code}: The mail server could not be reached" in told
    assert "panel.example" not in told


def test_one_message_or_all_are_tried_again(delphi, failed):
    [one, *_] = given_up(failed)
    assert "1 message is tried again." in delphi.ok("mail", "retry", failed.slug, one.id, *LEAD)
    assert len(given_up(failed)) == 2
    assert "2 messages are tried again." in delphi.ok("mail", "retry", failed.slug, *LEAD)
    assert delphi.ok("mail", "list", failed.slug) == "Every message has left.\n"


def test_sending_again_is_done_in_somebodys_name(delphi, failed):
    assert "Say who does this" in delphi.refused("mail", "retry", failed.slug, code=2)
    assert "may not manage the panel" in delphi.refused(
        "mail", "retry", failed.slug, "--as", "clerk@small.example"
    )
    assert len(given_up(failed)) == 3
