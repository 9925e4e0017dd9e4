"""Panels or groups that count alike: an answer weighs more in a small one, so small ones are asked first."""

from __future__ import annotations

from fractions import Fraction

from delphi.consensus.counts import ItemCounts
from delphi.consensus.nearest_item import Cost, ItemAims, Pull, moved
from delphi.domain.rule import ShareTest


def by_parts(item: ItemAims, pull: Pull) -> Cost | None:
    """The fewest answers for a mean of shares of one band at an end of the scale; None if none would do.

    Every answer that moves into the band adds one part of its group's size to the mean, and as many can move
    as are not in it yet: the smallest groups first is the cheapest way, whatever the number.
    """
    (of,) = {aim.of for aim in item.aims}
    (band,) = {
        frozenset(item.scale.bands[aim.test.band]) for aim in item.aims if isinstance(aim.test, ShareTest)
    }
    is_into = (item.scale.maximum if pull == "higher" else item.scale.minimum) in band
    parts = [part for part in item.parts_of(of) if item.counts.of(part).n]
    parts.sort(key=lambda part: Fraction(_size(item, part)))
    room = [_room(item, part, band, is_into=is_into) for part in parts]

    def changed(n: int) -> ItemCounts:
        counts = item.counts
        for part, most in zip(parts, room, strict=True):
            counts = moved(counts, part, min(n, most), pull)
            n -= min(n, most)
        return counts

    low, high = 0, sum(room)
    if not item.met(changed(high)):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if item.met(changed(middle)) else (middle + 1, high)
    return Cost(low, True, "other", changed(low))


def is_of_parts(item: ItemAims) -> bool:
    """Whether all aims are means over the same parts, of shares of one band."""
    tests = [aim.test for aim in item.aims]
    bands = {test.band if isinstance(test, ShareTest) else "" for test in tests}
    whom = {aim.of for aim in item.aims}
    return len(bands) == len(whom) == 1 and "" not in bands and next(iter(whom)).startswith("equal_")


def _size(item: ItemAims, part: tuple[str, ...]) -> int:
    found = item.counts.of(part)
    return found.n if item.rule.denominator == "valid" else found.n_answered


def _room(item: ItemAims, part: tuple[str, ...], band: frozenset[int], *, is_into: bool) -> int:
    """How many answers of a part can move into the band, or out of it."""
    found = item.counts.of(part)
    inside = found.count_in(band)
    return found.n - inside if is_into else inside
