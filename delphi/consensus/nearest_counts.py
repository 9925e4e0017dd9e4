"""The fewest answers to one item that would have to be different for some figures to pass or fail.

Most rules pull one way: a share that agrees, a median, a mean, RAND's counts all rise when somebody answers
higher. Then nothing helps more than the lowest answers becoming the highest one, which is tried by halving,
exactly and for any number of people. A spread and an index of disagreement look at a few places of the sorted
answers: see `nearest_places`. Where other figures pull two ways all count tables are tried, nearest first,
until as many were tried as the caller allows: what is said then is how many answers would not be enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from delphi.consensus.appropriateness import LARGEST_BIOMED_PANEL
from delphi.consensus.counts import ItemCounts
from delphi.consensus.measure import Figures
from delphi.consensus.nearest_item import Cost, ItemAims, Pull, Tries, moved
from delphi.consensus.nearest_parts import by_parts, is_of_parts
from delphi.consensus.nearest_quantiles import by_places
from delphi.consensus.nearest_search import nearest_first
from delphi.consensus.ways import Aim
from delphi.domain.rule import FigureTest, MedianTest, RandClass, RandUclaTest, ShareTest, ThresholdTest
from delphi.domain.scale import Scale


def fewest_answers(item: ItemAims, figures: Figures, tries: Tries) -> Cost | None:
    """The fewest answers to one item that would have to be different; None if no answers would do.

    Parameters
    ----------
    item : ItemAims
        The counts of one item and what its figures should be.
    figures : Figures
        The section's figures as they are, for the number of ratings behind each.
    tries : Tries
        How many count tables may be tried where figures pull two ways; used up as they are.

    Returns
    -------
    Cost or None
        Only ratings change: nobody who said "can't say" or left the item out gives a rating instead, so
        that the number of ratings stays what it is.

    Notes
    -----
    One way: let m people of a set answer differently. At every point of the scale at most m more are then
    at or above it, and with the m lowest answers moved to the top it is m, or all. So no other m answers
    help a figure more that rises with every answer. Sets that lie in each other are served from the inside
    out: what a panel needs counts for everybody too.
    """
    if item.met(item.counts):
        return Cost(0, True, "other", item.counts)
    pulls = {pull_of(aim, item.scale, figures) for aim in item.aims}
    if len(pulls) == 1 and "other" not in pulls:
        if is_of_parts(item):
            return by_parts(item, pulls.pop())
        if _lie_in_each_other(item):
            return _one_way(item, pulls.pop())
    found = by_places(item)
    return nearest_first(item, tries) if found is None else found.cost


def pull_of(aim: Aim, scale: Scale, figures: Figures) -> Pull:
    """Which way answers must go for an aim; "other" unless no answer that goes this way can harm."""
    test = aim.test
    rises: bool | None = None
    if isinstance(test, ShareTest):
        rises = _rises_with_share(test, scale)
    elif isinstance(test, MedianTest) or (isinstance(test, FigureTest) and test.statistic == "mean"):
        rises = _asks_for_more(test)
    elif isinstance(test, RandUclaTest):
        rises = _rises_with_class(test, figures.histogram(aim.of, aim.criterion).n)
    if rises is None:
        return "other"
    return "higher" if rises == aim.passes else "lower"


def _asks_for_more(test: ThresholdTest) -> bool | None:
    wants_more = test.at_least is not None or test.more_than is not None
    wants_less = test.at_most is not None or test.below is not None
    return None if wants_more == wants_less else wants_more


def _rises_with_share(test: ShareTest, scale: Scale) -> bool | None:
    band, size = set(scale.bands[test.band]), len(scale.bands[test.band])
    more = _asks_for_more(test)
    if more is None:
        return None
    if band == set(scale.values[-size:]):
        return more
    return not more if band == set(scale.values[:size]) else None


def _rises_with_class(test: RandUclaTest, n: int) -> bool | None:
    """By counts, "appropriate" is a high median with few low ratings, which no higher answer undoes.

    With a median in the highest third, half the ratings are high: disagreement then only asks for low ones.
    """
    if test.method == "ipras" or (test.method == "size" and n > LARGEST_BIOMED_PANEL):
        return None
    named = set(test.is_)
    if named in ({RandClass.APPROPRIATE}, {RandClass.APPROPRIATE, RandClass.UNCERTAIN}):
        return True
    if named in ({RandClass.INAPPROPRIATE}, {RandClass.INAPPROPRIATE, RandClass.UNCERTAIN}):
        return False
    return None


def _lie_in_each_other(item: ItemAims) -> bool:
    """Whether any two sets of people are apart, or one is within the other."""
    if any(aim.of.startswith("equal_") for aim in item.aims):
        return False
    sets = [set(item.groups_of(aim.of)) for aim in item.aims]
    return all(a <= b or b <= a or not a & b for a in sets for b in sets)


def _one_way(item: ItemAims, pull: Pull) -> Cost | None:
    """From the smallest set of people outwards, the fewest of its most contrary answers that are enough."""
    counts, needed = item.counts, []
    order = list(counts.by_group)
    sets = {aim.of: item.groups_of(aim.of) for aim in item.aims}
    for of in sorted(sets, key=lambda one: (len(sets[one]), order.index(sets[one][0]))):
        groups = sets[of]
        here = [aim for aim in item.aims if aim.of == of]

        def enough(n: int, groups: tuple[str, ...] = groups, here: list[Aim] = here) -> bool:
            changed = moved(counts, groups, n, pull)  # noqa: B023
            return all(item.meets(changed, aim) for aim in here)

        low, high = 0, _movable(counts, groups, pull)
        if not enough(high):
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle + 1, high)
        if low:
            counts = moved(counts, groups, low, pull)
            needed.append((of, low))
    return Cost(sum(n for _, n in needed), True, pull, counts, tuple(needed), _band_alone(item))


def _band_alone(item: ItemAims) -> str:
    """The band that every aim which is not met yet is about; empty where it is something else."""
    tests = [aim.test for aim in item.aims if not item.meets(item.counts, aim)]
    bands = {test.band if isinstance(test, ShareTest) else "" for test in tests}
    return bands.pop() if len(bands) == 1 else ""


def _movable(counts: ItemCounts, groups: Sequence[str], pull: Pull) -> int:
    end = -1 if pull == "higher" else 0
    return sum(counts.by_group[group].n - counts.by_group[group].counts[end] for group in groups)
