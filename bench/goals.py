"""Comparing what was found with the goals in goals.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.measure import number

FILE = Path(__file__).with_name("goals.toml")


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for one figure, from above or from below, under the number by which the goals are known."""

    number: int
    words: str
    figure: str
    at_most: float | None = None
    at_least: float | None = None
    stretch: float | None = None

    def __post_init__(self) -> None:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError(f"The goal for {self.figure} needs either at_most or at_least.")

    def is_missed(self, found: float) -> bool:
        """Whether a figure is beyond the bound."""
        return not self._is_within(found, self.bound)

    @property
    def bound(self) -> float:
        """What has to be reached."""
        return float((self.at_most if self.at_most is not None else self.at_least) or 0)

    def verdict(self, found: float) -> str:
        """Missed, reached, or better than we asked for, in a sentence."""
        bound = f"{'at most' if self.at_most is not None else 'at least'} {number(self.bound)}"
        if self.is_missed(found):
            return f"Goal {self.number} missed: {self.words} is {number(found)}; it has to be {bound}."
        if self.stretch is not None and self._is_within(found, self.stretch):
            return f"Goal {self.number} reached, and more: {self.words} is {number(found)}, {bound}."
        return f"Goal {self.number} reached: {self.words} is {number(found)}, {bound}."

    def _is_within(self, found: float, bound: float) -> bool:
        return found <= bound if self.at_most is not None else found >= bound


def read_goals(file: Path = FILE) -> tuple[Goal, ...]:
    """All goals; TypeError for one with a key that goals do not have."""
    with file.open("rb") as handle:
        return tuple(Goal(**entry) for entry in tomllib.load(handle)["goal"])


def compare(figures: Mapping[str, float], goals: tuple[Goal, ...]) -> tuple[list[str], list[str]]:
    """Sentences for all goals that could be judged, and those of them that were missed."""
    judged = [(goal, figures[goal.figure]) for goal in goals if goal.figure in figures]
    sentences = [goal.verdict(found) for goal, found in judged]
    missed = [goal.verdict(found) for goal, found in judged if goal.is_missed(found)]
    return sentences, missed
