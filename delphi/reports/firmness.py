"""How firm the findings are: panels (T8), rounds (T7) and thresholds (T11) beside each other.

All of it is computed from figures that are in the report anyway, so nothing withheld can be worked out from
it. Who changed an answer, how those who left had answered, and results without paper forms are not: together
with the shared figures they would tell how few people answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from delphi.consensus.bands import Share
from delphi.consensus.compare_groups import mann_whitney
from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import Interval, newcombe
from delphi.consensus.plain_words import Part, difference_in_words
from delphi.reports.figures import UnitFigures
from delphi.reports.items import ItemRow
from delphi.reports.sections import SectionFinding, Step
from delphi.reports.texts import RevisionEntry

THRESHOLDS = (70, 75, 80)
"""Per cent that published rules ask for (requirement T11)."""

MOST_DIFFERENCES = 12


@dataclass(frozen=True, slots=True)
class PanelDifference:
    """One item rated by two panels: the share that agreed of the first, less that of the second."""

    item: ItemRow
    first: UnitFigures
    second: UnitFigures
    interval: Interval

    @property
    def words(self) -> str:
        """Of which panel more agree, in a sentence."""
        first, second = (Part(one.label, one.agree or Share(0, 0)) for one in (self.first, self.second))
        return difference_in_words(first, second, self.interval)

    @property
    def delta(self) -> Fraction | None:
        """Cliff's delta, above 0 where the first panel rates higher; None where only shares are shown."""
        if self.first.counts is None or self.second.counts is None:
            return None
        return mann_whitney(Histogram(0, self.first.counts), Histogram(0, self.second.counts)).cliffs_delta

    @property
    def points(self) -> float:
        """The difference in percentage points."""
        return 100 * (_exact(self.first) - _exact(self.second))

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.interval.low > 0 or self.interval.high < 0


@dataclass(frozen=True, slots=True)
class Change:
    """One item in two rounds whose drafts may be compared; `same_draft` or only reworded."""

    before: ItemRow
    after: ItemRow
    same_draft: bool

    @property
    def points(self) -> float | None:
        """The change of everyone's share that agreed, in percentage points; None where it is not shown."""
        shares = [row.everyone.agree for row in (self.before, self.after)]
        before, after = (share.percent if share else None for share in shares)
        return None if before is None or after is None else float(after - before)


@dataclass(frozen=True, slots=True)
class Threshold:
    """How many sections would reach a share on every criterion, by whose ratings; None where not shown.

    `reached` is by the label of the set of people, in the order of the report's columns; `short` are the
    sections that everyone together keeps below it.
    """

    percent: int
    reached: Mapping[str, int | None]
    short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firmness:
    """The three tables; each is empty where the study gives no ground for it."""

    n_items: int
    n_clear: int
    differences: tuple[PanelDifference, ...]
    changes: tuple[Change, ...]
    n_sections: int
    thresholds: tuple[Threshold, ...]

    @property
    def only_panels(self) -> tuple[str, ...]:
        """The labels of the two panels if all comparisons are of these; nothing otherwise."""
        pairs = {(one.first.label, one.second.label) for one in self.differences}
        return next(iter(pairs)) if len(pairs) == 1 else ()


def firmness_of(findings: Sequence[SectionFinding], revisions: Sequence[RevisionEntry]) -> Firmness:
    """Compare panels, rounds and thresholds on what each section's last round showed."""
    last = [finding for finding in findings if finding.last.items]
    differences = sorted(_differences(last), key=lambda one: -abs(one.points))
    return Firmness(
        n_items=len(differences),
        n_clear=sum(1 for one in differences if one.is_clear),
        differences=tuple(differences[:MOST_DIFFERENCES]),
        changes=tuple(_changes(findings, revisions)),
        n_sections=len(last),
        thresholds=tuple(_threshold(last, percent) for percent in THRESHOLDS) if last else (),
    )


def _differences(findings: Sequence[SectionFinding]) -> Iterator[PanelDifference]:
    """Every pair of panels on every item of the sections' last rounds, where both are shown."""
    for row in (row for finding in findings for row in finding.last.items):
        for first, second in combinations(row.panels, 2):
            if first.agree is None or second.agree is None:
                continue
            interval = newcombe(first.agree.k, first.agree.n, second.agree.k, second.agree.n)
            if interval is not None:
                yield PanelDifference(row, first, second, interval)


def comparable_steps(
    findings: Sequence[SectionFinding], revisions: Sequence[RevisionEntry]
) -> Iterator[tuple[SectionFinding, Step, Step]]:
    """Each section's neighbouring rounds that had the same draft, or one that was declared comparable."""
    declared = {
        (entry.section, entry.for_round) for entry in revisions if entry.comparable in ("same", "wording")
    }
    for finding in findings:
        for before, after in pairwise(finding.steps):
            if before.draft == after.draft or (finding.code, after.round) in declared:
                yield finding, before, after


def _changes(findings: Sequence[SectionFinding], revisions: Sequence[RevisionEntry]) -> Iterator[Change]:
    for _, before, after in comparable_steps(findings, revisions):
        same = before.draft == after.draft
        yield from (Change(*pair, same_draft=same) for pair in _pairs(before, after))


def _pairs(before: Step, after: Step) -> Iterator[tuple[ItemRow, ItemRow]]:
    earlier = {row.criterion: row for row in before.items}
    return ((earlier[row.criterion], row) for row in after.items if row.criterion in earlier)


def _threshold(findings: Sequence[SectionFinding], percent: int) -> Threshold:
    labels = [row.label for row in (findings[0].last.items[0].everyone, *findings[0].last.items[0].panels)]
    reached: dict[str, int | None] = {}
    for place, label in enumerate(labels):
        reached[label] = _n_reached([_lowest(finding, place) for finding in findings], percent)
    if len(labels) > 2:
        reached[EQUAL] = _n_reached([_lowest_mean(finding) for finding in findings], percent)
    short = tuple(
        f"{finding.place}. {finding.title}"
        for finding in findings
        if (lowest := _lowest(finding, 0)) is not None and lowest < percent
    )
    return Threshold(percent, reached, short)


EQUAL = "Each panel counted alike"


def _n_reached(lowest: Sequence[Fraction | None], percent: int) -> int | None:
    shown = [value for value in lowest if value is not None]
    return sum(1 for value in shown if value >= percent) if len(shown) == len(lowest) else None


def _lowest(finding: SectionFinding, place: int) -> Fraction | None:
    """The least share on any criterion, of everyone (0) or of a panel; None if one is not shown."""
    return _least([_percent((row.everyone, *row.panels)[place].agree) for row in finding.last.items])


def _lowest_mean(finding: SectionFinding) -> Fraction | None:
    """The same of the mean of the panels' shares."""
    means: list[Fraction | None] = []
    for row in finding.last.items:
        shares = [_percent(panel.agree) for panel in row.panels]
        shown = [share for share in shares if share is not None]
        means.append(sum(shown, Fraction(0)) / len(shown) if len(shown) == len(shares) else None)
    return _least(means)


def _least(values: Sequence[Fraction | None]) -> Fraction | None:
    shown = [value for value in values if value is not None]
    return min(shown) if len(shown) == len(values) else None


def _percent(share: Share | None) -> Fraction | None:
    return share.percent if share else None


def _exact(figures: UnitFigures) -> float:
    return figures.agree.k / figures.agree.n if figures.agree else 0.0
