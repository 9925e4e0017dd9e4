"""The clock of invitations: one that nobody answered expires with its last link, and can be sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi.domain.states import InvitationState, StudyState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.studies import Study
from delphi.queries.invitations import invitation_of
from delphi.services import invitations
from delphi.services.membership import LINK_LIFETIME

DAY = timedelta(days=1)


@pytest.fixture
def run_out(invited):
    """A day after the link of the only message has run out."""
    return invited.imported_at + LINK_LIFETIME + DAY


def state_of(study):
    with study.look():
        return invitation_of(study.zoe_id).state


def test_an_invitation_that_nobody_answers_expires_by_itself_and_can_be_sent_again(invited, outbox, run_out):
    outbox.run(invited.imported_at)
    outbox.run(run_out - DAY - timedelta(seconds=1))
    assert state_of(invited) == InvitationState.SENT
    outbox.run(run_out)
    assert state_of(invited) == InvitationState.EXPIRED
    with invited.look():
        kinds = db.select(Event.actor).where(Event.kind == "invitation_expired")
        assert db.session.scalars(kinds).all() == ["clock"]
    with invited.work():
        sent = {"study_id": invited.id, "codes": [invited.zoe], "actor": invited.lead, "now": run_out}
        assert invitations.invite(**sent) == 1
    outbox.run(run_out)
    assert state_of(invited) == InvitationState.SENT


def test_a_newer_link_keeps_an_invitation_and_is_looked_after_in_its_turn(invited, outbox, run_out):
    outbox.run(invited.imported_at)
    with invited.work():
        invitations.issue_link(panellist_id=invited.zoe_id, now=invited.imported_at + 10 * DAY)
    outbox.run(run_out)
    assert state_of(invited) == InvitationState.SENT
    outbox.run(run_out + 10 * DAY)
    assert state_of(invited) == InvitationState.EXPIRED


def test_who_has_consented_is_not_looked_for(joined, outbox, run_out):
    n_before = len(outbox.entries("expire_invitations"))
    with joined.work():
        invitations.issue_link(panellist_id=joined.zoe_id, now=joined.imported_at + 10 * DAY)
    assert len(outbox.entries("expire_invitations")) == n_before
    outbox.run(run_out)
    assert state_of(joined) == InvitationState.CONSENTED


def test_a_study_that_is_over_is_left_as_it_is(invited, outbox, run_out):
    outbox.run(invited.imported_at)
    with invited.work():
        db.session.get(Study, invited.id).state = StudyState.FINISHED
    outbox.run(run_out)
    assert state_of(invited) == InvitationState.SENT
    [entry] = outbox.entries("expire_invitations")
    assert entry.last_error == "Nothing to do: the study is finished."
