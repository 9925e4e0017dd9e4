"""Dates that were only planned can be moved; what was sealed or is in force is not moved in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from delphi.domain.errors import InvalidInput, WrongState
from delphi.extensions import db
from delphi.models.log import OutboxEntry
from delphi.models.studies import Deviation
from delphi.queries.rounds import round_of
from delphi.services import rounds
from delphi.services.round_dates import move_dates

NEW = {"opens_on": date(2025, 3, 10), "closes_on": date(2025, 3, 21)}


def move(study, number=2, **given):
    with study.work():
        move_dates(
            study_id=study.id, number=number, actor=study.lead, now=study.imported_at, **{**NEW, **given}
        )


def dates(study, number=2):
    with study.look():
        round_ = round_of(study.id, number)
        return round_.opens_on, round_.closes_on, round_.reminders_on, round_.armed_at


def test_before_the_seal_dates_move_freely(small_study):
    move(small_study, reminders_on=[date(2025, 3, 17)])
    assert dates(small_study) == (date(2025, 3, 10), date(2025, 3, 21), ["2025-03-17"], None)
    with small_study.look():
        assert db.session.scalars(db.select(Deviation)).all() == []


def test_after_the_seal_moved_dates_are_a_deviation_with_its_reason(small_study):
    small_study.seal()
    with pytest.raises(InvalidInput, match="Say why"):
        move(small_study)
    assert dates(small_study)[0] == date(2025, 3, 3)
    move(small_study, reason="The drafts need a week more.")
    with small_study.look():
        found = db.session.scalars(db.select(Deviation)).one()
        assert (found.subject, found.reason) == ("Dates of round 2", "The drafts need a week more.")
        assert "3 March 2025" in found.before
        assert "10 March 2025" in found.after


def test_an_armed_round_whose_dates_move_has_to_be_armed_again(small_study):
    small_study.seal().publish_drafts()
    with small_study.work():
        rounds.arm_round(
            study_id=small_study.id, number=1, actor=small_study.lead, now=small_study.imported_at
        )
    with pytest.raises(WrongState, match="armed already"), small_study.work():
        rounds.arm_round(
            study_id=small_study.id, number=1, actor=small_study.lead, now=small_study.imported_at
        )
    later = {"opens_on": date(2025, 2, 10), "closes_on": date(2025, 2, 21), "reason": "A week later."}
    move(small_study, number=1, **later)
    assert dates(small_study, 1)[3] is None
    with small_study.look():
        waiting = db.session.scalars(db.select(OutboxEntry.kind)).all()
        assert not {"open_round", "close_round", "remind"} & set(waiting)
    with small_study.work():
        rounds.arm_round(
            study_id=small_study.id, number=1, actor=small_study.lead, now=small_study.imported_at
        )
    with small_study.look():
        due = db.session.scalars(db.select(OutboxEntry.due_at).where(OutboxEntry.kind == "open_round")).all()
        assert due == [datetime(2025, 2, 10, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"closes_on": date(2025, 3, 9)}, "cannot close before"),
        ({"reminders_on": [date(2025, 3, 22)]}, "is not in the round"),
        ({"opens_on": date(2025, 2, 14)}, "Choose a day after that"),
    ],
)
def test_dates_that_cannot_be_are_refused_and_nothing_moves(small_study, given, words):
    before = dates(small_study)
    with pytest.raises(InvalidInput, match=words):
        move(small_study, **given)
    assert dates(small_study) == before


def test_an_open_round_is_extended_and_not_moved(small_study):
    small_study.started(1)
    with pytest.raises(WrongState, match="extend it"):
        move(small_study, number=1, reason="Later.")
