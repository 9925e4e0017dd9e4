"""Any tables of one round's answers beside those that were shown before: which of them may be shown too.

A *view* sums the answers of a set of people: a panel, a region, those who stayed to the end, everybody but
one whose answers were deleted. Views may lie within each other, cross each other and come one after the
other (requirements E21, E25): what counts is everything that a reader has seen by then. A view is given in
full, coarsely in an item where somebody would be told to be of one mind, or not at all, for every item
alike. The standard is that of `disclosure`; what a reader cannot rule out is found by `disclosure_moves`.
Pure.

The rounds' own release (`disclosure`) is the special case of sets within each other, decided faster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure_coarse import tells_each_answer
from delphi.consensus.disclosure_moves import Moves, Reader
from delphi.consensus.disclosure_release import (
    HIDDEN,
    Cell,
    CoarseCounts,
    Display,
    Policy,
    Reason,
    Release,
)

Told = tuple[int, frozenset[int]]
"""A set of atoms (a bit each) of which a count is told: at which points; none for "all gave one answer"."""

MOST_SEARCHED = 8
"""So many views that could be shown are searched in full for the least loss; beyond, one after the other."""


@dataclass(frozen=True, slots=True)
class View:
    """A set of people whose figures are wanted; those of a lower `rank` are the last to be given up.

    `is_coarse` where only agree or not is wanted: less is told then, and less has to be withheld.
    """

    code: str
    label: str
    people: frozenset[str]
    rank: int = 0
    is_coarse: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A set of people whose figures were shown before, by side only in the items of `coarse`."""

    people: frozenset[str]
    coarse: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ViewDecision:
    """Whether a view is shown, for every item alike, and why."""

    view: View
    reason: Reason

    @property
    def is_shown(self) -> bool:
        """True if the view has figures."""
        return self.reason is Reason.LARGE_ENOUGH


@dataclass(frozen=True, slots=True)
class Views:
    """What may be shown: `cells[item_key][i]` belongs to `decisions[i]`."""

    decisions: tuple[ViewDecision, ...]
    cells: Mapping[str, tuple[Cell, ...]]

    def seen(self) -> tuple[Seen, ...]:
        """What a reader has seen of this, for the decision after it."""
        return tuple(
            Seen(
                entry.view.people,
                frozenset(key for key, cells in self.cells.items() if cells[i].display is Display.COARSE),
            )
            for i, entry in enumerate(self.decisions)
            if entry.is_shown
        )


def seen_in(release: Release, people: Mapping[str, Iterable[str]]) -> tuple[Seen, ...]:
    """What a round's release has shown; `people` are the sets that make up each stakeholder group."""
    return tuple(
        Seen(
            frozenset(one for group in entry.unit.groups for one in people[group]),
            frozenset(key for key, cells in release.cells.items() if cells[i].display is Display.COARSE),
        )
        for i, entry in enumerate(release.units)
        if entry.is_shown
    )


def decide_views(
    items: Mapping[str, ItemCounts],
    views: Sequence[View],
    agree_band: Iterable[int],
    policy: Policy,
    seen: Sequence[Seen] = (),
) -> Views:
    """Decide which views may be shown beside each other and beside everything that was seen before.

    Parameters
    ----------
    items
        Every item with its counts by set of people (`ItemCounts.by_group`): sets that do not overlap, as
        fine as the views need. People who are gone but were in figures seen before are a set of their own.
    views
        What is wanted, in the order in which it is shown.
    agree_band
        The points of the scale that count as agreeing.
    policy
        The study's small-number rules.
    seen
        What was shown before, of the same answers; it is never taken back.

    Returns
    -------
    Views
        Each view shown throughout or hidden throughout: too small by itself, too near to what was seen
        before, or hidden for another's sake. Each cell of a shown view full or coarse.

    Notes
    -----
    Loss is kept least by rank, then by the number of views, then of people. Small sets are all unions of
    atoms of which 1 to `min_cell - 1` people answered an item; none of their counts in it other than noughts
    may be told, by point or by side, and of no atom that all its ratings lie on one point. What was told by
    `seen` alone is not held against a view; nor that each of some people agreed where all of at least
    `min_cell` did, which a coarse figure of theirs would say. On one point alone they are of one mind.

    References
    ----------
    Hundepool et al. 2012, *Statistical Disclosure Control*, chapters 4 and 5 (secondary suppression, linked
    tables, feasibility intervals); Office for National Statistics, *Disclosure control guidance for tables
    produced from administrative sources* (disclosure by differencing).
    """
    if not items:
        raise ValueError("views without items have no figures to release")
    task = _Task(items, views, tuple(agree_band), policy, seen)
    n = [task.lowest_n(view.people) for view in views]
    large = [i for i, size in enumerate(n) if size >= policy.min_cell]
    near = [i for i in large if not task.is_safe((i,))]
    wanted = [i for i in large if i not in near]
    shown = _most(wanted, [(views[i].rank, n[i]) for i in wanted], task)
    reasons = {
        **dict.fromkeys(wanted, Reason.PROTECTS_ANOTHER),
        **dict.fromkeys(near, Reason.TOO_NEAR),
        **dict.fromkeys(shown, Reason.LARGE_ENOUGH),
    }
    decisions = tuple(ViewDecision(view, reasons.get(i, Reason.TOO_SMALL)) for i, view in enumerate(views))
    cells = {}
    for key, item in items.items():
        coarse = task.coarse_in(key, shown) or frozenset()
        cells[key] = tuple(
            _cell(item.of(sorted(view.people)), i in coarse, task.band) if i in shown else HIDDEN
            for i, view in enumerate(views)
        )
    return Views(decisions, cells)


def _cell(histogram: Histogram, is_coarse: bool, band: Sequence[int]) -> Cell:
    if is_coarse:
        n_agree = histogram.count_in(band)
        return Cell(Display.COARSE, coarse=CoarseCounts(n_agree, histogram.n - n_agree, histogram.n_unable))
    return Cell(Display.FULL, Histogram(histogram.minimum, histogram.counts, histogram.n_unable))


def _most(wanted: Sequence[int], loss: Sequence[tuple[int, int]], task: _Task) -> tuple[int, ...]:
    """The views to show so that least is lost: by rank, by number, by people, the last first."""
    if task.is_safe(tuple(wanted)):
        return tuple(wanted)
    places = range(len(wanted))
    if len(wanted) > MOST_SEARCHED:
        kept: list[int] = []
        for i in sorted(places, key=lambda i: (loss[i][0], -loss[i][1])):
            if task.is_safe(tuple(wanted[one] for one in sorted([*kept, i]))):
                kept.append(i)
        return tuple(wanted[i] for i in sorted(kept))

    def cost(lost: tuple[int, ...]) -> tuple[object, ...]:
        ranks = sorted({rank for rank, _ in loss})
        by_rank = tuple(sum(loss[i][0] == rank for i in lost) for rank in ranks)
        return by_rank, len(lost), sum(loss[i][1] for i in lost), [-i for i in lost]

    options = sorted(
        (some for size in range(1, len(wanted) + 1) for some in combinations(places, size)), key=cost
    )
    for lost in options:
        rest = tuple(wanted[i] for i in places if i not in lost)
        if task.is_safe(rest):
            return rest
    return ()


class _Task:
    """The answers by atom, the sets that must not be told, and what each choice of views would tell."""

    def __init__(
        self,
        items: Mapping[str, ItemCounts],
        views: Sequence[View],
        band: tuple[int, ...],
        policy: Policy,
        seen: Sequence[Seen],
    ) -> None:
        self.band = band
        self._items = items
        self._views = views
        self._seen = seen
        self._atoms = _atoms(items, [*(view.people for view in views), *(one.people for one in seen)])
        self._tables = {key: _Table(item, self._atoms, band, policy.min_cell) for key, item in items.items()}
        self._sets = {
            people: sum(1 << i for i, atom in enumerate(self._atoms) if atom <= people)
            for people in (*(view.people for view in views), *(one.people for one in seen))
        }
        self._moves: dict[frozenset[int], Moves] = {}
        self._told_before = {key: self._told(key, (), frozenset()) for key in items}

    def lowest_n(self, people: Collection[str]) -> int:
        """The fewest of these people who answered any one item."""
        return min(item.of(sorted(people)).n_answered if people else 0 for item in self._items.values())

    def is_safe(self, chosen: Sequence[int]) -> bool:
        """Whether these views may be shown together, coarsely where need be."""
        return all(self.coarse_in(key, chosen) is not None for key in self._items)

    def coarse_in(self, key: str, chosen: Sequence[int]) -> frozenset[int] | None:
        """The views to show coarsely in one item; None if even that would tell too much."""
        histograms = {i: self._items[key].of(sorted(self._views[i].people)) for i in chosen}
        coarse = [
            i for i in chosen if self._views[i].is_coarse or tells_each_answer(histograms[i], self.band)
        ]
        rest = sorted((i for i in chosen if i not in coarse), key=lambda i: histograms[i].n_answered)
        for further in [*rest, None]:
            if self._told(key, chosen, frozenset(coarse)) <= self._told_before[key]:
                return frozenset(coarse)
            if further is not None:
                coarse.append(further)
        return None

    def _told(self, key: str, chosen: Sequence[int], coarse: frozenset[int]) -> frozenset[Told]:
        """What a reader of one item would be told of small sets, and of atoms of one mind."""
        full = [one.people for one in self._seen if key not in one.coarse]
        half = [one.people for one in self._seen if key in one.coarse]
        full += [self._views[i].people for i in chosen if i not in coarse]
        half += [self._views[i].people for i in chosen if i in coarse]
        within, across = ({self._sets[people] for people in shown} for shown in (full, [*full, *half]))
        return self._tables[key].told(self._moves_of(within), self._moves_of(across), _taken_away(across))

    def _moves_of(self, shown: Iterable[int]) -> Moves:
        rows = frozenset(shown)
        if rows not in self._moves:
            self._moves[rows] = Moves.of(rows, len(self._atoms))
        return self._moves[rows]


class _Table:
    """One item by point and atom, and what of it must not be told."""

    def __init__(
        self, item: ItemCounts, atoms: Sequence[frozenset[str]], band: Collection[int], min_cell: int
    ) -> None:
        histograms = [item.of(sorted(atom)) for atom in atoms]
        values = histograms[0].values
        self._ratings = range(len(values))
        self._counts = tuple(zip(*((*one.counts, one.n_unable) for one in histograms), strict=True))
        self._sides = (*(int(value in band) for value in values), 2)
        self._one_mind = [i for i, one in enumerate(histograms) if tells_each_answer(one, band)]
        self._sizes = [one.n_answered for one in histograms]
        self._min_cell = min_cell
        self._small = tuple(_small_unions(self._sizes, min_cell))
        points = [frozenset([point]) for point in range(len(self._sides))]
        by_side = [frozenset(i for i, one in enumerate(self._sides) if one == side) for side in (0, 1)]
        self._asked = tuple(dict.fromkeys(one for one in (*points, *by_side) if one))

    def told(self, within: Moves, across: Moves, large: Collection[int]) -> frozenset[Told]:
        """What follows where these moves are possible, other than from what may be shown of `large` sets."""
        reader = Reader(self._counts, self._sides, within, across)
        small = (
            (atoms, points)
            for points in self._asked
            for alike in [self._alike(points, large)]
            for atoms in self._small
            if not any(atoms & whole == atoms for whole in alike) and reader.is_told(atoms, points)
        )
        one_mind = (
            (1 << atom, frozenset[int]())
            for atom in self._one_mind
            if reader.has_one_mind(atom, self._ratings)
        )
        return frozenset((*small, *one_mind))

    def _alike(self, points: frozenset[int], large: Collection[int]) -> list[int]:
        """The sets of enough people who all chose one of some points: of each of them that may be told."""
        others = [
            sum(1 << atom for atom, n in enumerate(row) if n)
            for point, row in enumerate(self._counts)
            if point not in points
        ]
        return [
            whole
            for whole in large
            if not any(whole & elsewhere for elsewhere in others)
            and sum(n for atom, n in enumerate(self._sizes) if whole >> atom & 1) >= self._min_cell
        ]


def _taken_away(shown: Collection[int]) -> frozenset[int]:
    """Shown sets of atoms, and what is left of one when another inside it is taken away."""
    return frozenset(shown) | {a & ~b for a in shown for b in shown if a != b and a & b == b}


def _small_unions(sizes: Sequence[int], min_cell: int) -> Iterator[int]:
    """All unions of atoms of 1 to `min_cell - 1` people who answered."""
    atoms = [i for i, n in enumerate(sizes) if n]

    def grown(union: int, n: int, rest: Sequence[int]) -> Iterator[int]:
        for place, atom in enumerate(rest):
            if n + sizes[atom] < min_cell:
                yield union | 1 << atom
                yield from grown(union | 1 << atom, n + sizes[atom], rest[place + 1 :])

    return grown(0, 0, atoms)


def _atoms(items: Mapping[str, ItemCounts], sets: Sequence[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The finest sets of people that any of the given sets tells apart, without those in which nobody is."""
    found: dict[tuple[bool, ...], set[str]] = {}
    for code in next(iter(items.values())).by_group:
        within = tuple(code in people for people in sets)
        if any(within) and any(item.by_group[code].n_answered for item in items.values()):
            found.setdefault(within, set()).add(code)
    return tuple(frozenset(codes) for codes in found.values())
