"""What study home says needs attention: each thing once, and only while something can be done about it."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.groups import StakeholderGroup
from delphi.models.studies import Study
from delphi.services.late_requests import ask_to_be_late


@pytest.fixture
def home(small_study, sign_in_as, monkeypatch):
    """Study home in round 1, once targets were set for some groups; each has one member."""

    def see(**targets):
        small_study.started(1)
        with small_study.work():
            for group in db.session.scalars(db.select(StakeholderGroup)):
                group.target = targets.get(group.code)
        monkeypatch.setattr(clock, "now", lambda: small_study.answered_at)
        return sign_in_as("lead").get("/studies/small-study").main

    return see


def test_one_group_is_named(home):
    assert "Family members and carers: under target 1 of 6 joined." in home(carers=6, users=1)


def test_several_groups_are_one_thing_to_look_at(home):
    words = home(carers=6, users=2, workers=3)
    assert "3 groups are under target" in words
    assert "Family members and carers: under target" not in words


def test_a_finished_study_asks_for_nobody(small_study, home, sign_in_as):
    home(carers=6)
    with small_study.work():
        db.session.scalars(db.select(Study)).one().state = "finished"
    assert "under target" not in sign_in_as("lead").get("/studies/small-study").main


def test_who_asks_to_be_late_is_not_overlooked(small_study, sign_in_as, monkeypatch):
    code = small_study.started(1)[0]
    actor = small_study.person(code)
    small_study.close()
    monkeypatch.setattr(clock, "now", lambda: small_study.closed_at)
    asking = {"study_id": small_study.id, "number": 1, "code": code, "reason": "I was ill."}
    with small_study.work():
        ask_to_be_late(**asking, actor=actor, now=small_study.closed_at)
    assert "Somebody asks to be late Round 1." in sign_in_as("lead").get("/studies/small-study").main
    small_study.analyse()
    assert "asks to be late" not in sign_in_as("lead").get("/studies/small-study").main
