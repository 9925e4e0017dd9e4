"""Made-up panels in memory for `bench stats`, and our statistics of them: the subject that is measured.

Everything is what closing a round computes from the ratings of two rounds: counting them is part of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.tables import banding, describing, pairing, ranking
from delphi.consensus.tables.columns import Column, Exact, Intervals
from delphi.consensus.tables.counting import CountTable, counted, crossed

POINTS = 9
AGREE, DISAGREE = (7, 8, 9), (1, 2, 3)
GROUPS = 3
Numbers = NDArray[np.float64]

FIGURES: Mapping[str, tuple[str, ...]] = {
    "describe": (
        *("mean", "sd", "median", "mad_median", "q1_type7", "q3_type7", "p30_type7", "p70_type7"),
        *("q1_type2", "q3_type2", "q1_type6", "q3_type6"),
    ),
    "shares": ("pct_agree", "wilson95", "clopper_pearson95"),
    "groups": ("u_a", "p_asymptotic_cc", "p_asymptotic", "h", "p"),
    "moved": ("w_plus", "p_wilcox_asymptotic", "p_wilcox_asymptotic_cc", "rho", "p_t"),
    "association": ("chaffin_talley_chi2", "chaffin_talley_p", "chi2", "p_chi2", "p_exact"),
    "order": ("chi2", "p_chi2"),
}
"""The figures that are compared, in the order in which every program gives them."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Two rounds of ratings from 1 to 9, items by people, and each person's stakeholder group, from 0."""

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    group_of: NDArray[np.int64]

    def __str__(self) -> str:
        n_items, people = self.before.shape
        return f"{people}x{n_items}"


@dataclass
class Answer:
    """What a program found: for each statistic its figures in a row, and how long that took."""

    values: dict[str, Numbers] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Seconds for everything."""
        return sum(self.seconds.values())

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """Add what the body takes to a statistic's time."""
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def made_up(people: int, n_items: int, seed: int) -> Panel:
    """Ratings as panels give them: items differ, most people agree, many stay, and there are many ties."""
    dice = np.random.default_rng(seed)
    level = dice.uniform(4, 8, (n_items, 1))
    group_of = np.arange(people) % GROUPS
    spread = dice.normal(0, 1.8, (n_items, people)) + 0.4 * (group_of - 1)
    before = np.clip(np.rint(level + spread), 1, POINTS)
    step = dice.choice([-1, 0, 0, 0, 1, 1], (n_items, people))
    after = np.clip(before + step, 1, POINTS)
    # R has no answer where nobody moves into the agree band or out of it.
    before[:, 0], after[:, 0] = AGREE[0] - 1, AGREE[0]
    return Panel(before.astype(np.uint8), after.astype(np.uint8), group_of)


def ours(panel: Panel) -> Answer:
    """The statistics as Delphi computes them, from counts."""
    answer = Answer()
    first, second = panel.before - 1, panel.after - 1
    with answer.timing("count"):
        by_group = counted((row + panel.group_of * POINTS for row in first), POINTS * GROUPS)
        parts = by_group.reshape(-1, GROUPS, POINTS)
        groups = [CountTable(1, parts[:, group]) for group in range(GROUPS)]
        table = CountTable(1, np.asarray(parts.sum(axis=1)))
        pairs = crossed(first, second, POINTS)[:, 0]
    with answer.timing("describe"):
        described = describing.descriptives(table)
    with answer.timing("shares"):
        shares = banding.agreement_bands(table, AGREE, DISAGREE)
    with answer.timing("groups"):
        compared = ranking.mann_whitney(groups[0], groups[1]) | ranking.kruskal_wallis(groups)
    with answer.timing("moved"):
        moved = pairing.wilcoxon_signed_rank(pairs, exact=False) | pairing.spearman(pairs)
    with answer.timing("association"):
        association = pairing.association(pairs) | pairing.mcnemar(pairs, 1, AGREE)
    with answer.timing("order"):
        order = ranking.kendall_w(first, POINTS)
    for name, columns in (
        ("describe", described),
        ("shares", shares),
        ("groups", compared),
        ("moved", moved),
        ("association", association),
    ):
        answer.values[name] = flat([columns[key] for key in FIGURES[name]])
    answer.values["order"] = np.array([order[key] for key in FIGURES["order"]], dtype=float)
    return answer


def flat(columns: list[Column]) -> Numbers:
    """The figures of each item after those of the one before, intervals as two."""
    each: list[Any] = []
    for column in columns:
        if isinstance(column, Exact):
            each.append(column.numbers())
        elif isinstance(column, Intervals):
            each += [column.low, column.high]
        else:
            each.append(column)
    return np.stack(each, axis=1).astype(float).ravel()
