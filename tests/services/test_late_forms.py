"""Late forms: held, then admitted or refused with a reason; nothing is analysed over an open question."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import LateFormState
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.late_forms import LateForm
from delphi.models.log import Event
from delphi.queries.late_forms import late_forms
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services import rounds
from delphi.services.forms import FormPage, enter_form
from delphi.services.late_forms import hold_late_form, refuse_late_form

IN_TIME, LATE = date(2025, 2, 14), date(2025, 2, 15)
NOW = datetime(2025, 2, 16, 9, tzinfo=UTC)


@pytest.fixture
def closed(small_study):
    small_study.codes = small_study.started(1)
    return small_study.close()


def hold(study, **given):
    with study.work():
        hold_late_form(
            **{
                "study_id": study.id,
                "number": 1,
                "code": study.codes[0],
                "received_on": LATE,
                "note": " Postmark 13 February. ",
                "actor": study.clerk,
                "now": NOW,
            }
            | given
        )


def refuse(study, reason="It came open.", **given):
    with study.work():
        refuse_late_form(
            **{
                "study_id": study.id,
                "number": 1,
                "code": study.codes[0],
                "reason": reason,
                "actor": study.lead,
                "now": NOW,
            }
            | given
        )


def admit(study, **given):
    with study.work():
        enter_form(
            **{
                "study_id": study.id,
                "number": 1,
                "code": study.codes[0],
                "pages": {"first-steps": FormPage({"clear": 4})},
                "received_on": LATE,
                "late_reason": "Postmarked in time.",
                "actor": study.clerk,
                "now": NOW,
            }
            | given
        )


def seen(study):
    with study.look():
        return late_forms(study_of(study.id), round_of(study.id, 1))


def kinds(study):
    with study.look():
        found = db.session.execute(
            db.select(Event.kind, Event.data).where(Event.kind.like("%late%")).order_by(Event.number)
        )
        return [(kind, json.loads(data)) for kind, data in found]


def count(study, kind):
    with study.look():
        return db.session.scalar(db.select(db.func.count()).select_from(kind))


def test_a_held_form_is_listed_and_enters_nothing(closed):
    hold(closed)
    (form,) = seen(closed)
    assert (form.code, form.words, form.note) == (
        closed.codes[0],
        "Held: not decided yet",
        "Postmark 13 February.",
    )
    assert form.received == "Saturday 15 February 2025"
    assert count(closed, Submission) == 0
    assert kinds(closed) == [("late_form_held", {"received_on": "2025-02-15"})]


def test_a_held_form_stops_the_analysis_until_it_is_decided(closed):
    hold(closed)
    with pytest.raises(WrongState, match=f"waits for a decision: {closed.codes[0]}"):
        closed.analyse()
    refuse(closed)
    closed.analyse()


def test_a_form_is_admitted_by_entering_it_and_says_by_whom(closed):
    hold(closed)
    admit(closed)
    (form,) = seen(closed)
    assert (form.words, form.reason) == ("Admitted", "Postmarked in time.")
    assert form.decided == "Kit Clerk, Sunday 16 February 2025"
    assert [kind for kind, _ in kinds(closed)] == ["late_form_held", "late_form_admitted"]
    with closed.look():
        assert db.session.scalars(db.select(Submission)).one().is_late


def test_a_form_that_was_never_held_is_listed_when_it_is_admitted(closed):
    admit(closed)
    assert [(form.words, form.received) for form in seen(closed)] == [
        ("Admitted", "Saturday 15 February 2025")
    ]


def test_a_refused_form_keeps_its_reason_and_may_still_be_admitted(closed):
    hold(closed)
    refuse(closed)
    (form,) = seen(closed)
    assert (form.words, form.reason) == ("Not admitted", "It came open.")
    assert form.decided == "Sam Lead, Sunday 16 February 2025"
    assert count(closed, Rating) == 0
    admit(closed)
    assert [kind for kind, _ in kinds(closed)][-1] == "late_form_admitted_after_all"
    assert seen(closed)[0].words == "Admitted"


def test_a_request_without_a_form_can_be_refused(closed):
    refuse(closed)
    assert seen(closed)[0].received == "No form came"


def test_a_decision_needs_its_reason_and_changes_nothing_without(closed):
    hold(closed)
    with pytest.raises(InvalidInput, match="Say why it is not admitted"):
        refuse(closed, " ")
    assert seen(closed)[0].is_held


def test_an_admitted_form_is_not_refused_any_more(closed):
    admit(closed)
    with pytest.raises(WrongState, match="admitted"):
        refuse(closed)


@pytest.mark.parametrize(
    ("received_on", "match"), [(IN_TIME, "came in time"), (date(2025, 2, 17), "a day to come")]
)
def test_only_a_late_form_is_held(closed, received_on, match):
    with pytest.raises(InvalidInput, match=match):
        hold(closed, received_on=received_on)


def test_a_form_is_held_once(closed):
    hold(closed)
    with pytest.raises(WrongState, match="on the list already"):
        hold(closed)


def test_in_a_round_that_is_opened_again_a_held_form_is_entered_as_in_time(closed):
    hold(closed)
    with closed.work():
        rounds.reopen_round(
            study_id=closed.id,
            number=1,
            closes_on=date(2025, 2, 21),
            reason="The post.",
            actor=closed.lead,
            now=NOW,
        )
    admit(closed, late_reason=None)
    with closed.look():
        assert not db.session.scalars(db.select(Submission)).one().is_late
        form = db.session.scalars(db.select(LateForm)).one()
        assert (form.state, form.reason) == (
            LateFormState.ADMITTED,
            "The round was opened again, and the form was entered while it was open.",
        )


def test_before_the_close_and_after_the_analysis_nothing_is_decided(small_study):
    small_study.codes = small_study.started(1)
    with pytest.raises(WrongState, match="is open"):
        hold(small_study)
    small_study.close()
    small_study.analyse()
    with pytest.raises(WrongState, match="is analysed"):
        refuse(small_study)


def test_only_those_who_enter_forms_decide(closed):
    person = closed.person(closed.codes[0])
    with pytest.raises(NotAllowed):
        hold(closed, actor=person)
    with pytest.raises(NotAllowed):
        refuse(closed, actor=person)
