"""Attacks on releases: exact linear algebra over all shown figures, and a search for needless losses."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import lowest_n, release_round, unanimous_point
from delphi.consensus.disclosure_release import Display, Policy, Reason, Release, Unit, UnitKind
from delphi.domain.groups import Group, GroupStructure, GroupUnion

POINTS = 4
CANNOT_SAY = POINTS
Vector = tuple[Fraction, ...]

type_of_structure = st.lists(
    st.lists(st.integers(1, 2), min_size=1, max_size=3), min_size=1, max_size=3
)  # panels, of feedback groups, of so many stakeholder groups


def build(shape: list[list[int]]) -> GroupStructure:
    groups, panels, feedback = [], [], []
    for p, sizes in enumerate(shape):
        of_panel = []
        for f, size in enumerate(sizes):
            codes = tuple(f"g{p}{f}{s}" for s in range(size))
            of_panel += codes
            feedback.append(GroupUnion(f"f{p}{f}", f"Group {p}{f}", codes))
        groups += [Group(code, code) for code in of_panel]
        panels.append(GroupUnion(f"p{p}", f"Panel {p}", tuple(of_panel)))
    return GroupStructure(tuple(groups), tuple(panels), tuple(feedback))


@st.composite
def histograms(draw: st.DrawFn) -> Histogram:
    """Small groups are likely, and so are groups of one mind."""
    unable = draw(st.sampled_from([0, 0, 0, 1, 2]))
    if draw(st.booleans()):
        point, n = draw(st.integers(0, POINTS - 1)), draw(st.integers(0, 8))
        return Histogram(1, tuple(n if i == point else 0 for i in range(POINTS)), unable)
    return Histogram(1, tuple(draw(st.lists(st.integers(0, 3), min_size=POINTS, max_size=POINTS))), unable)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[dict[str, ItemCounts], GroupStructure, tuple[int, ...]]:
    structure = build(draw(type_of_structure))
    n_items = draw(st.integers(1, 3))
    items = {
        f"i{number}": ItemCounts({code: draw(histograms()) for code in structure.group_codes})
        for number in range(n_items)
    }
    return items, structure, draw(st.sampled_from([(3, 4), (4,), (2, 3, 4), (1, 2)]))


class Space:
    """The span of some vectors, kept in reduced form with exact fractions."""

    def __init__(self, vectors: Iterable[Vector]) -> None:
        self.rows: list[tuple[int, Vector]] = []
        for vector in vectors:
            left = self._reduce(vector)
            pivot = next((i for i, x in enumerate(left) if x), None)
            if pivot is not None:
                self.rows.append((pivot, tuple(x / left[pivot] for x in left)))

    def _reduce(self, vector: Vector) -> Vector:
        for pivot, row in self.rows:
            factor = vector[pivot]
            if factor:
                vector = tuple(x - factor * y for x, y in zip(vector, row, strict=True))
        return vector

    def __contains__(self, vector: Vector) -> bool:
        return not any(self._reduce(vector))


def vector(structure: GroupStructure, groups: Iterable[str], points: Iterable[int]) -> Vector:
    """The unknowns are the answers of each stakeholder group on each point and "can't say"."""
    chosen, wanted = set(groups), set(points)
    return tuple(
        Fraction(code in chosen and point in wanted)
        for code in structure.group_codes
        for point in range(POINTS + 1)
    )


def known(release: Release, key: str, structure: GroupStructure) -> Space:
    """Everything a reader knows of one item: each shown figure is an equation."""
    agree = {value - 1 for value in release.agree_band}
    equations = []
    for row in release.rows(key):
        sets: list[Iterable[int]] = []
        if row.cell.display is Display.FULL:
            sets = [[point] for point in range(POINTS + 1)]
        elif row.cell.display is Display.COARSE:
            sets = [agree, set(range(POINTS)) - agree, [CANNOT_SAY]]
        equations += [vector(structure, row.unit.groups, points) for points in sets]
    return Space(equations)


def needs_protection(groups: Iterable[str], item: ItemCounts, band: tuple[int, ...]) -> set[int]:
    """The places of the scale among which groups of one mind must stay undecided; else empty."""
    point = unanimous_point(item.of(groups))
    if point is None:
        return set()
    side = {value - 1 for value in range(1, POINTS + 1) if (value in band) == (point in band)}
    return side if len(side) > 1 else set()


def n_answered_everywhere(items: dict[str, ItemCounts], unit: Unit) -> int:
    return max(item.of(unit.groups).n_answered for item in items.values())


@settings(max_examples=80, deadline=None)
@given(rounds(), st.integers(3, 6))
def test_no_figure_of_a_small_unit_follows_from_what_is_shown(data, min_cell) -> None:
    items, structure, band = data
    release = release_round(items, structure, band, Policy(min_cell))
    for key in items:
        space = known(release, key, structure)
        for entry in release.units:
            if entry.reason is not Reason.TOO_SMALL or n_answered_everywhere(items, entry.unit) == 0:
                continue
            assert vector(structure, entry.unit.groups, range(POINTS + 1)) not in space
            for point in range(POINTS + 1):
                assert vector(structure, entry.unit.groups, [point]) not in space


@settings(max_examples=80, deadline=None)
@given(rounds(), st.integers(3, 6))
def test_the_point_of_a_unit_of_one_mind_does_not_follow_from_what_is_shown(data, min_cell) -> None:
    items, structure, band = data
    release = release_round(items, structure, band, Policy(min_cell))
    for key, item in items.items():
        space = known(release, key, structure)
        for row in release.rows(key):
            if row.cell.display is Display.HIDDEN:
                continue
            protected = needs_protection(row.unit.groups, item, band)
            assert not protected or row.cell.display is Display.COARSE
            for point in protected:
                assert vector(structure, row.unit.groups, [point]) not in space


@settings(max_examples=30, deadline=None)
@given(rounds(), st.integers(3, 6))
def test_no_union_of_hidden_or_coarse_groups_that_follows_is_small_or_of_one_mind(data, min_cell) -> None:
    """What hidden groups amount to together is a figure like any other: the same two rules hold for it."""
    items, structure, band = data
    release = release_round(items, structure, band, Policy(min_cell))
    for key, item in items.items():
        space = known(release, key, structure)
        for codes in unions(structure):
            if vector(structure, codes, [CANNOT_SAY]) in space:
                answered = [other.of(codes).n_answered for other in items.values()]
                assert min(answered) >= min_cell or max(answered) == 0
            for point in needs_protection(codes, item, band):
                assert vector(structure, codes, [point]) not in space


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_a_unit_is_shown_or_hidden_in_all_items_alike(data) -> None:
    items, structure, band = data
    release = release_round(items, structure, band)
    patterns = {tuple(row.cell.display is Display.HIDDEN for row in release.rows(key)) for key in items}
    assert patterns == {tuple(not entry.is_shown for entry in release.units)}


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_shown_figures_are_the_true_ones(data) -> None:
    items, structure, band = data
    release = release_round(items, structure, band)
    for key, item in items.items():
        for row in release.rows(key):
            true = item.of(row.unit.groups)
            if row.cell.histogram is not None:
                assert (row.cell.histogram.counts, row.cell.histogram.n_unable) == (
                    true.counts,
                    true.n_unable,
                )
            if row.cell.coarse is not None:
                assert (row.cell.coarse.n_agree, row.cell.coarse.n) == (true.count_in(band), true.n)


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_a_stored_release_reads_back_identically(data) -> None:
    items, structure, band = data
    release = release_round(items, structure, band)
    assert Release.from_dict(release.to_dict()) == release


@settings(max_examples=100, deadline=None)
@given(type_of_structure, st.data())
def test_nothing_is_withheld_when_all_groups_are_large_and_nobody_is_of_one_mind(shape, data) -> None:
    structure = build(shape)
    large = st.lists(st.integers(2, 4), min_size=POINTS, max_size=POINTS)
    items = {
        "i": ItemCounts({code: Histogram(1, tuple(data.draw(large)), 1) for code in structure.group_codes})
    }
    release = release_round(items, structure, (3, 4))
    assert {row.cell.display for row in release.rows("i")} == {Display.FULL}


Loss = tuple[int, int, int]


def loss(units: Iterable[Unit]) -> Loss:
    """Everyone before panels before feedback groups."""
    kinds = [unit.kind for unit in units]
    return (kinds.count(UnitKind.EVERYONE), kinds.count(UnitKind.PANEL), kinds.count(UnitKind.FEEDBACK_GROUP))


def smaller_loss_that_protects(
    candidates: list[Unit], bad: list[list[str]], structure: GroupStructure, ours: Loss
) -> tuple[Unit, ...] | None:
    """Try every smaller set to withhold: one after which none of the bad unions follows, if there is one."""
    unknown = {code: place for place, code in enumerate(structure.group_codes)}

    def indicator(groups: Iterable[str]) -> Vector:
        chosen = {unknown[code] for code in groups}
        return tuple(Fraction(place in chosen) for place in range(len(unknown)))

    for size in range(len(candidates) + 1):
        for lost in combinations(candidates, size):
            if loss(lost) < ours:
                space = Space(indicator(unit.groups) for unit in candidates if unit not in lost)
                if not any(indicator(codes) in space for codes in bad):
                    return lost
    return None


def unions(structure: GroupStructure) -> list[list[str]]:
    groups = structure.feedback_groups
    return [
        [code for group in union for code in group.groups]
        for size in range(1, len(groups) + 1)
        for union in combinations(groups, size)
    ]


@settings(max_examples=80, deadline=None)
@given(rounds())
def test_no_smaller_loss_would_have_hidden_small_units_as_well(data) -> None:
    items, structure, band = data
    release = release_round(items, structure, band, Policy(5))
    may_show = [u.unit for u in release.units if u.reason is not Reason.TOO_SMALL]
    ours = loss(u.unit for u in release.units if u.reason is Reason.PROTECTS_ANOTHER)
    small = [
        codes
        for codes in unions(structure)
        if lowest_n(items, codes) < 5 and any(item.of(codes).n_answered for item in items.values())
    ]
    assert smaller_loss_that_protects(may_show, small, structure, ours) is None
