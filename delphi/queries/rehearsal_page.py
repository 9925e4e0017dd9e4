"""A rehearsal of the rule as a page: what it would find on panels of the planned sizes.

Nothing is kept and nothing is about real answers. The figures come from `delphi.consensus.rehearsal`; NumPy
is imported there, when somebody opens the page, and not when a web worker starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from delphi.consensus.rehearsal import dice_of, rehearse
from delphi.consensus.rehearsal_words import ALIKE, groups_apart, limits_of_rehearsal
from delphi.consensus.words import rule_in_words, text_in_own_words
from delphi.domain.actors import TeamMember
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule, canonical
from delphi.domain.scale import Scale
from delphi.domain.states import StudyState
from delphi.queries.rule_draft import StudyOfRule, study_of_rule
from delphi.queries.studies import study_of

LEVELS = (60, 70, 75, 80, 85, 90, 95)
"""True agreement in per cent: of all the people that a group is drawn from."""
SIZES = (
    ("Half of them", Fraction(1, 2)),
    ("Three in four", Fraction(3, 4)),
    ("As planned", Fraction(1)),
    ("Twice as many", Fraction(2)),
)
N_PANELS = 150
"""Made-up panels behind each figure; a figure of 50% is right within about 8 points."""
MOST_KEPT = 1000
"""Figures that one process remembers: some thirty studies' pages."""
SEED = 1
"""The same page shows the same figures to everybody."""
DIFFERS = (30, 40, 50, 60, 70)
USUAL = 50


@dataclass(frozen=True, slots=True)
class SizeColumn:
    """A panel size: in words, and how many people rate; `too_few` where no section can be assessed then."""

    words: str
    people: int
    too_few: str


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level of true agreement: per cent of panels that call the section agreed, by size."""

    level: int
    shares: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group that thinks otherwise: its planned people, and per cent of panels that still agree."""

    label: str
    people: int
    share: int


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """The page. `missing` names groups without a planned number, and then there are no figures.

    `limits` say what of the rule is not rehearsed; where that is all of it there are no figures either.
    `is_draft`: the rule can still be changed.
    """

    is_draft: bool
    text: str
    sentences: tuple[str, ...]
    missing: tuple[str, ...]
    limits: tuple[str, ...]
    n_panels: int
    n_criteria: int
    sizes: tuple[SizeColumn, ...]
    rows: tuple[LevelRow, ...]
    answer: str
    alike: int
    if_alike: int
    differs: int
    choices: tuple[int, ...]
    groups: tuple[GroupRow, ...]
    decides: str


def rehearsal_page(member: TeamMember, *, differs: str = "") -> RehearsalPage:
    """The rehearsal of the saved rule; `differs` is the per cent who agree in a group that differs."""
    study = study_of(member.study_id)
    of = study_of_rule(study)
    structure = of.vocabulary.structure
    missing = tuple(group.label for group in structure.groups if not of.targets.get(group.code))
    other = int(differs) if differs in {str(one) for one in DIFFERS} else USUAL
    limits = limits_of_rehearsal(of.saved)
    sizes, rows = ((), ()) if missing else _by_size(of)
    if limits and not any(any(row.shares) for row in rows):
        rows = ()
    if_alike, groups, decides = _by_group(of, other) if rows else (0, (), "")
    return RehearsalPage(
        is_draft=study.state == StudyState.DRAFT,
        text=text_in_own_words(of.saved, of.vocabulary),
        sentences=rule_in_words(of.saved, of.vocabulary),
        missing=missing,
        limits=limits,
        n_panels=N_PANELS,
        n_criteria=len(of.criteria),
        sizes=sizes,
        rows=rows,
        answer=_answer(rows, sizes),
        alike=ALIKE,
        if_alike=if_alike,
        differs=other,
        choices=DIFFERS,
        groups=groups,
        decides=decides,
    )


def _by_size(of: StudyOfRule) -> tuple[tuple[SizeColumn, ...], tuple[LevelRow, ...]]:
    sizes = [{code: max(1, round(n * factor)) for code, n in of.targets.items()} for _, factor in SIZES]
    columns = tuple(
        SizeColumn(words, sum(size.values()), _too_few(of, size))
        for (words, _), size in zip(SIZES, sizes, strict=True)
    )
    rows = tuple(
        LevelRow(level, tuple(_agreed(of, size, _all_at(of, level)) for size in sizes)) for level in LEVELS
    )
    return columns, rows


def _too_few(of: StudyOfRule, size: Mapping[str, int]) -> str:
    """Which panel is smaller than the rule asks for, so that nothing is ever assessed."""
    needed = of.saved.min_ratings_per_panel
    structure = of.vocabulary.structure
    panels = {panel.label: sum(size[code] for code in panel.groups) for panel in structure.panels}
    for label, people in (panels or {"Everybody together": sum(size.values())}).items():
        if people < needed:
            return f"{label}: {people} people, and the rule needs {needed} ratings"
    return ""


def _by_group(of: StudyOfRule, differs: int) -> tuple[int, tuple[GroupRow, ...], str]:
    """Per cent of panels that agree when all groups do, and when one alone differs; which decides most."""
    found = groups_apart(
        lambda agreement: _agreed(of, of.targets, agreement) / 100,
        of.vocabulary.structure,
        of.targets,
        differs,
    )
    rows = tuple(GroupRow(one.label, one.people, round(100 * one.share)) for one in found.groups)
    return round(100 * found.alike), rows, found.words


def _agreed(of: StudyOfRule, sizes: Mapping[str, int], agreement: Mapping[str, float]) -> int:
    """Per cent of made-up panels that call the section agreed."""
    words = of.vocabulary
    return _played(
        canonical(of.saved),
        words.scale.model_dump_json(),
        words.structure,
        of.criteria,
        tuple(sizes.items()),
        tuple(agreement.items()),
    )


@lru_cache(maxsize=MOST_KEPT)
def _played(
    rule: bytes,
    scale: str,
    structure: GroupStructure,
    criteria: tuple[str, ...],
    sizes: tuple[tuple[str, int], ...],
    agreement: tuple[tuple[str, float], ...],
) -> int:
    """As `_agreed`; kept, because the same question has the same answer and takes a while to work out."""
    played = rehearse(
        Rule.model_validate_json(rule),
        Scale.model_validate_json(scale),
        structure,
        sizes=dict(sizes),
        agreement=dict(agreement),
        criteria=criteria,
        n_panels=N_PANELS,
        dice=dice_of(SEED),
    )
    return round(100 * played.share(Outcome.AGREED))


def _all_at(of: StudyOfRule, level: int) -> dict[str, float]:
    return dict.fromkeys(of.vocabulary.structure.group_codes, level / 100)


def _answer(rows: tuple[LevelRow, ...], sizes: tuple[SizeColumn, ...]) -> str:
    """The first table in a sentence: from which true agreement on most panels of the planned size agree."""
    if not rows:
        return "Made-up panels of one round cannot show what this rule would do."
    planned = [words for words, _ in SIZES].index("As planned")
    if sizes[planned].too_few:
        return f"No section can be assessed with as many as planned. {sizes[planned].too_few}."
    found = next((row.level for row in rows if row.shares[planned] >= 80), None)
    if found is None:
        return (
            f"Even if {LEVELS[-1]}% of all people agree, this rule calls a section agreed in "
            f"{rows[-1].shares[planned]}% of panels of the planned size."
        )
    return (
        f"On panels of the planned size this rule calls a section agreed in at least 80% of cases once "
        f"{found}% of all people agree."
    )
