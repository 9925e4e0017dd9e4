"""What every part of a report needs to read the record: scale, rule, groups, criteria, sections, days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from delphi.consensus.bands import Share
from delphi.consensus.figure_words import share_thresholds
from delphi.consensus.vocabulary import Vocabulary, percent_in_words
from delphi.domain.calendar import day_of
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale
from delphi.models.sections import Criterion, Section
from delphi.models.studies import Study
from delphi.queries.results import vocabulary_of
from delphi.queries.sections import sections_of
from delphi.queries.studies import criteria_of, rule_of, scale_of, structure_of


@dataclass(frozen=True, slots=True)
class Setting:
    """A study with the parts of it that figures and words are made with.

    `sections` are all sections by code, in their order; `places` says how they are numbered.
    """

    study: Study
    scale: Scale
    rule: Rule
    structure: GroupStructure
    vocabulary: Vocabulary
    criteria: Mapping[str, Criterion]
    sections: Mapping[str, Section]
    places: Mapping[str, int]
    thresholds: frozenset[Fraction]
    min_cell: int

    @classmethod
    def of(cls, study: Study) -> Setting:
        """Read everything once."""
        rule = rule_of(study)
        sections = sections_of(study.id)
        return cls(
            study=study,
            scale=scale_of(study),
            rule=rule,
            structure=structure_of(study.id),
            vocabulary=vocabulary_of(study),
            criteria={criterion.code: criterion for criterion in criteria_of(study.id)},
            sections={section.code: section for section in sections},
            places={section.code: place for place, section in enumerate(sections, start=1)},
            thresholds=share_thresholds(rule),
            min_cell=int(study.privacy["min_cell"]),
        )

    def percent(self, share: Share | None) -> str:
        """A share as it is printed: never across a threshold from the exact one; "" of nobody."""
        exact = share.percent if share else None
        return "" if exact is None else percent_in_words(exact, self.thresholds)

    def day(self, moment: datetime | None) -> date | None:
        """The day on the study's calendar to which a moment belongs."""
        return day_of(moment, self.study.timezone) if moment else None

    def rated(self, code: str) -> bool:
        """Whether a section is one of those that are rated: introductions are only shown."""
        return self.sections[code].kind != "introduction"
