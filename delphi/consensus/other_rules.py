"""The same sections under other rules, and under the sealed rule applied in other ways (requirement T11).

A rule of another study that cannot be asked here, since it was written for another scale or for panels that
the study has not, is not a failure: it counts in no total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import lcm

from delphi.consensus.assess import assess_section
from delphi.consensus.context import NOTHING, Context, Need, needs_of
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.library import PUBLISHED_RULES, PublishedRule
from delphi.consensus.verdict import Verdict, verdict_of
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Rule
from delphi.domain.rule_check import misfits
from delphi.domain.scale import Scale

EVERYBODY = "everybody"
"""The answers that count by the protocol."""


class Kind(StrEnum):
    """What is different from the sealed rule."""

    PUBLISHED = "published"
    """Another rule, as it was published."""
    SETTING = "setting"
    """The sealed rule with another threshold or another way of counting."""
    PEOPLE = "people"
    """The sealed rule on the answers of some of the people, or under their other perspective."""


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Another way to decide the same sections.

    `rule` is None where it cannot be asked in this study, and `unfit` says why. `people` names the counts
    that it looks at; `weighs_groups` counts every stakeholder group alike. `note` is what a reader needs to
    know of it.
    """

    code: str
    title: str
    kind: Kind
    rule: Rule | None
    people: str = EVERYBODY
    weighs_groups: bool = False
    source: str = ""
    note: str = ""
    unfit: str = ""


@dataclass(frozen=True, slots=True)
class SectionToDecide:
    """A section in a round: its verdict by the sealed rule, and its counts by whose answers they are.

    `contexts` hold what a rule may look at beside the counts, by whose answers it is made of.
    """

    code: str
    round_number: int
    verdict: Verdict
    counts: Mapping[str, Mapping[str, ItemCounts]]
    contexts: Mapping[str, Context] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one way says of one section; `verdict` is None where it cannot be asked.

    `differs` is whether the sealed rule says otherwise. With `too_few` so many people are left out that the
    sealed rule has too few ratings: that says nothing of the section, and does not differ.
    """

    way: str
    verdict: Verdict | None
    differs: bool = False
    too_few: bool = False

    @property
    def counts(self) -> bool:
        """Whether the way says anything of the section."""
        return self.verdict is not None and not self.too_few


@dataclass(frozen=True, slots=True)
class SectionUnderRules:
    """One section under every way, in their order."""

    code: str
    verdict: Verdict
    decided: tuple[Decided, ...]

    def differing(self, ways: Sequence[OtherWay]) -> tuple[OtherWay, ...]:
        """Those of the ways by which the section comes out otherwise."""
        found = {one.way for one in self.decided if one.differs}
        return tuple(way for way in ways if way.code in found)


@dataclass(frozen=True, slots=True)
class UnderOtherRules:
    """All sections under all ways. `ways` are also those that cannot be asked."""

    ways: tuple[OtherWay, ...]
    sections: tuple[SectionUnderRules, ...]

    def asked(self, *kinds: Kind) -> tuple[OtherWay, ...]:
        """The ways that can be asked, of these kinds or of all."""
        return tuple(way for way in self.ways if way.rule is not None and (not kinds or way.kind in kinds))

    def depending(self, *kinds: Kind) -> tuple[SectionUnderRules, ...]:
        """The sections that come out otherwise by at least one way of these kinds, or of all."""
        ways = self.asked(*kinds)
        return tuple(one for one in self.sections if one.differing(ways))

    def by(self, way: OtherWay) -> tuple[Decided, ...]:
        """What one way says of each section."""
        place = self.ways.index(way)
        return tuple(one.decided[place] for one in self.sections)


def under_other_rules(
    ways: Sequence[OtherWay],
    sections: Sequence[SectionToDecide],
    scale: Scale,
    structure: GroupStructure,
) -> UnderOtherRules:
    """Decide every section by every way.

    Parameters
    ----------
    ways : sequence of OtherWay
        What to decide by; those without a rule say nothing.
    sections : sequence of SectionToDecide
        Each may be of another round; clauses of other rounds are passed over.
    scale, structure : Scale, GroupStructure
        Those of the study.

    Returns
    -------
    UnderOtherRules
        A way whose people were not counted in a section's round, or that looks at more than is given of
        it, says nothing of that section.

    Raises
    ------
    ValueError
        If two ways have the same code.

    References
    ----------
    Grant S, Booth M, Khodyakov D. Lack of preregistered analysis plans allows unacceptable data mining for
    and selective reporting of consensus in Delphi studies. J Clin Epidemiol 2018;99:96-105.
    """
    if len({way.code for way in ways}) < len(ways):
        raise ValueError("two ways to decide have the same code, so that one would be counted for the other")
    return UnderOtherRules(
        tuple(ways),
        tuple(
            SectionUnderRules(
                one.code, one.verdict, tuple(_decide(way, one, scale, structure) for way in ways)
            )
            for one in sections
        ),
    )


def _decide(way: OtherWay, section: SectionToDecide, scale: Scale, structure: GroupStructure) -> Decided:
    items, context = section.counts.get(way.people), section.contexts.get(way.people, NOTHING)
    needs = needs_of(way.rule) if way.rule is not None else frozenset()
    if section.round_number == 1:
        needs &= {Need.ROUND}
    if way.rule is None or items is None or not needs <= context.given:
        return Decided(way.code, None)
    found = assess_section(way.rule, scale, structure, items, section.round_number, context)
    if way.weighs_groups and found.outcome != Verdict.NOT_ASSESSABLE.value:
        weighed = {criterion: with_equal_groups(counts) for criterion, counts in items.items()}
        found = assess_section(way.rule, scale, structure, weighed, section.round_number, context)
    verdict = verdict_of(found.outcome)
    differs = verdict is not section.verdict
    if differs and way.kind is Kind.PEOPLE and verdict is Verdict.NOT_ASSESSABLE:
        return Decided(way.code, verdict, too_few=True)
    return Decided(way.code, verdict, differs)


def published_ways(
    sealed: Rule,
    scale: Scale,
    structure: GroupStructure,
    criteria: Sequence[str],
    rules: Sequence[PublishedRule] = PUBLISHED_RULES,
) -> tuple[OtherWay, ...]:
    """Every rule of the library as another way; the study's own rule is not one of them.

    The least number of ratings is the sealed rule's: few published rules state one, and ours would say more
    about the size of the panel than about the rule.
    """
    found = []
    for published in rules:
        rule = published.make(sealed.fixed_on).model_copy(
            update={"min_ratings_per_panel": sealed.min_ratings_per_panel}
        )
        if _decides_as(rule, sealed):
            continue
        unfit = published.why_not(scale, structure)
        if not unfit and (problems := misfits(rule, scale, structure, criteria)):
            unfit = problems[0].sentence
        found.append(
            OtherWay(
                code=published.code,
                title=published.title,
                kind=Kind.PUBLISHED,
                rule=None if unfit else rule,
                source=published.source or "",
                unfit=unfit,
            )
        )
    return tuple(found)


def _decides_as(rule: Rule, sealed: Rule) -> bool:
    """Whether two rules say the same, whatever words and dates stand beside them."""
    words = {"text": sealed.text, "source": sealed.source}
    return rule.model_copy(update=words) == sealed


def with_equal_groups(counts: ItemCounts) -> ItemCounts:
    """The counts as if every stakeholder group with ratings had as many people; groups without stay empty.

    Each group's ratings are repeated until all groups have the least common multiple, so that shares stay
    exact. "Can't say" is repeated alike.

    Examples
    --------
    >>> weighed = with_equal_groups(ItemCounts({"a": Histogram(1, (0, 2)), "b": Histogram(1, (3, 0))}))
    >>> weighed.pooled.counts
    (6, 6)
    """
    sizes = [histogram.n for histogram in counts.by_group.values() if histogram.n]
    whole = lcm(*sizes)
    return ItemCounts(
        {code: _repeated(found, whole // (found.n or whole)) for code, found in counts.by_group.items()}
    )


def _repeated(histogram: Histogram, times: int) -> Histogram:
    return Histogram(
        histogram.minimum,
        tuple(count * times for count in histogram.counts),
        histogram.n_unable * times,
        histogram.n_skipped,
    )
