"""Closing is measured from end to end, in processes of their own, and can be measured again."""

from __future__ import annotations

import math

import pytest

from bench import close
from bench.close import PHASES, Size, Stand, slope
from bench.closing import Phases
from bench.goals import read_goals
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.snapshots import ResultSnapshot


@pytest.mark.slow
def test_a_round_is_closed_analysed_and_opened_again_as_it_was(databases, tmp_path):
    made = Stand(databases, tmp_path, Size(12, 3), with_elsewhere=False)
    found = [made.close_round("delphi"), made.close_round("delphi"), made.close_round("floor")]
    assert set(found[0].seconds) == set(found[1].seconds) == set(PHASES)
    assert set(found[2].seconds) == {"pull", "count"}
    assert 20 < found[0].peak_mb < 256
    with made.app.app_context():
        round_ = db.session.scalar(db.select(Round).where(Round.number == 2))
        assert round_.state == RoundState.OPEN
        assert db.session.scalars(db.select(ResultSnapshot.round_id)).all() != [round_.id]
        db.session.remove()
        db.engine.dispose()
    databases.drop(made.url)


def test_a_phase_inside_another_takes_its_time_from_that_one(monkeypatch):
    times = iter([0.0, 1.0, 4.0, 9.0])
    monkeypatch.setattr("bench.closing.time.perf_counter", lambda: next(times))
    phases = Phases()
    with phases.taking("outer"), phases.taking("inner"):
        pass
    assert phases.seconds == {"inner": 3.0, "outer": 6.0}


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.7])
def test_the_exponent_of_growth_is_the_slope_between_logarithms(exponent):
    assert slope([(math.log(n), math.log(3 * n**exponent)) for n in (10, 100, 5000)]) == pytest.approx(
        exponent
    )


def test_what_is_closed_unless_told_otherwise_is_what_the_goals_ask_for():
    asked = {goal.figure for goal in read_goals() if goal.number == 8}
    assert asked == {f"close.{kind}.{Size(*close.PANELS[0])}.floor_ratio" for kind in close.KINDS}
