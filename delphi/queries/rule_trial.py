"""A rule tried on made-up figures: by how many agree, and on figures that somebody writes down.

In the table by shares everybody chooses one of two points, the agreeing and the disagreeing one that lie
furthest apart, on every criterion, so that it shows the thresholds and nothing else. A rule that speaks of
stakeholder groups is tried on groups of the same size, any other on panels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from delphi.consensus.assess import SectionAssessment, assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.explain import explain
from delphi.consensus.rehearsal_words import limits_of
from delphi.consensus.vocabulary import Vocabulary
from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule, each_test
from delphi.domain.scale import Scale
from delphi.domain.wording import with_capital

SHARES = (100, 80, 75, 70, 60, 50)
"""Per cent; each is a whole number of 20 people."""
PEOPLE = 20
MARKS = {
    Outcome.AGREED: "agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "left",
    Outcome.CLOSE: "close",
    Outcome.NOT_AGREED: "not",
    Outcome.NOT_ASSESSABLE: "na",
}
"""The sign of each outcome in the sprite."""
MOST_PEOPLE = 100_000
UNABLE = "unable"


@dataclass(frozen=True, slots=True)
class TriedCell:
    """One outcome: the sign of its mark, and its words."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Outcomes by how many agree: rows for the last panel, columns for the others (one panel: one column).

    Who agrees chooses the point `agrees`, everybody else `others`.
    """

    n: int
    agrees: int
    others: int
    round_number: int
    is_of_groups: bool
    rows_of: str
    columns_of: str
    shares: tuple[int, ...]
    rows: tuple[tuple[int, tuple[TriedCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A set of people with a field for each point of the scale: (name, label, what stands there)."""

    label: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """A small table to fill in, and what the rule makes of it; `problem` when a number cannot be read."""

    columns: tuple[str, ...]
    rows: tuple[OwnRow, ...]
    round_number: int
    found: TriedCell | None
    reasons: tuple[str, ...]
    limits: tuple[str, ...]
    problem: str


def trial_of(
    rule: Rule, scale: Scale, structure: GroupStructure, criteria: tuple[str, ...], round_number: int = 1
) -> RuleTrial:
    """The rule tried in a round on panels of 20, or of as many as the rule asks for."""
    n = max(PEOPLE, PEOPLE * -(-rule.min_ratings_per_panel // PEOPLE))
    *others, last = structure.panels
    columns = SHARES if others else (0,)
    ends = _furthest_apart(scale)
    rows = []
    for row in SHARES:
        cells = []
        for column in columns:
            shares = {panel.code: column for panel in others} | {last.code: row}
            items = _alike(scale, ends, structure, criteria, shares, n, all_groups=is_about_groups(rule))
            cells.append(_words_of(assess_section(rule, scale, structure, items, round_number)))
        rows.append((row, tuple(cells)))
    return RuleTrial(
        n=n,
        agrees=ends[0],
        others=ends[1],
        round_number=round_number,
        is_of_groups=is_about_groups(rule),
        rows_of=last.label,
        columns_of=" and ".join(panel.label for panel in others),
        shares=columns if others else (),
        rows=tuple(rows),
    )


def own_figures(rule: Rule | None, vocabulary: Vocabulary, given: Mapping[str, str]) -> OwnFigures:
    """The table of own figures as it was filled in, or as it begins, with the outcome and its reasons."""
    scale, sets = vocabulary.scale, _sets(rule, vocabulary.structure)
    points = [str(value) for value in scale.values] + ([UNABLE] if scale.cannot_say else [])
    begins = _beginning(rule, scale)
    rows, counts, problem = [], {}, ""
    for code, label, groups in sets:
        written = {one: given.get(f"try.{code}.{one}", begins.get(one, "0")).strip() or "0" for one in points}
        wrong = [one for one in written.values() if not re.fullmatch(r"[0-9]{1,6}", one)]
        if wrong:
            problem = f"“{wrong[0][:20]}” is not a number of people. Write whole numbers."
        else:
            counts[groups[0]] = _histogram(scale, written)
        labels = [vocabulary.scale.label_of(int(one)) if one != UNABLE else "can’t say" for one in points]
        fields = zip(points, labels, strict=True)
        rows.append(OwnRow(label, tuple((f"try.{code}.{one}", words, written[one]) for one, words in fields)))
    round_number = round_of(given)
    found = None
    if rule is not None and not problem:
        found = _assessed(rule, vocabulary, counts, round_number)
    return OwnFigures(
        columns=tuple("can’t say" if one == UNABLE else one for one in points),
        rows=tuple(rows),
        round_number=round_number,
        found=_words_of(found) if found else None,
        reasons=tuple(_reasons(found, rule, vocabulary)) if found and rule else (),
        limits=limits_of(rule) if rule else (),
        problem=problem,
    )


def is_about_groups(rule: Rule | None) -> bool:
    """Whether a rule speaks of stakeholder groups, finer than its panels."""
    if rule is None:
        return False
    return any("group" in test.of for clause in rule.clauses for test in each_test(clause.when))


def _sets(rule: Rule | None, structure: GroupStructure) -> list[tuple[str, str, tuple[str, ...]]]:
    """Code, label and groups of every set of people that figures are written down for."""
    if is_about_groups(rule) or not structure.panels:
        return [(group.code, group.label, (group.code,)) for group in structure.groups]
    return [(panel.code, panel.label, panel.groups) for panel in structure.panels]


def _beginning(rule: Rule | None, scale: Scale) -> dict[str, str]:
    """Figures to begin with: four of five agree, the others are just below them."""
    n = max(PEOPLE, rule.min_ratings_per_panel if rule else 0)
    agree = sorted(scale.bands["agree"], reverse=True)
    n_agree = n * 4 // 5
    begins = {}
    for place, value in enumerate(agree):
        begins[str(value)] = str(n_agree // len(agree) + (1 if place < n_agree % len(agree) else 0))
    others = [value for value in scale.values if value not in agree]
    if others:
        begins[str(others[-1])] = str(n - n_agree)
    return begins


def _histogram(scale: Scale, written: Mapping[str, str]) -> Histogram:
    counts = tuple(min(int(written[str(value)]), MOST_PEOPLE) for value in scale.values)
    return Histogram(scale.minimum, counts, n_unable=min(int(written.get(UNABLE, "0")), MOST_PEOPLE))


def round_of(given: Mapping[str, str]) -> int:
    """The round that a form asks to try the rule in; the first unless told."""
    written = given.get("try_round", "")
    return int(written) if re.fullmatch(r"[1-9][0-9]?", written) else 1


def _assessed(
    rule: Rule, vocabulary: Vocabulary, counts: Mapping[str, Histogram], round_number: int
) -> SectionAssessment:
    scale, groups = vocabulary.scale, vocabulary.structure.group_codes
    empty = {code: Histogram.empty(scale.minimum, len(scale.values)) for code in groups}
    alike = ItemCounts({**empty, **counts})
    tests = [test for clause in rule.clauses for test in each_test(clause.when)]
    # All criteria are alike here: one speaks for all of them, unless the rule counts or names some.
    criteria = tuple(vocabulary.criteria)
    spoken_of = criteria[:1] if all(test.criteria in ("all", "any") for test in tests) else criteria
    items = dict.fromkeys(spoken_of, alike)
    return assess_section(rule, scale, vocabulary.structure, items, round_number)


def _reasons(found: SectionAssessment, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """Why, each sentence once: what was met, then what was missed."""
    explained = explain(found, rule, vocabulary)
    yield from dict.fromkeys((*explained.met, *explained.missed))


def _words_of(found: SectionAssessment) -> TriedCell:
    words = found.label or OUTCOME_WORDS[found.outcome]
    return TriedCell(MARKS[found.outcome], with_capital(words))


def _furthest_apart(scale: Scale) -> tuple[int, int]:
    """A point to agree and one to disagree: 9 and 1, or 1 and 9 where agreeing is low."""
    pairs = ((a, b) for a in scale.bands["agree"] for b in scale.bands["disagree"])
    return max(pairs, key=lambda pair: (abs(pair[0] - pair[1]), pair))


def _alike(
    scale: Scale,
    ends: tuple[int, int],
    structure: GroupStructure,
    criteria: tuple[str, ...],
    shares: Mapping[str, int],
    n: int,
    *,
    all_groups: bool,
) -> dict[str, ItemCounts]:
    """Every criterion with the same made-up answers: so many per cent of each panel at the agreeing point.

    The people of a panel are one of its groups, or as many in each of them (`all_groups`).
    """
    length = len(scale.values)
    counts = {group.code: Histogram.empty(scale.minimum, length) for group in structure.groups}
    for panel in structure.panels:
        n_agree = n * shares[panel.code] // 100
        at = {ends[0]: n_agree, ends[1]: n - n_agree}
        chosen = tuple(at.get(value, 0) for value in scale.values)
        for group in panel.groups if all_groups else panel.groups[:1]:
            counts[group] = Histogram(scale.minimum, chosen)
    return dict.fromkeys(criteria, ItemCounts(counts))
