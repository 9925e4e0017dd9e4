"""The full item table (requirement T4): every section draft and criterion of every round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from delphi.consensus.bands import Share
from delphi.domain.rule import AllOf, Condition, Outcome, ShareTest
from delphi.queries.results import item_key
from delphi.reports.figures import UnitFigures, item_figures
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting
from delphi.reports.words import decision_words


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of one round with the figures of each set of people, and its section's outcome and decision.

    `missing` are the places of the rows (kind, code) whose share is below what the rule needs for "agreed".
    """

    round: int
    section: str
    section_title: str
    place: int
    draft: int
    criterion: str
    criterion_label: str
    statement: str
    figures: tuple[UnitFigures, ...]
    missing: frozenset[tuple[str, str]]
    outcome: str | None
    headline: str | None
    decision: str | None

    @property
    def everyone(self) -> UnitFigures:
        """The row of all panel members."""
        return self.figures[0]

    @property
    def panels(self) -> tuple[UnitFigures, ...]:
        """The rows of the consensus panels."""
        return tuple(row for row in self.figures if row.kind == "panel")

    @property
    def decision_words(self) -> str:
        """What the team decided about the section, in words."""
        return decision_words(self.decision)

    def misses(self, row: UnitFigures) -> bool:
        """Whether a row keeps the section from being agreed, by itself."""
        return (row.kind, row.code) in self.missing


def item_table(setting: Setting, records: tuple[RoundRecord, ...]) -> tuple[ItemRow, ...]:
    """Every item by round, section and criterion, each in the order in which it was put."""
    return tuple(row for record in records for row in _items_of_round(setting, record))


def _items_of_round(setting: Setting, record: RoundRecord) -> Iterator[ItemRow]:
    if record.release is None:
        return
    for entry in record.sections:
        section = entry["section"]
        for criterion in setting.criteria.values():
            key = item_key(section, criterion.code)
            if key not in record.release.cells:
                continue
            figures = item_figures(setting, record, key)
            yield ItemRow(
                round=record.number,
                section=section,
                section_title=entry["title"],
                place=setting.places[section],
                draft=record.drafts[section],
                criterion=criterion.code,
                criterion_label=criterion.label,
                statement=criterion.statement,
                figures=figures,
                missing=_missing(setting, record.number, criterion.code, figures),
                outcome=entry["outcome"],
                headline=entry["headline"],
                decision=entry["decision"],
            )


def _missing(
    setting: Setting, round_number: int, criterion: str, figures: tuple[UnitFigures, ...]
) -> frozenset[tuple[str, str]]:
    """The rows that fail a share which the rule asks of every section that is to be agreed."""
    tests = list(needed_shares(setting, round_number, criterion))
    return frozenset(
        (row.kind, row.code)
        for row in figures
        if any(_speaks_of(test, row) and not _holds(setting, test, row) for test in tests)
    )


def needed_shares(setting: Setting, round_number: int, criterion: str) -> Iterator[ShareTest]:
    """The tests of shares that must all hold for "agreed" on a criterion in a round.

    Where a rule offers several ways to be agreed, no single figure keeps a section from it: then none.
    """
    ways = [
        clause
        for clause in setting.rule.clauses
        if clause.outcome == Outcome.AGREED and clause.counts_in(round_number)
    ]
    if len(ways) != 1:
        return
    for test in _always_needed(ways[0].when):
        if test.criteria == "all" or (isinstance(test.criteria, tuple) and criterion in test.criteria):
            yield test


def _always_needed(condition: Condition) -> Iterator[ShareTest]:
    if isinstance(condition, AllOf):
        for part in condition.all:
            yield from _always_needed(part)
    elif isinstance(condition, ShareTest):
        yield condition


def _speaks_of(test: ShareTest, row: UnitFigures) -> bool:
    if test.of == "pooled":
        return row.is_everyone
    if test.of == "each_panel":
        return row.kind == "panel"
    return test.of == f"panel:{row.code}" and row.kind == "panel"


def _holds(setting: Setting, test: ShareTest, row: UnitFigures) -> bool:
    """Whether a released share passes; what is not shown counts as passing, since nothing is said of it."""
    share: Share | None = row.agree if test.band == "agree" else None
    if row.description is not None and test.band == "disagree":
        share = row.description.disagree
    if share is None or share.percent is None:
        return True
    return test.holds(share.percent)
