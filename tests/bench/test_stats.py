"""The statistics in memory: the same figures as SciPy's and R's, many times as fast."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from bench import __main__ as bench
from bench import stats
from bench.measure import Options
from bench.stats_naive import naive
from bench.stats_panel import FIGURES, made_up, ours

PANEL = made_up(30, 12, seed=5)


def test_our_figures_are_those_of_scipy_item_by_item():
    assert stats.difference(ours(PANEL), naive(PANEL)) < 1e-9


def test_our_figures_are_those_of_r():
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("not run: R is not installed (on Debian: sudo apt-get install r-base-core).")
    found = stats.by_r(program, PANEL)
    assert stats.difference(ours(PANEL), found) < 1e-9
    assert set(found.seconds) == set(FIGURES)


def test_they_take_a_small_part_of_the_time_of_scipy_item_by_item():
    outcome = stats.run(Options(rounds=1), [(30, 60)], with_r=False)
    assert outcome.figures["stats.30x60.scipy_ratio"] > 20
    assert outcome.figures["stats.largest_difference"] < 1e-9


def test_a_difference_is_relative_above_one_and_never_hidden():
    one, other = ours(PANEL), ours(PANEL)
    other.values["order"] = one.values["order"] * np.array([1.01, 1.0])
    assert stats.difference(one, other) == pytest.approx(0.01, rel=0.05)
    other.values["moved"] = one.values["moved"] * np.nan
    assert stats.difference(one, other) == np.inf


def test_a_size_is_people_and_items(capsys):
    given = bench._parser().parse_args(["stats", "--panel", "30x60", "3000x500", "--no-r"])
    assert (given.panel, given.r) == ([(30, 60), (3000, 500)], False)
    with pytest.raises(SystemExit):
        bench._parser().parse_args(["stats", "--panel", "30"])
    assert "write people and items" in capsys.readouterr().err
