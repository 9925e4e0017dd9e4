"""Accounts and roles: who may work on studies."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Operator, Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.log import Event
from delphi.queries.studies import account_by_email, member_of
from delphi.services.accounts import add_account, give_role, take_role


def add(study, email="new@small.example", name="New Person", actor=None):
    with study.work():
        add_account(email=email, name=name, actor=actor or Operator(), now=study.imported_at)


def change(study, service, email, role, actor=None):
    with study.work():
        return service(
            study_id=study.id, email=email, role=role, actor=actor or study.lead, now=study.imported_at
        )


def roles_of(study, email):
    with study.look():
        return member_of(study.id, account_by_email(email).id).roles


def test_an_account_is_kept_under_its_address_in_small_letters(small_study):
    add(small_study, " New@Small.Example ", "  New   Person ")
    with small_study.look():
        account = account_by_email("NEW@small.example")
        assert (account.email, account.name, account.is_active) == ("new@small.example", "New Person", True)


@pytest.mark.parametrize(
    ("email", "name", "where"),
    [
        ("nobody", "New", "email"),
        ("a@b.example\nBcc: c@d.example", "New", "email"),
        ("a b@c.example", "New", "email"),
        (f"{'a' * 250}@b.example", "New", "email"),
        ("LEAD@small.example", "New", "email"),
        ("new@small.example", "   ", "name"),
        ("new@small.example", "x" * 201, "name"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_its_field(small_study, email, name, where):
    with pytest.raises(InvalidInput) as raised:
        add(small_study, email, name)
    assert [problem.where for problem in raised.value.problems] == [where]


def test_everything_wrong_is_said_at_once(small_study):
    with pytest.raises(InvalidInput) as raised:
        add(small_study, "nobody", "")
    assert len(raised.value.problems) == 2


def test_only_the_operator_adds_accounts(small_study):
    with pytest.raises(NotAllowed):
        add(small_study, actor=small_study.lead)
    with small_study.look():
        assert db.session.scalar(db.select(Account).where(Account.email == "new@small.example")) is None


def test_a_role_is_given_once_and_leaves_one_event(small_study):
    assert change(small_study, give_role, "clerk@small.example", Role.ANALYST) is True
    assert change(small_study, give_role, "clerk@small.example", Role.ANALYST) is False
    assert roles_of(small_study, "clerk@small.example") == {Role.DATA_ENTRY, Role.ANALYST}
    with small_study.look():
        events = db.session.scalars(db.select(Event).where(Event.kind == "team_role_given")).all()
    assert [event.data for event in events] == ['{"role":"analyst"}']


def test_a_role_is_taken_and_leaves_an_event(small_study):
    change(small_study, take_role, "clerk@small.example", Role.DATA_ENTRY)
    assert roles_of(small_study, "clerk@small.example") == set()
    with small_study.look():
        assert "team_role_taken" in db.session.scalars(db.select(Event.kind)).all()
    with pytest.raises(NotFound):
        change(small_study, take_role, "clerk@small.example", Role.DATA_ENTRY)


def test_a_study_keeps_its_last_lead(small_study):
    with pytest.raises(WrongState, match="only study lead"):
        change(small_study, take_role, "lead@small.example", Role.LEAD)
    change(small_study, give_role, "second@small.example", Role.LEAD)
    change(small_study, take_role, "lead@small.example", Role.LEAD)
    assert Role.LEAD in roles_of(small_study, "second@small.example")


def test_roles_are_the_leads_and_the_operators_to_give(small_study):
    for service in (give_role, take_role):
        with pytest.raises(NotAllowed):
            change(small_study, service, "clerk@small.example", Role.DATA_ENTRY, actor=small_study.second)
    change(small_study, give_role, "clerk@small.example", Role.LEAD, actor=Operator())


def test_somebody_without_an_account_gets_no_role(small_study):
    with pytest.raises(NotFound, match="delphi user add"):
        change(small_study, give_role, "nobody@small.example", Role.LEAD)
