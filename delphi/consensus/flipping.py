"""How far a section is from another outcome: the fewest answers that would have to be different, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from delphi.consensus.assess import assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.measure import Figures
from delphi.consensus.nearest_counts import fewest_answers
from delphi.consensus.nearest_item import Cost, ItemAims, Pull, Tries
from delphi.consensus.verdict import Verdict, verdict_of
from delphi.consensus.ways import Aim, LooksFurther, TooManyWays, Way, ways_from
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale

TRIES = 4000
"""Count tables tried for a section where figures pull two ways; a tenth of a second or so."""


class NoDistance(StrEnum):
    """Why there is no number of answers."""

    TOO_FEW_RATINGS = "too_few_ratings"
    """The section is not assessable: more ratings are needed, not other ones."""
    NO_ANSWERS_WOULD = "no_answers_would"
    """The rule gives this outcome whatever these people answer."""
    LOOKS_FURTHER = "looks_further"
    """The rule looks at more than these answers, which do not decide it alone."""
    TOO_MANY_WAYS = "too_many_ways"
    """The rule has too many alternatives to look at each."""


@dataclass(frozen=True, slots=True)
class Change:
    """Answers to one item that would have to be different, and which way they go.

    `of` says of whom they must be and `band` which share alone is to change, as in `nearest_item.Cost`.
    """

    criterion: str
    n: int
    pull: Pull
    of: tuple[tuple[str, int], ...]
    band: str


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a section is from the nearest other verdict.

    `n_answers` is the fewest answers that would have to be different, and `n_people` the fewest people who
    could have given them: nobody can say from count tables whether the same people gave several of them,
    so it is exact where both numbers are equal, and "at least" otherwise. With `is_exact` False both are
    "at least", and what it would come `to` is not known. Without a number there is a `reason`.
    """

    verdict: Verdict
    to: Verdict | None
    n_answers: int | None
    n_people: int | None
    is_exact: bool
    changes: tuple[Change, ...]
    reason: NoDistance | None = None


def distance_to_flip(
    rule: Rule,
    scale: Scale,
    structure: GroupStructure,
    items: Mapping[str, ItemCounts],
    round_number: int,
    *,
    tries: int = TRIES,
) -> Distance:
    """The fewest answers that would have to be different for the section to come out otherwise.

    Parameters
    ----------
    rule : Rule
        The sealed rule, or any other.
    scale, structure : Scale, GroupStructure
        Those of the study.
    items : mapping of criterion code to ItemCounts
        The section's counts in this round.
    round_number : int
        From 1.
    tries : int
        How many count tables may be tried, shared out over the items, where figures pull two ways.

    Returns
    -------
    Distance
        To the nearest other verdict: "close" and "not agreed" are one. A person who changes the answers to
        two items counts as two answers.

    Raises
    ------
    ValueError
        If counts belong to another scale.

    Notes
    -----
    Only ratings change; "can't say" and answers left out stay. Items are apart from each other: the cost of
    a way (see `ways`) is the sum over its items, each found by `nearest_counts`.

    Examples
    --------
    Seven of ten agree. COMET also asks that fewer than 15% disagree, and two do: one person is enough.

    >>> from datetime import date
    >>> from delphi.consensus.library import comet_pooled
    >>> from delphi.domain.groups import Group
    >>> from delphi.domain.scale import ScalePoint
    >>> points = tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6))
    >>> five = Scale(id="five", points=points, bands={"agree": (4, 5)})
    >>> everybody = GroupStructure(groups=(Group("all", "All"),), panels=(), feedback_groups=())
    >>> items = {"clear": ItemCounts({"all": Histogram(1, (2, 0, 1, 4, 3))})}
    >>> found = distance_to_flip(comet_pooled(date(2024, 2, 12)), five, everybody, items, 1)
    >>> found.to.value, found.n_answers, found.n_people, found.changes[0].of
    ('agreed', 1, 1, (('pooled', 1),))
    """
    now = verdict_of(assess_section(rule, scale, structure, items, round_number).outcome)
    if now is Verdict.NOT_ASSESSABLE:
        return _none(now, NoDistance.TOO_FEW_RATINGS)
    search = _Search(rule, scale, structure, items, round_number, max(1, tries // max(1, len(items))))
    try:
        costs, people = search.nearest(now)
    except LooksFurther:
        return _none(now, NoDistance.LOOKS_FURTHER)
    except TooManyWays:
        return _none(now, NoDistance.TOO_MANY_WAYS)
    if costs is None:
        return _none(now, NoDistance.NO_ANSWERS_WOULD)
    is_exact, to = _is_exact(costs), None
    if is_exact:
        witness = {code: cost.counts for code, cost in costs.items()}
        to = verdict_of(assess_section(rule, scale, structure, witness, round_number).outcome)
    return Distance(
        verdict=now,
        to=to,
        n_answers=_total(costs),
        n_people=people,
        is_exact=is_exact,
        changes=tuple(
            Change(code, cost.n, cost.pull, cost.of, cost.band) for code, cost in costs.items() if cost.n
        ),
    )


def _none(now: Verdict, reason: NoDistance) -> Distance:
    return Distance(now, None, None, None, is_exact=False, changes=(), reason=reason)


Costs = Mapping[str, Cost]
"""What a way costs, by criterion."""


def _total(costs: Costs) -> int:
    return sum(cost.n for cost in costs.values())


def _is_exact(costs: Costs) -> bool:
    return all(cost.is_exact for cost in costs.values())


class _Search:
    """One section's ways to other verdicts and what they cost; each item's aims are worked out once."""

    def __init__(
        self,
        rule: Rule,
        scale: Scale,
        structure: GroupStructure,
        items: Mapping[str, ItemCounts],
        round_number: int,
        tries: int,
    ) -> None:
        self._rule, self._scale, self._structure = rule, scale, structure
        self._items = {code: _with_every_group(counts, structure) for code, counts in items.items()}
        self._round, self._tries = round_number, tries
        self._figures = Figures(rule, scale, structure, self._items)
        self._known: dict[tuple[str, Way], Cost | None] = {}

    def nearest(self, now: Verdict) -> tuple[Costs | None, int]:
        """The cheapest way's costs, and the fewest people by any way; None where there is no way."""
        best: Costs | None = None
        people = 0
        for way in ways_from(self._rule, self._figures, self._round, now):
            costs = self._costs(way)
            if costs is None:
                continue
            most = max((cost.n for cost in costs.values()), default=0)
            people = most if best is None else min(people, most)
            if best is None or (_total(costs), not _is_exact(costs)) < (_total(best), not _is_exact(best)):
                best = costs
        return best, people

    def _costs(self, way: Way) -> Costs | None:
        if any(aim.passes for aim in way if aim.criterion not in self._items):
            return None
        found: dict[str, Cost] = {}
        for criterion in self._figures.criteria:
            cost = self._cost(criterion, frozenset(aim for aim in way if aim.criterion == criterion))
            if cost is None:
                return None
            found[criterion] = cost
        return found

    def _cost(self, criterion: str, aims: Way) -> Cost | None:
        key = (criterion, aims)
        if key not in self._known:
            aimed = tuple(sorted(aims, key=str))
            item = ItemAims(
                self._items[criterion],
                aimed,
                self._groups_of,
                self._parts_of,
                self._meets,
                self._scale,
                self._rule,
            )
            self._known[key] = fewest_answers(item, self._figures, Tries(self._tries))
        return self._known[key]

    def _meets(self, counts: ItemCounts, aim: Aim) -> bool:
        figures = Figures(self._rule, self._scale, self._structure, {aim.criterion: counts})
        return figures.measure(aim.test, aim.of, aim.criterion).passed == aim.passes

    def _parts_of(self, of: str) -> tuple[tuple[str, ...], ...]:
        if of == "equal_panels":
            return tuple(panel.groups for panel in self._structure.panels)
        return tuple((code,) for code in self._structure.group_codes)

    def _groups_of(self, of: str) -> tuple[str, ...]:
        kind, _, code = of.partition(":")
        if kind == "panel":
            return self._structure.panel_by_code[code].groups
        return (code,) if kind == "group" else self._structure.group_codes


def _with_every_group(counts: ItemCounts, structure: GroupStructure) -> ItemCounts:
    """The counts with groups of which nobody took part as empty ones, in the study's order."""
    some = next(iter(counts.by_group.values()))
    empty = Histogram.empty(some.minimum, len(some.counts))
    return ItemCounts({code: counts.by_group.get(code, empty) for code in structure.group_codes})
