"""The nearest counts in which some ratings, in order of size, have the values that a figure asks for.

A median, a quartile or a percentile looks at the ratings in one or two places of the row that they make when
sorted. So every choice of values for these places is tried, which are few, and for each the nearest counts
are found at once, for any number of people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations_with_replacement, pairwise
from math import comb

MOST_CHOICES = 20_000
"""Choices of values beyond which this is not tried."""

Table = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """So many ratings, at least and at most, on the first `points` points of the scale."""

    points: int
    least: int
    most: int


def nearest_with_places(
    start: Table, places: Sequence[int], bounds: Sequence[Bound], fits: Callable[[Table], bool]
) -> tuple[int, Table] | None:
    """How many ratings have to change, and to what counts; None if no counts will do.

    Parameters
    ----------
    start : tuple of int
        How many ratings each point has.
    places : sequence of int
        Places in the sorted row, from 1, that `fits` looks at, ascending.
    bounds : sequence of Bound
        What else must hold.
    fits : callable
        Whether counts with some values in these places will do: it is shown the simplest such counts.

    Notes
    -----
    A rating of value a in place p means: at most p - 1 ratings lie below a, and at least p up to a. Let L and
    U be such bounds of the cumulated counts. Ratings can stay as long as no stretch of points (v, w] keeps
    more than U(w) - L(v); how many can is a shortest path from one end of the scale to the other, over
    stretches of that length and points as long as their count.

    Examples
    --------
    Four ratings of 1 and three of 3: for a median of 3 one rating has to move.

    >>> nearest_with_places((4, 0, 3), [4], [], lambda counts: sum(counts[2:]) >= 4)
    (1, (3, 0, 4))
    """
    n = sum(start)
    best: tuple[int, _Limits] | None = None
    for values in combinations_with_replacement(range(len(start)), len(places)):
        limits = _limits(n, len(start), list(zip(places, values, strict=True)), bounds)
        if limits is None:
            continue
        cost = n - _most_kept(start, limits)
        if (best is None or cost < best[0]) and fits(_simplest(n, len(start), places, values)):
            best = cost, limits
    return None if best is None else (best[0], _counts(start, best[1]))


def are_few(points: int, n_places: int) -> bool:
    """Whether there are few enough choices of values to try each."""
    return comb(points + n_places - 1, n_places) <= MOST_CHOICES


_Limits = tuple[Table, Table]
"""Least and most of the cumulated counts, before the first point and after each."""


def _limits(
    n: int, points: int, chosen: Sequence[tuple[int, int]], bounds: Sequence[Bound]
) -> _Limits | None:
    least, most = [0] * points + [n], [0] + [n] * points
    for place, value in chosen:
        most[value] = min(most[value], place - 1)
        least[value + 1] = max(least[value + 1], place)
    for bound in bounds:
        least[bound.points] = max(least[bound.points], bound.least)
        most[bound.points] = min(most[bound.points], bound.most)
    low = tuple(accumulate(least, max))
    high = tuple(reversed(tuple(accumulate(reversed(most), min))))
    return (low, high) if all(a <= b for a, b in zip(low, high, strict=True)) else None


def _most_kept(start: Table, limits: _Limits) -> int:
    """How many ratings can stay where they are: the shortest path over the points."""
    least, most = limits
    reached = [0]
    for here in range(1, len(most)):
        kept = reached[-1] + start[here - 1]
        reached.append(min(kept, *(reached[v] + most[here] - least[v] for v in range(here))))
    return reached[-1]


def _counts(start: Table, limits: _Limits) -> Table:
    """Counts within the limits that keep as many ratings as can stay."""
    least, _ = limits
    kept, target = list(start), _most_kept(start, limits)
    for point in range(len(kept)):
        low, high = 0, kept[point]
        while low < high:
            middle = (low + high) // 2
            kept[point] = middle
            low, high = (low, middle) if _most_kept(tuple(kept), limits) == target else (middle + 1, high)
        kept[point] = high
    staying = [0, *accumulate(kept)]
    short = [low - stay for low, stay in zip(least, staying, strict=True)]
    placed = [0, *accumulate(short[1:], max, initial=0)][1:]
    placed[-1] = sum(start) - target
    after = [stay + new for stay, new in zip(staying, placed, strict=True)]
    return tuple(b - a for a, b in pairwise(after))


def _simplest(n: int, points: int, places: Sequence[int], values: Sequence[int]) -> Table:
    """Counts with these values in these places, and as few different values as that takes."""
    counts, before = [0] * points, 0
    for place, value in _to_the_end(n, places, values):
        counts[value] += place - before
        before = place
    return tuple(counts)


def _to_the_end(n: int, places: Sequence[int], values: Sequence[int]) -> Iterator[tuple[int, int]]:
    yield from zip(places, values, strict=True)
    yield n, values[-1]
