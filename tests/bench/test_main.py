"""The benchmarks say what they found, what was missed and when the machine was too noisy to tell."""

from __future__ import annotations

import itertools
import json
import os

import pytest

from bench import __main__ as bench
from bench import measure
from bench.goals import Goal, compare, read_goals
from bench.machine import PROC, Load, Watch, cpu_ticks, fdatasyncs_per_second, pss_mb
from bench.measure import Options, Outcome, Spread, in_turns, number

GOALS = (Goal(3, "statements of a save", "sql.save", at_most=10, stretch=6),)


def outcome(**figures):
    found = Outcome("sql")
    found.figures = {f"sql.{name}": value for name, value in figures.items()}
    return found


@pytest.mark.parametrize(
    ("found", "word", "n_missed"), [(11, "missed", 1), (10, "reached:", 0), (6, "reached, and more", 0)]
)
def test_a_goal_is_judged_at_its_bound(found, word, n_missed):
    (sentence,), missed = compare({"sql.save": found}, GOALS)
    assert f"Goal 3 {word}" in sentence
    assert len(missed) == n_missed


def test_a_goal_whose_figure_was_not_taken_is_not_judged():
    assert compare({"other": 1.0}, GOALS) == ([], [])


def test_every_goal_in_the_file_has_a_bound_that_its_stretch_goes_beyond():
    for goal in read_goals():
        assert goal.stretch is None or not goal.is_missed(goal.stretch), goal.words
        assert goal.stretch != goal.bound, goal.words


@pytest.mark.parametrize(
    ("found", "word", "n_missed"), [(0.3, "missed", 1), (0.35, "reached:", 0), (0.7, "reached, and more", 0)]
)
def test_a_goal_from_below_is_judged_at_its_bound(found, word, n_missed):
    goals = (Goal(1, "pages a second", "journey.ratio", at_least=0.35, stretch=0.6),)
    (sentence,), missed = compare({"journey.ratio": found}, goals)
    assert f"Goal 1 {word}" in sentence
    assert len(missed) == n_missed


def test_a_goal_needs_exactly_one_bound():
    with pytest.raises(ValueError, match="either at_most or at_least"):
        Goal(1, "pages a second", "journey.ratio")


def test_a_missed_goal_ends_with_1_and_names_its_number_when_checked(capsys):
    assert bench.conclude([outcome(most_of_a_save=11)], file=None, is_checked=True) == bench.FAILED
    assert "Goal 3 missed" in capsys.readouterr().out
    assert bench.conclude([outcome(most_of_a_save=11)], file=None, is_checked=False) == 0


def test_noise_ends_with_3_and_something_wrong_with_1():
    noisy, wrong = outcome(), outcome()
    noisy.noise.append("others were busy")
    wrong.problems.append("a save was lost")
    assert bench.conclude([noisy], file=None, is_checked=True) == bench.NOISY
    assert bench.conclude([noisy, wrong], file=None, is_checked=False) == bench.FAILED


def test_the_record_holds_figures_and_the_machine(tmp_path):
    file = tmp_path / "found.json"
    bench.conclude([outcome(save=9)], file=file, is_checked=False)
    kept = json.loads(file.read_text())
    assert kept["benchmarks"]["sql"]["figures"] == {"sql.save": 9}
    assert kept["machine"]["cores"] >= 1
    assert kept["machine"]["fdatasyncs_per_second"] > 0


@pytest.mark.parametrize("name", bench.HELP)
def test_every_benchmark_takes_the_common_options(name):
    given = bench._parser().parse_args([name, "--rounds", "7", "--seed", "2", "--json", "x", "--check"])
    assert (given.rounds, given.seed, given.check) == (7, 2, True)


def test_subject_and_baseline_are_measured_in_turns():
    order = []
    rounds = in_turns(Options(rounds=3), lambda n: order.append(f"A{n}"), lambda n: order.append(f"B{n}"))
    assert len(list(rounds)) == 3
    assert order == ["A1", "B1", "A2", "B2", "A3", "B3"]


def test_no_round_is_begun_that_would_pass_the_time_allowed(monkeypatch, capsys):
    ticks = itertools.count(0, 10)
    monkeypatch.setattr(measure.time, "monotonic", lambda: next(ticks))
    assert list(measure.rounds_within(Options(rounds=50, seconds=60))) == [1, 2, 3]
    assert "Stopped after 3 of 50 rounds" in capsys.readouterr().out


def test_a_ratio_is_told_by_median_and_spread_and_a_wide_one_is_noise(capsys):
    found = Outcome("x")
    found.add_ratio("even", [1.0, 1.5, 1.2], "evenly")
    assert found.figures["x.even"] == 1.2
    assert found.noise == []
    assert "evenly: 1.20 (1 to 1.50)" in capsys.readouterr().out
    found.add_ratio("wide", [1.0, 2.1, 1.2], "widely")
    assert len(found.noise) == 1
    assert Spread.of([3.0]) == Spread(3.0, 3.0, 3.0)


def test_busy_neighbours_are_noise_and_unknown_ones_are_not():
    found = Outcome("x")
    found.watched(Load(0.2, 0.0))
    found.watched(Load(None, None))
    assert found.noise == []
    found.watched(Load(0.4, 0.0))
    assert found.noise == ["others used 0.40 cores"]


@pytest.mark.skipif(not PROC.exists(), reason="this system does not tell in /proc")
def test_our_own_work_is_not_somebody_elses():
    watch = Watch()
    before = cpu_ticks({os.getpid()})
    sum(n * n for n in range(2_000_000))
    assert cpu_ticks({os.getpid()}) > before
    load = watch.load()
    assert load.others_cores >= 0
    assert 0 <= load.steal_share <= 1
    assert pss_mb(os.getpid()) > 5
    assert pss_mb(-1) is None


def test_the_disk_answers(tmp_path):
    assert fdatasyncs_per_second(tmp_path, 0.02) > 0
    assert list(tmp_path.iterdir()) == []


def test_a_small_difference_is_not_called_none():
    assert number(5e-13) == "5e-13"
    assert number(0.0) == "0"
