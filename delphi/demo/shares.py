"""How often the demo's story comes out, over many seeds played in memory.

Two outcomes of the story lie between two thresholds on purpose, so no panel of this size can give
them for every seed. Three of the shares have a floor; the others are told beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from delphi.consensus.assess import SectionAssessment, assess_section, tests_of
from delphi.demo.script import Script, load_script
from delphi.demo.simulator import RatingMatrix, RatingSimulator, StudyFacts, count_answers, study_facts
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale
from delphi.domain.study_archive import read_folder
from delphi.paths import demo_folder

Cell = tuple[int, str]
"""A round and a section."""

LOCAL_AREA = "local-knowledge"
ONLINE_V2: Cell = (2, "connecting-online")
ON_PURPOSE_UNCERTAIN: frozenset[Cell] = frozenset({(1, LOCAL_AREA), (2, LOCAL_AREA), ONLINE_V2})
VETO = frozenset({("panel:experience", "appropriate")})
"""The one figure that fails in the story of the second draft of "Connecting online"."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What outcomes are judged by: the study's rule, scale and groups."""

    rule: Rule
    scale: Scale
    structure: GroupStructure


@dataclass(frozen=True, slots=True)
class Share:
    """In how many of the seeds something happened; `floor` is the percentage that it must stay above."""

    sentence: str
    n: int
    n_seeds: int
    floor: int | None = None

    @property
    def percent(self) -> Fraction:
        """The share in per cent, exact; 0 without seeds."""
        return Fraction(100 * self.n, self.n_seeds) if self.n_seeds else Fraction(0)

    @property
    def is_above_floor(self) -> bool:
        """Whether the share is above its floor; True without one."""
        return self.floor is None or self.percent > self.floor

    def __str__(self) -> str:
        line = f"{float(self.percent):5.1f}%  {self.sentence}"
        if self.floor is None:
            return line
        return f"{line} ({'above' if self.is_above_floor else 'NOT above'} the floor of {self.floor}%)"


@dataclass(frozen=True, slots=True)
class StoryShares:
    """The shares of the seeds in which each part of the story comes out."""

    n_seeds: int
    others_as_told: Share
    local_area: Share
    online_veto: Share
    panels_differ: Share
    whole_story: Share
    deletion_changes_outcome: Share

    @property
    def shares(self) -> tuple[Share, ...]:
        """All shares, those with a floor first."""
        with_floor = (self.others_as_told, self.local_area, self.online_veto)
        return (*with_floor, self.panels_differ, self.whole_story, self.deletion_changes_outcome)

    @property
    def are_above_floors(self) -> bool:
        """Whether every share with a floor is above it."""
        return all(share.is_above_floor for share in self.shares)

    def as_text(self) -> str:
        """The shares as lines for a person at a terminal."""
        seeds = "1 seed" if self.n_seeds == 1 else f"{self.n_seeds} seeds"
        return "\n".join((f"Played {seeds} in memory. The story came out like this:", *map(str, self.shares)))


@dataclass(frozen=True)
class _Telling:
    """The outcomes of one seed, held against the story."""

    script: Script
    outcomes: Mapping[Cell, SectionAssessment]
    deletion_changes_outcome: bool

    @cached_property
    def others_as_told(self) -> bool:
        """Whether every section but those uncertain on purpose has the outcome of the story."""
        return all(self._is_as_told(cell) for cell in self.outcomes if cell not in ON_PURPOSE_UNCERTAIN)

    @cached_property
    def local_area(self) -> bool:
        """Whether the local area is close in round 1 and agreed in round 2, as in the story."""
        return self._is_as_told((1, LOCAL_AREA)) and self._is_as_told((2, LOCAL_AREA))

    @cached_property
    def online_veto(self) -> bool:
        """Whether one figure of one panel is all that keeps the second online draft from being agreed.

        A draft that is not assessable, because too many could not say, is not counted.
        """
        tried = self.outcomes[ONLINE_V2].tried
        if not tried or tried[0].clause.outcome != Outcome.AGREED:
            return False
        measured = (found for test in tests_of(tried[0].condition) for found in test.measurements)
        return {(found.of, found.criterion) for found in measured if not found.passed} == VETO

    @cached_property
    def panels_differ(self) -> bool:
        """Whether that figure is so low that the outcome is the one of the story, reason included."""
        number, section = ONLINE_V2
        because = self.script.story[section][number].because
        return self.online_veto and self.outcomes[ONLINE_V2].because == because

    @cached_property
    def whole_story(self) -> bool:
        """Whether all of it comes out; the second online draft may also be close."""
        return self.others_as_told and self.local_area and self.online_veto

    def _is_as_told(self, cell: Cell) -> bool:
        number, section = cell
        return self.outcomes[cell].outcome == self.script.story[section][number].outcome


def demo_measure() -> Measure:
    """The rule, scale and groups of the demo's study file."""
    study = read_folder(demo_folder() / "study").study_file
    return Measure(study.consensus_rule, study.scale, study.structure)


def story_shares(
    seeds: Iterable[int], *, script: Script | None = None, measure: Measure | None = None
) -> StoryShares:
    """Play every seed in memory and count how often each part of the story comes out.

    Script and measure are the built-in demo's unless they are given. Takes about 15 ms a seed.
    """
    script = script or load_script(demo_folder())
    teller = _Teller(script, measure or demo_measure())
    tellings = [teller.tell(seed) for seed in seeds]

    def share(sentence: str, happened: Iterable[bool], floor: int | None = None) -> Share:
        return Share(sentence, sum(happened), len(tellings), floor)

    return StoryShares(
        len(tellings),
        share(
            "every section as in the story, except the local area and the second online draft",
            (telling.others_as_told for telling in tellings),
            80,
        ),
        share(
            "the local area is close in round 1 and agreed in round 2",
            (telling.local_area for telling in tellings),
            55,
        ),
        share(
            "people with lived experience and carers, and only they, stop the second online draft, "
            'and only on "respectful"',
            (telling.online_veto for telling in tellings),
            60,
        ),
        share('the same, and the rule says "the panels differ"', (t.panels_differ for t in tellings)),
        share("the whole story", (t.whole_story for t in tellings)),
        share(
            "deleting one person's answers would change an outcome of round 1",
            (t.deletion_changes_outcome for t in tellings),
        ),
    )


class _Teller:
    """The demo with what is the same for every seed worked out once."""

    def __init__(self, script: Script, measure: Measure) -> None:
        self._script, self._measure = script, measure
        self._facts: StudyFacts = study_facts(script)
        self._simulator = RatingSimulator(script, self._facts)
        self._deleted = frozenset(person.code for person in script.panellists if person.is_deleted_later)

    def tell(self, seed: int) -> _Telling:
        """Play one seed and apply the rule to every section of every round."""
        matrix = self._simulator.ratings(seed)
        outcomes = {cell: self._assess(matrix, cell) for cell in matrix.cells}
        changes = any(
            _says(self._assess(matrix, cell, self._deleted)) != _says(found)
            for cell, found in outcomes.items()
            if cell[0] == 1
        )
        return _Telling(self._script, outcomes, changes)

    def _assess(self, matrix: RatingMatrix, cell: Cell, without: Collection[str] = ()) -> SectionAssessment:
        items = count_answers(self._script, self._facts, matrix, cell, without)
        return assess_section(
            self._measure.rule, self._measure.scale, self._measure.structure, items, cell[0]
        )


def _says(found: SectionAssessment) -> tuple[Outcome, str | None]:
    return found.outcome, found.because
