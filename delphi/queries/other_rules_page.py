"""An analysed round under other rules: every way to decide its sections, and how firm each outcome is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from delphi.charts.verdicts import MOST, VerdictRow, verdict_rows
from delphi.consensus.flipping import Distance, distance_to_flip
from delphi.consensus.other_rules import (
    EVERYBODY,
    OtherWay,
    SectionToDecide,
    SectionUnderRules,
)
from delphi.consensus.other_rules_words import distance_in_short, least_firm_in_words, study_in_words
from delphi.consensus.vocabulary import Vocabulary
from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.queries.other_rules import Rules, rules_of_round
from delphi.queries.other_rules_rows import (
    MARKS,
    Says,
    WayGroup,
    WayRow,
    answers_in_words,
    says_of,
    sealed_row,
    way_groups,
)
from delphi.queries.results import vocabulary_of
from delphi.queries.results_look import Look
from delphi.queries.results_rows import ResultRow, result_rows
from delphi.queries.sections import sections_of

CHANGING = "changing"
"""The filter: only what comes out otherwise."""

TRIES_FOR_ALL = 800
"""Count tables tried for each section of a round, where its own page tries five times as many."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section: its outcome, how far it is from another, and what each way says of it."""

    code: str
    title: str
    outcome: Says
    answers: str
    how_far: str
    n_differing: int
    says: tuple[Says, ...]


@dataclass(frozen=True, slots=True)
class OtherRulesPage:
    """The page of a round under other rules. `heads` are the ways of the table sections × ways.

    `picture` has every section and every way, also where the tables are cut down; "" without another way.
    """

    number: int
    caption: str
    heading: str
    sentences: tuple[str, ...]
    shown: str
    n_changing: int
    n_asked: int
    picture: str
    least_firm: str
    n_drawn: int
    sealed: WayRow
    groups: tuple[WayGroup, ...]
    heads: tuple[str, ...]
    sections: tuple[SectionRow, ...]
    n_sections: int
    may_export: bool


def other_rules_page(member: TeamMember, number: int, *, show: str = "") -> OtherRulesPage:
    """A round's sections under other rules; WrongState before it is analysed (M21).

    `show` "changing" leaves out ways and sections that change nothing; anything else shows all.
    """
    look = Look(member, number)
    rows = {row.code: row for row in result_rows(look)}
    rules = rules_of_round(look.study, look.round, look.results)
    titles = {code: row.title for code, row in rows.items()}
    asked = rules.found.asked()
    only = show == CHANGING
    changing = [way for way in asked if any(one.differs for one in rules.found.by(way))]
    heads = changing if only else list(asked)
    depending = rules.found.depending()
    vocabulary = vocabulary_of(look.study)
    return OtherRulesPage(
        number=number,
        caption=f"Round {number}, analysed on {look.analysed_on}. Team only, not for sharing",
        heading=_heading(rules),
        sentences=study_in_words(rules.found, _quoted(look)),
        shown=CHANGING if only else "",
        n_changing=len(changing),
        n_asked=len(asked),
        picture=_picture(rules, titles) if asked and rules.sections else "",
        least_firm=least_firm_in_words(rules.found, _quoted(look)),
        n_drawn=min(len(rules.sections), MOST),
        sealed=sealed_row(rules.found),
        groups=way_groups(rules.found, titles, changing if only else None),
        heads=tuple(way.title for way in heads),
        sections=tuple(
            _section_row(vocabulary, rules, rows[given.code], given, one, heads)
            for given, one in zip(rules.sections, rules.found.sections, strict=True)
            if not only or one in depending
        ),
        n_sections=len(rules.sections),
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def _heading(rules: Rules) -> str:
    """The answer: how many sections come out alike in every way that can be asked."""
    n, n_other = len(rules.sections), len(rules.found.depending())
    if not n:
        return "Under other rules: no section was rated"
    if not n_other:
        keeps = "the section keeps its outcome" if n == 1 else f"all {n} sections keep their outcome"
        return f"Under other rules: {keeps}"
    if n == n_other:
        return "Under other rules: no section always keeps its outcome"
    keep = "keeps its outcome" if n - n_other == 1 else "keep their outcome"
    return f"Under other rules: {n - n_other} of {n} sections always {keep}"


def _quoted(look: Look) -> dict[str, str]:
    """Titles as they stand in a sentence, without their place in the guidance."""
    return {section.code: f"“{section.title}”" for section in sections_of(look.study.id)}


def _picture(rules: Rules, titles: Mapping[str, str]) -> str:
    """How many ways give each section which outcome."""
    rows = []
    for one in rules.found.sections:
        found = Counter(MARKS[by.verdict] for by in one.decided if by.counts and by.verdict is not None)
        rows.append(VerdictRow(titles[one.code], MARKS[one.verdict], found))
    return verdict_rows("firm", "How many ways to decide say what of each section", rows)


def _section_row(
    vocabulary: Vocabulary,
    rules: Rules,
    row: ResultRow,
    given: SectionToDecide,
    one: SectionUnderRules,
    heads: list[OtherWay],
) -> SectionRow:
    distance = distance_of(rules, given, tries=TRIES_FOR_ALL)
    by_code = {decided.way: decided for decided in one.decided}
    return SectionRow(
        code=given.code,
        title=row.title,
        outcome=Says(row.mark, row.outcome, differs=False),
        answers=answers_in_words(distance),
        how_far=distance_in_short(distance, vocabulary),
        n_differing=len(one.differing(rules.found.asked())),
        says=tuple(says_of(by_code[way.code]) for way in heads),
    )


def distance_of(rules: Rules, given: SectionToDecide, *, tries: int) -> Distance:
    """How far a section is from another outcome by the sealed rule."""
    study = rules.study
    return distance_to_flip(
        study.rule, study.scale, study.structure, given.counts[EVERYBODY], given.round_number, tries=tries
    )
