"""The figures a rule looks at: one test, for some set of people, on one criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.appropriateness import appropriateness
from delphi.consensus.bands import Share, share_in
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.describe import require_scale
from delphi.consensus.quantiles import interquartile_range, median
from delphi.consensus.reasons import Reason
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import IqrTest, MedianTest, RandClass, RandUclaTest, Rule, ShareTest
from delphi.domain.scale import Scale

AnyTest = ShareTest | MedianTest | IqrTest | RandUclaTest


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one test found for one set of people on one criterion.

    `of` is "pooled", "panel:CODE" or "group:CODE". `value` is exact: per cent for a share, scale points
    for a median or range, a class for RAND/UCLA. `share` holds the two whole numbers behind a share, `n`
    the number of ratings. An undefined value is None with a `reason`, and never passes.
    """

    of: str
    criterion: str
    value: Fraction | RandClass | None
    n: int
    share: Share | None
    passed: bool
    reason: Reason | None = None


class Figures:
    """All counts of one section in one round, and the statistics of them that a rule asks for."""

    def __init__(
        self, rule: Rule, scale: Scale, structure: GroupStructure, items: Mapping[str, ItemCounts]
    ) -> None:
        self._rule, self._scale, self._structure, self._items = rule, scale, structure, items
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
        return tuple(f"panel:{panel.code}" for panel in self._structure.panels) or ("pooled",)

    def whom(self, of: str) -> tuple[str, ...]:
        """One entry for each set of people that an `of:` speaks of."""
        if of.endswith("_panel"):
            return tuple(f"panel:{panel.code}" for panel in self._structure.panels)
        if of.endswith("_group"):
            return tuple(f"group:{code}" for code in self._structure.group_codes)
        return (of,)

    def histogram(self, of: str, criterion: str) -> Histogram:
        """Ratings of some people on a criterion; groups of which nobody took part count as empty."""
        key = of, criterion
        if key not in self._histograms:
            self._histograms[key] = self._sum(of, self._items[criterion])
        return self._histograms[key]

    def measure(self, test: AnyTest, of: str, criterion: str) -> Measurement:
        """One test for one set of people on one criterion."""
        if criterion not in self._items:
            return Measurement(of, criterion, None, 0, None, passed=False, reason=Reason.NOT_ASKED)
        histogram = self.histogram(of, criterion)
        if isinstance(test, RandUclaTest):
            return self._rand(test, of, criterion, histogram)
        share: Share | None = None
        if isinstance(test, ShareTest):
            share = share_in(histogram, self._scale.bands[test.band], self._rule.denominator)
            value = share.percent if histogram.n else None
        elif isinstance(test, MedianTest):
            value = median(histogram)
        else:
            value = interquartile_range(histogram, self._rule.quantile_type)
        if value is None:
            return Measurement(of, criterion, None, 0, share, passed=False, reason=Reason.NO_DATA)
        return Measurement(of, criterion, value, histogram.n, share, passed=test.holds(value))

    def _rand(self, test: RandUclaTest, of: str, criterion: str, histogram: Histogram) -> Measurement:
        found = appropriateness(
            histogram, quantile_type=self._rule.quantile_type, half_medians=self._rule.half_medians
        )
        value = found.class_by(test.method)
        if value is None:
            reason = found.reasons["class_biomed"]
            return Measurement(of, criterion, None, histogram.n, None, passed=False, reason=reason)
        return Measurement(of, criterion, value, histogram.n, None, passed=value in test.is_)

    def _sum(self, of: str, item: ItemCounts) -> Histogram:
        kind, _, code = of.partition(":")
        if kind == "panel":
            groups: tuple[str, ...] = self._structure.panel_by_code[code].groups
        elif kind == "group":
            groups = (code,)
        else:
            groups = tuple(item.by_group)
        here = [group for group in groups if group in item.by_group]
        return item.of(here) if here else Histogram.empty(self._scale.minimum, len(self._scale.values))
