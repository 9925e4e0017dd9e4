"""The figures a rule looks at: one test, for some set of people, on one criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.bands import Share, share_in
from delphi.consensus.context import NOTHING, Context
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.describe import require_scale
from delphi.consensus.reasons import Reason
from delphi.consensus.rule_figures import Figure, Value, figure_of, movement_of
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import AnyTest, ApmoTest, AttritionTest, Rule, SomeCriteria, StabilityTest
from delphi.domain.scale import Scale

__all__ = ["AnyTest", "Figures", "Measurement"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one test found for one set of people on one criterion.

    `of` is "pooled", "panel:CODE", "group:CODE", "equal_panels" or "equal_groups"; `criterion` is empty for
    a test that is about people only. `value` is exact: per cent for a share, scale points for a median or
    range, a class for RAND/UCLA. `share` holds the two whole numbers behind a share, `n` the number of
    ratings (of people who rated both times, for movement). `limit` is a threshold that follows from the
    data, `left_out` names the groups or panels without ratings in a mean of equal weights. An undefined
    value is None with a `reason`, and never passes.
    """

    of: str
    criterion: str
    value: Value | None
    n: int
    share: Share | None
    passed: bool
    reason: Reason | None = None
    limit: Fraction | None = None
    left_out: tuple[str, ...] = ()


class Figures:
    """All counts of one section in one round, and the statistics of them that a rule asks for."""

    def __init__(
        self,
        rule: Rule,
        scale: Scale,
        structure: GroupStructure,
        items: Mapping[str, ItemCounts],
        *,
        round_number: int = 1,
        context: Context = NOTHING,
    ) -> None:
        self._rule, self._scale, self._structure, self._items = rule, scale, structure, items
        self._round_number, self._context = round_number, context
        self._histograms: dict[tuple[str, str], Histogram] = {}
        for item in items.values():
            for histogram in item.by_group.values():
                require_scale(histogram, scale)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria that the section was rated on, in order."""
        return tuple(self._items)

    @property
    def panels(self) -> tuple[str, ...]:
        """Every consensus panel; a study without panels is one panel."""
        return self._all_panels or ("pooled",)

    @property
    def _all_panels(self) -> tuple[str, ...]:
        return tuple(f"panel:{panel.code}" for panel in self._structure.panels)

    @property
    def _all_groups(self) -> tuple[str, ...]:
        return tuple(f"group:{code}" for code in self._structure.group_codes)

    def whom(self, of: str) -> tuple[str, ...]:
        """One entry for each set of people that an `of:` speaks of."""
        if of.endswith("_panel"):
            return self._all_panels
        return self._all_groups if of.endswith("_group") else (of,)

    def looked_at(self, test: AnyTest) -> tuple[str, ...]:
        """The criteria that a test is about; a test about people only has one without a name."""
        if isinstance(test, AttritionTest):
            return ("",)
        if isinstance(test.criteria, SomeCriteria):
            return test.criteria.of or self.criteria
        return test.criteria if isinstance(test.criteria, tuple) else self.criteria

    def histogram(self, of: str, criterion: str) -> Histogram:
        """Ratings of some people on a criterion; groups of which nobody took part count as empty."""
        key = of, criterion
        if key not in self._histograms:
            self._histograms[key] = self._sum(of, self._items[criterion])
        return self._histograms[key]

    def measure(self, test: AnyTest, of: str, criterion: str) -> Measurement:
        """One test for one set of people on one criterion."""
        if isinstance(test, AttritionTest):
            return _measured(test, of, "", self._attrition(of))
        if criterion not in self._items:
            return Measurement(of, criterion, None, 0, None, passed=False, reason=Reason.NOT_ASKED)
        if of.startswith("equal_"):
            return self._with_equal_weight(test, of, criterion)
        if isinstance(test, StabilityTest):
            return _measured(test, of, criterion, self._movement(test, of, criterion))
        histogram = self.histogram(of, criterion)
        if isinstance(test, ApmoTest):
            return _measured(test, of, criterion, self._apmo(test, of, histogram))
        return _measured(test, of, criterion, figure_of(test, histogram, self._rule, self._scale))

    def _with_equal_weight(self, test: AnyTest, of: str, criterion: str) -> Measurement:
        """The mean of the figures of all panels or groups that have one; the others are named."""
        parts = self._all_panels if of == "equal_panels" else self._all_groups
        found = {
            part: figure_of(test, self.histogram(part, criterion), self._rule, self._scale) for part in parts
        }
        values = [one.value for one in found.values() if isinstance(one.value, Fraction)]
        left_out = tuple(part for part, one in found.items() if one.value is None)
        if not values:
            figure = Figure(None, 0, Reason.NO_DATA)
        else:
            figure = Figure(sum(values, Fraction(0)) / len(values), sum(one.n for one in found.values()))
        return _measured(test, of, criterion, figure, left_out)

    def _movement(self, test: StabilityTest, of: str, criterion: str) -> Figure:
        earlier = self._context.earlier
        if earlier is None:
            return Figure(None, 0, Reason.FIRST_ROUND if self._round_number == 1 else Reason.NOT_GIVEN)
        if not self._context.is_comparable:
            return Figure(None, 0, Reason.NOT_COMPARABLE)
        if not earlier:
            return Figure(None, 0, Reason.FIRST_ROUND)
        if criterion not in earlier:
            return Figure(None, 0, Reason.NO_PAIRS)
        item, now = earlier[criterion], self._items[criterion]
        groups = [group for group in now.by_group if self._belongs(group, of)]
        after = self.histogram(of, criterion)
        return movement_of(test, item.pairs_of(groups, after), self._sum(of, item.counts), after)

    def _apmo(self, test: ApmoTest, of: str, histogram: Histogram) -> Figure:
        share = share_in(histogram, self._scale.bands[test.band], self._rule.denominator)
        if self._context.round_items is None:
            return Figure(None, histogram.n, Reason.NOT_GIVEN, share)
        if histogram.n == 0:
            return Figure(None, 0, Reason.NO_DATA, share)
        groups = None if of == "pooled" else self._groups_of(of)
        bands = self._scale.bands
        limit = self._context.round_items.apmo(
            groups, bands["agree"], bands["disagree"], self._rule.denominator
        )
        return Figure(share.percent, histogram.n, None, share, limit)

    def _attrition(self, of: str) -> Figure:
        if self._round_number == 1:
            return Figure(None, 0, Reason.FIRST_ROUND)
        lost = self._context.attrition
        if lost is None:
            return Figure(None, 0, Reason.NOT_GIVEN)
        here = [share for group, share in lost.items() if self._belongs(group, of)]
        share = Share(sum(one.k for one in here), sum(one.n for one in here))
        return Figure(share.percent, share.n, None if share.n else Reason.NO_DATA, share)

    def _belongs(self, group: str, of: str) -> bool:
        return of == "pooled" or group in self._groups_of(of)

    def _groups_of(self, of: str) -> tuple[str, ...]:
        kind, _, code = of.partition(":")
        return self._structure.panel_by_code[code].groups if kind == "panel" else (code,)

    def _sum(self, of: str, item: ItemCounts) -> Histogram:
        groups = tuple(item.by_group) if of == "pooled" else self._groups_of(of)
        here = [group for group in groups if group in item.by_group]
        return item.of(here) if here else Histogram.empty(self._scale.minimum, len(self._scale.values))


def _measured(
    test: AnyTest, of: str, criterion: str, figure: Figure, left_out: tuple[str, ...] = ()
) -> Measurement:
    return Measurement(
        of,
        criterion,
        figure.value,
        figure.n,
        figure.share,
        passed=figure.passes(test),
        reason=figure.reason,
        limit=figure.limit,
        left_out=left_out,
    )
