"""Tables beside tables: filters, later releases and deletions, attacked with everything a reader has seen."""

from __future__ import annotations

import random

import pytest

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import release_round, unanimous_point
from delphi.consensus.disclosure_release import Display, Policy, Reason
from delphi.consensus.disclosure_views import Seen, View, Views, decide_views, seen_in
from tools.attack import Attack
from tools.small_numbers import AGREE, structure_of
from tools.small_views import view_case_of

POLICY = Policy(5)


def spread(n: int) -> Histogram:
    """n people over all points."""
    counts = [0, 0, 0, 0, 0]
    for person in range(n):
        counts[(person * 2 + 3) % 5] += 1
    return Histogram(1, tuple(counts))


def view(code: str, *people: str, rank: int = 0) -> View:
    return View(code, code.title(), frozenset(people), rank)


def reasons(views: Views) -> dict[str, Reason]:
    return {entry.view.code: entry.reason for entry in views.decisions}


def test_figures_without_one_person_are_never_shown_after_figures_with_them() -> None:
    items = {"i": ItemCounts({"stayed": spread(45), "gone": spread(1)})}
    everyone = Seen(frozenset({"stayed", "gone"}))
    found = decide_views(items, [view("after", "stayed")], AGREE, POLICY, [everyone])
    assert reasons(found) == {"after": Reason.TOO_NEAR}
    assert found.cells["i"][0].display is Display.HIDDEN


@pytest.mark.parametrize(("n_left", "reason"), [(4, Reason.TOO_NEAR), (5, Reason.LARGE_ENOUGH)])
def test_those_who_stayed_are_shown_if_enough_people_left(n_left: int, reason: Reason) -> None:
    items = {"i": ItemCounts({"stayed": spread(40), "left": spread(n_left)})}
    everyone = Seen(frozenset({"stayed", "left"}))
    found = decide_views(items, [view("stayed", "stayed")], AGREE, POLICY, [everyone])
    assert reasons(found) == {"stayed": reason}


def test_the_same_people_again_give_nothing_away() -> None:
    items = {"i": ItemCounts({"a": spread(9), "b": spread(8)})}
    everyone = frozenset({"a", "b"})
    found = decide_views(items, [View("again", "Again", everyone)], AGREE, POLICY, [Seen(everyone)])
    assert reasons(found) == {"again": Reason.LARGE_ENOUGH}


def test_differences_that_are_large_enough_may_still_not_be_solved_together() -> None:
    """Each view is six people from everyone; from all three would follow what each three people said."""
    items = {"i": ItemCounts({"rest": spread(30), "a": spread(3), "b": spread(3), "c": spread(3)})}
    everyone = Seen(frozenset(items["i"].by_group))
    wanted = [view(f"no_{two}", "rest", *({"a", "b", "c"} - set(two))) for two in ("ab", "ac", "bc")]
    found = decide_views(items, wanted, AGREE, POLICY, [everyone])
    assert list(reasons(found).values()).count(Reason.LARGE_ENOUGH) == 2
    assert list(reasons(found).values()).count(Reason.PROTECTS_ANOTHER) == 1


def test_people_left_over_who_are_of_one_mind_make_the_view_coarse() -> None:
    items = {"i": ItemCounts({"stayed": spread(20), "left": Histogram(1, (0, 0, 0, 0, 6))})}
    found = decide_views(
        items, [view("stayed", "stayed")], AGREE, POLICY, [Seen(frozenset({"stayed", "left"}))]
    )
    assert found.cells["i"][0].display is Display.COARSE


def test_what_was_shown_of_a_round_is_what_is_known_of_it() -> None:
    structure = structure_of((2, 1))
    item = ItemCounts({"p0g0": spread(6), "p0g1": Histogram(1, (0, 0, 0, 0, 7)), "p1g0": spread(9)})
    release = release_round({"i": item}, structure, AGREE, POLICY)
    seen = seen_in(release, {code: (code,) for code in item.by_group})
    assert len(seen) == 6
    assert Seen(frozenset({"p0g1"}), frozenset({"i"})) in seen


def random_case(seed: int) -> tuple[dict[str, ItemCounts], list[View], list[Seen]]:
    """Two regions by three groups by those who stayed, left or are gone; some rows were seen before."""
    draw = random.Random(seed)
    codes = [f"{g}{r}{s}" for g in "abc"[: draw.choice((2, 3))] for r in "ns" for s in ("", "-left")]
    items = {}
    for key in ("i", "j"):
        found = {}
        for code in codes:
            points = draw.choice(((4,), (3, 4), (0, 1, 2, 3, 4), (1, 3, 4)))
            counts = [0] * 5
            for _ in range(draw.choice((0, 0, 1, 2, 4)) if "left" in code else draw.choice((2, 3, 5, 8))):
                counts[draw.choice(points)] += 1
            found[code] = Histogram(1, tuple(counts))
        items[key] = ItemCounts(found)
    stayed = [code for code in codes if "left" not in code]
    wanted = [
        view("stayed", *stayed),
        view("north", *(code for code in codes if code[1] == "n"), rank=1),
        view("south", *(code for code in codes if code[1] == "s"), rank=1),
        *(view(g, *(code for code in codes if code[0] == g), rank=2) for g in sorted({c[0] for c in codes})),
    ]
    return items, wanted, [Seen(frozenset(codes))]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_follows_from_all_views_and_everything_seen_before(seed: int) -> None:
    items, wanted, seen = random_case(seed)
    found = decide_views(items, wanted, AGREE, POLICY, seen)
    for key, item in items.items():
        attack = Attack(item.by_group)
        for one in seen:
            attack.show_in_full(one.people)
        for entry, cell in zip(found.decisions, found.cells[key], strict=True):
            if cell.display is Display.FULL:
                attack.show_in_full(entry.view.people)
            elif cell.display is Display.COARSE:
                attack.show_coarsely(entry.view.people, [value - 1 for value in AGREE])
        sets = {*(one.people for one in seen), *(one.people for one in wanted)}
        sets |= {a - b for a in sets for b in sets} | {a & b for a in sets for b in sets}
        for people in filter(None, sets):
            n = item.of(sorted(people)).n_answered
            for points in (*([point] for point in range(6)), [3, 4], [0, 1, 2]) if n < 5 else ():
                assert not (attack.value(people, points) and attack.follows(people, points))
                if attack.value(people, points) and seed == 1:
                    assert not attack.is_told(people, points), (sorted(people), points)
            value = unanimous_point(item.of(sorted(people)))
            if value is not None and people not in {one.people for one in seen}:
                assert attack.least(people, [value - 1]) < attack.value(people, range(5)), sorted(people)


@pytest.mark.parametrize("seed", range(6))
def test_no_further_view_could_have_been_shown(seed: int) -> None:
    """Of views within each other, where what may be told is known exactly, none is withheld in vain."""
    draw = random.Random(seed)
    sizes = [draw.choice((2, 3, 6, 9)) for _ in range(4)]
    item = ItemCounts({f"a{i}": spread(n) for i, n in enumerate(sizes)})
    wanted = [view(f"v{i}", f"a{i}") for i in range(4)]
    everyone = Seen(frozenset(item.by_group))
    found = decide_views({"i": item}, wanted, AGREE, POLICY, [everyone])
    hidden = [entry for entry in found.decisions if not entry.is_shown]
    for entry in (one for one in hidden if one.reason is Reason.PROTECTS_ANOTHER):
        rest = set(item.by_group) - {c for one in found.decisions if one.is_shown for c in one.view.people}
        left = item.of(sorted(rest - entry.view.people)).n_answered
        assert 0 < left < 5


@pytest.mark.parametrize("seed", range(4))
def test_what_is_withheld_is_never_less_than_it_takes(seed: int) -> None:
    """Against every choice of tables, judged by the attack alone; how much more is in the documentation."""
    found = view_case_of(random.Random(seed))
    assert found.hidden >= found.least
