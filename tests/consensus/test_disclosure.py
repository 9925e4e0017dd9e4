"""The small-number rules on cases small enough to check by hand, and the demo's three rounds."""

import json

import pytest

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure import release_round, unanimous_point
from delphi.consensus.disclosure_reasons import is_size_told, reader_notes
from delphi.consensus.disclosure_release import (
    CoarseCounts,
    Display,
    Policy,
    Reason,
    Release,
    UnitKind,
)
from delphi.consensus.disclosure_words import team_warnings
from delphi.domain.errors import InvalidInput
from delphi.domain.groups import Group, GroupStructure, GroupUnion

AGREE = (4, 5)
PANEL, GROUP, EVERYONE = UnitKind.PANEL, UnitKind.FEEDBACK_GROUP, UnitKind.EVERYONE


def structure_of(**panels: tuple[str, ...]) -> GroupStructure:
    """A study whose feedback groups are its stakeholder groups."""
    codes = [code for groups in panels.values() for code in groups]
    return GroupStructure(
        tuple(Group(code, code.title()) for code in codes),
        tuple(GroupUnion(panel, f"Panel {panel}", groups) for panel, groups in panels.items()),
        tuple(GroupUnion(code, code.title(), (code,)) for code in codes),
    )


def demo_structure() -> GroupStructure:
    labels = {
        "lived_experience": "People with lived experience",
        "carers": "Family members and carers",
        "volunteers": "Volunteers and peer supporters",
        "practitioners": "Practitioners",
        "managers": "Managers",
        "commissioners": "Commissioners",
        "researchers": "Researchers and educators",
    }
    single = ("lived_experience", "carers", "volunteers", "practitioners")
    return GroupStructure(
        tuple(Group(code, label) for code, label in labels.items()),
        (
            GroupUnion("experience", "People with lived experience and carers", tuple(labels)[:2]),
            GroupUnion("delivery", "Practice and policy panel", tuple(labels)[2:]),
        ),
        (
            *(GroupUnion(code, labels[code], (code,)) for code in single),
            GroupUnion("managers_commissioners", "Managers and commissioners", ("managers", "commissioners")),
            GroupUnion("researchers", labels["researchers"], ("researchers",)),
        ),
    )


DEMO_GROUPS = [group.code for group in demo_structure().groups]
DEMO_SIZES = {
    1: dict(zip(DEMO_GROUPS, (12, 6, 6, 9, 5, 3, 5), strict=True)),
    2: dict(zip(DEMO_GROUPS, (10, 5, 6, 9, 4, 3, 5), strict=True)),
    3: dict(zip(DEMO_GROUPS, (10, 5, 5, 8, 4, 3, 4), strict=True)),
}


def spread(n: int, unable: int = 0) -> Histogram:
    """n people who answered, over several points; some of them cannot say."""
    counts = [0, 0, 0, 0, 0]
    for person in range(n - unable):
        counts[(person * 2 + 2) % 5] += 1
    return Histogram(1, tuple(counts), unable)


def at(point: int, n: int, unable: int = 0) -> Histogram:
    """n ratings, all on one point."""
    return Histogram(1, tuple(n if value == point else 0 for value in range(1, 6)), unable)


def item(**groups: Histogram | int) -> ItemCounts:
    return ItemCounts({code: spread(h) if isinstance(h, int) else h for code, h in groups.items()})


def hidden(release: Release) -> dict[str, Reason]:
    return {entry.unit.code: entry.reason for entry in release.hidden}


def coarse(release: Release, key: str = "i") -> set[str]:
    return {row.unit.code for row in release.rows(key) if row.cell.display is Display.COARSE}


@pytest.mark.parametrize("number", [1, 2])
def test_in_the_demos_first_two_rounds_every_group_is_shown(number: int) -> None:
    release = release_round({"i": item(**DEMO_SIZES[number])}, demo_structure(), AGREE)
    assert hidden(release) == {}
    assert {row.cell.display for row in release.rows("i")} == {Display.FULL}


def test_in_the_demos_third_round_researchers_and_with_them_volunteers_are_hidden() -> None:
    items = {key: item(**DEMO_SIZES[3]) for key in ("a", "b")}
    release = release_round(items, demo_structure(), AGREE)
    assert hidden(release) == {"volunteers": Reason.PROTECTS_ANOTHER, "researchers": Reason.TOO_SMALL}
    assert reader_notes(release) == (
        "Volunteers and peer supporters: not shown, so that the smaller group cannot be worked out.",
        "Researchers and educators: not shown, because fewer than 5 people answered.",
    )
    assert release.cell("a", GROUP, "carers").display is Display.FULL
    assert team_warnings(release, items) == (
        (
            "Volunteers and peer supporters: hidden (as few as 5 people answered a statement), so that nobody"
            " can work out Researchers and educators by taking shown figures from shown totals."
        ),
        (
            "Researchers and educators: hidden. As few as 4 people answered a statement; groups under 5 are"
            " never shown."
        ),
        (
            "What can still be worked out: Volunteers and peer supporters and Researchers and educators"
            " together (9 people)."
        ),
    )


def test_units_come_in_the_fixed_order_everyone_panels_feedback_groups() -> None:
    release = release_round({"i": item(**DEMO_SIZES[1])}, demo_structure(), AGREE)
    assert [row.unit.code for row in release.rows("i")] == [
        "", "experience", "delivery", "lived_experience", "carers", "volunteers", "practitioners",
        "managers_commissioners", "researchers",
    ]  # fmt: skip


def test_a_group_is_hidden_in_every_item_by_its_lowest_number_of_answers() -> None:
    structure = structure_of(p=("a", "b", "c"))
    items = {"i": item(a=6, b=7, c=9), "j": item(a=4, b=8, c=9)}
    release = release_round(items, structure, AGREE)
    for key in items:
        assert release.cell(key, GROUP, "a").display is Display.HIDDEN
        assert release.cell(key, GROUP, "b").display is Display.HIDDEN
        assert release.cell(key, GROUP, "c").display is Display.FULL


def test_cannot_say_counts_as_an_answer_and_a_skipped_item_does_not() -> None:
    structure = structure_of(p=("a", "b", "c"))
    unable = item(a=spread(5, unable=2), b=7, c=9)
    assert hidden(release_round({"i": unable}, structure, AGREE)) == {}
    skipped = ItemCounts({**unable.by_group, "a": Histogram(1, (0, 1, 1, 1, 1), 0, n_skipped=3)})
    assert hidden(release_round({"i": skipped}, structure, AGREE))["a"] is Reason.TOO_SMALL


def test_skipped_answers_are_never_released() -> None:
    counts = item(a=Histogram(1, (1, 1, 1, 1, 1), 0, n_skipped=3), b=7)
    release = release_round({"i": counts}, structure_of(p=("a", "b")), AGREE)
    histogram = release.cell("i", EVERYONE).histogram
    assert histogram is not None
    assert histogram.n_skipped == 0


def test_two_small_groups_that_are_large_enough_together_need_no_third() -> None:
    release = release_round({"i": item(a=3, b=3, c=9)}, structure_of(p=("a", "b", "c")), AGREE)
    assert hidden(release) == {"a": Reason.TOO_SMALL, "b": Reason.TOO_SMALL}


def test_two_small_groups_that_are_too_small_together_need_a_third() -> None:
    release = release_round({"i": item(a=2, b=2, c=9, d=9)}, structure_of(p=("a", "b", "c", "d")), AGREE)
    assert hidden(release)["c"] is Reason.PROTECTS_ANOTHER
    assert "d" not in hidden(release)


def test_a_small_group_in_a_panel_of_its_own_hides_the_smallest_other_panel_and_group() -> None:
    structure = structure_of(p=("a",), q=("b", "c"), r=("d", "e"))
    release = release_round({"i": item(a=3, b=6, c=7, d=5, e=20)}, structure, AGREE)
    # 13 + 6 people are fewer than 25 + 5.
    assert hidden(release) == {
        "p": Reason.TOO_SMALL,
        "a": Reason.TOO_SMALL,
        "q": Reason.PROTECTS_ANOTHER,
        "b": Reason.PROTECTS_ANOTHER,
    }
    assert release.cell("i", EVERYONE).display is Display.FULL


def test_a_panel_with_small_groups_of_its_own_is_hidden_at_no_further_cost() -> None:
    structure = structure_of(p=("a",), q=("b", "c"), r=("d", "e"))
    release = release_round({"i": item(a=3, b=4, c=30, d=5, e=6)}, structure, AGREE)
    # Panel q already hides b, and c for b's sake; with q closed, a and b are 7 together and c can be shown.
    assert set(hidden(release)) == {"p", "a", "q", "b"}


def test_nothing_is_hidden_to_protect_a_group_in_which_nobody_answered() -> None:
    release = release_round({"i": item(a=0, b=7, c=9)}, structure_of(p=("a", "b", "c")), AGREE)
    assert hidden(release) == {"a": Reason.TOO_SMALL}


def test_a_panel_below_the_minimum_shows_nothing_at_all() -> None:
    release = release_round({"i": item(a=2, b=2)}, structure_of(p=("a",), q=("b",)), AGREE)
    assert all(row.cell.display is Display.HIDDEN for row in release.rows("i"))


def test_without_secondary_suppression_only_small_groups_are_hidden_and_the_team_is_told() -> None:
    items = {"i": item(a=3, b=7, c=9)}
    release = release_round(
        items, structure_of(p=("a", "b", "c")), AGREE, Policy(secondary_suppression=False)
    )
    assert set(hidden(release)) == {"a"}
    assert any("Secondary suppression is off" in sentence for sentence in team_warnings(release, items))


def test_a_group_of_one_mind_is_shown_coarsely_and_a_second_group_with_it() -> None:
    items = {"i": item(a=at(5, 6, unable=1), b=8, c=9)}
    release = release_round(items, structure_of(p=("a", "b", "c")), AGREE)
    assert release.cell("i", GROUP, "a").coarse == CoarseCounts(6, 0, 1)
    assert coarse(release) == {"a", "b"}
    assert hidden(release) == {}
    assert team_warnings(release, items, {"i": "Connecting online, Clear"}) == (
        (
            "A, Connecting online, Clear: all 6 who rated gave one and the same answer."
            " The panel sees only agree or do not agree."
        ),
        (
            "B, Connecting online, Clear: shown as agree or do not agree only, so that no group of one mind"
            " can be worked out."
        ),
    )


def test_a_group_of_one_mind_on_two_sides_of_the_band_is_not_of_one_mind() -> None:
    two_points = Histogram(1, (0, 0, 0, 3, 3))
    assert unanimous_point(two_points) is None
    release = release_round({"i": item(a=two_points, b=8)}, structure_of(p=("a", "b")), AGREE)
    assert coarse(release) == set()


def test_a_second_group_on_one_side_is_preferred_since_it_hides_which_was_of_one_mind() -> None:
    one_sided = Histogram(1, (0, 0, 0, 4, 5))
    release = release_round({"i": item(a=at(5, 6), b=8, c=one_sided)}, structure_of(p=("a", "b", "c")), AGREE)
    assert coarse(release) == {"a", "c"}


def test_two_groups_of_one_mind_on_two_points_protect_each_other() -> None:
    release = release_round({"i": item(a=at(5, 6), b=at(4, 6), c=9)}, structure_of(p=("a", "b", "c")), AGREE)
    assert coarse(release) == {"a", "b"}


def test_a_panel_of_one_mind_makes_another_panel_coarse_rather_than_everyone() -> None:
    structure = structure_of(p=("a", "b"), q=("c", "d"))
    release = release_round({"i": item(a=at(5, 6), b=at(5, 7), c=8, d=9)}, structure, AGREE)
    assert coarse(release) == {"p", "a", "b", "q", "c"}
    assert release.cell("i", EVERYONE).display is Display.FULL


def test_hidden_groups_that_are_of_one_mind_together_are_not_given_away() -> None:
    counts = item(a=at(5, 4), b=at(5, 5), c=8, d=9)
    release = release_round({"i": counts}, structure_of(p=("a", "b", "c", "d")), AGREE)
    assert set(hidden(release)) == {"a", "b"}
    # Panel minus c minus d would be nine people at 5: one more row is coarse.
    assert coarse(release) == {"c"}


def test_everyone_of_one_mind_is_shown_coarsely_everywhere() -> None:
    structure = structure_of(p=("a", "b"), q=("c",))
    release = release_round({"i": item(a=at(5, 6), b=at(5, 7), c=at(5, 8))}, structure, AGREE)
    assert {row.cell.display for row in release.rows("i")} == {Display.COARSE}


def test_one_mind_on_the_only_point_of_a_side_is_shown_in_full_but_the_team_is_warned() -> None:
    items = {"i": item(a=at(5, 6), b=8)}
    release = release_round(items, structure_of(p=("a", "b")), (5,))
    assert coarse(release) == set()
    assert "The panel sees the full figures." in team_warnings(release, items)[0]


def test_a_group_that_only_cannot_say_is_not_of_one_mind() -> None:
    release = release_round({"i": item(a=at(5, 0, unable=6), b=8)}, structure_of(p=("a", "b")), AGREE)
    assert coarse(release) == set()


def test_the_stored_form_reads_back_identically_and_holds_no_hidden_figure() -> None:
    sizes = DEMO_SIZES[3] | {"researchers": Histogram(1, (0, 0, 0, 0, 3), 1), "carers": at(4, 5)}
    release = release_round({"z": item(**sizes), "a": item(**DEMO_SIZES[3])}, demo_structure(), AGREE)
    stored = json.loads(json.dumps(release.to_dict(), sort_keys=True))
    assert Release.from_dict(stored) == release
    assert list(Release.from_dict(stored).cells) == ["z", "a"]
    for entry in stored["items"]:
        for row, cell in zip(release.rows(entry["key"]), entry["cells"], strict=True):
            if row.cell.display is Display.HIDDEN:
                assert cell == {"display": "hidden"}
            elif row.cell.display is Display.COARSE:
                assert set(cell) == {"display", "agree", "not_agree", "cannot_say"}


def test_a_stored_release_of_another_form_is_refused() -> None:
    with pytest.raises(InvalidInput, match="release/9"):
        Release.from_dict({"schema": "release/9"})


def test_a_minimum_below_three_is_refused() -> None:
    with pytest.raises(InvalidInput, match="fewer than 3"):
        Policy(min_cell=2)


def test_counts_without_one_of_the_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="'b'"):
        release_round({"i": item(a=6)}, structure_of(p=("a", "b")), AGREE)


def test_a_round_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="without rated items"):
        release_round({}, structure_of(p=("a",)), AGREE)


def test_words_about_hidden_groups_do_not_tell_how_small_one_is() -> None:
    """Of six people, "fewer than 5" and "at least 5" would be one and five."""
    told = release_round({"i": item(a=1, b=5, c=9)}, structure_of(p=("a", "b", "c")), AGREE)
    assert reader_notes(told) == (
        "A: not shown, so that no small group can be worked out.",
        "B: not shown, so that no small group can be worked out.",
    )
    open_ = release_round({"i": item(a=3, b=6, c=9)}, structure_of(p=("a", "b", "c")), AGREE)
    assert reader_notes(open_)[0] == "A: not shown, because fewer than 5 people answered."


@pytest.mark.parametrize(
    ("total", "n_small", "n_large", "is_told"),
    [(6, 1, 1, True), (7, 1, 1, False), (8, 2, 0, True), (7, 2, 0, False), (2, 2, 0, True), (9, 0, 2, False)],
)
def test_a_size_is_told_when_words_and_total_leave_one_possibility(
    total: int, n_small: int, n_large: int, is_told: bool
) -> None:
    assert is_size_told(total, n_small, n_large, 5) is is_told


def test_the_team_is_told_that_an_outcome_can_tell_of_a_hidden_panel() -> None:
    items = {"i": item(a=3, b=6, c=7, d=5, e=20)}
    release = release_round(items, structure_of(p=("a",), q=("b", "c"), r=("d", "e")), AGREE)
    told = [one for one in team_warnings(release, items) if "met the rule" in one]
    assert [one.split(" met")[0] for one in told] == [
        "What can still be worked out: whether Panel p",
        "What can still be worked out: whether Panel q",
    ]
