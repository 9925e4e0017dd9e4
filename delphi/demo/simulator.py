"""What 48 simulated people answer: the same seed gives the same ratings, comments and times.

Each purpose draws from a stream of its own, so that adding a comment never changes a rating. People
are always taken in the order of the script's rows, all of them, whether or not they take part. The
order of the draws is part of the demo's promise (its default seed tells its story): do not change it.
Pure; besides NumPy it knows only the script and, for counting, the count tables of consensus.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.demo.placing import PlacedComment, place_comments
from delphi.demo.script import Script
from delphi.demo.timing import AnswerTimes, answer_times

Floats = NDArray[np.float64]
Values = NDArray[np.int64]

ABSENT = -1
CANNOT_SAY = 0
_RATINGS, _COMMENTS, _TIMES = 1, 2, 3
"""Numbers of the random streams, beside the seed."""


class RatingKey(NamedTuple):
    """Whose answer it is, and to what."""

    round_number: int
    section: str
    criterion: str
    code: str


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a round puts to the panel: the version of each section, in the order of the pages."""

    number: int
    items: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What the simulator must know about the study; the order of every part is the order of the draws."""

    criteria: tuple[str, ...]
    agreement_values: tuple[int, ...]
    rounds: tuple[RoundFacts, ...]


@dataclass(frozen=True)
class RatingMatrix:
    """Every answer of one seed.

    `cells[round, section]` has a row for each criterion and a column for each panellist, in the
    script's order: 1 to 5, `CANNOT_SAY`, or `ABSENT`. `leniency` is one number a panellist, in
    units of the latent scale.
    """

    leniency: Floats
    cells: Mapping[tuple[int, str], Values]


@dataclass(frozen=True)
class Simulation:
    """One seed, played: ratings (1 to 5, None for "I can't say"), placed comments, and times.

    Somebody who does not take part in a round has no entry for it. `left_out` names comments that
    are always used but found nobody to say them.
    """

    seed: int
    leniency: tuple[float, ...]
    ratings: Mapping[RatingKey, int | None]
    comments: tuple[PlacedComment, ...]
    left_out: tuple[str, ...]
    times: Mapping[tuple[int, str], AnswerTimes]


def study_facts(script: Script) -> StudyFacts:
    """The facts for the simulator as the script has them."""
    return StudyFacts(
        script.simulation.criteria,
        script.simulation.agreement_values,
        tuple(RoundFacts(plan.number, plan.items) for plan in script.rounds),
    )


def simulate(script: Script, facts: StudyFacts, seed: int) -> Simulation:
    """Play one seed of the whole study in memory; no rule is applied and nothing is stored."""
    matrix = RatingSimulator(script, facts).ratings(seed)
    ratings = dict(_by_key(script, facts, matrix))
    answers = {
        (number, section): {
            panellist.code: tuple(
                ratings[RatingKey(number, section, criterion, panellist.code)] for criterion in facts.criteria
            )
            for panellist in script.panellists
            if panellist.answers_in(number)
        }
        for number, section in matrix.cells
    }
    placement = place_comments(script, facts.criteria, answers, Stream(seed, _COMMENTS))
    times = answer_times(script, Stream(seed, _TIMES))
    leniency = tuple(float(value) for value in matrix.leniency)
    return Simulation(seed, leniency, ratings, placement.comments, placement.left_out, times)


def count_answers(
    script: Script,
    facts: StudyFacts,
    matrix: RatingMatrix,
    cell: tuple[int, str],
    without: Collection[str] = (),
) -> dict[str, ItemCounts]:
    """Count tables by criterion of a section in a round, leaving out the panellists in `without`."""
    groups = tuple(dict.fromkeys(panellist.group for panellist in script.panellists))
    place = {group: number for number, group in enumerate(groups)}
    column = np.array([place[panellist.group] for panellist in script.panellists])
    counted = np.array([panellist.code not in without for panellist in script.panellists])
    points = len(script.simulation.thresholds) + 1
    tables = {}
    for criterion, values in zip(facts.criteria, matrix.cells[cell], strict=True):
        here = counted & (values != ABSENT)
        flat = np.bincount(column[here] * (points + 1) + values[here], minlength=len(groups) * (points + 1))
        table = flat.reshape(len(groups), points + 1).tolist()
        tables[criterion] = ItemCounts(
            {
                group: Histogram(1, tuple(row[1:]), n_unable=row[CANNOT_SAY])
                for group, row in zip(groups, table, strict=True)
            }
        )
    return tables


class Stream:
    """One random stream as plain numbers, for the modules that may not import NumPy."""

    def __init__(self, seed: int, purpose: int) -> None:
        self._generator = np.random.default_rng([seed, purpose])

    def shares(self, count: int) -> list[float]:
        """That many numbers from 0 up to, not including, 1."""
        return [float(value) for value in self._generator.random(count)]

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` up to, not including, `high`."""
        return int(self._generator.integers(low, high))

    def place(self, weights: Sequence[float]) -> int:
        """The place of one of the weights, drawn in proportion to them."""
        shares = np.array(weights, dtype=np.float64)
        return int(self._generator.choice(len(weights), p=shares / shares.sum()))


@dataclass(frozen=True, slots=True)
class _Item:
    """What is the same for every seed: where the item stands and what each person starts from."""

    cell: tuple[int, str]
    criterion: int
    takes_part: NDArray[np.bool_]
    expected: Floats
    chance_of_cannot_say: Floats


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a section and criterion carry into the next round: errors, and each person's latest rating."""

    error: Floats
    own: Values
    median: Floats
    agreement: Floats


class RatingSimulator:
    """The rating model with its constants worked out once, for playing many seeds."""

    def __init__(self, script: Script, facts: StudyFacts) -> None:
        self._parameters = script.simulation
        self._facts = facts
        self._n_people = len(script.panellists)
        self._items = tuple(_items(script, facts))

    def ratings(self, seed: int) -> RatingMatrix:
        """Everybody's answers in every round."""
        generator = np.random.default_rng([seed, _RATINGS])
        leniency = self._parameters.sd_person * generator.standard_normal(self._n_people)
        cells = {
            (round_facts.number, section): np.full((len(self._facts.criteria), self._n_people), ABSENT)
            for round_facts in self._facts.rounds
            for section in round_facts.items
        }
        memory: dict[tuple[str, int], _Memory] = {}
        for item in self._items:
            unsure = generator.random(self._n_people)
            noise = generator.standard_normal(self._n_people)
            subject = (item.cell[1], item.criterion)
            before = memory.get(subject)
            error = self._error(noise, before)
            latent = item.expected + leniency + error
            if before is not None:
                latent = latent + self._pull(before)
            values = 1 + np.searchsorted(self._parameters.thresholds, latent, side="right")
            values[unsure < item.chance_of_cannot_say] = CANNOT_SAY
            values[~item.takes_part] = ABSENT
            cells[item.cell][item.criterion] = values
            memory[subject] = self._remember(values, error, before)
        return RatingMatrix(leniency, cells)

    def _error(self, noise: Floats, before: _Memory | None) -> Floats:
        fresh = self._parameters.sd_error * noise
        if before is None:
            return fresh
        rho = self._parameters.error_correlation_between_rounds
        return rho * before.error + float(np.sqrt(1 - rho**2)) * fresh

    def _pull(self, before: _Memory) -> Floats:
        """How far each person moves towards the median of the round of their latest rating."""
        pull = self._parameters.pull_to_median
        strength = np.where(before.agreement >= pull.when_agreement_at_least, pull.high, pull.low)
        moved: Floats = np.where(before.own > 0, strength * (before.median - before.own), 0.0)
        return moved

    def _remember(self, values: Values, error: Floats, before: _Memory | None) -> _Memory:
        nobody = np.zeros(self._n_people)
        old = before or _Memory(error, np.zeros(self._n_people, dtype=np.int64), nobody, nobody)
        rated = values > 0
        if not rated.any():
            return _Memory(error, old.own, old.median, old.agreement)
        median = np.median(values[rated])
        agreement = np.isin(values[rated], self._facts.agreement_values).mean()
        return _Memory(
            error,
            np.where(rated, values, old.own),
            np.where(rated, median, old.median),
            np.where(rated, agreement, old.agreement),
        )


def _items(script: Script, facts: StudyFacts) -> Iterator[_Item]:
    parameters = script.simulation
    groups = [panellist.group for panellist in script.panellists]
    for round_facts in facts.rounds:
        takes_part = np.array([panellist.answers_in(round_facts.number) for panellist in script.panellists])
        for section, version in round_facts.items.items():
            here = parameters.section_group_effects.get(section, {}).get(version, {})
            for number, criterion in enumerate(facts.criteria):
                everywhere = parameters.group_effects.get(criterion, {})
                this_round = parameters.round_effects.get(section, {}).get(round_facts.number, {})
                quality = parameters.latent_quality[section][version][number] + this_round.get(criterion, 0.0)
                expected = [
                    quality + everywhere.get(group, 0.0) + here.get(group, {}).get(criterion, 0.0)
                    for group in groups
                ]
                unsure = [parameters.chance_of_cannot_say(criterion, group) for group in groups]
                cell = (round_facts.number, section)
                yield _Item(cell, number, takes_part, np.array(expected), np.array(unsure))


def _by_key(
    script: Script, facts: StudyFacts, matrix: RatingMatrix
) -> Iterator[tuple[RatingKey, int | None]]:
    for (number, section), values in matrix.cells.items():
        for criterion, row in zip(facts.criteria, values.tolist(), strict=True):
            for panellist, value in zip(script.panellists, row, strict=True):
                if value != ABSENT:
                    yield RatingKey(number, section, criterion, panellist.code), value or None
