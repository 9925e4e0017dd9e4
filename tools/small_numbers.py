"""How much the small-number rules withhold, against the least that would do: `python -m tools.small_numbers`.

Random small rounds are decided by the product, and once more by trying every choice of cells, judged by
`tools.attack` alone; tables of other people beside them by `tools.small_views`. `--write` puts the figures
into docs/small-numbers.md.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import lowest_n, release_round, unanimous_point
from delphi.consensus.disclosure_release import Display, Policy, Reason, Unit
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from tools.attack import Attack
from tools.small_views import ViewCase, view_case_of

MIN_CELL = 5
AGREE = (4, 5)
SHAPES = ((3,), (4,), (2, 2), (1, 2), (2, 3), (1, 1, 2))
PAGE = Path(__file__).parent.parent / "docs" / "small-numbers.md"
FIGURES = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)


def structure_of(shape: Sequence[int]) -> GroupStructure:
    """A study with so many feedback groups in each panel, each a stakeholder group of its own."""
    codes = [[f"p{panel}g{group}" for group in range(n)] for panel, n in enumerate(shape)]
    every = [code for panel in codes for code in panel]
    return GroupStructure(
        tuple(Group(code, code) for code in every),
        tuple(GroupUnion(f"p{i}", f"Panel {i}", tuple(found)) for i, found in enumerate(codes)),
        tuple(GroupUnion(code, code, (code,)) for code in every),
    )


def random_item(draw: random.Random, groups: Sequence[str]) -> ItemCounts:
    """Groups of 2 to 10 people on five points; a group of one mind or of one side is common."""
    found = {}
    for code in groups:
        points = draw.choice(((4,), (3,), (3, 4), (3, 4), (1, 4), (0, 1), (0, 1, 2, 3, 4)))
        counts = [0] * 5
        for _ in range(draw.choice((2, 3, 4, 5, 5, 6, 7, 8, 10))):
            counts[draw.choice(points)] += 1
        found[code] = Histogram(1, tuple(counts))
    return ItemCounts(found)


@dataclass(frozen=True, slots=True)
class Case:
    """One round of one item: what the product withheld beyond what it had to, and the least that does."""

    hidden: int
    least_hidden: int
    coarse: int
    least_coarse: int


def case_of(draw: random.Random) -> Case:
    """One random round, decided by the product and by trying everything."""
    structure = structure_of(draw.choice(SHAPES))
    item = random_item(draw, structure.group_codes)
    release = release_round({"i": item}, structure, AGREE, Policy(MIN_CELL))
    units = [entry.unit for entry in release.units]
    small = {entry.unit for entry in release.units if entry.reason is Reason.TOO_SMALL}
    further = {entry.unit for entry in release.units if entry.reason is Reason.PROTECTS_ANOTHER}
    shown = [unit for unit in units if unit not in small]
    least_hidden = _least(shown, lambda lost: not _small_follow(item, structure, shown, lost))
    rows = [row for row in release.rows("i") if row.cell.display is not Display.HIDDEN]
    own = {row.unit for row in rows if _tells(item, row.unit.groups)}
    coarse = {row.unit for row in rows if row.cell.display is Display.COARSE} - own
    may_be = [row.unit for row in rows if row.unit not in own]
    least_coarse = _least(may_be, lambda lost: not one_mind_told(item, structure, own, may_be, lost))
    return Case(len(further), least_hidden, len(coarse), least_coarse)


def _least(candidates: Sequence[Unit], is_safe: Callable[[Collection[Unit]], bool]) -> int:
    """The smallest number of units to lose so that nothing is told."""
    for size in range(len(candidates) + 1):
        if any(is_safe(lost) for lost in combinations(candidates, size)):
            return size
    return len(candidates)


def _tells(item: ItemCounts, groups: Collection[str]) -> bool:
    return unanimous_point(item.of(groups)) is not None  # both sides of the band have several points


def _unions(structure: GroupStructure) -> Iterator[tuple[str, ...]]:
    codes = structure.group_codes
    for size in range(1, len(codes) + 1):
        yield from combinations(codes, size)


def _small_follow(
    item: ItemCounts, structure: GroupStructure, shown: Collection[Unit], lost: Collection[Unit]
) -> bool:
    attack = Attack(item.by_group)
    for unit in shown:
        if unit not in lost:
            attack.show_in_full(unit.groups)
    return any(
        lowest_n({"i": item}, people) < MIN_CELL and attack.follows(people, [0])
        for people in _unions(structure)
    )


def one_mind_told(
    item: ItemCounts,
    structure: GroupStructure,
    own: Collection[Unit],
    may_be: Collection[Unit],
    lost: Collection[Unit],
) -> bool:
    """Whether somebody is told to be of one mind when these units of those that may be full are coarse."""
    attack = Attack(item.by_group)
    for unit in [*own, *may_be]:
        if unit in own or unit in lost:
            attack.show_coarsely(unit.groups, [value - 1 for value in AGREE])
        else:
            attack.show_in_full(unit.groups)
    ratings = range(attack.n_points - 1)
    for people in _unions(structure):
        value = unanimous_point(item.of(people))
        if value is not None and attack.least(people, [value - 1]) == attack.value(people, ratings):
            return True
    return False


def time_of_large_release() -> float:
    """Seconds for 100 items by nine groups in three panels, in three rounds."""
    draw = random.Random(1)  # noqa: S311 - made-up figures, no secrets
    structure = structure_of((3, 3, 3))
    rounds = [{f"i{i}": random_item(draw, structure.group_codes) for i in range(100)} for _ in range(3)]
    start = time.perf_counter()
    for items in rounds:
        release_round(items, structure, AGREE, Policy(3))
    return time.perf_counter() - start


def figures(n: int, n_views: int, seed: int = 1) -> str:
    """The figures as Markdown."""
    draw = random.Random(seed)  # noqa: S311 - made-up figures, no secrets
    cases = [case_of(draw) for _ in range(n)]
    views: list[ViewCase] = [view_case_of(draw) for _ in range(n_views)]
    heads = ("", "rounds concerned", "cells withheld", "least that does", "median ratio", "highest ratio")
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    rows = (
        ("A further unit hidden (E21)", [(case.hidden, case.least_hidden) for case in cases]),
        ("A further cell coarse (E23)", [(case.coarse, case.least_coarse) for case in cases]),
        ("A table of other people withheld (E25)", [(case.hidden, case.least) for case in views]),
    )
    for label, pairs in rows:
        needed = [(ours, least) for ours, least in pairs if ours or least]
        ratios = [ours / max(least, 1) for ours, least in needed]
        lines.append(
            f"| {label} | {len(needed)} of {len(pairs)} | {sum(ours for ours, _ in needed)} "
            f"| {sum(least for _, least in needed)} "
            f"| {statistics.median(ratios):.2f} | {max(ratios):.2f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the figures, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--views", type=int, default=60)
    parser.add_argument("--write", action="store_true", help=f"put them into {PAGE.name}")
    chosen = parser.parse_args()
    found = figures(chosen.cases, chosen.views)
    print(found)
    print(f"100 items x 9 groups x 3 rounds: {time_of_large_release():.3f} s")
    if chosen.write:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(FIGURES.sub(lambda _: found, text), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
