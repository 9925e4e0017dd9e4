"""Consent is given tick by tick, kept as it was read, and never overwritten."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.panellists import ConsentAnswer, ConsentRecord
from delphi.models.studies import ConsentStatement, ConsentText
from delphi.queries.consent import consent_records_of, current_permissions, permissions_by_panellist
from delphi.queries.panellists import panellist_of
from delphi.queries.rounds import round_of
from delphi.services import consent, invitations, panel
from delphi.services.leaving import stop
from tools.small_study import SmallStudy

ALL = frozenset({"c1", "c2"})


@pytest.fixture
def code(small_study: SmallStudy) -> str:
    """Somebody who has been invited and has opened the link."""
    with small_study.work():
        person = panel.register_panellist(
            study_id=small_study.id,
            name="Alex Morgan",
            email="alex@panel.example",
            group="users",
            actor=small_study.lead,
            now=small_study.imported_at,
        )
        invitations.invite(
            study_id=small_study.id,
            codes=[person.code],
            actor=small_study.lead,
            now=small_study.imported_at,
        )
        token = invitations.issue_link(panellist_id=person.id, now=small_study.imported_at)
        invitations.open_link(token=token, now=small_study.imported_at)
        return person.code


def consents(study: SmallStudy, code: str, given=ALL, what=consent.give_consent, **changes: object) -> None:
    person = study.person(code)
    with study.work():
        common = {"study_id": study.id, "code": code, "actor": person, "now": study.imported_at}
        what(given=given, **(common | changes))


def kinds() -> list[str]:
    return list(db.session.scalars(db.select(Event.kind).order_by(Event.number)))


def test_consent_makes_a_panellist_of_somebody_who_was_invited(small_study, code):
    consents(small_study, code, ALL | {"o1"})
    with small_study.look():
        person = panellist_of(small_study.id, code)
        assert (person.state, person.joined_at) == (PanellistState.ACTIVE, small_study.imported_at)
        assert person.invitation.state == InvitationState.CONSENTED
        assert kinds()[-2:] == ["consent_given", "panellist_joined"]


def test_the_record_holds_the_exact_texts_with_every_tick(small_study, code):
    consents(small_study, code)
    with small_study.work():
        db.session.execute(db.update(ConsentStatement).values(text="Changed afterwards."))
    with small_study.look():
        (record,) = consent_records_of(panellist_of(small_study.id, code).id)
        assert (record.how, record.dated_on, record.recorded_by) == ("web", date(2025, 1, 8), None)
        assert [(answer.code, answer.text, answer.is_given) for answer in record.answers] == [
            ("c1", "I have read the information.", True),
            ("c2", "I agree to take part.", True),
            ("o1", "My words may be quoted.", False),
        ]


def test_easy_read_keeps_the_easy_words_where_there_are_any(small_study, code):
    with small_study.work():
        db.session.execute(
            db.update(ConsentStatement).where(ConsentStatement.code == "c1").values(easy_read="I read it.")
        )
    consents(small_study, code, variant="easy_read")
    with small_study.look():
        texts = db.session.scalars(db.select(ConsentAnswer.text).order_by(ConsentAnswer.position)).all()
        assert texts[:2] == ["I read it.", "I agree to take part."]


def test_each_missing_tick_is_named_and_nothing_is_recorded(small_study, code):
    with pytest.raises(InvalidInput, match="Nothing was recorded") as caught:
        consents(small_study, code, {"o1"})
    assert [problem.where for problem in caught.value.problems] == ["c1", "c2"]
    assert "I agree to take part." in caught.value.problems[1].sentence
    with small_study.look():
        assert db.session.scalars(db.select(ConsentRecord)).all() == []
        assert panellist_of(small_study.id, code).state == PanellistState.REGISTERED


def test_a_statement_that_is_not_asked_is_refused(small_study, code):
    with pytest.raises(InvalidInput, match="c9: This is not one of the statements"):
        consents(small_study, code, ALL | {"c9"})


def test_nobody_consents_for_somebody_else(small_study, code):
    (other, *_) = small_study.join(1)
    with pytest.raises(NotAllowed):
        consents(small_study, code, actor=small_study.person(other))


def test_on_the_web_only_the_person_and_on_paper_only_the_team(small_study, code):
    with pytest.raises(NotAllowed, match="consent for themselves"):
        consents(small_study, code, actor=small_study.clerk, how="web")
    with pytest.raises(NotAllowed, match="entered by the study team"):
        consents(small_study, code, how="paper")


def test_paper_consent_is_entered_with_the_day_on_the_form_and_by_whom(small_study, code):
    consents(small_study, code, actor=small_study.clerk, how="paper", dated_on=date(2025, 1, 7))
    with small_study.look():
        (record,) = consent_records_of(panellist_of(small_study.id, code).id)
        assert (record.how, record.dated_on) == ("paper", date(2025, 1, 7))
        assert record.recorded_by == small_study.clerk.account_id


def test_a_form_from_the_future_is_refused(small_study, code):
    with pytest.raises(InvalidInput, match="Thursday 9 January 2025 lies in the future"):
        consents(small_study, code, actor=small_study.clerk, how="paper", dated_on=date(2025, 1, 9))


@pytest.mark.parametrize("is_invited", [True, False])
def test_paper_consent_needs_no_link(small_study, is_invited):
    with small_study.work():
        code = panel.register_panellist(
            study_id=small_study.id,
            name="Ray Lane",
            address="4 Mill Lane",
            group="users",
            format="paper",
            actor=small_study.lead,
            now=small_study.imported_at,
        ).code
        if is_invited:
            invitations.invite(
                study_id=small_study.id, codes=[code], actor=small_study.lead, now=small_study.imported_at
            )
    consents(small_study, code, actor=small_study.clerk, how="paper")
    with small_study.look():
        person = panellist_of(small_study.id, code)
        assert person.state == PanellistState.ACTIVE
        assert person.invitation.state == InvitationState.CONSENTED


def test_the_day_is_the_day_in_the_studys_time_zone(small_study, code):
    consents(small_study, code, now=datetime(2025, 6, 10, 23, 30, tzinfo=UTC))
    with small_study.look():
        (record,) = consent_records_of(panellist_of(small_study.id, code).id)
        assert record.dated_on == date(2025, 6, 11)


def test_nobody_joins_once_the_study_admits_nobody(small_study, code):
    with small_study.work():
        round_of(small_study.id, 2).opened_at = small_study.closed_at
    with pytest.raises(WrongState, match="admits new people until round 2 opens"):
        consents(small_study, code)
    with small_study.look():
        assert panellist_of(small_study.id, code).state == PanellistState.REGISTERED
        assert db.session.scalars(db.select(ConsentRecord)).all() == []


def test_permissions_change_by_a_new_record_beside_the_old(small_study, code):
    consents(small_study, code, ALL | {"o1"})
    with small_study.look():
        person = panellist_of(small_study.id, code)
        assert current_permissions(person) == {"quotation"}
        assert permissions_by_panellist(small_study.id) == {person.id: {"quotation"}}
    consents(small_study, code, set(), consent.change_permissions)
    with small_study.look():
        person = panellist_of(small_study.id, code)
        first, second = consent_records_of(person.id)
        assert [answer.is_given for answer in first.answers] == [True, True, True]
        assert [answer.is_given for answer in second.answers] == [True, True, False]
        assert current_permissions(person) == frozenset()
        assert kinds()[-1] == "permissions_changed"


def test_permissions_cannot_be_given_before_consent_nor_for_what_is_not_optional(small_study, code):
    with pytest.raises(WrongState, match="no consent that could be changed"):
        consents(small_study, code, {"o1"}, consent.change_permissions)
    consents(small_study, code)
    with pytest.raises(InvalidInput, match="not one of the statements"):
        consents(small_study, code, {"c1"}, consent.change_permissions)


def test_a_new_version_is_consented_to_beside_the_old(small_study, code):
    consents(small_study, code)
    with small_study.work():
        statement = ConsentStatement(code="n1", text="I have read version 2.", position=1)
        db.session.add(
            ConsentText(
                study_id=small_study.id, version="2.0", dated_on=date(2025, 2, 1), statements=[statement]
            )
        )
    consents(small_study, code, {"n1"})
    with small_study.look():
        person = panellist_of(small_study.id, code)
        assert len(consent_records_of(person.id)) == 2
        assert person.state == PanellistState.ACTIVE
        assert kinds()[-1] == "consent_renewed"


def test_somebody_who_stopped_can_still_take_a_permission_back_but_not_consent_again(small_study, code):
    consents(small_study, code, ALL | {"o1"})
    with small_study.work():
        stop(study_id=small_study.id, code=code, actor=small_study.lead, now=small_study.imported_at)
    with pytest.raises(WrongState, match="has stopped"):
        consents(small_study, code)
    consents(small_study, code, set(), consent.change_permissions, actor=small_study.clerk, how="phone")
    with small_study.look():
        assert current_permissions(panellist_of(small_study.id, code)) == frozenset()
