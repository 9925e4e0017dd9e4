"""Which numbers of people a reader can tell from a table of them: by whole numbers, exactly.

For tables of who took part, whose columns are tied to each other: whoever answered had joined. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the sum of some cells: `low` at least, `high` at most (None: no more is known)."""

    cells: frozenset[int]
    low: int
    high: int | None


def sums_told(
    n_cells: int, known: Sequence[Known], at_most: Sequence[tuple[int, int]], asked: Sequence[Collection[int]]
) -> Iterator[bool]:
    """Whether only one number is possible, for the sum of each set of cells that is asked about.

    Cells are whole numbers from 0; of a pair in `at_most` the first cell is at most the second. What is
    known must be true of some numbers. Solved as integer programmes, exact for numbers of this size.
    """
    import numpy as np
    from scipy.optimize import LinearConstraint, milp

    rows = np.zeros((len(known) + len(at_most), n_cells))
    low, high = np.zeros(len(rows)), np.full(len(rows), np.inf)
    for place, one in enumerate(known):
        rows[place, list(one.cells)] = 1
        low[place] = one.low
        high[place] = np.inf if one.high is None else one.high
    for place, (smaller, larger) in enumerate(at_most, start=len(known)):
        rows[place, [larger, smaller]] = 1, -1
    limits = LinearConstraint(rows, low, high)
    for cells in asked:
        aim = np.zeros(n_cells)
        aim[list(cells)] = 1
        found = []
        for sign in (1, -1):
            best = milp(sign * aim, constraints=limits, integrality=np.ones(n_cells))
            # No bound at all: then more than one number is possible.
            found.append(None if best.x is None else round(float(aim @ best.x)))
        yield found[0] is not None and found[0] == found[1]
