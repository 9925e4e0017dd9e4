"""One section under other rules: by each of them the section and its statements, and how far it would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from delphi.charts.verdicts import VerdictRow, verdict_rows
from delphi.consensus.assess import assess_section
from delphi.consensus.counts import ItemCounts
from delphi.consensus.flipping import TRIES, distance_to_flip
from delphi.consensus.other_rules import Decided, Kind, OtherWay, SectionToDecide, SectionUnderRules
from delphi.consensus.other_rules_words import distance_in_words, section_in_words
from delphi.consensus.verdict import verdict_of
from delphi.consensus.vocabulary import Vocabulary
from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotFound
from delphi.domain.rule import each_test
from delphi.queries.other_rules import Rules, rules_of_round
from delphi.queries.other_rules_page import distance_of
from delphi.queries.other_rules_rows import KIND_WORDS, MARKS, Says, answers_in_words, says_of
from delphi.queries.results import vocabulary_of
from delphi.queries.results_look import Look
from delphi.queries.results_rows import result_rows

TRIES_FOR_EACH = 500
"""Count tables tried for each way, where its figures pull two ways; the sealed rule has more."""


@dataclass(frozen=True, slots=True)
class SectionWay:
    """One way of deciding a section: the whole, each statement by itself, and how far it is from changing.

    `statements` are empty where statements cannot be decided one by one, `how_far` where it is not asked.
    """

    title: str
    note: str
    source: str
    says: Says
    statements: tuple[Says, ...]
    how_far: str
    unfit: str


@dataclass(frozen=True, slots=True)
class SectionWays:
    """Ways of one kind, under their heading; `unfit` are those that cannot be asked."""

    heading: str
    rows: tuple[SectionWay, ...]
    unfit: tuple[SectionWay, ...]


@dataclass(frozen=True, slots=True)
class OtherRulesSection:
    """A section under other rules; `statements` are the labels of its criteria.

    `picture` shows how many ways say what of the section and of each statement; "" without another way.
    """

    number: int
    code: str
    title: str
    outcome: Says
    why: str
    sentence: str
    how_far: str
    answers: str
    picture: str
    statements: tuple[str, ...]
    sealed: SectionWay
    groups: tuple[SectionWays, ...]
    previous: tuple[str, str] | None
    following: tuple[str, str] | None


def other_rules_section(member: TeamMember, number: int, code: str) -> OtherRulesSection:
    """One section under other rules; NotFound for a section that the round did not rate."""
    look = Look(member, number)
    rows = result_rows(look)
    place = next((i for i, one in enumerate(rows) if one.code == code), None)
    if place is None:
        raise NotFound(f"Round {number} has no results for a section “{code}”.")
    row, rules, vocabulary = (
        rows[place],
        rules_of_round(look.study, look.round, look.results, [code]),
        vocabulary_of(look.study),
    )
    (given,), (found,) = rules.sections, rules.found.sections
    distance = distance_of(rules, given, tries=TRIES)
    outcome = Says(row.mark, row.outcome, differs=False)
    sealed = OtherWay("sealed", "The sealed rule", Kind.PUBLISHED, rules.study.rule)
    groups = _groups(rules, given, found, vocabulary)
    labels = tuple(vocabulary.criterion(one).label for one in given.counts[sealed.people])
    by_itself = _statements(rules, sealed, given)
    return OtherRulesSection(
        number=number,
        code=code,
        title=row.title,
        outcome=outcome,
        why=row.why,
        sentence=section_in_words(found, rules.found),
        how_far=distance_in_words(distance, vocabulary),
        answers=answers_in_words(distance),
        picture=_picture(row.title, found, groups, list(zip(labels, by_itself, strict=False))),
        statements=labels,
        sealed=SectionWay(
            sealed.title,
            "",
            "",
            outcome,
            by_itself,
            distance_in_words(distance, vocabulary),
            "",
        ),
        groups=groups,
        previous=(rows[place - 1].code, rows[place - 1].title) if place else None,
        following=(rows[place + 1].code, rows[place + 1].title) if place + 1 < len(rows) else None,
    )


def _picture(
    title: str, found: SectionUnderRules, groups: Iterable[SectionWays], sealed: list[tuple[str, Says]]
) -> str:
    """A bar for the section, and one for each statement that the sealed rule can decide by itself."""
    says = Counter(MARKS[one.verdict] for one in found.decided if one.counts and one.verdict is not None)
    if not says:
        return ""
    rows = [VerdictRow(title, MARKS[found.verdict], says)]
    decided = [way.statements for group in groups for way in group.rows if way.statements]
    for place, (label, alone) in enumerate(sealed):
        rows.append(VerdictRow(label, alone.mark, Counter(statements[place].mark for statements in decided)))
    return verdict_rows("firm", "How many ways to decide say what", rows)


def _groups(
    rules: Rules, given: SectionToDecide, found: SectionUnderRules, vocabulary: Vocabulary
) -> tuple[SectionWays, ...]:
    ways: dict[Kind, list[SectionWay]] = {kind: [] for kind in KIND_WORDS}
    for way, decided in zip(rules.found.ways, found.decided, strict=True):
        ways[way.kind].append(_section_way(rules, way, given, decided, vocabulary))
    return tuple(
        SectionWays(
            heading,
            tuple(row for row in ways[kind] if not row.unfit),
            tuple(row for row in ways[kind] if row.unfit),
        )
        for kind, heading in KIND_WORDS.items()
    )


def _section_way(
    rules: Rules, way: OtherWay, given: SectionToDecide, decided: Decided, vocabulary: Vocabulary
) -> SectionWay:
    return SectionWay(
        way.title,
        way.note,
        way.source,
        says_of(decided),
        _statements(rules, way, given),
        _how_far(rules, way, given, vocabulary),
        way.unfit,
    )


def _how_far(rules: Rules, way: OtherWay, given: SectionToDecide, vocabulary: Vocabulary) -> str:
    """In words; not where groups are weighed: there an answer counts as much as its group is small."""
    items = given.counts.get(way.people)
    if way.rule is None or way.weighs_groups or items is None:
        return ""
    study = rules.study
    distance = distance_to_flip(
        way.rule, study.scale, study.structure, items, given.round_number, tries=TRIES_FOR_EACH
    )
    return distance_in_words(distance, vocabulary)


def _statements(rules: Rules, way: OtherWay, given: SectionToDecide) -> tuple[Says, ...]:
    """Each statement as if it were a section of one; not under a rule that names statements."""
    items = given.counts.get(way.people)
    if way.rule is None or way.weighs_groups or items is None or _names_criteria(way):
        return ()
    return tuple(_alone(rules, way, given, criterion, counts) for criterion, counts in items.items())


def _alone(rules: Rules, way: OtherWay, given: SectionToDecide, criterion: str, counts: ItemCounts) -> Says:
    study = rules.study
    if way.rule is None:
        raise ValueError("a way without a rule decides nothing")
    found = assess_section(way.rule, study.scale, study.structure, {criterion: counts}, given.round_number)
    return says_of(Decided(way.code, verdict_of(found.outcome)))


def _names_criteria(way: OtherWay) -> bool:
    tests = (test for clause in way.rule.clauses for test in each_test(clause.when)) if way.rule else ()
    return any(test.criteria not in ("all", "any") for test in tests)
