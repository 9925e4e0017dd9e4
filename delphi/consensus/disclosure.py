"""Small-number rules inside one round: which figures the panel and the public may see.

Requirements E20 to E24. Three rules, in this order:

1. **Minimum cell.** A unit (everyone, a panel, a feedback group) is shown in a round only if at least
   `min_cell` of its people answered each item; "can't say" is an answer, a skipped item is not. It is
   decided once per unit and round: a group that came and went would itself tell who could not say.
2. **Secondary suppression.** Nobody may work out a hidden small unit by taking shown figures from shown
   totals. What can be worked out at all (the hidden groups taken together) has at least `min_cell`
   people in every item. The smallest further group of the same panel is hidden for this.
3. **Unanimity.** A unit is *of one mind* on an item when all its ratings, one at least, lie on one point.
   Its figures would say what each of its people answered, so that cell shows agree or do not agree only;
   it is never hidden for it. The point must not follow from other figures either, so further cells are
   shown coarsely for this (`disclosure_coarse`).

Where a side of the agree band has a single point, a coarse cell would say as much as a full one, so
unanimity on that point is not protected: the cell stays full.

**The standard.** The reader has every shown figure, can count, and knows that counts are whole and not
negative. About any set of people that reader may learn at most what these rules would let us print of it:
no count of a hidden unit is told, other than a nought (two values at least remain possible, the feasibility
interval of Hundepool et al. 2012, chapters 4 and 5), and of no set is it told that all its people gave one
and the same answer. A nought in a panel's row still says that nobody of its hidden groups chose that point,
as it says of everybody in it. One possible other value is enough, because a full cell of five people with
one other answer may be printed as well. Differences between releases are for `disclosure_views`; a release
is never issued anew. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import reduce
from operator import add

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure_coarse import coarse_units, price_of_coarse, tells_each_answer
from delphi.consensus.disclosure_nesting import Nesting, close_leaks
from delphi.consensus.disclosure_release import (
    HIDDEN,
    Cell,
    CoarseCounts,
    Display,
    Policy,
    Reason,
    Release,
    Unit,
    UnitDecision,
)
from delphi.domain.groups import GroupStructure

DEFAULT_POLICY = Policy()


def release_round(
    items: Mapping[str, ItemCounts],
    structure: GroupStructure,
    agree_band: Iterable[int],
    policy: Policy = DEFAULT_POLICY,
    *,
    everyone_label: str = "Everyone",
) -> Release:
    """Decide what may be shown of one round.

    Parameters
    ----------
    items
        Every item of the round with its counts by stakeholder group, all groups of the study in each
        (an empty histogram for a group nobody of which answered).
    structure
        Groups, panels and feedback groups of the study.
    agree_band
        The points of the scale that count as agreeing.
    policy
        The study's rules.
    everyone_label
        What the pooled row is called.

    Returns
    -------
    Release
        Each unit shown or hidden throughout; each cell of a shown unit full or coarse.

    Raises
    ------
    ValueError
        No items, items on different scales, an item without one of the groups, or a point off the scale.

    Notes
    -----
    Loss is kept least in this order: everyone is never withheld for another's sake, then as few panels as
    possible, then as few groups, then the fewest people, then the first in the study's order. A group in
    which nobody answered any item is hidden, but nothing is withheld to protect it.

    References
    ----------
    Hundepool et al. 2012, *Statistical Disclosure Control*, chapter 4 (primary and secondary suppression
    in tables with totals).
    """
    _check(items, structure)
    band = tuple(agree_band)
    nesting = Nesting.of(structure, everyone_label)
    too_small = {unit for unit in nesting.units if lowest_n(items, unit.groups) < policy.min_cell}
    protecting: frozenset[Unit] = frozenset()
    if policy.secondary_suppression:
        prices = {unit: (0, lowest_n(items, unit.groups)) for unit in nesting.units}
        protecting = close_leaks(nesting, too_small, _large_enough(items, policy.min_cell), prices)
    decisions = tuple(UnitDecision(unit, _reason(unit, too_small, protecting)) for unit in nesting.units)
    hidden = too_small | protecting
    cells = {key: _cells(item, nesting, hidden, band, policy) for key, item in items.items()}
    return Release(policy, band, decisions, cells)


def lowest_n(items: Mapping[str, ItemCounts], groups: Iterable[str]) -> int:
    """The fewest people of these stakeholder groups who answered any one item of the round."""
    codes = tuple(groups)
    return min(item.of(codes).n_answered for item in items.values())


def unanimous_point(histogram: Histogram) -> int | None:
    """The point on which all ratings lie; None if there are none, or they lie on several."""
    chosen = [value for value in histogram.values if histogram.counts[value - histogram.minimum]]
    return chosen[0] if len(chosen) == 1 else None


def _check(items: Mapping[str, ItemCounts], structure: GroupStructure) -> None:
    if not items:
        raise ValueError("a round without rated items has no figures to release")
    expected = set(structure.group_codes)
    for key, item in items.items():
        if set(item.by_group) != expected:
            odd = sorted(set(item.by_group) ^ expected)
            raise ValueError(f"item {key!r} must have counts for each group of the study; see {odd}")
    # Adding histograms on different scales is refused where they are added, with the reason.
    reduce(add, (item.pooled for item in items.values()))


def _large_enough(items: Mapping[str, ItemCounts], min_cell: int) -> Callable[[frozenset[str]], bool]:
    def is_safe(groups: frozenset[str]) -> bool:
        if not groups:
            return True
        ordered = sorted(groups)
        answered = [item.of(ordered).n_answered for item in items.values()]
        return min(answered) >= min_cell or max(answered) == 0

    return is_safe


def _reason(unit: Unit, too_small: Collection[Unit], protecting: Collection[Unit]) -> Reason:
    if unit in too_small:
        return Reason.TOO_SMALL
    return Reason.PROTECTS_ANOTHER if unit in protecting else Reason.LARGE_ENOUGH


def _cells(
    item: ItemCounts, nesting: Nesting, hidden: Collection[Unit], band: tuple[int, ...], policy: Policy
) -> tuple[Cell, ...]:
    """One item's cells in the order of the units."""
    coarse = _coarse_units(item, nesting, hidden, band, policy) if policy.unanimity_coarse else frozenset()
    return tuple(
        HIDDEN if unit in hidden else _cell(item.of(unit.groups), unit in coarse, band)
        for unit in nesting.units
    )


def _cell(histogram: Histogram, is_coarse: bool, band: tuple[int, ...]) -> Cell:
    if is_coarse:
        n_agree = histogram.count_in(band)
        return Cell(Display.COARSE, coarse=CoarseCounts(n_agree, histogram.n - n_agree, histogram.n_unable))
    return Cell(Display.FULL, Histogram(histogram.minimum, histogram.counts, histogram.n_unable))


def _coarse_units(
    item: ItemCounts, nesting: Nesting, hidden: Collection[Unit], band: tuple[int, ...], policy: Policy
) -> frozenset[Unit]:
    """The shown units whose figures for one item are given as agree or do not agree only."""
    if policy.secondary_suppression and policy.edition > 1:
        return coarse_units(item, nesting, hidden, band)

    def may_be_seen_in_full(groups: frozenset[str]) -> bool:
        return not groups or not tells_each_answer(item.of(sorted(groups)), band)

    shown = [unit for unit in nesting.units if unit not in hidden]
    of_one_mind = {unit for unit in shown if not may_be_seen_in_full(frozenset(unit.groups))}
    if not policy.secondary_suppression:
        return frozenset(of_one_mind)
    # The first edition; a release of that time is still made again by `delphi verify`, to the same bytes.
    prices = {unit: price_of_coarse(item.of(unit.groups), band) for unit in nesting.units}
    further = close_leaks(nesting, {*hidden, *of_one_mind}, may_be_seen_in_full, prices)
    return frozenset(of_one_mind) | further
