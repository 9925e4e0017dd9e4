"""A round's life as the team and the panel see it: plans, dates that count, and changes that are printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from delphi.domain.actors import Clock
from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import RoundState, SectionState
from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry, OutboxState
from delphi.models.rounds import Item, Round, RoundExtension, RoundSection
from delphi.models.sections import Section
from delphi.models.studies import Deviation
from delphi.queries.rounds import items_of, round_of
from delphi.services import answers, rounds
from tools.small_study import CRITERIA, SECTIONS, SmallStudy

LATER = date(2025, 2, 21)


@pytest.fixture
def ready(small_study: SmallStudy) -> SmallStudy:
    """Sealed, drafts published, one person of each group has joined; round 1 is still a plan."""
    small_study.seal().publish_drafts()
    small_study.codes = small_study.join(1)
    return small_study


@pytest.fixture
def opened(ready: SmallStudy) -> SmallStudy:
    return ready.open()


def act(study: SmallStudy, service: Callable[..., Any], **given: Any) -> Any:
    with study.work():
        return service(
            **{"study_id": study.id, "number": 1, "actor": study.lead, "now": study.answered_at} | given
        )


def row(study: SmallStudy, number: int = 1) -> Round:
    with study.look():
        found = round_of(study.id, number)
        db.session.expunge(found)
        return found


def promised(study: SmallStudy, prefix: str) -> list[OutboxEntry]:
    with study.look():
        found = db.session.scalars(
            db.select(OutboxEntry).where(OutboxEntry.key.startswith(prefix)).order_by(OutboxEntry.due_at)
        ).all()
        db.session.expunge_all()
        return list(found)


def told(study: SmallStudy, message: str) -> set[str]:
    """The codes of the people to whom a message was promised."""
    people = {study.person(code).panellist_id: code for code in study.codes}
    return {people[entry.payload["panellist_id"]] for entry in promised(study, message)}


def deviations(study: SmallStudy) -> list[tuple[str, str, str, str]]:
    with study.look():
        rows = db.session.scalars(db.select(Deviation).order_by(Deviation.id))
        return [(row.subject, row.before, row.after, row.reason) for row in rows]


def submit(study: SmallStudy, code: str) -> None:
    study.save(code)
    act(study, answers.submit, code=code, actor=study.person(code))


# --- Planning and arming --------------------------------------------------------------------------------


def test_a_plan_can_change_until_the_round_opens_and_names_known_sections_only(ready):
    act(ready, rounds.plan_round, items={"next-steps": 1})
    with pytest.raises(InvalidInput, match="no-such: This study has no such section"):
        act(ready, rounds.plan_round, items={"no-such": 1})
    assert row(ready).planned_items == {"next-steps": 1}
    ready.open()
    with pytest.raises(WrongState, match="what it asks is frozen"):
        act(ready, rounds.plan_round, items={"first-steps": 1})


def test_arming_puts_every_date_of_the_round_into_force(ready):
    act(ready, rounds.arm_round, now=ready.imported_at)
    due = {entry.key.split(":")[0]: entry.due_at for entry in promised(ready, "")}
    assert due == {
        "open_round": datetime(2025, 2, 3, tzinfo=UTC),
        "remind": datetime(2025, 2, 10, 9, tzinfo=UTC),
        "close_round": datetime(2025, 2, 15, tzinfo=UTC),
    }
    assert row(ready).armed_at == ready.imported_at


def test_nothing_is_armed_before_the_study_is_sealed(small_study):
    with pytest.raises(WrongState, match="Sign and seal the rule first"):
        act(small_study, rounds.arm_round)


def test_arming_lists_everything_that_stands_in_the_way(small_study):
    small_study.seal()
    with pytest.raises(InvalidInput) as refused:
        act(small_study, rounds.arm_round)
    assert [problem.where for problem in refused.value.problems] == list(SECTIONS)
    assert row(small_study).armed_at is None
    assert promised(small_study, "") == []


def test_a_round_whose_last_day_has_passed_is_not_armed(ready):
    with pytest.raises(WrongState, match="planned to close on Friday 14 February 2025"):
        act(ready, rounds.arm_round, now=datetime(2025, 2, 15, tzinfo=UTC))
    act(ready, rounds.arm_round, now=datetime(2025, 2, 14, 23, 59, tzinfo=UTC))


# --- Opening --------------------------------------------------------------------------------------------


def test_a_round_that_was_not_armed_does_not_open_even_for_the_clock(ready):
    for actor in (ready.lead, Clock()):
        with pytest.raises(WrongState, match="Arm it first"):
            act(ready, rounds.open_round, actor=actor)
    with ready.look():
        assert db.session.scalars(db.select(Item)).all() == []
        assert set(db.session.scalars(db.select(Section.state))) == {SectionState.DRAFTING}


def test_opening_freezes_what_is_asked_in_the_order_of_the_plan_and_tells_everybody(ready):
    act(ready, rounds.plan_round, items={"next-steps": 1, "first-steps": 1})
    act(ready, rounds.arm_round)
    act(ready, rounds.open_round, actor=Clock(), now=ready.opened_at)
    with ready.look():
        asked = [(item.section.code, item.criterion.code) for item in items_of(round_of(ready.id, 1).id)]
        assert asked == [(section, criterion) for section in SECTIONS[::-1] for criterion in CRITERIA]
        assert set(db.session.scalars(db.select(Section.state))) == {SectionState.IN_PLAY}
    assert (row(ready).state, row(ready).opened_at) == (RoundState.OPEN, ready.opened_at)
    assert told(ready, "round_opened:") == set(ready.codes)


def test_an_introduction_is_shown_and_not_rated(ready):
    with ready.work():
        db.session.scalars(db.select(Section).where(Section.code == SECTIONS[0])).one().kind = "introduction"
    ready.open()
    with ready.look():
        asked = {item.section.code for item in db.session.scalars(db.select(Item))}
        assert asked == {SECTIONS[1]}
        assert db.session.scalar(db.select(db.func.count()).select_from(RoundSection)) == 2


def test_the_next_round_waits_for_the_feedback_of_the_one_before(opened):
    act(opened, rounds.plan_round, number=2, items={"first-steps": 1})
    act(opened, rounds.arm_round, number=2)
    for _ in (RoundState.OPEN, RoundState.CLOSED, RoundState.ANALYSED):
        with pytest.raises(WrongState, match="feedback of the round before"):
            act(opened, rounds.open_round, number=2)
        if row(opened).state == RoundState.OPEN:
            opened.close()
        else:
            opened.analyse()
    opened.publish(decision="report_not_assessable")
    with pytest.raises(WrongState, match="no signed-off draft"):
        act(opened, rounds.open_round, number=2)


# --- Extending ------------------------------------------------------------------------------------------


def test_an_extension_keeps_the_old_date_its_reason_and_tells_those_who_have_not_answered(opened):
    first, second, third = opened.codes
    submit(opened, first)
    opened.save(second)
    act(
        opened,
        rounds.extend_round,
        closes_on=LATER,
        reason=" Too few carers yet. ",
        reminders_on=[date(2025, 2, 18)],
    )
    found = row(opened)
    assert (found.closes_on, found.reminders_on) == (LATER, ["2025-02-10", "2025-02-18"])
    with opened.look():
        kept = db.session.scalars(db.select(RoundExtension)).one()
        assert (kept.closes_on_before, kept.closes_on_after) == (date(2025, 2, 14), LATER)
        assert (kept.reason, kept.extended_by) == ("Too few carers yet.", opened.lead.account_id)
        event = db.session.scalars(db.select(Event).where(Event.kind == "round_extended")).one()
        assert json.loads(event.data) == {
            "before": "2025-02-14",
            "after": "2025-02-21",
            "reason": "Too few carers yet.",
        }
    days = ("Friday 14 February 2025", "Friday 21 February 2025")
    assert deviations(opened) == [("Closing day of round 1", *days, "Too few carers yet.")]
    assert told(opened, "deadline_extended:") == {second, third}
    assert [entry.due_at for entry in promised(opened, "close_round:")] == [datetime(2025, 2, 22, tzinfo=UTC)]
    assert len(promised(opened, "remind:")) == 2


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"closes_on": LATER, "reason": "  "}, "Say why the round is extended"),
        ({"closes_on": date(2025, 2, 14), "reason": "Why."}, "must be later than Friday 14 February 2025"),
        ({"closes_on": date(2025, 2, 1), "reason": "Why."}, "must be later"),
    ],
)
def test_an_extension_without_reason_or_to_no_later_day_changes_nothing(opened, given, match):
    with pytest.raises(InvalidInput, match=match):
        act(opened, rounds.extend_round, **given)
    assert row(opened).closes_on == date(2025, 2, 14)
    assert deviations(opened) == []
    assert told(opened, "deadline_extended:") == set()


def test_only_an_open_round_is_extended(opened):
    with pytest.raises(WrongState, match="Round 2 is planned"):
        act(opened, rounds.extend_round, number=2, closes_on=date(2025, 3, 20), reason="Why.")
    opened.close()
    with pytest.raises(WrongState, match="Round 1 is closed"):
        act(opened, rounds.extend_round, closes_on=LATER, reason="Why.")


# --- Closing and opening again --------------------------------------------------------------------------


def test_closing_takes_back_what_the_clock_had_still_to_do(opened):
    act(opened, rounds.close_round, actor=opened.lead, now=opened.closed_at)
    assert (row(opened).state, row(opened).closed_at) == (RoundState.CLOSED, opened.closed_at)
    assert promised(opened, "close_round:") == promised(opened, "remind:") == []


def test_a_round_that_is_opened_again_takes_answers_until_its_new_day(opened):
    first, second, third = opened.codes
    submit(opened, first)
    opened.close()
    again = datetime(2025, 2, 16, 9, tzinfo=UTC)
    act(opened, rounds.reopen_round, closes_on=LATER, reason="The post was on strike.", now=again)
    found = row(opened)
    assert (found.state, found.closes_on, found.closed_at) == (RoundState.OPEN, LATER, None)
    assert deviations(opened) == [
        (
            "Round 1 opened again",
            "closed, last day Friday 14 February 2025",
            "open until Friday 21 February 2025",
            "The post was on strike.",
        )
    ]
    assert told(opened, "deadline_extended:") == {second, third}
    assert [entry.due_at for entry in promised(opened, "close_round:")] == [datetime(2025, 2, 22, tzinfo=UTC)]
    assert opened.save(second, now=again) == 1
    with opened.look():
        assert db.session.scalar(db.select(db.func.count()).select_from(Item)) == 4


def test_a_round_extended_and_opened_again_until_the_same_day_tells_people_both_times(opened):
    act(opened, rounds.extend_round, closes_on=LATER, reason="Too few.")
    opened.close()
    act(opened, rounds.reopen_round, closes_on=LATER, reason="Closed by mistake.", now=opened.closed_at)
    assert len(promised(opened, "deadline_extended:")) == 2 * len(opened.codes)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"closes_on": LATER, "reason": " "}, "Say why the round is opened again"),
        ({"closes_on": date(2025, 2, 15), "reason": "Why."}, "a new closing day that lies ahead"),
    ],
)
def test_a_round_is_not_opened_again_without_reason_or_into_the_past(opened, given, match):
    opened.close()
    with pytest.raises(WrongState, match=match):
        act(opened, rounds.reopen_round, now=datetime(2025, 2, 16, 9, tzinfo=UTC), **given)
    assert row(opened).state == RoundState.CLOSED
    assert deviations(opened) == []


def test_an_analysed_round_stays_closed(opened):
    opened.close().analyse()
    with pytest.raises(WrongState, match="is analysed, so it cannot become open"):
        act(opened, rounds.reopen_round, closes_on=LATER, reason="Why.")


# --- Cancelling -----------------------------------------------------------------------------------------


def test_an_open_round_that_is_cancelled_is_a_deviation_and_takes_no_more_answers(opened):
    code = opened.codes[0]
    opened.save(code)
    with pytest.raises(WrongState, match="Say why"):
        act(opened, rounds.cancel_round, reason=" ")
    act(opened, rounds.cancel_round, reason="The guidance was withdrawn.")
    assert row(opened).state == RoundState.CANCELLED
    assert deviations(opened) == [("Round 1", "open", "cancelled", "The guidance was withdrawn.")]
    with pytest.raises(WrongState):
        opened.save(code, revision=1)
    assert promised(opened, "close_round:") == promised(opened, "remind:") == []


def test_a_plan_that_is_cancelled_is_no_deviation_and_the_next_round_can_open(ready):
    act(ready, rounds.arm_round)
    act(ready, rounds.cancel_round, reason="One round is enough.")
    assert deviations(ready) == []
    assert promised(ready, "") == []
    act(ready, rounds.plan_round, number=2, items={"first-steps": 1})
    act(ready, rounds.arm_round, number=2)
    act(ready, rounds.open_round, number=2)
    assert row(ready, 2).state == RoundState.OPEN


# --- Who ------------------------------------------------------------------------------------------------


def test_the_clock_opens_and_closes_and_decides_nothing_else(ready):
    with pytest.raises(NotAllowed):
        act(ready, rounds.arm_round, actor=Clock())
    act(ready, rounds.arm_round)
    act(ready, rounds.open_round, actor=Clock())
    for service, given in (
        (rounds.extend_round, {"closes_on": LATER, "reason": "Why."}),
        (rounds.cancel_round, {"reason": "Why."}),
        (rounds.reopen_round, {"closes_on": LATER, "reason": "Why."}),
    ):
        with pytest.raises(NotAllowed):
            act(ready, service, actor=Clock(), **given)
    act(ready, rounds.close_round, actor=Clock())
    with ready.look():
        kinds = ("round_opened", "round_closed")
        actors = db.session.scalars(db.select(Event.actor).where(Event.kind.in_(kinds))).all()
        assert actors == ["clock", "clock"]


def test_data_entry_runs_no_rounds(ready):
    for service in (rounds.arm_round, rounds.open_round, rounds.close_round):
        with pytest.raises(NotAllowed):
            act(ready, service, actor=ready.clerk)


def test_what_was_done_stays_done(opened):
    done = [entry for entry in promised(opened, "") if entry.state != OutboxState.WAITING]
    assert done == []
    with pytest.raises(WrongState, match="is open, so it cannot become open"):
        act(opened, rounds.open_round)
    assert len(promised(opened, "round_opened:")) == len(opened.codes)
