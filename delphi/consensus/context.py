"""What a rule may look at beside a section's own counts: the whole round, the round before, who was lost.

Most rules need none of it. Whoever assesses a section passes what the rule needs (`needs_of`); what is not
passed leaves the tests that ask for it undefined, with a reason, and never met.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from delphi.consensus.bands import Share, share_in
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.domain.rule import ApmoTest, AttritionTest, Denominator, Rule, StabilityTest, each_test


class Need(StrEnum):
    """What a rule looks at beside the section's own counts."""

    ROUND = "round"
    EARLIER = "earlier"
    ATTRITION = "attrition"


@dataclass(frozen=True)
class RoundItems:
    """Every item of a round, for figures of the round as a whole."""

    items: tuple[ItemCounts, ...]
    _found: dict[object, Fraction | None] = field(default_factory=dict, compare=False, repr=False)

    def apmo(
        self,
        groups: Collection[str] | None,
        agree: Collection[int],
        disagree: Collection[int],
        denominator: Denominator = "valid",
    ) -> Fraction | None:
        """The average per cent of majority opinions: 100 x (votes of majorities) / (all votes).

        Parameters
        ----------
        groups : collection of str, optional
            Codes of the stakeholder groups whose votes count; None for everybody.
        agree, disagree : collection of int
            Points of the two bands. An item has a majority when more than half of its votes lie in one.
        denominator : {"valid", "respondents"}
            Whether "can't say" is a vote.

        Returns
        -------
        Fraction or None
            Per cent, 0 to 100; None without votes.

        References
        ----------
        von der Gracht HA. Consensus measurement in Delphi studies. Technol Forecast Soc Change
        2012;79:1525-36.

        Examples
        --------
        Three items, of which one has no majority: (14 + 12) of 60.

        >>> counts = [(4, 2, 14), (12, 4, 4), (9, 2, 9)]
        >>> items = tuple(ItemCounts({"all": Histogram(1, found)}) for found in counts)
        >>> float(round(RoundItems(items).apmo(None, {3}, {1}), 1))
        43.3
        """
        key = (
            None if groups is None else frozenset(groups),
            frozenset(agree),
            frozenset(disagree),
            denominator,
        )
        if key not in self._found:
            self._found[key] = self._apmo(key[0], agree, disagree, denominator)
        return self._found[key]

    def _apmo(
        self,
        groups: Collection[str] | None,
        agree: Collection[int],
        disagree: Collection[int],
        denominator: Denominator,
    ) -> Fraction | None:
        of_majorities = votes = 0
        for item in self.items:
            chosen = [code for code in item.by_group if groups is None or code in groups]
            if not chosen:
                continue
            histogram = item.of(chosen)
            for band in (agree, disagree):
                share = share_in(histogram, band, denominator)
                of_majorities += share.k if 2 * share.k > share.n else 0
            votes += share.n
        return Fraction(100 * of_majorities, votes) if votes else None


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """An item in the round in which its section was put before: everybody then, and who rated both times.

    `pairs` are by stakeholder group.
    """

    counts: ItemCounts
    pairs: Mapping[str, CrossTab]

    def pairs_of(self, groups: Iterable[str], like: Histogram) -> CrossTab:
        """The pairs of several groups together, on the scale of a histogram; empty for nobody."""
        found = CrossTab.empty(like.minimum, len(like.counts))
        for group in groups:
            if group in self.pairs:
                found = found + self.pairs[group]
        return found


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside a section's counts; what is None was not looked up.

    `earlier` is by criterion; it is empty when the section was never put before, and when it was, but as a
    draft that must not be compared (`is_comparable` False). `attrition` is by stakeholder group: of those
    who rated in round 1, how many did not in this one.
    """

    round_items: RoundItems | None = None
    earlier: Mapping[str, EarlierItem] | None = None
    is_comparable: bool = True
    attrition: Mapping[str, Share] | None = None

    @property
    def given(self) -> frozenset[Need]:
        """What of it was looked up."""
        found = {
            Need.ROUND: self.round_items,
            Need.EARLIER: self.earlier,
            Need.ATTRITION: self.attrition,
        }
        return frozenset(need for need, part in found.items() if part is not None)


NOTHING = Context()


def needs_of(rule: Rule) -> frozenset[Need]:
    """What has to be passed for a rule's tests, and its stop rule, to be defined."""
    conditions = [clause.when for clause in rule.clauses]
    if rule.stop is not None and rule.stop.stable is not None:
        conditions.append(rule.stop.stable)
    found = set()
    for condition in conditions:
        for test in each_test(condition):
            if isinstance(test, ApmoTest):
                found.add(Need.ROUND)
            elif isinstance(test, StabilityTest):
                found.add(Need.EARLIER)
            elif isinstance(test, AttritionTest):
                found.add(Need.ATTRITION)
    return frozenset(found)
