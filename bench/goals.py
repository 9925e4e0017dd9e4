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
    """A bound for one figure, under the number by which the goals are known."""

    number: int
    words: str
    figure: str
    at_most: float
    stretch: float | None = None

    def verdict(self, found: float) -> str:
        """Missed, reached, or better than we asked for, in a sentence."""
        bound = f"at most {number(self.at_most)}"
        if found > self.at_most:
            return f"Goal {self.number} missed: {self.words} is {number(found)}; it has to be {bound}."
        if self.stretch is not None and found <= self.stretch:
            return f"Goal {self.number} exceeded: {self.words} is {number(found)}."
        return f"Goal {self.number} reached: {self.words} is {number(found)}, {bound}."


def read_goals(file: Path = FILE) -> tuple[Goal, ...]:
    """All goals; TypeError for one with a key that goals do not have."""
    with file.open("rb") as handle:
        return tuple(Goal(**entry) for entry in tomllib.load(handle)["goal"])


def compare(figures: Mapping[str, float], goals: tuple[Goal, ...]) -> tuple[list[str], list[str]]:
    """Sentences for all goals that could be judged, and those of them that were missed."""
    judged = [(goal, figures[goal.figure]) for goal in goals if goal.figure in figures]
    sentences = [goal.verdict(found) for goal, found in judged]
    missed = [goal.verdict(found) for goal, found in judged if found > goal.at_most]
    return sentences, missed
