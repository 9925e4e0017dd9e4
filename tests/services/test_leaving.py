"""Leaving is one of several acts, each with its own consequences, and nobody who left is written to."""

from __future__ import annotations

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.answers import Rating
from delphi.models.log import Event, OutboxEntry, OutboxState
from delphi.models.panellists import AccessToken, Identity, Panellist, Tombstone
from delphi.queries.identities import addressee_of
from delphi.queries.panellists import panellist_of
from delphi.services import invitations, panel
from delphi.services.deletion import stop_and_delete
from delphi.services.leaving import decline, delete_contact_details, stop
from delphi.services.outbox import enqueue
from tools.small_study import SmallStudy


@pytest.fixture
def codes(small_study: SmallStudy) -> list[str]:
    """A panel of three, one a group, in an open round 1."""
    return small_study.started(1)


def act(study: SmallStudy, what, code: str, **changes: object) -> None:
    with study.work():
        what(
            **({"study_id": study.id, "code": code, "actor": study.lead, "now": study.answered_at} | changes)
        )


def promise_message(study: SmallStudy, code: str) -> None:
    """A message to a person that has not left yet."""
    panellist_id = study.person(code).panellist_id
    with study.work():
        enqueue(
            "message",
            key=f"test:{panellist_id}",
            payload={"message": "reminder_not_started", "panellist_id": panellist_id, "round": 1},
            due_at=study.answered_at,
            study_id=study.id,
        )


def messages_to(panellist_id: int) -> list[OutboxEntry]:
    return [
        entry
        for entry in db.session.scalars(db.select(OutboxEntry))
        if entry.payload.get("panellist_id") == panellist_id
    ]


def registered(study: SmallStudy, *, is_invited: bool) -> str:
    with study.work():
        code = panel.register_panellist(
            study_id=study.id,
            name="Kim Newcomer",
            email="kim@panel.example",
            group="users",
            actor=study.lead,
            now=study.imported_at,
        ).code
        if is_invited:
            invitations.invite(study_id=study.id, codes=[code], actor=study.lead, now=study.imported_at)
        return code


def test_who_stops_keeps_their_answers_and_loses_their_links(small_study, codes):
    small_study.save(codes[0])
    with small_study.work():
        person = panellist_of(small_study.id, codes[0])
        link = invitations.issue_link(panellist_id=person.id, now=small_study.answered_at)
    act(small_study, stop, codes[0], actor=small_study.person(codes[0]))
    with small_study.look():
        person = panellist_of(small_study.id, codes[0])
        assert (person.state, person.left_at) == (PanellistState.STOPPED, small_study.answered_at)
        assert person.invitation.state == InvitationState.REVOKED
        assert db.session.scalars(db.select(AccessToken.revoked_at)).all() == [small_study.answered_at]
        assert len(db.session.scalars(db.select(Rating)).all()) == 2
        assert len(db.session.scalars(db.select(Identity)).all()) == 3
    with pytest.raises(WrongState, match="not taking part"), small_study.work():
        invitations.open_link(token=link, now=small_study.answered_at)


def test_nobody_who_stopped_is_written_to(small_study, codes):
    promise_message(small_study, codes[0])
    promise_message(small_study, codes[1])
    gone, stays = (small_study.person(code).panellist_id for code in codes[:2])
    act(small_study, stop, codes[0])
    with small_study.look():
        assert messages_to(gone) == []
        assert messages_to(stays) != []
        assert addressee_of(gone) is None
        assert addressee_of(stays).code == codes[1]


def test_messages_that_have_left_stay_in_the_outbox(small_study, codes):
    promise_message(small_study, codes[0])
    with small_study.work():
        db.session.execute(db.update(OutboxEntry).values(state=OutboxState.DONE))
    act(small_study, stop, codes[0])
    with small_study.look():
        assert messages_to(small_study.person(codes[0]).panellist_id) != []


def test_a_reason_is_optional_and_is_kept_beside_the_person_not_in_the_log(small_study, codes):
    act(small_study, stop, codes[0], reason="  Not enough   time. ")
    act(small_study, stop, codes[1])
    with pytest.raises(InvalidInput, match="301 characters"):
        act(small_study, stop, codes[2], reason="x" * 301)
    with small_study.look():
        reasons = db.session.scalars(
            db.select(Panellist.left_reason).where(Panellist.code.in_(codes[:2])).order_by(Panellist.id)
        ).all()
        assert reasons == ["Not enough time.", None]
        assert set(db.session.scalars(db.select(Event.data).where(Event.kind == "panellist_stopped"))) == {
            "{}"
        }
    act(small_study, stop_and_delete, codes[0])
    with small_study.look():
        assert db.session.scalar(db.select(Panellist.left_reason).where(Panellist.code == codes[0])) is None


def test_nobody_stops_twice_or_for_somebody_else(small_study, codes):
    with pytest.raises(NotAllowed, match="for yourself only"):
        act(small_study, stop, codes[0], actor=small_study.person(codes[1]))
    with pytest.raises(NotAllowed):
        act(small_study, stop, codes[0], actor=small_study.clerk)
    act(small_study, stop, codes[0])
    with pytest.raises(WrongState):
        act(small_study, stop, codes[0])


@pytest.mark.parametrize("is_invited", [True, False])
def test_who_declines_is_left_alone(small_study, is_invited):
    code = registered(small_study, is_invited=is_invited)
    act(small_study, decline, code)
    with small_study.look():
        person = panellist_of(small_study.id, code)
        assert person.state == PanellistState.STOPPED
        assert messages_to(person.id) == []
        if is_invited:
            assert person.invitation.state == InvitationState.DECLINED


def test_declining_is_for_those_who_have_not_joined_and_stopping_for_those_who_have(small_study, codes):
    with pytest.raises(WrongState, match="can stop taking part"):
        act(small_study, decline, codes[0])
    code = registered(small_study, is_invited=True)
    with pytest.raises(WrongState, match="An invitation can be declined"):
        act(small_study, stop, code)


def test_deleting_contact_details_keeps_membership_and_answers(small_study, codes):
    small_study.save(codes[0])
    promise_message(small_study, codes[0])
    act(small_study, delete_contact_details, codes[0])
    with small_study.look():
        person = panellist_of(small_study.id, codes[0])
        assert person.state == PanellistState.ACTIVE
        assert db.session.get(Identity, person.id) is None
        assert messages_to(person.id) == []
        assert len(db.session.scalars(db.select(Rating)).all()) == 2
        stone = db.session.scalars(db.select(Tombstone)).one()
        assert (stone.code, stone.scope, stone.deleted_at) == (
            codes[0],
            "contact details",
            small_study.answered_at,
        )
    with pytest.raises(WrongState, match="deleted already"):
        act(small_study, delete_contact_details, codes[0])
    small_study.save(codes[0], "next-steps")


def test_a_failed_messages_error_goes_with_the_address_it_may_hold(small_study, codes):
    promise_message(small_study, codes[0])
    with small_study.work():
        db.session.execute(
            db.update(OutboxEntry).values(state=OutboxState.FAILED, last_error="550 users0@panel.example")
        )
    act(small_study, delete_contact_details, codes[0])
    with small_study.look():
        assert messages_to(small_study.person(codes[0]).panellist_id) == []
