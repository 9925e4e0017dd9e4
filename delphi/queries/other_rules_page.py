"""An analysed round under other rules: every way to decide its sections, and how firm each outcome is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from delphi.consensus.flipping import Distance, distance_to_flip
from delphi.consensus.other_rules import (
    EVERYBODY,
    Decided,
    Kind,
    OtherWay,
    SectionToDecide,
    SectionUnderRules,
)
from delphi.consensus.other_rules_words import distance_in_short, study_in_words
from delphi.consensus.verdict import VERDICT_WORDS, Verdict
from delphi.consensus.vocabulary import Vocabulary
from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.queries.other_rules import Rules, rules_of_round
from delphi.queries.results import vocabulary_of
from delphi.queries.results_look import Look
from delphi.queries.results_rows import ResultRow, result_rows
from delphi.queries.sections import sections_of

CHANGING = "changing"
"""The filter: only what comes out otherwise."""

TRIES_FOR_ALL = 800
"""Count tables tried for each section of a round, where its own page tries five times as many."""

MARKS = {
    Verdict.AGREED: "agreed",
    Verdict.LEFT_OUT: "left",
    Verdict.NOT_AGREED: "not",
    Verdict.NOT_ASSESSABLE: "na",
}
"""The sign of each verdict in the sprite."""

KIND_WORDS = {
    Kind.PUBLISHED: "Other published rules",
    Kind.SETTING: "The sealed rule, with another setting",
    Kind.PEOPLE: "The sealed rule, on other answers",
}


@dataclass(frozen=True, slots=True)
class Says:
    """What a way says of a section: the sign of its mark, its words, and whether the sealed rule differs."""

    mark: str
    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A section that comes out otherwise, and how."""

    code: str
    title: str
    says: Says


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way: how many sections come out how, and which of them otherwise than by the sealed rule.

    `tally` counts agreed, agreed to leave out, not agreed and not assessable. With `unfit` the way cannot be
    asked, and has no numbers. Of `n_too_few` sections it says nothing, since too few people are left.
    """

    title: str
    note: str
    source: str
    tally: tuple[int, ...]
    changed: tuple[Changed, ...]
    n_too_few: int
    unfit: str


@dataclass(frozen=True, slots=True)
class WayGroup:
    """Ways of one kind, under their heading; `unfit` are those that cannot be asked."""

    heading: str
    rows: tuple[WayRow, ...]
    unfit: tuple[WayRow, ...]


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
    """The page of a round under other rules. `heads` are the ways of the table sections × ways."""

    number: int
    caption: str
    heading: str
    sentences: tuple[str, ...]
    shown: str
    n_changing: int
    n_asked: int
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
        sealed=_sealed_row(rules),
        groups=_groups(rules, titles, changing if only else None),
        heads=tuple(way.title for way in heads),
        sections=tuple(
            _section_row(vocabulary, rules, rows[given.code], given, one, heads)
            for given, one in zip(rules.sections, rules.found.sections, strict=True)
            if not only or one in depending
        ),
        n_sections=len(rules.sections),
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def says_of(decided: Decided) -> Says:
    """What one way says of a section, as a mark."""
    if decided.verdict is None:
        return Says("none", "Not asked", differs=False)
    if decided.too_few:
        return Says("na", "Too few", differs=False)
    return Says(MARKS[decided.verdict], VERDICT_WORDS[decided.verdict].capitalize(), decided.differs)


def _heading(rules: Rules) -> str:
    """The answer: how many sections come out alike in every way that can be asked."""
    n, n_other = len(rules.sections), len(rules.found.depending())
    if not n_other:
        keeps = "the section keeps its outcome" if n == 1 else f"all {n} sections keep their outcome"
        return f"Under other rules: {keeps}"
    return f"Under other rules: {n - n_other} of {n} sections always keep their outcome"


def _quoted(look: Look) -> dict[str, str]:
    """Titles as they stand in a sentence, without their place in the guidance."""
    return {section.code: f"“{section.title}”" for section in sections_of(look.study.id)}


def _sealed_row(rules: Rules) -> WayRow:
    verdicts = [one.verdict for one in rules.sections]
    return WayRow("The sealed rule", "", "", _tally(verdicts), (), 0, "")


def _tally(verdicts: list[Verdict]) -> tuple[int, ...]:
    return tuple(sum(one is verdict for one in verdicts) for verdict in Verdict)


def _groups(rules: Rules, titles: Mapping[str, str], only: list[OtherWay] | None) -> tuple[WayGroup, ...]:
    found = []
    for kind, heading in KIND_WORDS.items():
        rows = tuple(
            _way_row(rules, way, titles)
            for way in rules.found.ways
            if way.kind is kind and (only is None or way in only)
        )
        if rows:
            fit, unfit = ([row for row in rows if bool(row.unfit) is wanted] for wanted in (False, True))
            found.append(WayGroup(heading, tuple(fit), tuple(unfit)))
    return tuple(found)


def _way_row(rules: Rules, way: OtherWay, titles: Mapping[str, str]) -> WayRow:
    decided = list(zip(rules.sections, rules.found.by(way), strict=True))
    return WayRow(
        way.title,
        way.note,
        way.source,
        _tally([one.verdict for _, one in decided if one.verdict is not None]),
        tuple(Changed(given.code, titles[given.code], says_of(one)) for given, one in decided if one.differs),
        sum(one.too_few for _, one in decided),
        way.unfit,
    )


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


def answers_in_words(distance: Distance) -> str:
    """The number of answers for a narrow column: "3", "more than 2", "–"."""
    if distance.n_answers is None:
        return "–"
    return str(distance.n_answers) if distance.is_exact else f"more than {distance.n_answers - 1}"
