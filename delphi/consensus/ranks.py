"""Mid-ranks from counts: people who gave the same answer share the mean of their places.

Ranks are doubled, so that they are whole numbers and sums of them exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def doubled_midranks(counts: Sequence[int]) -> list[int]:
    """Twice the mid-rank of each value, when `counts[i]` people share the i-th lowest.

    Examples
    --------
    >>> doubled_midranks([2, 0, 1])
    [3, 4, 6]
    """
    ranks, below = [], 0
    for count in counts:
        ranks.append(2 * below + count + 1 if count else 2 * below)
        below += count
    return ranks


def tie_term(counts: Iterable[int]) -> int:
    """The sum of t^3 - t over groups of t equal answers, which corrects a variance of ranks."""
    return sum(count**3 - count for count in counts)
