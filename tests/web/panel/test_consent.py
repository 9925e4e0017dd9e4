"""Consent given on paper or by phone is recorded by the team, each statement with its own tick."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import ConsentRecord, Panellist
from delphi.services import panel

PANEL = "/studies/small-study/panel"


@pytest.fixture
def registered(small_study):
    """Ray Lane is on the panel, reads on paper and has not been asked by mail."""
    with small_study.work():
        person = panel.register_panellist(
            study_id=small_study.id,
            name="Ray Lane",
            address="4 Mill Lane",
            group="users",
            format="paper",
            actor=small_study.lead,
            now=clock.now(),
        )
        small_study.ray = person.code
    return small_study


def today(**more):
    day = clock.now().date()
    return {
        "dated_on-day": str(day.day),
        "dated_on-month": str(day.month),
        "dated_on-year": str(day.year),
        "how": "paper",
    } | more


def open_person(lead):
    lead.get(lead.get(f"{PANEL}/people").links()["Ray Lane"])
    return lead.get(lead.page.links()["Record consent"])


def records(study):
    with study.look():
        found = db.session.scalars(db.select(ConsentRecord)).all()
        return [(one.how, one.variant, {a.code for a in one.answers if a.is_given}) for one in found]


def test_nothing_is_ticked_beforehand(lead, registered):
    page = open_person(lead)
    assert page.heading == "Record the consent of this person"
    assert not page.tree.xpath("//main//input[@checked]")
    assert registered.ray not in page.html


def test_consent_on_paper_makes_somebody_a_member(lead, registered):
    open_person(lead)
    _post(lead, 303, consent=["c1", "c2"], **today())
    assert records(registered) == [("paper", "standard", {"c1", "c2"})]
    with registered.look():
        assert db.session.scalar(db.select(Panellist.state)) == PanellistState.ACTIVE


def test_a_missing_tick_stands_beside_its_statement_and_nothing_is_recorded(lead, registered):
    open_person(lead)
    page = _post(lead, 422, consent=["c1", "o1"], **today())
    assert page.errors == ["Taking part needs a tick beside “I agree to take part.”"]
    assert [one.get("value") for one in page.tree.xpath("//input[@name='consent'][@checked]")] == ["c1", "o1"]
    assert records(registered) == []


def test_how_and_when_have_to_be_said(lead, registered):
    open_person(lead)
    assert _post(lead, 422, consent=["c1", "c2"]).errors == ["Say how the consent was given."]
    page = _post(lead, 422, consent=["c1", "c2"], **today(**{"dated_on-year": "2999"}))
    assert "lies in the future" in page.errors[0]
    assert records(registered) == []


def test_data_entry_records_by_code_and_sees_no_name(sign_in_as, registered):
    clerk = sign_in_as("clerk")
    page = clerk.get("/studies/small-study/consents")
    assert registered.ray in page.main
    page = clerk.get(f"/studies/small-study/consents?code={registered.ray}")
    assert page.heading == f"Record the consent of {registered.ray}"
    assert "Ray Lane" not in page.html
    _post(clerk, 303, consent=["c1", "c2"], **today(how="phone"))
    assert records(registered) == [("phone", "standard", {"c1", "c2"})]
    assert "Nobody is waiting to consent" in clerk.get("/studies/small-study/consents").main


def test_somebody_who_takes_part_can_consent_again(lead, registered):
    open_person(lead)
    _post(lead, 303, consent=["c1", "c2"], **today())
    page = lead.get(lead.get(f"{PANEL}/people").links()["Ray Lane"])
    page = lead.get(page.links()["Record consent again"])
    assert "A new one stands beside it." in page.main
    _post(lead, 303, consent=["c1", "c2", "o1"], **today(how="phone"))
    assert [how for how, _, _ in records(registered)] == ["paper", "phone"]


def test_an_unknown_code_and_another_study_are_not_found(lead, registered):
    lead.get("/studies/small-study/consents/P00", 404)
    lead.get(f"/studies/other-study/consents/{registered.ray}", 404)


def _here(visitor):
    return visitor.page.tree.xpath("//main//form")[0].get("action")


def _post(visitor, status, **values):
    token = visitor.page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    taken = visitor.post(_here(visitor), status, csrf_token=token, **values)
    return visitor.page if status != 303 else taken
