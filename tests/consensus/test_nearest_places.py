"""Counts with given values in given places: the nearest ones, as trying every table finds them."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.counts import Histogram
from delphi.consensus.nearest_places import Bound, nearest_with_places
from delphi.consensus.quantiles import HALF, QUARTER, THREE_QUARTERS, interquartile_range, median, places_of


def every_table(n: int, points: int) -> Iterator[tuple[int, ...]]:
    if points == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in every_table(n - first, points - 1):
            yield (first, *rest)


def differs_by(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum(max(0, a - b) for a, b in zip(one, other, strict=True))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=4, max_size=5).filter(any),
    st.integers(0, 2),
    st.integers(1, 5),
    st.integers(0, 8),
    st.sampled_from([2, 6, 7]),
)
def test_the_nearest_counts_are_those_that_trying_all_finds(counts, spread, middle, least, kind):
    start, n = tuple(counts), sum(counts)
    bound = Bound(len(counts) - 2, 0, n - min(least, n))

    def fits(table: tuple[int, ...]) -> bool:
        found = Histogram(1, table)
        span, centre = interquartile_range(found, kind), median(found)
        return span is not None and centre is not None and span <= spread and centre >= middle

    def is_right(table: tuple[int, ...]) -> bool:
        return fits(table) and sum(table[: bound.points]) <= bound.most

    places = {*places_of(n, HALF, 2), *places_of(n, QUARTER, kind), *places_of(n, THREE_QUARTERS, kind)}
    found = nearest_with_places(start, sorted(places), [bound], fits)
    tried = [differs_by(start, table) for table in every_table(n, len(start)) if is_right(table)]
    if found is None:
        assert not tried
    else:
        cost, table = found
        assert cost == min(tried)
        assert is_right(table)
        assert (sum(table), differs_by(start, table)) == (n, cost)
