"""A short code opens what its link opens, as long, and cannot be found by guessing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi.domain.errors import NotAllowed, WrongState
from delphi.domain.short_codes import spelled
from delphi.domain.states import InvitationState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.panellists import AccessToken, Invitation, WrongCode
from delphi.services import invitations, membership, panel, short_codes
from delphi.services.signing_in import Refused

CODE, KEY = "P11", "the instance's secret"


@pytest.fixture
def study(small_study):
    """The small study with one person who was invited by letter."""
    common = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.imported_at}
    with small_study.work():
        panel.register_panellist(name="Alex", address="1 High Street", group="users", code=CODE, **common)
    with small_study.work():
        invitations.invite(codes=[CODE], **common)
    return small_study


def given(study, **changes):
    with study.work():
        return short_codes.give_short_code(
            **{
                "study_id": study.id,
                "code": CODE,
                "code_key": KEY,
                "actor": study.lead,
                "now": study.imported_at,
            }
            | changes
        )


def opened(study, typed, now=None, key=KEY):
    with study.work():
        return short_codes.open_with_code(typed=typed, code_key=key, now=now or study.imported_at)


def test_a_code_signs_the_right_person_in_and_counts_as_opened(study):
    code = given(study)
    assert opened(study, spelled(code).lower()).code == CODE
    with study.look():
        assert db.session.scalars(db.select(Invitation.state)).one() == InvitationState.OPENED


def test_a_code_works_again_and_beside_another(study):
    codes = [given(study), given(study)]
    assert len(set(codes)) == 2
    for code in codes * 2:
        assert opened(study, code).code == CODE


def test_only_a_keyed_hash_of_a_code_is_kept(study):
    code = given(study)
    with study.look():
        stored = db.session.scalars(db.select(AccessToken)).one()
        logged = db.session.scalars(db.select(Event).where(Event.kind == "short_code_given")).one()
        assert code not in stored.code_hash.upper()
        assert (logged.subject, logged.data) == (f"panellist:{CODE}", "{}")
    assert isinstance(opened(study, code, key="another instance's secret"), Refused)


def test_a_code_ends_with_its_links(study):
    code = given(study)
    later = study.imported_at + membership.LINK_LIFETIME
    with pytest.raises(WrongState, match="This short code worked until"):
        opened(study, code, now=later)
    with study.work():
        invitations.revoke_links(study_id=study.id, code=CODE, actor=study.lead, now=study.imported_at)
    with pytest.raises(WrongState, match="This short code was switched off"):
        opened(study, code)


def test_a_message_can_bring_a_link_with_a_code(study):
    person = study.person(CODE)
    with study.work():
        made = invitations.issue_link_and_code(
            panellist_id=person.panellist_id,
            base_url="https://delphi.example",
            code_key=KEY,
            actor=study.lead,
            now=study.imported_at,
        )
    assert opened(study, made.short_code).code == CODE
    with study.look():
        assert db.session.scalars(db.select(AccessToken)).one().code_hash


def test_wrong_codes_are_counted_and_close_the_page_for_a_while(study, monkeypatch):
    monkeypatch.setattr(short_codes, "MOST_WRONG", 3)
    code, now = given(study), study.imported_at
    for _ in range(3):
        refused = opened(study, "0000000000")
        assert "not known here" in refused.sentence
    assert "about 15 minutes" in opened(study, code).sentence
    assert opened(study, code, now=now + short_codes.WINDOW).code == CODE
    opened(study, "0000000000", now=now + timedelta(days=1))
    with study.look():
        assert db.session.scalars(db.select(WrongCode.tried_at)).all() == [now + timedelta(days=1)]


def test_nobody_gets_a_code_who_was_not_invited_or_has_stopped(study):
    with study.work():
        panel.register_panellist(
            study_id=study.id,
            name="Sam",
            phone="01632 960 111",
            group="users",
            code="P22",
            actor=study.lead,
            now=study.imported_at,
        )
    with pytest.raises(WrongState, match="Invite this person first"):
        given(study, code="P22")
    with study.work():
        invitations.revoke_invitation(study_id=study.id, code=CODE, actor=study.lead, now=study.imported_at)
    with pytest.raises(WrongState):
        given(study)


def test_only_those_who_look_after_the_panel_make_codes(study):
    with pytest.raises(NotAllowed):
        given(study, actor=study.clerk)
