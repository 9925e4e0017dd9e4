"""What charts are drawn from: plain numbers of one row, however much of them may be shown.

Charts know nothing of rules: whoever calls them passes released figures, and what is not in these
classes cannot be drawn, described or read from the file. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from delphi.domain.scale import Scale


@dataclass(frozen=True, slots=True)
class Full:
    """Ratings on each point of the scale, low to high, and how many people could not say."""

    counts: tuple[int, ...]
    n_unable: int = 0

    @property
    def n(self) -> int:
        """Number of ratings."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Coarse:
    """Only how many agreed, how many did not, and how many could not say."""

    n_agree: int
    n_not_agree: int
    n_unable: int = 0

    @property
    def n(self) -> int:
        """Number of ratings."""
        return self.n_agree + self.n_not_agree


@dataclass(frozen=True, slots=True)
class NotShown:
    """A row whose figures are withheld."""


class Level(IntEnum):
    """How a row stands to the others."""

    EVERYONE = 0
    PANEL = 1
    GROUP = 2


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One line of a chart of several units: everyone, a panel or a group, with its figures."""

    label: str
    level: Level
    figures: Full | Coarse | NotShown


class Side(IntEnum):
    """What a point of the scale stands for; decides colour and side."""

    DISAGREE = -1
    MIDDLE = 0
    AGREE = 1


def side_of(scale: Scale, value: int) -> Side:
    """Whether a point counts as agreeing, as disagreeing, or as neither."""
    if value in scale.bands["agree"]:
        return Side.AGREE
    return Side.DISAGREE if value in scale.bands["disagree"] else Side.MIDDLE


def n_agree(figures: Full | Coarse, scale: Scale) -> int:
    """How many people agreed; ValueError if the counts do not fit the scale."""
    if isinstance(figures, Coarse):
        return figures.n_agree
    if len(figures.counts) != len(scale.points):
        raise ValueError(f"{len(figures.counts)} counts do not fit a scale of {len(scale.points)} points")
    return sum(
        count
        for count, value in zip(figures.counts, scale.values, strict=True)
        if side_of(scale, value) is Side.AGREE
    )
