"""Addresses that bounce and messages that did not leave: noted once, corrected, and tried again."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Clock
from delphi.domain.errors import NotAllowed, NotFound, WrongState
from delphi.domain.states import InvitationState
from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry, OutboxState
from delphi.models.panellists import Identity
from delphi.queries.deliveries import last_messages, undelivered
from delphi.queries.identities import reachable_by_mail
from delphi.queries.invitations import invitation_of
from delphi.services import deliveries, invitations, panel
from delphi.services.outbox import enqueue


@pytest.fixture
def study(small_study):
    """A running study with one person registered by mail and one who has joined."""
    small_study.seal().publish_drafts()
    [small_study.joined, *_] = small_study.join(1)
    with small_study.work():
        person = panel.register_panellist(
            study_id=small_study.id,
            name="Alex Example",
            email="alex@panel.example",
            group="users",
            actor=small_study.lead,
            now=small_study.imported_at,
        )
        small_study.alex = person.code
    return small_study


def act(study, service, actor=None, **arguments):
    common = {"study_id": study.id, "actor": actor or study.lead, "now": study.imported_at}
    with study.work():
        return service(**common | arguments)


def invite(study):
    return act(study, invitations.invite, codes=[study.alex])


def bounced_at(study, code):
    with study.look():
        person = study.person(code).panellist_id
        return db.session.get(Identity, person).email_bounced_at


def kinds(study):
    with study.look():
        return list(db.session.scalars(db.select(Event.kind).order_by(Event.number)))


def fail_everything(study, why="The mail server did not accept the address (550)."):
    with study.work():
        for entry in db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.kind == "message")):
            entry.state, entry.attempts = OutboxState.FAILED, 3
            entry.last_error, entry.done_at = why, study.imported_at


def test_a_bounced_invitation_counts_as_not_arrived_and_nothing_more_is_sent(study):
    invite(study)
    act(study, deliveries.mark_bounced, code=study.alex)
    with study.look():
        person = study.person(study.alex).panellist_id
        assert invitation_of(person).state == InvitationState.BOUNCED
        assert person not in reachable_by_mail(study.id)
        assert last_messages(study.id, [study.alex]) == {}
    assert kinds(study)[-1] == "invitation_bounced"


def test_whoever_has_joined_stays_a_member_when_their_address_bounces(study):
    act(study, deliveries.mark_bounced, code=study.joined)
    with study.look():
        person = study.person(study.joined).panellist_id
        assert invitation_of(person).state == InvitationState.CONSENTED
        assert person not in reachable_by_mail(study.id)
    assert kinds(study)[-1] == "address_bounced"


def test_a_corrected_address_is_written_to_again(study):
    act(study, deliveries.mark_bounced, code=study.joined)
    act(study, panel.change_contact_details, code=study.joined, name="Zoe Other")
    assert bounced_at(study, study.joined) is not None
    act(study, panel.change_contact_details, code=study.joined, email="new@panel.example")
    assert bounced_at(study, study.joined) is None


def test_inviting_again_tries_the_address_again(study):
    invite(study)
    act(study, deliveries.mark_bounced, code=study.alex)
    assert invite(study) == 1
    assert bounced_at(study, study.alex) is None


def test_nothing_bounces_that_was_never_sent(study):
    with pytest.raises(WrongState, match="Nothing has been sent"):
        act(study, deliveries.mark_bounced, code=study.alex)
    with pytest.raises(NotAllowed):
        act(study, deliveries.mark_bounced, actor=study.clerk, code=study.joined)


def test_an_address_that_the_mail_server_refused_is_noted_by_the_clock(study):
    invite(study)
    with study.look():
        person = study.person(study.alex).panellist_id
    with study.work():
        deliveries.note_refused_address(panellist_id=person, actor=Clock(), now=study.imported_at)
    assert bounced_at(study, study.alex) is not None
    with study.look():
        last = db.session.scalars(db.select(Event).order_by(Event.number.desc())).first()
        assert (last.kind, last.actor) == ("invitation_bounced", "clock")


def test_what_did_not_leave_is_listed_with_its_reason_and_without_a_name(study):
    invite(study)
    fail_everything(study)
    with study.look():
        [found] = undelivered(study.id)
    assert (found.words, found.code, found.is_given_up) == ("Invitation", study.alex, True)
    assert found.why == "The mail server did not accept the address (550)."


def test_what_waits_to_be_tried_again_is_listed_and_what_has_left_is_not(study):
    invite(study)
    with study.work():
        enqueue(
            "message", key="x", payload={"message": "receipt"}, due_at=study.imported_at, study_id=study.id
        )
        entry = db.session.scalar(db.select(OutboxEntry).where(OutboxEntry.key == "x"))
        entry.last_error, entry.attempts = "The mail server could not be reached.", 1
    with study.look():
        [found] = undelivered(study.id)
    assert (found.words, found.code, found.is_given_up) == ("Receipt", "", False)


def test_sending_again_starts_afresh_and_is_recorded(study):
    invite(study)
    fail_everything(study)
    with study.look():
        [found] = undelivered(study.id)
    assert act(study, deliveries.send_again, only=[found.id]) == 1
    with study.look():
        assert undelivered(study.id) == ()
        assert last_messages(study.id, [study.alex])[study.alex].state == "waiting"
    assert kinds(study)[-1] == "messages_sent_again"
    with pytest.raises(NotFound, match="nothing here that could be sent again"):
        act(study, deliveries.send_again, only=[found.id])


def test_another_studys_messages_are_left_alone(study):
    invite(study)
    fail_everything(study)
    with study.look():
        [found] = undelivered(study.id)
    with study.work():
        db.session.get(OutboxEntry, found.id).study_id = None
    with pytest.raises(NotFound):
        act(study, deliveries.send_again, only=[found.id])
