"""Spreads, medians and percentiles of one set of people: the nearest counts that give them, exactly."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.appropriateness import LARGEST_BIOMED_PANEL, P30, P70
from delphi.consensus.counts import Histogram
from delphi.consensus.nearest_item import Cost, ItemAims, in_place, witness
from delphi.consensus.nearest_places import Bound, are_few, nearest_with_places
from delphi.consensus.quantiles import HALF, QUARTER, THREE_QUARTERS, places_of
from delphi.consensus.ways import Aim
from delphi.domain.rule import (
    FigureTest,
    IqrTest,
    MedianTest,
    RandDisagreementTest,
    RandUclaTest,
    Rule,
    ShareTest,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A cost that was worked out, which may be none at all."""

    cost: Cost | None


def by_places(item: ItemAims) -> Found | None:
    """Where all figures are of one set of people and look at places and shares only; else None."""
    sets = {aim.of for aim in item.aims}
    if len(sets) != 1 or any(of.startswith("equal_") for of in sets):
        return None
    groups = item.groups_of(next(iter(sets)))
    start = item.counts.of(groups)
    bounds, places, others = [], set[int](), []
    for aim in item.aims:
        looked_at = _places(aim, start.n, item.rule)
        if looked_at:
            places |= set(looked_at)
            others.append(aim)
        elif isinstance(aim.test, ShareTest) and (bound := _bound(aim, aim.test, start, item)):
            bounds.append(bound)
        else:
            return None
    if not places or not are_few(len(start.counts), len(places)):
        return None

    def fits(table: tuple[int, ...]) -> bool:
        counts = in_place(item.counts, [groups], [table])
        return all(item.meets(counts, aim) for aim in others)

    nearest = nearest_with_places(start.counts, sorted(places), bounds, fits)
    if nearest is None:
        return Found(None)
    return Found(Cost(nearest[0], True, "other", witness(item.counts, [groups], [nearest[1]])))


def _places(aim: Aim, n: int, rule: Rule) -> tuple[int, ...]:
    """The places of the sorted answers that a figure looks at; none if it looks at more than that."""
    test, middle = aim.test, places_of(n, HALF, 2)
    if isinstance(test, MedianTest):
        return middle
    if isinstance(test, IqrTest):
        return tuple(one for p in (QUARTER, THREE_QUARTERS) for one in places_of(n, p, rule.quantile_type))
    is_by_percentiles = (isinstance(test, FigureTest) and test.statistic == "disagreement_index") or (
        isinstance(test, RandUclaTest | RandDisagreementTest)
        and (test.method == "ipras" or (test.method == "size" and n > LARGEST_BIOMED_PANEL))
    )
    if not is_by_percentiles:
        return ()
    return (*middle, *(one for p in (P30, P70) for one in places_of(n, p, rule.quantile_type)))


def _bound(aim: Aim, test: ShareTest, start: Histogram, item: ItemAims) -> Bound | None:
    """A share of either end of the scale as a bound of how many answers lie there; None for other bands."""
    band, points = set(item.scale.bands[test.band]), len(start.counts)
    size, n = len(band), start.n
    of = n if item.rule.denominator == "valid" else start.n_answered

    def is_enough(k: int) -> bool:
        return test.holds(Fraction(100 * k, of)) == aim.passes

    # One threshold: what is enough begins at nobody or ends at everybody.
    least, most = 0, n
    if is_enough(0):
        most = bisect_left(range(n + 1), True, key=lambda k: not is_enough(k)) - 1
    else:
        least = bisect_left(range(n + 1), True, key=is_enough)
    if band == set(item.scale.values[-size:]):
        return Bound(points - size, n - most, n - least)
    return Bound(size, least, most) if band == set(item.scale.values[:size]) else None
