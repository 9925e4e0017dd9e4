"""The team's account of a release, as sentences: who is hidden and why, and which figures are coarse.

These sentences hold figures that are not released. They are for the team's own pages, marked "not for
sharing"; panellists and the public read `disclosure_reasons`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import lowest_n, unanimous_point
from delphi.consensus.disclosure_nesting import Nesting
from delphi.consensus.disclosure_release import Display, Reason, Release, Row, UnitDecision, UnitKind


def team_warnings(
    release: Release, items: Mapping[str, ItemCounts], item_labels: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Sentences for the team before it publishes: hidden units, what still follows, figures of one mind.

    `items` are the counts from which the release was made; `item_labels` names items in words (the key
    where there is none). Not for sharing.
    """
    labels = item_labels or {}
    sentences = [_why_hidden(entry, release, items) for entry in release.hidden]
    sentences += _what_still_follows(release, items)
    for key, item in items.items():
        for row in release.rows(key):
            sentence = _of_one_mind(row, item.of(row.unit.groups), labels.get(key, key))
            if sentence:
                sentences.append(sentence)
    return tuple(sentences)


def _why_hidden(entry: UnitDecision, release: Release, items: Mapping[str, ItemCounts]) -> str:
    n = lowest_n(items, entry.unit.groups)
    label, minimum = entry.unit.label, release.policy.min_cell
    if entry.reason is Reason.TOO_SMALL:
        units = "groups" if entry.unit.kind is UnitKind.FEEDBACK_GROUP else "panels"
        return f"{label}: hidden. {_answered(n)}; {units} under {minimum} are never shown."
    return (
        f"{label}: hidden ({_answered(n).lower()}), so that nobody can work out "
        f"{_listed(_protected(entry, release))} by taking shown figures from shown totals."
    )


def _protected(entry: UnitDecision, release: Release) -> list[str]:
    """Labels of the small units for whose sake a unit is hidden: of its panel, else the small panels."""
    small = [other.unit for other in release.hidden if other.reason is Reason.TOO_SMALL]
    hidden_panels = {other.unit.code for other in release.hidden if other.unit.kind is UnitKind.PANEL}
    if entry.unit.kind is UnitKind.FEEDBACK_GROUP and entry.unit.panel not in hidden_panels:
        return [unit.label for unit in small if unit.panel == entry.unit.panel]
    return [unit.label for unit in small if unit.kind is UnitKind.PANEL]


def _what_still_follows(release: Release, items: Mapping[str, ItemCounts]) -> list[str]:
    """Which hidden groups can be worked out, but only all together; or that the rule is switched off."""
    if not release.policy.secondary_suppression:
        return ["Secondary suppression is off in this study: a hidden group may follow from the totals."]
    nesting = Nesting.of_units(tuple(entry.unit for entry in release.units))
    sentences = [
        f"What can still be worked out: whether {entry.unit.label} met the rule, from the outcome of a "
        "section on which the others did. Its figures are hidden; a rule with a minimum of ratings a panel "
        "would not have decided on it."
        for entry in release.hidden
        if entry.unit.kind is UnitKind.PANEL and nesting.everyone not in {one.unit for one in release.hidden}
    ]
    for left in nesting.remainders({entry.unit for entry in release.hidden}):
        labels = [
            unit.label
            for unit in nesting.units
            if unit.kind is UnitKind.FEEDBACK_GROUP and set(unit.groups) <= left
        ]
        if len(labels) > 1:
            n = lowest_n(items, sorted(left))
            sentences.append(f"What can still be worked out: {_listed(labels)} together ({n} people).")
    return sentences


def _of_one_mind(row: Row, histogram: Histogram, item: str) -> str | None:
    """The warning for one cell, or None where there is nothing to say."""
    if row.cell.display is Display.HIDDEN:
        return None
    n, where = histogram.n, f"{row.unit.label}, {item}"
    if unanimous_point(histogram) is not None:
        who = "the only person who rated" if n == 1 else f"all {n} who rated"
        seen = "only agree or do not agree" if row.cell.display is Display.COARSE else "the full figures"
        return f"{where}: {who} gave one and the same answer. The panel sees {seen}."
    if row.cell.display is Display.COARSE:
        return (
            f"{where}: shown as agree or do not agree only, so that no group of one mind can be worked out."
        )
    return None


def _answered(n: int) -> str:
    if n == 0:
        return "Nobody answered one of the statements"
    return f"As few as {n} {'person' if n == 1 else 'people'} answered a statement"


def _listed(labels: Iterable[str]) -> str:
    *first, last = labels
    return f"{', '.join(first)} and {last}" if first else last
