"""A round added after the seal: a deviation with its reason, and a way on for what would have ended."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.studies import Deviation
from delphi.queries.limits import last_round_by
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import study_of
from delphi.services.added_rounds import add_round
from delphi.services.rounds import cancel_round

NOW = datetime(2025, 2, 20, 9, tzinfo=UTC)


def add(study, **given):
    with study.work():
        add_round(
            **{
                "study_id": study.id,
                "kind": "rating",
                "opens_on": date(2025, 4, 1),
                "closes_on": date(2025, 4, 11),
                "reason": "Two sections came close.",
                "actor": study.lead,
                "now": NOW,
            }
            | given
        )


def numbers(study):
    with study.look():
        return [one.number for one in rounds_of(study.id)]


def last(study):
    with study.look():
        return last_round_by(study_of(study.id))


def test_a_round_is_added_after_the_last_as_a_deviation_with_its_reason(small_study):
    small_study.seal()
    assert last(small_study) == (2, "the protocol")
    add(small_study)
    assert numbers(small_study) == [1, 2, 3]
    assert last(small_study)[0] == 3, "decisions after round 2 may put a section again"
    with small_study.look():
        deviation = db.session.scalars(db.select(Deviation)).one()
        assert (deviation.subject, deviation.before) == ("Round 3 added", "2 rounds")
        assert deviation.after.startswith("3 rounds; round 3 from Tuesday 1 April 2025")
        assert deviation.reason == "Two sections came close."
        kinds = db.session.scalars(db.select(Event.kind).order_by(Event.number.desc()).limit(2)).all()
        assert kinds == ["round_added", "deviation_recorded"]


def test_an_added_round_that_is_cancelled_gives_no_more_time(small_study):
    small_study.seal()
    add(small_study)
    with small_study.work():
        cancel_round(study_id=small_study.id, number=3, reason="Not needed.", actor=small_study.lead, now=NOW)
    assert last(small_study)[0] == 2


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"reason": " "}, "Say why"),
        ({"opens_on": date(2025, 3, 10)}, "Round 2 runs until"),
        ({"closes_on": date(2025, 3, 31)}, "cannot close before"),
        ({"kind": "open"}, "Choose what the round asks for"),
    ],
)
def test_what_does_not_fit_adds_nothing(small_study, wrong, match):
    small_study.seal()
    with pytest.raises(InvalidInput, match=match):
        add(small_study, **wrong)
    assert numbers(small_study) == [1, 2]
    with small_study.look():
        assert not db.session.scalars(db.select(Deviation)).all()


def test_before_the_seal_the_plan_itself_is_changed(small_study):
    with pytest.raises(WrongState, match="Nothing is sealed yet"):
        add(small_study)


def test_only_those_who_run_rounds_add_one(small_study):
    small_study.seal()
    with pytest.raises(NotAllowed):
        add(small_study, actor=small_study.clerk)
