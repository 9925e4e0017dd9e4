"""Who is in a team is arranged by its lead, in the own study only, and a study always keeps a lead."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from delphi.domain.actors import Operator, Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.domain.ids import AccountId
from delphi.extensions import db
from delphi.models.accounts import Account, SignInLink, TeamRole
from delphi.services import team
from delphi.services.accounts import add_account, give_role
from delphi.services.studies import import_study
from tools.small_study import small_bundle, small_plain

NOW = datetime(2025, 1, 9, 10, tzinfo=UTC)


def act(study, service, **given):
    with study.work():
        return service(**{"study_id": study.id, "actor": study.lead, "now": NOW} | given)


def add(study, email="new@small.example", **given):
    common = {"name": "Noor New", "role": "observer", "base_url": "https://delphi.example"}
    return act(study, team.add_member, email=email, **common | given)


def leads(study):
    with study.look():
        wanted = db.select(TeamRole.account_id).where(
            TeamRole.study_id == study.id, TeamRole.role == Role.LEAD
        )
        return set(db.session.scalars(wanted))


def test_a_link_is_made_for_a_new_account_only(small_study):
    added = add(small_study)
    assert added.link.startswith("https://delphi.example/sign-in/")
    assert add(small_study, role="analyst").link == ""
    with small_study.look():
        assert db.session.scalar(db.select(db.func.count()).select_from(SignInLink)) == 1
        stored = db.session.scalar(db.select(SignInLink.token_hash))
    assert stored not in added.link, "nobody who reads the database can sign in"


def test_a_switched_off_account_is_not_brought_back_through_a_team(small_study):
    with small_study.work():
        db.session.get_one(Account, small_study.clerk.account_id).is_active = False
    with pytest.raises(InvalidInput, match="switched off"):
        add(small_study, email="clerk@small.example")


@pytest.mark.parametrize("who", ["second", "clerk"])
def test_only_the_lead_arranges_the_team(small_study, who):
    actor = getattr(small_study, who)
    person = {"account_id": small_study.clerk.account_id}
    with pytest.raises(NotAllowed):
        add(small_study, actor=actor)
    with pytest.raises(NotAllowed):
        act(small_study, team.set_roles, roles=["lead"], actor=actor, **person)
    with pytest.raises(NotAllowed):
        act(small_study, team.remove_member, actor=actor, **person)
    with pytest.raises(NotAllowed):
        act(small_study, team.renew_member_link, base_url="", actor=actor, **person)


def test_a_lead_makes_no_link_for_somebody_who_works_elsewhere_too(small_study):
    identity = small_plain()["study"] | {"slug": "other-study"}
    with small_study.work():
        other = import_study(bundle=small_bundle(study=identity), actor=Operator(), now=NOW).id
    add(small_study)
    with small_study.work():
        give_role(study_id=other, email="new@small.example", role=Role.LEAD, actor=Operator(), now=NOW)
        account = db.session.scalar(db.select(Account.id).where(Account.email == "new@small.example"))
    with pytest.raises(WrongState, match="only whoever runs this server"):
        act(small_study, team.renew_member_link, account_id=account, base_url="")


def test_somebody_who_is_in_no_team_here_is_not_found(small_study):
    with small_study.work():
        stranger = add_account(email="x@small.example", name="X", actor=Operator(), now=NOW).id
    for service, given in ((team.set_roles, {"roles": ["lead"]}), (team.remove_member, {})):
        with pytest.raises(NotFound):
            act(small_study, service, account_id=stranger, **given)
    with pytest.raises(NotFound):
        act(small_study, team.remove_member, account_id=AccountId(10_000))


def test_the_last_lead_neither_leaves_nor_becomes_something_else(small_study):
    me = {"account_id": small_study.lead.account_id}
    with pytest.raises(WrongState, match="only study lead"):
        act(small_study, team.remove_member, **me)
    with pytest.raises(WrongState, match="only study lead"):
        act(small_study, team.set_roles, roles=["observer"], **me)
    assert leads(small_study) == {small_study.lead.account_id}


def test_of_two_leads_who_take_each_other_out_at_once_one_stays(small_study):
    act(small_study, team.set_roles, account_id=small_study.second.account_id, roles=["lead"])
    both = (small_study.lead.account_id, small_study.second.account_id)
    start, troubles = threading.Barrier(2), []

    def take_out(account_id):
        start.wait()
        try:
            act(small_study, team.remove_member, account_id=account_id, actor=small_study.lead)
        except WrongState as error:
            troubles.append(str(error))

    threads = [threading.Thread(target=take_out, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(leads(small_study)) == 1
    assert len(troubles) == 1
