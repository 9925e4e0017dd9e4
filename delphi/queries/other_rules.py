"""A study's sections under other rules: the counts it takes, from result snapshots and one pull a round.

Outcomes by published rules come from the counts of the newest snapshot, as everything on the pages of
results. Only counts of other sets of people need the answers themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delphi.consensus.context import Context, Need, RoundItems, needs_of
from delphi.consensus.counts import ItemCounts
from delphi.consensus.other_rules import (
    EVERYBODY,
    Kind,
    OtherWay,
    SectionToDecide,
    UnderOtherRules,
    published_ways,
    under_other_rules,
)
from delphi.consensus.other_settings import setting_ways
from delphi.consensus.verdict import verdict_of
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.counts import round_answers
from delphi.queries.other_people import TITLES, people_counted
from delphi.queries.results import Results, item_key
from delphi.queries.round_counts import round_counts
from delphi.queries.rounds import items_of
from delphi.queries.studies import criteria_of, rule_of, scale_of, structure_of

COUNTED_FOR_EVERYBODY = frozenset({Need.EARLIER, Need.ATTRITION})

NOBODY_OTHER = {
    "completers": "Everybody who answered took part in every round so far.",
    "handed-in": "Every answer that counts was handed in.",
    "not-late": "No answer was late.",
    "alone": "Nobody answered on paper, by phone or with support.",
    "other-perspective": "Nobody who answered named another perspective.",
}


@dataclass(frozen=True, slots=True)
class StudyRules:
    """What a study's sections are decided by and on."""

    rule: Rule
    scale: Scale
    structure: GroupStructure
    criteria: tuple[str, ...]

    @classmethod
    def of(cls, study: Study) -> StudyRules:
        """Read once for all rounds."""
        return cls(
            rule_of(study),
            scale_of(study),
            structure_of(study.id),
            tuple(criterion.code for criterion in criteria_of(study.id)),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """Sections under other rules, with what they were decided on."""

    study: StudyRules
    sections: tuple[SectionToDecide, ...]
    found: UnderOtherRules


def rules_of_round(
    study: Study, round_: Round, results: Results, sections: Sequence[str] | None = None
) -> Rules:
    """The sections of one analysed round under other rules; all of them, or those named."""
    return rules_of(study, [(round_, results, list(results.outcomes) if sections is None else sections)])


def rules_of(study: Study, rounds: Sequence[tuple[Round, Results, Sequence[str]]]) -> Rules:
    """Sections of several rounds under other rules: for each round its results and which sections to take."""
    given = StudyRules.of(study)
    sections: list[SectionToDecide] = []
    n_other = dict.fromkeys(TITLES, 0)
    for round_, results, codes in rounds:
        counts, others = _counts_by_people(study, given, round_)
        for code, n in others.items():
            n_other[code] += n
        counts = {EVERYBODY: results.items, **counts}
        contexts = _contexts(study, given, round_, counts)
        sections += [_section(round_, results, counts, contexts, code) for code in codes]
    ways = (*ways_on_everybody(given), *_people_ways(given.rule, n_other, one_round=len(rounds) == 1))
    return Rules(given, tuple(sections), under_other_rules(ways, sections, given.scale, given.structure))


def ways_on_everybody(given: StudyRules) -> tuple[OtherWay, ...]:
    """The ways that look at the answers of everybody who counts."""
    return (
        *published_ways(given.rule, given.scale, given.structure, given.criteria),
        *setting_ways(given.rule),
    )


def _people_ways(sealed: Rule, n_other: Mapping[str, int], *, one_round: bool) -> list[OtherWay]:
    """The sealed rule on other sets of people; a set of everybody is not asked, since it says nothing new."""
    found = []
    for code, title in TITLES.items():
        unfit = "" if n_other[code] else NOBODY_OTHER[code]
        if needs_of(sealed) & COUNTED_FOR_EVERYBODY:
            unfit = "The sealed rule looks at the round before, or at who stayed: counted for everybody only."
        note = "" if unfit or not one_round else _note(code, n_other[code])
        rule = None if unfit else sealed
        found.append(OtherWay(code, title, Kind.PEOPLE, rule, people=code, note=note, unfit=unfit))
    return found


def _note(code: str, n: int) -> str:
    people = "1 person is" if n == 1 else f"{n} people are"
    return f"{people} {'counted in another group' if code == 'other-perspective' else 'left out'}."


Counts = Mapping[str, Mapping[str, ItemCounts]]
"""Counts by set of people, and in it by item."""


def _counts_by_people(study: Study, given: StudyRules, round_: Round) -> tuple[Counts, dict[str, int]]:
    """The counts of every other set of people in a round, and how many people each is other by."""
    codes = given.structure.group_codes
    others = people_counted(study, round_, codes)
    wanted = {code: one for code, one in others.items() if one.n_other}
    items = items_of(round_.id)
    key_of = {item.id: item_key(item.section.code, item.criterion.code) for item in items}
    n_other = {code: one.n_other for code, one in others.items()}
    if not wanted:
        return {}, n_other
    answers = round_answers(round_, list(key_of), codes, given.scale)
    counts = {
        code: {key_of[item]: counts for item, counts in answers.of_people(one.group_of).counts().items()}
        for code, one in wanted.items()
    }
    return counts, n_other


def _contexts(
    study: Study, given: StudyRules, round_: Round, counts: Counts
) -> Mapping[str, Mapping[str, Context]]:
    """What a rule may look at beside a section's counts, by section and set of people.

    The whole round for every set of people; the round before, and who stayed, only where the sealed rule
    asks for it, and of everybody.
    """
    found: dict[str, dict[str, Context]] = {}
    whole = {people: Context(round_items=RoundItems(tuple(of.values()))) for people, of in counts.items()}
    needs = needs_of(given.rule)
    beside = (
        round_counts(study, round_, given.structure.group_codes, given.scale, needs=needs)
        if needs & COUNTED_FOR_EVERYBODY
        else None
    )
    for item in items_of(round_.id):
        section = item.section.code
        if section not in found:
            found[section] = whole | ({EVERYBODY: beside.context(item.section_id)} if beside else {})
    return found


def _section(
    round_: Round,
    results: Results,
    counts: Counts,
    contexts: Mapping[str, Mapping[str, Context]],
    code: str,
) -> SectionToDecide:
    """One section with its counts; a set of people that is everybody has everybody's counts."""
    of_everybody = _items_of(results.items, code)
    return SectionToDecide(
        code,
        round_.number,
        verdict_of(results.outcomes[code].outcome),
        {
            EVERYBODY: of_everybody,
            **{
                people: _items_of(counts[people], code) if people in counts else of_everybody
                for people in TITLES
            },
        },
        {people: contexts[code].get(people, contexts[code][EVERYBODY]) for people in (EVERYBODY, *TITLES)},
    )


def _items_of(counts: Mapping[str, ItemCounts], section: str) -> dict[str, ItemCounts]:
    return {
        key.split("/", 1)[1]: counted for key, counted in counts.items() if key.split("/", 1)[0] == section
    }
