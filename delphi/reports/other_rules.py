"""The sections' last rounds under other rules (requirement T11), and how far each is from another outcome.

A shared report decides again only on figures that it shows in full: what follows from them says nothing new
about anybody. Rules that look at stakeholder groups, and the sealed rule on the answers of some people only,
would tell how few people answered: they are in the team's report alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from delphi.consensus.context import Context, RoundItems, needs_of
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.flipping import distance_to_flip
from delphi.consensus.other_rules import (
    EVERYBODY,
    Kind,
    OtherWay,
    SectionToDecide,
    UnderOtherRules,
    under_other_rules,
)
from delphi.consensus.other_rules_words import distance_in_short, study_in_words
from delphi.consensus.verdict import VERDICT_WORDS, verdict_of
from delphi.domain.rule import Rule, each_test
from delphi.models.rounds import Round
from delphi.queries.other_rules import COUNTED_FOR_EVERYBODY, StudyRules, rules_of, ways_on_everybody
from delphi.queries.other_rules_rows import (
    WayGroup,
    WayRow,
    answers_in_words,
    says_of,
    sealed_row,
    way_groups,
)
from delphi.queries.results import Results
from delphi.reports.audience import Audience
from delphi.reports.items import ItemRow
from delphi.reports.record import RoundRecord
from delphi.reports.sections import SectionFinding
from delphi.reports.setting import Setting

NOT_SHOWN = "Not shown: the sealed rule looks at figures that are not shared."

TRIES = 800
"""Count tables tried for a section whose figures pull two ways."""


@dataclass(frozen=True, slots=True)
class SectionDistance:
    """A section, its outcome by the sealed rule, and how far it is from another."""

    code: str
    title: str
    round: int
    outcome: str
    answers: str
    how_far: str


@dataclass(frozen=True, slots=True)
class SectionWay:
    """What one way says of one section, for a table of all of them."""

    section: str
    title: str
    round: int
    sealed: str
    kind: str
    way: str
    source: str
    says: str
    differs: bool


@dataclass(frozen=True, slots=True)
class OtherRules:
    """Every way to decide the sections of a report, in the section's last round.

    `n_withheld` sections are left out since not all figures of their panels are shown. `not_given` are ways
    that the report must not tell of. Without sections there is nothing to say.
    """

    sentences: tuple[str, ...]
    sealed: WayRow
    groups: tuple[WayGroup, ...]
    not_given: tuple[str, ...]
    sections: tuple[SectionDistance, ...]
    rows: tuple[SectionWay, ...]
    n_withheld: int


def other_rules_of(
    setting: Setting,
    records: Sequence[RoundRecord],
    items: Sequence[ItemRow],
    findings: Sequence[SectionFinding],
    audience: Audience,
) -> OtherRules:
    """Decide every rated section again, by its last round; the team's from all counts that may be told."""
    rated = [one for one in findings if one.last.items and one.last.outcome]
    results = {record.number: record for record in records if record.results is not None}
    if audience.is_team:
        found, sections, not_given = _in_full(setting, results, items, rated)
    else:
        found, sections, not_given = _on_what_is_shown(setting, items, rated)
    titles = {one.code: f"{one.place}. {one.title}" for one in rated}
    return OtherRules(
        sentences=study_in_words(found, {one.code: f"“{one.title}”" for one in rated}) if sections else (),
        sealed=sealed_row(found),
        groups=way_groups(found, titles),
        not_given=not_given,
        sections=tuple(
            _distance(setting, titles, one, audience.is_team and one.round_number in results)
            for one in sections
        ),
        rows=tuple(_rows(found, sections, titles)),
        n_withheld=len(rated) - len(sections),
    )


Found = tuple[UnderOtherRules, tuple[SectionToDecide, ...], tuple[str, ...]]


def _in_full(
    setting: Setting,
    records: Mapping[int, RoundRecord],
    items: Sequence[ItemRow],
    rated: Sequence[SectionFinding],
) -> Found:
    """From the counts themselves, other sets of people included.

    Where answers were deleted since, from the figures that were shared, as in the shared report.
    """
    rounds: list[tuple[Round, Results, list[str]]] = []
    for number, record in records.items():
        codes = [one.code for one in rated if one.last.round == number]
        if record.results is not None and codes:
            rounds.append((record.round, record.results, codes))
    rules = rules_of(setting.study, rounds)
    kept = [one for one in rated if one.last.round not in records]
    shown = _sections_shown(setting, items, kept)
    masked = [
        replace(way, rule=None) if way.kind is Kind.PEOPLE or not _is_safe(way) else way
        for way in rules.found.ways
    ]
    again = under_other_rules(masked, shown, setting.scale, setting.structure)
    pairs = [
        *zip(rules.sections, rules.found.sections, strict=True),
        *zip(shown, again.sections, strict=True),
    ]
    pairs.sort(key=lambda pair: setting.places[pair[0].code])
    found = UnderOtherRules(rules.found.ways, tuple(one for _, one in pairs))
    return found, tuple(given for given, _ in pairs), ()


def _on_what_is_shown(setting: Setting, items: Sequence[ItemRow], rated: Sequence[SectionFinding]) -> Found:
    """From the figures that the report prints, of everybody and of each panel."""
    given = StudyRules.of(setting.study)
    ways = ways_on_everybody(given)
    safe = tuple(way for way in ways if _is_safe(way))
    sections = _sections_shown(setting, items, rated)
    found = under_other_rules(safe, sections, given.scale, given.structure)
    return found, tuple(sections), tuple(way.title for way in ways if way not in safe)


def _sections_shown(
    setting: Setting, items: Sequence[ItemRow], rated: Sequence[SectionFinding]
) -> list[SectionToDecide]:
    """The sections of which every panel's figures are printed in full."""
    sections = []
    for one in rated:
        counts = {row.criterion: _shown(setting, row) for row in one.last.items}
        whole = {criterion: found for criterion, found in counts.items() if found is not None}
        if len(whole) == len(counts):
            verdict = verdict_of(one.last.outcome or "")
            contexts = {EVERYBODY: _round_shown(setting, items, one.last.round)}
            sections.append(SectionToDecide(one.code, one.last.round, verdict, {EVERYBODY: whole}, contexts))
    return sections


def _is_safe(way: OtherWay) -> bool:
    """Whether a way looks at nothing but what may be printed of everybody and each panel."""
    return way.rule is None or not (way.weighs_groups or _looks_beyond(way.rule))


def _looks_beyond(rule: Rule) -> bool:
    """Whether a rule looks at more than everybody and each panel: at groups, or at the same people again."""
    tests = (test for clause in rule.clauses for test in each_test(clause.when))
    at_groups = any("group" in test.of.partition(":")[0] for test in tests)
    return at_groups or bool(needs_of(rule) & COUNTED_FOR_EVERYBODY)


def _shown(setting: Setting, row: ItemRow) -> ItemCounts | None:
    """An item's counts as printed, each panel's in its first group; None unless all are printed in full."""
    panels = row.panels or (row.everyone,)
    first_of = {panel.code: panel.groups[0] for panel in setting.structure.panels}
    by_group = {
        code: Histogram.empty(setting.scale.minimum, len(setting.scale.values))
        for code in setting.structure.group_codes
    }
    for panel in panels:
        if panel.counts is None:
            return None
        group = first_of.get(panel.code, setting.structure.group_codes[0])
        by_group[group] = Histogram(setting.scale.minimum, panel.counts, panel.n_unable or 0)
    return ItemCounts(by_group)


def _round_shown(setting: Setting, items: Sequence[ItemRow], number: int) -> Context:
    """Every item of a round, for a rule that looks at the whole round; nothing unless all are printed."""
    found = [_shown(setting, row) for row in items if row.round == number]
    whole = tuple(one for one in found if one is not None)
    return Context(round_items=RoundItems(whole)) if len(whole) == len(found) else Context()


def _distance(
    setting: Setting, titles: Mapping[str, str], one: SectionToDecide, is_whole: bool
) -> SectionDistance:
    words = VERDICT_WORDS[one.verdict].capitalize()
    if not is_whole and _looks_beyond(setting.rule):
        return SectionDistance(one.code, titles[one.code], one.round_number, words, "–", NOT_SHOWN)
    distance = distance_to_flip(
        setting.rule,
        setting.scale,
        setting.structure,
        one.counts[EVERYBODY],
        one.round_number,
        tries=TRIES,
    )
    return SectionDistance(
        one.code,
        titles[one.code],
        one.round_number,
        words,
        answers_in_words(distance),
        distance_in_short(distance, setting.vocabulary),
    )


def _rows(
    found: UnderOtherRules, sections: Sequence[SectionToDecide], titles: Mapping[str, str]
) -> list[SectionWay]:
    return [
        SectionWay(
            given.code,
            titles[given.code],
            given.round_number,
            VERDICT_WORDS[given.verdict].capitalize(),
            way.kind.value,
            way.title,
            way.source,
            says_of(decided).words,
            decided.differs,
        )
        for given, one in zip(sections, found.sections, strict=True)
        for way, decided in zip(found.ways, one.decided, strict=True)
        if way.rule is not None
    ]
