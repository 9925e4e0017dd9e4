"""Attacks with noughts: shown counts are whole and not negative, and a reader knows that."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import lowest_n, release_round, unanimous_point
from delphi.consensus.disclosure_release import Display, Policy, Reason, Release, Unit, UnitKind
from delphi.domain.groups import GroupStructure
from tools.attack import Attack
from tools.small_numbers import AGREE, case_of, one_mind_told, random_item, structure_of

POINTS = 4
RATINGS = range(POINTS)
ANSWERS = range(POINTS + 1)


@st.composite
def histograms(draw: st.DrawFn) -> Histogram:
    """Small groups, groups of one mind and groups of one side are likely: there the rules have to work."""
    unable = draw(st.sampled_from([0, 0, 0, 0, 1]))
    n = draw(st.sampled_from([1, 2, 3, 5, 5, 6, 7, 8]))
    points = draw(st.sampled_from([(3,), (3,), (2,), (0,), (2, 3), (1, 3), (0, 1), (0, 1, 2, 3)]))
    first = draw(st.integers(0, n)) if len(points) > 1 else n
    counts = [0] * POINTS
    counts[points[-1]] += first
    for i in range(n - first):
        counts[points[i % len(points)]] += 1
    return Histogram(1, tuple(counts), unable)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[dict[str, ItemCounts], GroupStructure, tuple[int, ...]]:
    structure = structure_of(
        draw(st.sampled_from([[2], [3], [4], [1, 1], [2, 2], [1, 2], [2, 3], [1, 1, 2]]))
    )
    items = {
        f"i{number}": ItemCounts({code: draw(histograms()) for code in structure.group_codes})
        for number in range(draw(st.integers(1, 2)))
    }
    return items, structure, draw(st.sampled_from([(3, 4), (3, 4), (4,), (2, 3, 4)]))


def attack_on(release: Release, key: str, item: ItemCounts, *, knows_sizes: bool) -> Attack:
    """A reader of one item, who also knows how many people of each group answered."""
    attack = Attack(item.by_group)
    agree = [value - 1 for value in release.agree_band]
    for row in release.rows(key):
        if row.cell.display is Display.FULL:
            attack.show_in_full(row.unit.groups)
        elif row.cell.display is Display.COARSE:
            attack.show_coarsely(row.unit.groups, agree)
    if knows_sizes and not all(entry.reason is Reason.TOO_SMALL for entry in release.units):
        for group in item.by_group:
            attack.show_size([group])
    return attack


def side_of(point: int, band: tuple[int, ...]) -> list[int]:
    return [other for other in RATINGS if (other + 1 in band) == (point + 1 in band)]


def is_protected(point: int, band: tuple[int, ...]) -> bool:
    return len(side_of(point, band)) > 1


def unions(structure: GroupStructure) -> list[tuple[str, ...]]:
    """Every set of people that has a row, and all groups of a panel or of everyone that have none."""
    return [
        structure.group_codes,
        *(panel.groups for panel in structure.panels),
        *(group.groups for group in structure.feedback_groups),
    ]


@settings(max_examples=20, deadline=None)
@given(rounds(), st.booleans())
def test_nobody_can_tell_that_all_of_a_set_gave_one_answer(data, knows_sizes) -> None:
    items, structure, band = data
    release = release_round(items, structure, band, Policy(5))
    for key, item in items.items():
        attack = attack_on(release, key, item, knows_sizes=knows_sizes)
        for people in unions(structure):
            value = unanimous_point(item.of(people))
            if value is None or not is_protected(value - 1, band):
                continue
            n = attack.value(people, RATINGS)
            assert attack.least(people, [value - 1]) < n, (key, people)


@settings(max_examples=20, deadline=None)
@given(rounds(), st.booleans())
def test_no_count_of_a_small_group_is_told_other_than_a_nought(data, knows_sizes) -> None:
    items, structure, band = data
    release = release_round(items, structure, band, Policy(5))
    small = [group.groups for group in structure.feedback_groups if lowest_n(items, group.groups) < 5]
    for key, item in items.items():
        attack = attack_on(release, key, item, knows_sizes=knows_sizes)
        for people in small:
            for point in ANSWERS:
                if attack.value(people, [point]) and attack.is_told(people, [point]):
                    assert everybody_around_said_so(attack, release, key, people, point, band)


def everybody_around_said_so(attack, release, key, people, point, band) -> bool:
    """The one exception: whoever is hidden with them gave that answer too, and coarse would not hide it."""
    hidden = [entry.unit.groups for entry in release.hidden]
    around = {code for groups in hidden for code in groups}
    said = attack.value(around, [point]) == attack.value(around, ANSWERS)
    return said or (point in RATINGS and not is_protected(point, band)) or point == POINTS


def test_the_one_who_rated_otherwise_must_not_give_the_others_away() -> None:
    """Nobody chose 4, so that "six agreed" would say "six chose 5"."""
    structure = structure_of([3])
    item = ItemCounts(
        {
            "p0g0": Histogram(1, (0, 0, 0, 0, 6)),
            "p0g1": Histogram(1, (2, 3, 1, 0, 0)),
            "p0g2": Histogram(1, (1, 2, 3, 1, 2)),
        }
    )
    for edition, is_told in ((1, True), (2, False)):
        release = release_round({"i": item}, structure, (4, 5), Policy(5, edition=edition))
        attack = attack_on(release, "i", item, knows_sizes=False)
        assert (attack.least(["p0g0"], [4]) == 6) is is_told


@pytest.mark.parametrize("seed", range(12))
def test_no_smaller_loss_would_have_kept_sets_of_one_mind_as_well(seed: int) -> None:
    draw = random.Random(seed)
    structure = structure_of(draw.choice([(3,), (2, 2), (1, 2)]))
    item = random_item(draw, structure.group_codes)
    release = release_round({"i": item}, structure, AGREE, Policy(3))
    rows = [row for row in release.rows("i") if row.cell.display is not Display.HIDDEN]
    own = [row.unit for row in rows if unanimous_point(item.of(row.unit.groups)) is not None]
    may_be = [row.unit for row in rows if row.unit not in own]
    ours = [row.unit for row in rows if row.cell.display is Display.COARSE and row.unit not in own]

    def loss(units: Sequence[Unit]) -> tuple[int, int, int]:
        kinds = [unit.kind for unit in units]
        return tuple(kinds.count(kind) for kind in UnitKind)

    for size in range(len(may_be) + 1):
        for some in combinations(may_be, size):
            if loss(some) < loss(ours):
                assert one_mind_told(item, structure, own, may_be, some), some


def test_on_small_cases_hardly_more_is_withheld_than_must_be() -> None:
    draw = random.Random(4)
    cases = [case_of(draw) for _ in range(12)]
    for case in cases:
        assert case.least_hidden <= case.hidden <= 2 * case.least_hidden
        assert case.least_coarse <= case.coarse <= 2 * case.least_coarse


@pytest.mark.parametrize("edition", [1, 2])
def test_a_stored_release_keeps_the_edition_by_which_it_was_made(edition: int) -> None:
    structure = structure_of([2])
    item = ItemCounts({code: Histogram(1, (0, 1, 2, 3)) for code in structure.group_codes})
    release = release_round({"i": item}, structure, (3, 4), Policy(5, edition=edition))
    stored = release.to_dict()
    assert stored["schema"] == f"release/{edition}"
    assert "edition" not in stored["policy"]
    assert Release.from_dict(stored) == release
