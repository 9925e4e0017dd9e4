"""How many tables of other people are withheld, against the least that would do (see `tools.small_numbers`).

A round whose groups were shown, and tables of those who live in one place or another and of those who
stayed to the end: sets that cross the groups and each other. Every choice of them is tried, judged by
`tools.attack` alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import release_round, unanimous_point
from delphi.consensus.disclosure_release import Policy, Reason
from delphi.consensus.disclosure_views import Seen, View, decide_views, seen_in
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from tools.attack import Attack

MIN_CELL = 5
AGREE = (4, 5)
AGREE_PLACES, REST_PLACES = (3, 4), (0, 1, 2)
POINTS = (*((place,) for place in range(6)), AGREE_PLACES, REST_PLACES)

Told = frozenset[tuple[frozenset[str], tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class ViewCase:
    """One round: how many tables of enough people the product withheld, and the least that does."""

    hidden: int
    least: int


def random_parts(draw: random.Random) -> ItemCounts:
    """Two or three groups in two places, some people of each gone before the end; few of them each."""
    found = {}
    for group in "abc"[: draw.choice((2, 2, 3))]:
        for place in "ns":
            for stay, sizes in (("stayed", (2, 3, 5, 6, 8)), ("left", (0, 0, 0, 1, 3, 5))):
                n = draw.choice(sizes)
                points = draw.choice(((3,), (3, 4), (1, 3, 4), (0, 1, 2, 3, 4), (1, 2)))
                counts = [0] * 5
                for _ in range(n):
                    counts[draw.choice(points)] += 1
                if n:
                    found[f"{group} {place} {stay}"] = Histogram(1, tuple(counts))
    return ItemCounts(found)


def view_case_of(draw: random.Random) -> ViewCase:
    """One random round, decided by the product and by trying everything."""
    item = random_parts(draw)
    codes = tuple(item.by_group)
    seen = _shown_before(item)
    views = [
        View(name, name, people, is_coarse=True)
        for name, people in (
            ("north", frozenset(code for code in codes if " n " in code)),
            ("south", frozenset(code for code in codes if " s " in code)),
            ("stayed", frozenset(code for code in codes if code.endswith("stayed"))),
        )
        if people and people != frozenset(codes)
    ]
    decided = decide_views({"i": item}, views, AGREE, Policy(MIN_CELL), seen).decisions
    wanted = [entry.view for entry in decided if entry.reason is not Reason.TOO_SMALL]
    hidden = sum(not entry.is_shown for entry in decided if entry.view in wanted)
    before = told(item, seen, ())
    for n_lost in range(len(wanted) + 1):
        for lost in combinations(wanted, n_lost):
            shown = [view for view in wanted if view not in lost]
            if told(item, seen, shown) <= before:
                return ViewCase(hidden, n_lost)
    raise ValueError("showing nothing more tells nothing more")


def _shown_before(item: ItemCounts) -> tuple[Seen, ...]:
    """What the round's release showed: everybody, and each group that may be shown."""
    groups = sorted({code[0] for code in item.by_group})
    by_group = {
        group: item.of(sorted(code for code in item.by_group if code[0] == group)) for group in groups
    }
    structure = GroupStructure(
        tuple(Group(one, one) for one in groups),
        (GroupUnion("all", "All", tuple(groups)),),
        tuple(GroupUnion(one, one, (one,)) for one in groups),
    )
    release = release_round({"i": ItemCounts(by_group)}, structure, AGREE, Policy(MIN_CELL))
    return seen_in(release, {one: [code for code in item.by_group if code[0] == one] for one in groups})


def told(item: ItemCounts, seen: Sequence[Seen], shown: Sequence[View]) -> Told:
    """What is told of few people, or of people of one mind, by what was seen before and by these tables."""
    attack = Attack(item.by_group)
    for one in seen:
        if "i" in one.coarse:
            attack.show_coarsely(one.people, AGREE_PLACES)
        else:
            attack.show_in_full(one.people)
    for view in shown:
        attack.show_coarsely(view.people, AGREE_PLACES)
    large = [one.people for one in seen] + [view.people for view in shown]
    large += [a - b for a in large for b in large if b < a]
    return frozenset(_told(item, attack, [people for people in large if _n(item, people) >= MIN_CELL]))


def _told(
    item: ItemCounts, attack: Attack, large: Sequence[frozenset[str]]
) -> Iterator[tuple[frozenset[str], tuple[int, ...]]]:
    for people in _small_unions(item):
        for points in POINTS:
            n = attack.value(people, points)
            if not n or any(people <= one and attack.value(one, points) == _n(item, one) for one in large):
                continue  # Nobody, or what a figure of enough people may say of each of them.
            if attack.is_told(people, points):
                yield people, points
    for code, found in item.by_group.items():
        point = unanimous_point(found)
        if point is not None and attack.least([code], [point - 1]) == found.n:
            yield frozenset([code]), ()


def _n(item: ItemCounts, people: frozenset[str]) -> int:
    return item.of(sorted(people)).n_answered


def _small_unions(item: ItemCounts) -> Iterator[frozenset[str]]:
    codes = tuple(item.by_group)
    for size in range(1, MIN_CELL):
        for some in combinations(codes, size):
            if 0 < _n(item, frozenset(some)) < MIN_CELL:
                yield frozenset(some)
