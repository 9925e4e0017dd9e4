"""Who has to sign before something counts: one, or two of whom one leads; never the same person twice."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Clock, Operator, Role, TeamMember
from delphi.domain.errors import NotAllowed, WrongState
from delphi.extensions import db
from delphi.models.studies import SignOff, Study
from delphi.services.sign_offs import is_signed_off, sign, withdraw_signatures
from tools.small_study import SmallStudy

SUBJECT = "draft:first-steps:1"


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    return small_study


def put_name(study: SmallStudy, actor: object, subject: str = SUBJECT) -> None:
    with study.work():
        sign("draft_signed", subject, study_id=study.id, actor=actor, now=study.imported_at)


def stands(study: SmallStudy, subject: str = SUBJECT) -> bool:
    with study.look():
        return is_signed_off(db.session.get_one(Study, study.id), subject)


def as_role(study: SmallStudy, person: TeamMember, role: Role) -> TeamMember:
    return TeamMember(person.account_id, study.id, frozenset({role}))


def test_two_have_to_sign_and_one_of_them_leads(study):
    assert not stands(study)
    put_name(study, study.second)
    assert not stands(study)
    put_name(study, study.lead)
    assert stands(study)
    assert not stands(study, "draft:next-steps:1")


def test_two_without_the_lead_are_not_enough(study):
    put_name(study, study.second)
    put_name(study, as_role(study, study.clerk, Role.CO_RESEARCHER))
    assert not stands(study)
    put_name(study, study.lead)
    assert stands(study)


def test_one_is_enough_where_the_protocol_says_so(study):
    with study.work():
        row = db.session.get_one(Study, study.id)
        row.protocol = row.protocol | {"sign_off": "one"}
    assert not stands(study)
    put_name(study, study.second)
    assert stands(study)


def test_nobody_signs_twice(study):
    put_name(study, study.lead)
    with pytest.raises(WrongState, match="signed this already"):
        put_name(study, study.lead)
    assert not stands(study)


def test_the_role_that_counts_is_the_one_at_the_time_of_signing(study):
    put_name(study, as_role(study, study.lead, Role.RESEARCHER))
    put_name(study, study.second)
    assert not stands(study)


def test_only_those_of_the_team_who_may_sign_can(study):
    for actor in (as_role(study, study.lead, Role.OBSERVER), Operator(), Clock(), study.clerk):
        with pytest.raises(NotAllowed):
            put_name(study, actor)
    with study.look():
        assert db.session.scalars(db.select(SignOff)).all() == []


def test_what_has_changed_has_to_be_signed_again(study):
    for signer in (study.lead, study.second):
        put_name(study, signer)
        put_name(study, signer, "rule")
    with study.work():
        withdraw_signatures(study.id, SUBJECT)
    assert not stands(study)
    assert stands(study, "rule")
    put_name(study, study.lead)
    put_name(study, study.second)
    assert stands(study)
