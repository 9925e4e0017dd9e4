"""Who rated twice, beside a shared round from which somebody is gone: told only where nothing follows."""

from __future__ import annotations

import random

import pytest

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import release_round
from delphi.consensus.disclosure_pairs import may_tell_pairs
from delphi.consensus.disclosure_release import Display, Policy
from tools.attack import Attack
from tools.small_numbers import AGREE, structure_of

STRUCTURE = structure_of((2, 1))
GROUPS = STRUCTURE.group_codes


def histogram(*counts: int) -> Histogram:
    return Histogram(1, counts)


def play(left: dict[str, Histogram], gone: dict[str, Histogram], again: dict[str, Histogram]) -> bool:
    """Share the round with everybody, let some go, and ask for the pairs of those who rated again."""
    whole = ItemCounts(
        {group: found + gone.get(group, histogram(0, 0, 0, 0, 0)) for group, found in left.items()}
    )
    release = release_round({"i": whole}, STRUCTURE, AGREE, Policy(5))
    return may_tell_pairs(release, "i", ItemCounts(left), again)


LEFT = {group: histogram(2, 3, 4, 5, 2) for group in GROUPS}
ONE = {GROUPS[0]: histogram(0, 0, 1, 0, 0)}


def test_where_all_others_came_back_their_pairs_would_be_the_deleted_answer() -> None:
    assert not play(LEFT, ONE, LEFT)


def test_where_enough_others_stayed_away_everybodys_pairs_are_told() -> None:
    again = {group: histogram(1, 2, 2, 3, 1) for group in GROUPS}
    assert play(LEFT, ONE, again)


def test_where_those_left_over_are_of_one_mind_nothing_is_told() -> None:
    again = {group: histogram(2, 3, 2, 5, 2) for group in GROUPS}
    assert not play(LEFT, ONE, again)


def test_what_cannot_be_worked_out_is_not_told() -> None:
    again = {group: histogram(1, 2, 2, 3, 1) for group in GROUPS}
    two = {group: histogram(0, 0, 1, 0, 0) for group in GROUPS[1:]}
    assert not play(LEFT, two, again), "people of several groups are gone"
    of_one_mind = {group: histogram(0, 0, 0, 0, 16) for group in GROUPS}
    some = {group: histogram(0, 0, 0, 0, 9) for group in GROUPS}
    assert not play(of_one_mind, {GROUPS[0]: histogram(0, 0, 0, 0, 1)}, some), "everybody was shared coarsely"
    assert not play(LEFT, ONE, {GROUPS[0]: histogram(9, 0, 0, 0, 0)}), "more came back than are left"


@pytest.mark.parametrize("seed", range(12))
def test_nothing_follows_about_whoever_is_gone(seed: int) -> None:
    """Everything a reader has: the shared figures, everybody's pairs, and who came back by group."""
    draw = random.Random(seed)

    def some(n: int) -> Histogram:
        counts = [0] * 5
        for _ in range(n):
            counts[draw.choice((0, 1, 2, 3, 4))] += 1
        return Histogram(1, tuple(counts))

    again = {group: some(draw.choice((4, 6, 9))) for group in GROUPS}
    away = {group: some(draw.choice((0, 1, 2, 4))) for group in GROUPS}
    gone = {GROUPS[seed % 3]: some(1)}
    left = {group: again[group] + away[group] for group in GROUPS}
    if not play(left, gone, again):
        return
    parts = {f"again {g}": one for g, one in again.items()} | {f"away {g}": one for g, one in away.items()}
    parts["gone"] = gone[GROUPS[seed % 3]]
    attack = Attack(parts)
    whole = ItemCounts({g: left[g] + gone.get(g, histogram(0, 0, 0, 0, 0)) for g in GROUPS})
    for row in release_round({"i": whole}, STRUCTURE, AGREE, Policy(5)).rows("i"):
        people = [f"{part} {g}" for g in row.unit.groups for part in ("again", "away")]
        people += ["gone"] if GROUPS[seed % 3] in row.unit.groups else []
        if row.cell.display is Display.FULL:
            attack.show_in_full(people)
        elif row.cell.display is Display.COARSE:
            attack.show_coarsely(people, [value - 1 for value in AGREE])
    attack.show_in_full([f"again {g}" for g in GROUPS])
    for part in parts:
        attack.show_size([part])
    for point in range(5):
        if attack.value(["gone"], [point]):
            assert not attack.is_told(["gone"], [point])
