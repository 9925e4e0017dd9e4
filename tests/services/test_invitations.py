"""A personal link is a credential: it signs the right person in, for as long as it should, and no longer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from delphi.domain.actors import Clock, PanellistActor
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry
from delphi.models.panellists import AccessToken, Invitation, Panellist
from delphi.queries.invitations import look_at_link
from delphi.queries.panellists import panellist_of
from delphi.services import deliveries, invitations, membership, panel
from delphi.services.leaving import decline, stop
from tools.small_study import SmallStudy

CODE, PAPER = "P11", "P22"


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    """The small study with one person who has e-mail and one who has not."""
    for code, email, address in ((CODE, "alex@panel.example", None), (PAPER, None, "1 High Street")):
        with small_study.work():
            panel.register_panellist(
                study_id=small_study.id,
                name=f"Person {code}",
                email=email,
                address=address,
                group="users",
                code=code,
                actor=small_study.lead,
                now=small_study.imported_at,
            )
    return small_study


def invite(study: SmallStudy, *codes: str, now=None, **changes: object) -> int:
    with study.work():
        return invitations.invite(
            study_id=study.id,
            codes=codes or [CODE],
            **({"actor": study.lead, "now": now or study.imported_at} | changes),
        )


def link(study: SmallStudy, code: str = CODE, now=None) -> str:
    panellist_id = study.person(code).panellist_id
    with study.work():
        return invitations.issue_link(panellist_id=panellist_id, now=now or study.imported_at)


def sign_in(study: SmallStudy, token: str, now=None) -> PanellistActor:
    with study.work():
        return invitations.open_link(token=token, now=now or study.imported_at)


def act(study: SmallStudy, what, code: str = CODE, now=None, **more: object):
    """One of the acts of the team on one person."""
    with study.work():
        common = {"study_id": study.id, "code": code, "actor": study.lead, "now": now or study.imported_at}
        return what(**(common | more))


def invited(study: SmallStudy, code: str = CODE) -> Invitation:
    return db.session.scalars(
        db.select(Invitation).join(Panellist).where(Panellist.code == code, Panellist.study_id == study.id)
    ).one()


def waiting() -> list[OutboxEntry]:
    messages = db.select(OutboxEntry).where(OutboxEntry.kind == "message").order_by(OutboxEntry.id)
    return list(db.session.scalars(messages))


def test_an_invitation_is_sent_by_mail_once_and_carries_no_token(study):
    assert invite(study) == 1
    with study.look():
        (entry,) = waiting()
        person = panellist_of(study.id, CODE)
        assert (entry.kind, entry.due_at) == ("message", study.imported_at)
        assert entry.payload == {"message": "invitation", "panellist_id": person.id}
        assert invited(study).state == InvitationState.SENT
        assert db.session.scalars(db.select(AccessToken)).all() == []


def test_a_message_can_leave_at_a_later_time(study):
    later = study.imported_at + timedelta(days=3)
    invite(study, due_at=later)
    with study.look():
        assert waiting()[0].due_at == later
        assert invited(study).sent_at == later


def test_people_without_email_are_invited_by_letter_and_get_no_message(study):
    assert invite(study, PAPER) == 0
    with study.look():
        assert waiting() == []
        assert invited(study, PAPER).state == InvitationState.SENT
        sent = db.session.scalars(db.select(Event.data).where(Event.kind == "invitation_sent")).all()
        assert sent == ['{"by":"letter"}']


def test_nobody_is_invited_when_one_of_them_cannot_be(study):
    invite(study)
    with pytest.raises(InvalidInput, match=f"{CODE}: The invitation of this person is sent already"):
        invite(study, PAPER, CODE)
    with study.look():
        assert panellist_of(study.id, PAPER).invitation is None


def test_an_unknown_code_is_not_found_and_data_entry_may_not_invite(study):
    with pytest.raises(NotFound, match="P99"):
        invite(study, "P99")
    with pytest.raises(NotAllowed):
        invite(study, actor=study.clerk)


def test_a_bounced_invitation_is_sent_again_with_a_new_message(study):
    invite(study)
    token = link(study)
    act(study, deliveries.mark_bounced)
    with pytest.raises(WrongState, match="switched off"):
        sign_in(study, token)
    assert invite(study) == 1
    with study.look():
        [message] = waiting()
        assert message.key.endswith(f":{invited(study).generation}")
        assert invited(study).state == InvitationState.SENT


def test_a_link_signs_its_person_in_and_counts_as_opened(study):
    invite(study)
    token = link(study)
    actor = sign_in(study, token)
    assert (actor.code, actor.study_id) == (CODE, study.id)
    with study.look():
        assert invited(study).state == InvitationState.OPENED
        assert invited(study).opened_at == study.imported_at
        opened = db.session.scalars(db.select(Event).where(Event.kind == "invitation_opened")).one()
        assert opened.actor == f"panellist:{CODE}"


def test_a_link_works_again_and_beside_newer_links(study):
    invite(study)
    first, second = link(study), link(study)
    assert first != second
    for token in (first, second, first):
        assert sign_in(study, token).code == CODE
    with study.look():
        kinds = db.session.scalars(db.select(Event.kind)).all()
        assert kinds.count("invitation_opened") == 1


def test_a_link_opened_eight_times_at_once_signs_in_eight_times_and_is_opened_once(study):
    invite(study)
    token = link(study)
    with ThreadPoolExecutor(8) as threads:
        actors = list(threads.map(lambda _: sign_in(study, token), range(8)))
    assert {actor.code for actor in actors} == {CODE}
    with study.look():
        kinds = db.session.scalars(db.select(Event.kind)).all()
        assert kinds.count("invitation_opened") == 1


def test_looking_at_a_link_changes_nothing(study):
    invite(study)
    token = link(study)
    with study.look():
        seen = look_at_link(token, study.imported_at)
        assert (seen.code, seen.has_consented, seen.study_title) == (
            CODE,
            False,
            "A small study of small steps",
        )
    with study.look():
        assert invited(study).state == InvitationState.SENT


def test_the_token_is_kept_as_a_hash_only(study):
    invite(study)
    token = link(study).rpartition("/")[2]
    assert len(token) >= 43
    with study.look():
        stored = db.session.scalars(db.select(AccessToken)).one()
        assert len(stored.token_hash) == 64
        assert token not in stored.token_hash
        everything = [entry.payload for entry in waiting()], db.session.scalars(db.select(Event.data)).all()
        assert token not in str(everything)


def test_the_whole_link_or_its_last_part_may_be_typed(study):
    invite(study)
    panellist_id = study.person(CODE).panellist_id
    with study.work():
        whole = invitations.issue_link(
            panellist_id=panellist_id, base_url="https://delphi.example/", now=study.imported_at
        )
    assert whole.startswith("https://delphi.example/link/")
    assert sign_in(study, f" {whole} ").code == CODE
    assert sign_in(study, whole.rpartition("/")[2]).code == CODE


@pytest.mark.parametrize("damage", [lambda token: token[:-1], lambda token: token + "x", lambda _: ""])
def test_a_damaged_link_says_what_to_do(study, damage):
    invite(study)
    token = damage(link(study))
    with pytest.raises(NotFound, match="copy all of it"):
        sign_in(study, token)
    with study.look():
        assert invited(study).state == InvitationState.SENT


def test_an_expired_link_says_until_when_and_whom_to_ask(study):
    invite(study)
    token = link(study)
    expires = study.imported_at + membership.LINK_LIFETIME
    assert sign_in(study, token, expires - timedelta(seconds=1)).code == CODE
    with pytest.raises(WrongState, match=r"worked until .*2025.*team@small\.example or 01632 960 100"):
        sign_in(study, token, expires)


def test_replacing_links_ends_the_old_ones_and_sends_a_new_one(study):
    invite(study)
    token = link(study)
    sign_in(study, token)
    with study.look():
        before = look_at_link(token, study.imported_at).generation
    assert act(study, invitations.revoke_links) == 1
    with pytest.raises(WrongState, match="switched off"):
        sign_in(study, token)
    fresh = link(study)
    with study.look():
        assert invited(study).state == InvitationState.OPENED
        assert look_at_link(fresh, study.imported_at).generation > before
        assert [entry.payload["message"] for entry in waiting()] == ["invitation"]


def test_somebody_who_has_joined_gets_a_message_with_a_new_link(study):
    study.join(1)
    with study.look():
        code = db.session.scalars(db.select(Panellist.code).where(Panellist.joined_at.is_not(None))).first()
    act(study, invitations.revoke_links, code)
    with study.look():
        assert [entry.payload["message"] for entry in waiting()] == ["new_link"]
        assert panellist_of(study.id, code).state == PanellistState.ACTIVE


def test_links_of_somebody_who_was_never_invited_cannot_be_replaced(study):
    with pytest.raises(WrongState, match="Invite this person first"):
        act(study, invitations.revoke_links)


def test_an_invitation_taken_back_opens_nothing_and_is_not_sent_again(study):
    invite(study)
    token = link(study)
    act(study, invitations.revoke_invitation)
    with pytest.raises(WrongState):
        sign_in(study, token)
    with pytest.raises(WrongState, match="no invitation that holds"):
        link(study)
    with study.look():
        assert waiting() == []
        assert invited(study).state == InvitationState.REVOKED


def test_somebody_who_declined_gets_no_link_and_no_message(study):
    invite(study)
    token = link(study)
    act(study, decline)
    with pytest.raises(WrongState, match="not taking part in “Small study” any more"):
        sign_in(study, token)
    with pytest.raises(WrongState, match="has stopped taking part"):
        link(study)
    with study.look():
        assert waiting() == []


def test_only_the_clock_and_the_core_team_make_links(study):
    invite(study)
    person = study.person(CODE)
    with pytest.raises(NotAllowed), study.work():
        invitations.issue_link(panellist_id=person.panellist_id, actor=person, now=study.imported_at)
    with pytest.raises(NotFound), study.work():
        invitations.issue_link(panellist_id=10**6, actor=Clock(), now=study.imported_at)


def expire(study: SmallStudy, now) -> int:
    with study.work():
        return invitations.expire_invitations(study_id=study.id, actor=Clock(), now=now)


def test_an_invitation_expires_when_its_last_link_has_run_out(study):
    invite(study, CODE, PAPER)
    link(study)
    first_ends = study.imported_at + membership.LINK_LIFETIME
    link(study, now=study.imported_at + timedelta(days=10))
    assert expire(study, first_ends) == 0
    assert expire(study, first_ends + timedelta(days=10)) == 1
    assert expire(study, first_ends + timedelta(days=10)) == 0
    with study.look():
        assert invited(study).state == InvitationState.EXPIRED
        assert invited(study, PAPER).state == InvitationState.SENT
    assert invite(study, now=first_ends + timedelta(days=11)) == 1


def test_those_who_consented_never_expire(study):
    codes = study.join(1)
    for code in codes:
        link(study, code)
    assert expire(study, study.imported_at + timedelta(days=1000)) == 0


def test_a_panellist_cannot_be_invited_again_once_on_the_panel(study):
    (code, *_) = study.join(1)
    with pytest.raises(InvalidInput, match="active already"):
        invite(study, code)
    act(study, stop, code)
    with pytest.raises(InvalidInput, match="stopped already"):
        invite(study, code)
