"""A rule tried on made-up panels: what its outcome would be when so many of each panel agree.

Everybody in a panel either chooses the highest point or the lowest, on every criterion, so that the table
shows the thresholds and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.assess import assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale

SHARES = (100, 80, 75, 70, 60, 50)
"""Per cent; each is a whole number of 20 people."""
PEOPLE = 20
MARKS = {
    Outcome.AGREED: "agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "agreed",
    Outcome.CLOSE: "close",
    Outcome.NOT_AGREED: "not",
    Outcome.NOT_ASSESSABLE: "na",
}
"""The sign of each outcome in the sprite."""


@dataclass(frozen=True, slots=True)
class TriedCell:
    """One outcome: the sign of its mark, and its words."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Outcomes by how many agree: rows for the last panel, columns for the others (one panel: one column)."""

    n: int
    rows_of: str
    columns_of: str
    shares: tuple[int, ...]
    rows: tuple[tuple[int, tuple[TriedCell, ...]], ...]


def trial_of(rule: Rule, scale: Scale, structure: GroupStructure, criteria: tuple[str, ...]) -> RuleTrial:
    """The rule tried in round 1 on panels of 20, or of as many as the rule asks for."""
    n = max(PEOPLE, PEOPLE * -(-rule.min_ratings_per_panel // PEOPLE))
    *others, last = structure.panels
    columns = SHARES if others else (0,)
    rows = []
    for row in SHARES:
        cells = []
        for column in columns:
            shares = {panel.code: column for panel in others} | {last.code: row}
            cells.append(_cell(rule, scale, structure, criteria, shares, n))
        rows.append((row, tuple(cells)))
    return RuleTrial(
        n=n,
        rows_of=last.label,
        columns_of=" and ".join(panel.label for panel in others),
        shares=columns if others else (),
        rows=tuple(rows),
    )


def _cell(
    rule: Rule,
    scale: Scale,
    structure: GroupStructure,
    criteria: tuple[str, ...],
    shares: dict[str, int],
    n: int,
) -> TriedCell:
    length = len(scale.values)
    counts = {group.code: Histogram.empty(scale.minimum, length) for group in structure.groups}
    for panel in structure.panels:
        n_agree = n * shares[panel.code] // 100
        chosen = (n - n_agree, *([0] * (length - 2)), n_agree)
        counts[panel.groups[0]] = Histogram(scale.minimum, chosen)
    items = {code: ItemCounts(counts) for code in criteria}
    found = assess_section(rule, scale, structure, items, 1)
    words = found.label or OUTCOME_WORDS[found.outcome]
    return TriedCell(MARKS[found.outcome], words[0].upper() + words[1:])
