"""What was done by mistake on the panel can be taken back while nobody was asked."""

from __future__ import annotations

import io

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.panellists import Identity, Invitation, Tombstone
from delphi.services import invitations

PANEL = "/studies/small-study/panel"
LIST = b"name,email,group\nAnn Other,ann@x.example,users\nBen Other,ben@x.example,carers\n"


@pytest.fixture
def imported(lead, send, small_study):
    small_study.seal()
    lead.get(f"{PANEL}/import")
    send(lead, f"{PANEL}/import", 200, file=(io.BytesIO(LIST), "people.csv"))
    lead.press("Add them to the panel")
    return small_study


def names(study):
    with study.look():
        return sorted(db.session.scalars(db.select(Identity.name)).all())


def invite_one(study):
    with study.work():
        code = db.session.scalar(db.select(Identity.panellist_id).where(Identity.name == "Ann Other"))
        from delphi.models.panellists import Panellist

        code = db.session.get(Panellist, code).code
        invitations.invite(study_id=study.id, codes=[code], actor=study.lead, now=clock.now())


def test_an_import_is_undone_as_a_whole(lead, imported):
    page = lead.get(lead.get(PANEL).links()["Undo the last import"])
    assert page.heading == "Take 2 people off the panel?"
    assert "2 people are off the panel again." in lead.press("Undo the import").text
    assert names(imported) == []
    with imported.look():
        assert db.session.scalar(db.select(db.func.count(Tombstone.id))) == 2
    assert "Undo the last import" not in lead.get(PANEL).links()


def test_an_import_of_which_somebody_was_asked_stays(lead, send, imported):
    invite_one(imported)
    assert "Undo the last import" not in lead.get(PANEL).links()
    assert "cannot be undone as a whole" in send(lead, f"{PANEL}/import/undo", 409).text
    assert names(imported) == ["Ann Other", "Ben Other"]


def test_what_was_undone_can_be_brought_again(lead, send, imported):
    send(lead, f"{PANEL}/import/undo")
    lead.get(f"{PANEL}/import")
    send(lead, f"{PANEL}/import", 200, file=(io.BytesIO(LIST), "people.csv"))
    lead.press("Add them to the panel")
    assert names(imported) == ["Ann Other", "Ben Other"]


def test_somebody_added_by_mistake_is_taken_off(lead, imported):
    lead.get(lead.get(f"{PANEL}/people").links()["Ann Other"])
    assert "off the panel" in lead.press("Take off the panel").text
    assert names(imported) == ["Ben Other"]


def test_an_invitation_is_taken_back_and_its_link_ends(lead, imported):
    invite_one(imported)
    page = lead.get(lead.get(f"{PANEL}/people").links()["Ann Other"])
    assert "Take off the panel" not in page.buttons()
    page = lead.press("Take the invitation back")
    assert "Its links no longer work." in page.text
    with imported.look():
        assert db.session.scalar(db.select(Invitation.state)) == "revoked"


def test_a_no_on_the_phone_is_noted(lead, imported):
    invite_one(imported)
    lead.get(lead.get(f"{PANEL}/people").links()["Ann Other"])
    assert "Nothing more is sent" in lead.press("Note that they said no").text
    assert lead.get(f"{PANEL}/people?show=left").row("Ann Other")
