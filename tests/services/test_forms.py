"""Forms on paper and by phone: in time they count like any other, late ones are admitted in the open."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from delphi.domain.errors import InvalidInput, NotAllowed, Stale, WrongState
from delphi.domain.states import SubmissionState
from delphi.extensions import db
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.log import Event
from delphi.queries.results import newest_snapshot
from delphi.queries.rounds import round_of
from delphi.services import rounds
from delphi.services.forms import FormPage, enter_form
from tools.small_study import SmallStudy, small_plain

IN_TIME, LATE = date(2025, 2, 14), date(2025, 2, 15)
ENTERED = datetime(2025, 2, 16, 9, tzinfo=UTC)
PAGES = {
    "first-steps": FormPage({"clear": 5, "feasible": "unable"}, {"change": "Bigger letters."}),
    "next-steps": FormPage({"clear": 2, "feasible": None}),
}


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    small_study.codes = small_study.started(1)
    return small_study


@pytest.fixture
def closed(study: SmallStudy) -> SmallStudy:
    return study.close()


def enter(study: SmallStudy, **given: Any) -> None:
    with study.work():
        enter_form(
            **{
                "study_id": study.id,
                "number": 1,
                "code": study.codes[0],
                "pages": PAGES,
                "received_on": IN_TIME,
                "actor": study.clerk,
                "now": ENTERED,
            }
            | given
        )


def submission(study: SmallStudy) -> Submission:
    with study.look():
        found = db.session.scalars(db.select(Submission)).one()
        db.session.expunge(found)
        return found


def rows(study: SmallStudy, kind: Any) -> int:
    with study.look():
        return db.session.scalar(db.select(db.func.count()).select_from(kind))


def events(study: SmallStudy, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    with study.look():
        found = db.session.scalars(db.select(Event).where(Event.kind.in_(kinds)).order_by(Event.number))
        return [(event.kind, json.loads(event.data)) for event in found]


def test_a_form_is_entered_whole_and_counts_as_submitted(study):
    enter(study, about_the_whole={"missing": "Pets."}, now=study.answered_at, received_on=date(2025, 2, 5))
    kept = submission(study)
    assert (kept.state, kept.mode, kept.is_late) == (SubmissionState.SUBMITTED, "paper", False)
    assert (kept.received_on, kept.entered_by) == (date(2025, 2, 5), study.clerk.account_id)
    with study.look():
        assert sorted(db.session.scalars(db.select(Rating.value)), key=str) == [2, 5, None]
        assert sorted(db.session.scalars(db.select(Comment.text))) == ["Bigger letters.", "Pets."]
    found = events(study, "answers_entered", "answers_submitted", "late_form_admitted")
    assert [kind for kind, _ in found] == ["answers_submitted", "answers_entered"]
    assert found[1][1] == {"mode": "paper", "received_on": "2025-02-05"}


def test_a_form_with_one_mistake_is_refused_whole(study):
    wrong = PAGES | {"next-steps": FormPage({"clear": 6})}
    with pytest.raises(InvalidInput, match="next-steps, clear: 6 is not on the scale"):
        enter(study, pages=wrong, now=study.answered_at, received_on=date(2025, 2, 5))
    assert [rows(study, kind) for kind in (Submission, SectionSave, Rating, Comment)] == [0, 0, 0, 0]


def test_a_form_that_was_in_time_may_be_entered_after_the_close(closed):
    enter(closed)
    kept = submission(closed)
    assert (kept.is_late, kept.late_reason) == (False, None)
    assert rows(closed, Rating) == 3


def test_a_late_form_needs_its_reason_and_stays_flagged(closed):
    with pytest.raises(InvalidInput, match=r"closed on Friday 14 February 2025\. Say why") as refused:
        enter(closed, received_on=LATE, late_reason=" ")
    assert refused.value.problems[0].where == "late_reason"
    assert rows(closed, Submission) == 0
    enter(closed, received_on=LATE, late_reason=" The post was on strike. ")
    kept = submission(closed)
    assert (kept.is_late, kept.late_reason) == (True, "The post was on strike.")
    assert [kind for kind, _ in events(closed, "late_form_admitted", "answers_entered")] == [
        "late_form_admitted"
    ]


def test_a_reason_given_for_a_form_in_time_does_not_make_it_late(closed):
    enter(closed, late_reason="Just in case.")
    assert (submission(closed).is_late, submission(closed).late_reason) == (False, None)


def test_a_protocol_that_refuses_late_forms_has_its_way(app: Flask):
    study = SmallStudy(app, protocol=small_plain()["protocol"] | {"late_forms": "refused"})
    study.codes = study.started(1)
    study.close()
    with pytest.raises(WrongState, match="protocol of this study refuses"):
        enter(study, received_on=LATE, late_reason="The post was on strike.")
    enter(study)
    assert submission(study).is_late is False


def test_after_the_analysis_no_form_is_entered_not_even_one_that_was_in_time(closed):
    closed.analyse()
    for received_on in (IN_TIME, LATE):
        with pytest.raises(WrongState, match="is analysed, so no form can be entered"):
            enter(closed, received_on=received_on, late_reason="The post.")
    assert rows(closed, Rating) == 0


@pytest.mark.parametrize(
    ("received_on", "match"),
    [
        (date(2025, 2, 2), "opened on Monday 3 February 2025, after that day"),
        (date(2025, 2, 17), "a day to come"),
    ],
)
def test_a_form_cannot_have_come_before_the_round_or_tomorrow(closed, received_on, match):
    with pytest.raises(InvalidInput, match=match):
        enter(closed, received_on=received_on, late_reason="The post.")


def test_no_form_is_entered_for_a_round_that_has_not_opened(small_study):
    small_study.seal().publish_drafts()
    small_study.codes = small_study.join(1)
    with pytest.raises(WrongState, match="is planned"):
        enter(small_study)


def test_a_round_opened_early_takes_forms_from_the_day_it_opened(small_study):
    small_study.seal().publish_drafts()
    small_study.codes = small_study.join(1)
    early = datetime(2025, 1, 30, 9, tzinfo=UTC)
    small_study.open(now=early)
    with pytest.raises(InvalidInput, match="opened on Thursday 30 January 2025"):
        enter(small_study, received_on=date(2025, 1, 29), now=early)
    enter(small_study, received_on=date(2025, 1, 30), now=early)
    assert submission(small_study).received_on == date(2025, 1, 30)


def test_a_form_is_late_after_the_day_on_which_a_round_was_closed_early(study):
    study.close(now=datetime(2025, 2, 10, 15, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="closed on Monday 10 February 2025"):
        enter(study, received_on=date(2025, 2, 11))
    enter(study, received_on=date(2025, 2, 10))
    assert submission(study).is_late is False


def test_in_a_round_that_was_opened_again_a_form_is_in_time_until_its_new_day(closed):
    with closed.work():
        rounds.reopen_round(
            study_id=closed.id,
            number=1,
            closes_on=date(2025, 2, 21),
            reason="The post.",
            actor=closed.lead,
            now=ENTERED,
        )
    enter(closed, received_on=LATE)
    assert submission(closed).is_late is False


def test_a_form_adds_to_what_the_person_saved_themselves_and_says_how_it_came(study):
    code = study.codes[0]
    study.save(code, ratings={"clear": 1, "feasible": 1}, comments={"change": "Mine."})
    enter(
        study,
        pages={"first-steps": FormPage({"clear": 4})},
        now=ENTERED.replace(day=6),
        received_on=LATE.replace(day=6),
    )
    with study.look():
        assert sorted(db.session.scalars(db.select(Rating.value))) == [1, 4]
        assert db.session.scalars(db.select(Comment.text)).all() == ["Mine."]
        assert db.session.scalar(db.select(SectionSave.revision)) == 2
    assert submission(study).mode == "paper"
    with pytest.raises(Stale):
        study.save(code, ratings={"clear": 2}, revision=1)


def test_a_form_can_be_entered_again_to_put_a_slip_right(closed):
    enter(closed)
    enter(closed, pages={"first-steps": FormPage({"clear": 4})}, mode="phone")
    assert (submission(closed).state, submission(closed).mode) == (SubmissionState.SUBMITTED, "phone")
    assert len(events(closed, "answers_submitted")) == 1
    assert len(events(closed, "answers_entered")) == 2


def test_late_forms_are_counted_and_counted_apart(closed):
    enter(closed, received_on=LATE, late_reason="The post.")
    closed.analyse()
    with closed.look():
        response = json.loads(newest_snapshot(round_of(closed.id, 1)).content)["response"]
    assert response["users"] == {
        "asked": 1,
        "took_part": 1,
        "submitted": 1,
        "late": 1,
        "supported": 0,
        "paper": 1,
        "phone": 0,
    }


def test_only_those_who_enter_forms_may(study):
    person = study.person(study.codes[0])
    for actor in (person, study.person(study.codes[1])):
        with pytest.raises(NotAllowed):
            enter(study, actor=actor, now=study.answered_at, received_on=date(2025, 2, 5))
