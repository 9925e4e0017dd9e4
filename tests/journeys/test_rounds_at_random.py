"""Whatever a team, a panel and the clock do to a round, in whatever order: what must hold always holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from delphi.app import create_app
from delphi.config import Settings
from delphi.domain.actors import Clock
from delphi.domain.calendar import day_of
from delphi.domain.errors import DelphiError
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.answers import Rating
from delphi.models.log import Event, EventHead
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.snapshots import FeedbackCopy, FeedbackSnapshot, ResultSnapshot
from delphi.models.studies import Deviation
from delphi.services import analysis, decisions, rounds
from delphi.services.feedback import publish_feedback
from tools.databases import Databases
from tools.small_study import SECTIONS, SmallStudy

MAY_BECOME = {
    RoundState.PLANNED: {RoundState.OPEN, RoundState.CANCELLED},
    RoundState.OPEN: {RoundState.CLOSED, RoundState.CANCELLED},
    RoundState.CLOSED: {RoundState.OPEN, RoundState.ANALYSED},
    RoundState.ANALYSED: {RoundState.PUBLISHED},
    RoundState.PUBLISHED: set(),
    RoundState.CANCELLED: set(),
}


class RoundMachine(RuleBasedStateMachine):
    """Round 1 of a small study with two people in each group, sealed and ready to be armed."""

    databases: Databases
    folder: Path

    @initialize(is_open=st.sampled_from([True, True, True, False]))
    def begin(self, is_open: bool) -> None:
        self.url = self.databases.migrated()
        given = Settings(instance=self.folder, secret_key="only-for-tests", database_url=self.url)
        self.study = SmallStudy(create_app(given))
        self.codes = self.study.seal().publish_drafts().join(2)
        self.now = datetime(2025, 2, 3, 9, tzinfo=UTC)
        self.revisions = dict.fromkeys(self.codes, 0)
        self.kept: dict[str, Any] = {}
        self.sentences: set[str] = set()
        self.seen = RoundState.PLANNED
        if is_open:
            self.go_on()

    # --- What people do -------------------------------------------------------------------------------

    def try_(self, service: Any, **given: Any) -> bool:
        """One use case; whether it was done. Refusals have sentences, everything else is a bug."""
        known = {"study_id": self.study.id, "number": 1, "actor": self.study.lead, "now": self.now}
        try:
            with self.study.work():
                service(**known | given)
        except DelphiError as refused:
            self.sentences.add(str(refused))
            return False
        return True

    @rule()
    def go_on(self) -> None:
        """The next step of a usual round, so that examples get far; the other rules try the unusual."""
        state = self.row().state
        if state == RoundState.PLANNED:
            self.try_(rounds.arm_round)
            self.try_(rounds.open_round)
        elif state == RoundState.OPEN:
            self.try_(rounds.close_round, actor=Clock())
        elif state == RoundState.CLOSED:
            self.try_(analysis.analyse_round)
        elif state == RoundState.ANALYSED:
            self.decide()
            self.try_(publish_feedback)

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def arm(self) -> None:
        self.try_(rounds.arm_round)

    @rule(by_clock=st.booleans())
    def open(self, by_clock: bool) -> None:
        self.try_(rounds.open_round, actor=Clock() if by_clock else self.study.lead)

    @rule(days=st.integers(-3, 9), reason=st.sampled_from(["", "Too few."]))
    def extend(self, days: int, reason: str) -> None:
        day = self.row().closes_on + timedelta(days=days)
        before = self.row()
        done = self.try_(rounds.extend_round, closes_on=day, reason=reason)
        assert done == (before.state == RoundState.OPEN and days > 0 and bool(reason))

    @rule(by_clock=st.booleans())
    def close(self, by_clock: bool) -> None:
        self.try_(rounds.close_round, actor=Clock() if by_clock else self.study.lead)

    @rule(days=st.integers(-2, 9), reason=st.sampled_from(["", "The post."]))
    def reopen(self, days: int, reason: str) -> None:
        day = day_of(self.now, "Europe/London") + timedelta(days=days)
        before = self.row().state
        done = self.try_(rounds.reopen_round, closes_on=max(day, self.row().opens_on), reason=reason)
        if before != RoundState.CLOSED or not reason:
            assert not done

    @rule()
    def analyse(self) -> None:
        before = self.row().state
        done = self.try_(analysis.analyse_round)
        assert done == (before in (RoundState.CLOSED, RoundState.ANALYSED, RoundState.PUBLISHED))

    @rule()
    def decide(self) -> None:
        for section in SECTIONS:
            for kind in ("keep", "report_no_agreement", "report_not_assessable"):
                if self.try_(decisions.decide, section=section, kind=kind, reason="As found."):
                    break
        for signer in (self.study.lead, self.study.second):
            self.try_(decisions.sign_decisions, actor=signer)

    @rule()
    def publish(self) -> None:
        self.try_(publish_feedback)

    @rule(reason=st.sampled_from(["", "", "Withdrawn."]))
    def cancel(self, reason: str) -> None:
        if self.row().state == RoundState.PLANNED:
            reason = ""  # Most examples should get further than this.
        self.try_(rounds.cancel_round, reason=reason)

    @rule(who=st.integers(0, 5), point=st.integers(1, 5), stale=st.booleans())
    def save(self, who: int, point: int, stale: bool) -> None:
        code = self.codes[who]
        before, n_before = self.row().state, self.count(Rating)
        revision = self.revisions[code] - (1 if stale and self.revisions[code] else 0)
        try:
            self.revisions[code] = self.study.save(
                code, ratings={"clear": point}, revision=revision, now=self.now
            )
        except DelphiError:
            assert before != RoundState.OPEN or revision != self.revisions[code]
            assert self.count(Rating) == n_before
        else:
            assert before == RoundState.OPEN
            assert revision + 1 == self.revisions[code]

    # --- What always holds ----------------------------------------------------------------------------

    def row(self) -> Round:
        with self.study.look():
            found = db.session.scalars(db.select(Round).where(Round.number == 1)).one()
            db.session.expunge(found)
            return found

    def count(self, kind: Any) -> int:
        with self.study.look():
            return int(db.session.scalar(db.select(db.func.count()).select_from(kind)) or 0)

    def rows(self, *columns: Any) -> list[Any]:
        with self.study.look():
            return sorted(tuple(row) for row in db.session.execute(db.select(*columns)))

    @invariant()
    def the_state_moves_along_the_table_only(self) -> None:
        state = self.row().state
        assert state == self.seen or state in MAY_BECOME[self.seen]
        self.seen = state

    @invariant()
    def every_refusal_is_a_sentence(self) -> None:
        assert [words for words in self.sentences if not words.endswith(".")] == []

    @invariant()
    def the_times_fit_the_state(self) -> None:
        row = self.row()
        assert (row.closed_at is not None) == (
            row.state in (RoundState.CLOSED, RoundState.ANALYSED, RoundState.PUBLISHED)
        )
        assert (row.published_at is not None) == (row.state == RoundState.PUBLISHED)
        assert row.armed_at is not None or row.state in (RoundState.PLANNED, RoundState.CANCELLED)

    @invariant()
    def events_are_numbered_without_gap_and_none_changes(self) -> None:
        found = self.rows(Event.number, Event.hash)
        assert [number for number, _ in found] == list(range(1, len(found) + 1))
        assert self.rows(EventHead.number, EventHead.hash) == [found[-1]]
        before = self.kept.get("events", [])
        assert found[: len(before)] == before
        self.kept["events"] = found

    @invariant()
    def snapshots_are_only_added(self) -> None:
        found = self.rows(ResultSnapshot.number, ResultSnapshot.checksum, ResultSnapshot.content)
        before = self.kept.get("snapshots", [])
        assert found[: len(before)] == before
        assert [number for number, *_ in found] == list(range(1, len(found) + 1))
        assert bool(found) == (self.row().state in (RoundState.ANALYSED, RoundState.PUBLISHED))
        self.kept["snapshots"] = found

    @invariant()
    def published_feedback_never_changes(self) -> None:
        found = [
            *self.rows(FeedbackSnapshot.content),
            *self.rows(FeedbackCopy.panellist_id, FeedbackCopy.content),
        ]
        assert bool(found) == (self.row().state == RoundState.PUBLISHED)
        if "feedback" in self.kept:
            assert found == self.kept["feedback"]
        elif found:
            self.kept["feedback"] = found

    @invariant()
    def every_move_of_a_day_is_a_deviation_with_its_reason(self) -> None:
        found = self.rows(Event.kind)
        moved = sum(kind in ("round_extended", "round_reopened", "open_round_cancelled") for (kind,) in found)
        assert self.count(Deviation) == moved

    @invariant()
    def what_is_asked_is_frozen_once_the_round_has_opened(self) -> None:
        has_opened = self.row().opened_at is not None
        assert all((state != "drafting") == has_opened for _, state in self.rows(Section.id, Section.state))

    def teardown(self) -> None:
        with self.study.look():
            db.session.remove()
            db.engine.dispose()
        self.databases.drop(self.url)


def test_whatever_is_done_to_a_round_what_must_hold_holds(databases: Databases, tmp_path: Path):
    RoundMachine.databases, RoundMachine.folder = databases, tmp_path
    run_state_machine_as_test(
        RoundMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
