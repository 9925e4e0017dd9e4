"""Reminders go to those who take part and have not handed in, once each, and hold no answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi.domain.actors import Clock
from delphi.domain.errors import NotAllowed, WrongState
from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry
from delphi.services import answers, consent, panel
from delphi.services.leaving import delete_contact_details, stop
from delphi.services.reminders import remind
from tools.small_study import CONSENT, SmallStudy


@pytest.fixture
def codes(small_study: SmallStudy) -> list[str]:
    """Six people in an open round 1; the first has submitted, the second has begun."""
    codes = small_study.started(2)
    for code in codes[:2]:
        small_study.save(code)
    submit(small_study, codes[0])
    return codes


def submit(study: SmallStudy, code: str) -> None:
    person = study.person(code)
    with study.work():
        answers.submit(study_id=study.id, number=1, code=code, actor=person, now=study.answered_at)


def send(study: SmallStudy, **changes: object) -> int:
    with study.work():
        return remind(
            **({"study_id": study.id, "number": 1, "actor": Clock(), "now": study.answered_at} | changes)
        )


def reminders(study: SmallStudy) -> dict[int, str]:
    """Which reminder each person was promised."""
    with study.look():
        entries = db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.key.startswith("remind:")))
        return {
            entry.payload["panellist_id"]: entry.payload["message"]
            for entry in entries
            if entry.kind == "message"
        }


def ids(study: SmallStudy, codes: list[str]) -> list[int]:
    return [study.person(code).panellist_id for code in codes]


def test_people_are_reminded_by_where_they_stopped(small_study, codes):
    assert send(small_study) == 5
    submitted, begun, *others = ids(small_study, codes)
    assert reminders(small_study) == {begun: "reminder_half_done"} | dict.fromkeys(
        others, "reminder_not_started"
    )
    assert submitted not in reminders(small_study)


def test_a_payload_names_the_round_and_holds_no_answer(small_study, codes):
    send(small_study)
    with small_study.look():
        entry = db.session.scalars(
            db.select(OutboxEntry).where(OutboxEntry.payload["message"].as_string() == "reminder_half_done")
        ).one()
        assert entry.payload.keys() == {"message", "panellist_id", "round"}


def test_nobody_gets_the_same_reminder_twice_and_everybody_the_next_one(small_study, codes):
    assert send(small_study) == 5
    assert send(small_study, now=small_study.answered_at + timedelta(hours=2)) == 0
    submit(small_study, codes[1])
    assert send(small_study, now=small_study.answered_at + timedelta(days=2)) == 4
    assert send(small_study, reminder="by hand") == 4


def test_the_event_holds_counts_only(small_study, codes):
    send(small_study)
    send(small_study)
    with small_study.look():
        (event,) = db.session.scalars(db.select(Event).where(Event.kind == "reminders_sent")).all()
        assert event.subject == "round:1"
        assert event.data == '{"half_done":1,"not_started":4,"reminder":"2025-02-05","without_email":0}'


def test_people_who_left_or_have_no_address_are_not_written_to(small_study, codes):
    act = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.answered_at}
    with small_study.work():
        stop(code=codes[2], **act)
        delete_contact_details(code=codes[3], **act)
        paper = panel.register_panellist(
            name="Ray Lane", address="4 Mill Lane", group="users", format="paper", **act
        ).code
        consent.give_consent(code=paper, given=CONSENT, how="paper", **act)
        panel.register_panellist(name="Not Yet", email="not@panel.example", group="users", **act)
    assert send(small_study) == 3
    assert set(reminders(small_study)) == set(ids(small_study, [codes[1], *codes[4:]]))
    with small_study.look():
        data = db.session.scalars(db.select(Event.data).where(Event.kind == "reminders_sent")).one()
        assert '"without_email":2' in data


def test_somebody_who_took_their_answers_up_again_is_reminded(small_study, codes):
    person = small_study.person(codes[0])
    with small_study.work():
        answers.take_up_again(
            study_id=small_study.id, number=1, code=codes[0], actor=person, now=small_study.answered_at
        )
    send(small_study)
    assert reminders(small_study)[person.panellist_id] == "reminder_half_done"


def test_reminders_are_for_open_rounds(small_study, codes):
    with pytest.raises(WrongState, match="Round 2 is planned"):
        send(small_study, number=2)
    small_study.close()
    with pytest.raises(WrongState, match="Round 1 is closed"):
        send(small_study)
    assert reminders(small_study) == {}


def test_only_the_clock_and_the_core_team_remind(small_study, codes):
    with pytest.raises(NotAllowed):
        send(small_study, actor=small_study.clerk)
    assert send(small_study, actor=small_study.lead) == 5
