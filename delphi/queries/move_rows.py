"""The table of who went from which answer to which, as pages print it: counts, never a person."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.crosstab import CrossTab
from delphi.domain.scale import Scale

WAYS = {-1: "down", 0: "same", 1: "up"}


@dataclass(frozen=True, slots=True)
class MoveCell:
    """People who went from one answer to another: how many, and "up", "down" or "same"."""

    n: int
    way: str


MoveRows = tuple[tuple[str, tuple[MoveCell, ...]], ...]
"""The answers before, from the lowest, each with a cell for every answer after."""


def move_rows(pairs: CrossTab, scale: Scale) -> MoveRows:
    """The rows of the table, headed by the points of the scale."""
    return tuple(
        (
            f"{point.value} {point.label}",
            tuple(MoveCell(n, WAYS[(j > i) - (j < i)]) for j, n in enumerate(pairs.counts[i])),
        )
        for i, point in enumerate(scale.points)
    )
