"""Every pair of states of every lifecycle, tried on real rows: what is permitted leaves one event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from delphi.app import create_app
from delphi.config import Settings
from delphi.domain.actors import Actor, Clock, Operator, PanellistActor, Role, TeamMember
from delphi.domain.errors import NotAllowed, WrongState
from delphi.domain.ids import AccountId, PanellistId, StudyId
from delphi.domain.lifecycles import LIFECYCLES, ROUND, Lifecycle, Transition, words_of
from delphi.domain.permissions import is_allowed
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.answers import Comment, Submission
from delphi.models.late_forms import LateForm
from delphi.models.log import Event
from delphi.models.panellists import Invitation, Panellist
from delphi.models.rounds import Round
from delphi.models.sections import Draft, Section
from delphi.models.studies import Study
from delphi.services.transitions import move
from delphi.unit_of_work import unit_of_work
from tools.databases import Databases
from tools.small_study import SmallStudy

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
KINDS: dict[str, Any] = {
    "study": Study,
    "round": Round,
    "section": Section,
    "draft": Draft,
    "panellist": Panellist,
    "invitation": Invitation,
    "set of answers": Submission,
    "late form": LateForm,
    "comment": Comment,
}
TRANSITIONS = [(lifecycle, transition) for lifecycle in LIFECYCLES for transition in lifecycle.transitions]
IMPOSSIBLE = [
    (lifecycle, source, target)
    for lifecycle in LIFECYCLES
    for source in lifecycle.states
    for target in lifecycle.states
    if (source, target) not in {(t.source, t.target) for t in lifecycle.transitions}
]


def name_of(part: object) -> str:
    return str(getattr(part, "noun", None) or getattr(part, "event", None) or getattr(part, "value", part))


@dataclass
class Stage:
    """One study with one row of each kind of thing."""

    app: Flask
    study_id: StudyId

    def actors(self, study_id: StudyId) -> list[Actor]:
        team = [TeamMember(AccountId(1), study_id, frozenset({role})) for role in Role]
        return [*team, PanellistActor(PanellistId(1), study_id, "K7Q2"), Operator(), Clock()]

    def one_who(self, transition: Transition, *, may: bool) -> Actor:
        return next(a for a in self.actors(self.study_id) if is_allowed(a, transition.permission) == may)

    def row(self, lifecycle: Lifecycle, state: Any) -> Any:
        """The row of this kind, put into a state past all rules."""
        kind = KINDS[lifecycle.noun]
        needed = {Draft: {"checksum": "x"}, Comment: {"shown_text": "x"}, LateForm: {"reason": "x"}}
        values: dict[str, Any] = needed.get(kind, {})
        row = db.session.scalars(db.select(kind).order_by(*kind.__table__.primary_key).limit(1)).one()
        db.session.execute(update(kind).values(state=state, **values))
        db.session.refresh(row)
        return row

    def move(self, row: Any, lifecycle: Lifecycle, target: Any, **changes: Any) -> None:
        known = {"study_id": self.study_id, "actor": Clock(), "now": NOW, "subject": "it"}
        move(row, lifecycle, target, **known | changes)


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    url = databases.migrated()
    instance = tmp_path_factory.mktemp("transitions")
    app = create_app(Settings(instance=instance, secret_key="only-for-tests", database_url=url))
    study = SmallStudy(app)
    code = study.join(1)[0]
    with study.work():
        person = db.session.scalars(db.select(Panellist).where(Panellist.code == code)).one()
        round_ = db.session.scalars(db.select(Round).order_by(Round.id).limit(1)).one()
        common = {"study_id": study.id, "round_id": round_.id, "panellist_id": person.id, "saved_at": NOW}
        db.session.add(Submission(mode="self", started_at=NOW, **common))
        db.session.add(Comment(prompt="change", text="Shorter.", **common))
        del common["saved_at"]
        db.session.add(LateForm(recorded_at=NOW, **common))
    yield Stage(app, study.id)
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


def events(study_id: StudyId) -> list[tuple[str, str, str]]:
    rows = db.session.execute(
        db.select(Event.kind, Event.actor, Event.subject)
        .where(Event.study_id == study_id)
        .order_by(Event.number)
    )
    return [tuple(row) for row in rows]


class _Undone(Exception):
    """Leaves a unit of work as it was."""


@pytest.fixture
def work(stage: Stage) -> Iterator[None]:
    """A unit of work that is undone, so that the next test finds the stage as it was."""
    with stage.app.app_context(), suppress(_Undone), unit_of_work():
        yield
        raise _Undone


@pytest.mark.parametrize(("lifecycle", "transition"), TRANSITIONS, ids=name_of)
def test_a_permitted_change_is_made_and_leaves_exactly_one_event(stage, work, lifecycle, transition):
    row = stage.row(lifecycle, transition.source)
    before = events(stage.study_id)
    actor = stage.one_who(transition, may=True)
    facts = [guard.name for guard in transition.guards]
    stage.move(row, lifecycle, transition.target, actor=actor, facts=facts)
    assert row.state == transition.target
    saved = db.session.scalar(db.select(type(row).state).where(type(row).state == transition.target).limit(1))
    assert saved == transition.target
    assert events(stage.study_id) == [*before, (transition.event, actor.reference, "it")]


@pytest.mark.parametrize(("lifecycle", "source", "target"), IMPOSSIBLE, ids=name_of)
def test_any_other_change_is_refused_with_what_is_possible_and_leaves_nothing(
    stage, work, lifecycle, source, target
):
    row = stage.row(lifecycle, source)
    before = events(stage.study_id)
    everything = {guard.name for t in lifecycle.transitions for guard in t.guards}
    for actor in stage.actors(stage.study_id):
        with pytest.raises(WrongState) as refused:
            stage.move(row, lifecycle, target, actor=actor, facts=everything)
    following = ", ".join(words_of(t.target) for t in lifecycle.transitions if t.source == source)
    assert str(refused.value).endswith(f"From here it can become: {following or 'nothing else'}.")
    assert row.state == source
    assert events(stage.study_id) == before


@pytest.mark.parametrize(("lifecycle", "transition"), TRANSITIONS, ids=name_of)
def test_whoever_may_not_and_whoever_is_from_elsewhere_changes_nothing(stage, work, lifecycle, transition):
    row = stage.row(lifecycle, transition.source)
    before = events(stage.study_id)
    facts = [guard.name for guard in transition.guards]
    refused = [a for a in stage.actors(stage.study_id) if not is_allowed(a, transition.permission)]
    strangers = [a for a in stage.actors(StudyId(stage.study_id + 1)) if not isinstance(a, Operator | Clock)]
    assert refused
    for actor in refused + strangers:
        with pytest.raises(NotAllowed, match="You may not"):
            stage.move(row, lifecycle, transition.target, actor=actor, facts=facts)
    assert row.state == transition.source
    assert events(stage.study_id) == before


@pytest.mark.parametrize(
    ("lifecycle", "transition"), [(one, t) for one, t in TRANSITIONS if t.guards], ids=name_of
)
def test_a_missing_fact_is_refused_with_its_sentence(stage, work, lifecycle, transition):
    row = stage.row(lifecycle, transition.source)
    before = events(stage.study_id)
    actor = stage.one_who(transition, may=True)
    names = {guard.name for guard in transition.guards}
    for guard in transition.guards:
        with pytest.raises(WrongState) as refused:
            stage.move(row, lifecycle, transition.target, actor=actor, facts=names - {guard.name})
        assert str(refused.value) == guard.otherwise
    assert row.state == transition.source
    assert events(stage.study_id) == before


def test_of_two_who_change_the_same_thing_the_second_is_told(stage, work):
    row = stage.row(ROUND, RoundState.OPEN)
    db.session.execute(
        update(Round)
        .where(Round.id == row.id)
        .values(state=RoundState.CLOSED)
        .execution_options(synchronize_session=False)
    )
    assert row.state == RoundState.OPEN
    with pytest.raises(WrongState, match="Somebody else changed this round just now"):
        stage.move(row, ROUND, RoundState.CLOSED)


def test_values_and_what_was_set_before_are_saved_with_the_state(stage, work):
    row = stage.row(ROUND, RoundState.OPEN)
    row.purpose = "To agree."
    stage.move(row, ROUND, RoundState.CLOSED, closed_at=NOW)
    saved = db.session.execute(
        db.select(Round.state, Round.closed_at, Round.purpose).where(Round.id == row.id)
    ).one()
    assert tuple(saved) == (RoundState.CLOSED, NOW, "To agree.")


def test_only_the_row_that_was_meant_changes(stage, work):
    row = stage.row(ROUND, RoundState.OPEN)
    stage.move(row, ROUND, RoundState.CLOSED)
    states = dict(db.session.execute(db.select(Round.id, Round.state)).all())
    assert states.pop(row.id) == RoundState.CLOSED
    assert set(states.values()) == {RoundState.OPEN}
