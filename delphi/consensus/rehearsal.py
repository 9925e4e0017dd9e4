"""A rehearsal of the rule on made-up panels of the planned sizes, before anybody has rated anything.

It shows what a rule is able to find: how often a section that a given part of all people agree with would
be called agreed, and which set of people alone stands in its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from delphi.consensus.assess import SectionAssessment, assess_section, tests_of
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale

if TYPE_CHECKING:
    from numpy.random import Generator

    Dice: TypeAlias = Generator


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of `n_panels` made-up panels, by outcome.

    `alone` counts, of the panels in which the section was not agreed, those in which one set of people
    ("panel:practice", "pooled") was the only one to miss what the rule asks of it.
    """

    n_panels: int
    outcomes: Mapping[Outcome, int]
    alone: Mapping[str, int]

    def share(self, outcome: Outcome) -> float:
        """The part of the panels with this outcome, 0 to 1."""
        return self.outcomes.get(outcome, 0) / self.n_panels


def dice_of(seed: int) -> Dice:
    """Dice for `rehearse`: the same seed, 0 or more, throws the same."""
    from numpy.random import default_rng

    return default_rng(seed)


def rehearse(
    rule: Rule,
    scale: Scale,
    structure: GroupStructure,
    *,
    sizes: Mapping[str, int],
    agreement: Mapping[str, float],
    criteria: Sequence[str],
    n_panels: int,
    dice: Dice,
) -> Rehearsed:
    """Play a section past the rule many times.

    Parameters
    ----------
    rule, scale, structure : Rule, Scale, GroupStructure
        Those of the study.
    sizes : mapping of group code to int
        People of each stakeholder group who rate.
    agreement : mapping of group code to float
        The true part of the people a group is drawn from who agree, 0 to 1.
    criteria : sequence of str
        What the section is rated on; people answer each of them independently.
    n_panels : int
        How many panels to make up, at least 1.
    dice : Dice
        From `dice_of`; the same state gives the same answer.

    Returns
    -------
    Rehearsed
        In round 1 of the rule.

    Raises
    ------
    ValueError
        If a group has no size or no agreement, or a part is not between 0 and 1.

    Notes
    -----
    Whoever agrees chooses any point of the agree band alike, whoever does not any other point alike. A rule
    on medians or spread depends on this; a rule on shares does not. With several criteria that people
    answer alike, a section is agreed more often than here.
    """
    missing = [code for code in structure.group_codes if code not in sizes or code not in agreement]
    if missing:
        raise ValueError(f"group {missing[0]} needs a size and a true agreement")
    if any(not 0 <= part <= 1 for part in agreement.values()):
        raise ValueError("a true agreement lies between 0 and 1")
    outcomes: Counter[Outcome] = Counter()
    alone: Counter[str] = Counter()
    drawn = _draw(scale, sizes, agreement, criteria, n_panels, dice)
    for items in drawn:
        found = assess_section(rule, scale, structure, items, 1)
        outcomes[found.outcome] += 1
        if found.outcome is not Outcome.AGREED:
            alone.update(_stood_alone(found))
    return Rehearsed(n_panels, dict(outcomes), dict(alone))


def _draw(
    scale: Scale,
    sizes: Mapping[str, int],
    agreement: Mapping[str, float],
    criteria: Sequence[str],
    n_panels: int,
    dice: Dice,
) -> Iterator[dict[str, ItemCounts]]:
    band = set(scale.bands["agree"])
    others = len(scale.values) - len(band)
    counts = {}
    for group, size in sizes.items():
        part = agreement[group] if others else 1.0
        chances = [
            part / len(band) if value in band else (1 - part) / max(others, 1) for value in scale.values
        ]
        counts[group] = dice.multinomial(size, chances, size=(n_panels, len(criteria)))
    for panel in range(n_panels):
        yield {
            criterion: ItemCounts(
                {
                    group: Histogram(scale.minimum, tuple(int(n) for n in drawn[panel, place]))
                    for group, drawn in counts.items()
                }
            )
            for place, criterion in enumerate(criteria)
        }


def _stood_alone(found: SectionAssessment) -> set[str]:
    """The one set of people that missed what "agreed" asks; nobody when several did."""
    for clause in found.tried:
        if clause.clause.outcome != Outcome.AGREED:
            continue
        missed = {
            measurement.of
            for test in tests_of(clause.condition)
            if not test.passed
            for measurement in test.measurements
            if not measurement.passed
        }
        return missed if len(missed) == 1 else set()
    return set()
