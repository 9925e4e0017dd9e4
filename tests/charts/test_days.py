"""The line of people who had finished by each day: what it shows, and what it refuses."""

from __future__ import annotations

import lxml.etree
import pytest

from delphi.charts.days import DaysSoFar, Reminded, days_chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(**changes):
    days = {
        "n_days": 10,
        "asked": 20,
        "finished": [2, 5, 9],
        "before": [1, 1, 4, 8],
        "before_words": "round 1",
        "first_words": "29 April",
        "last_words": "8 May",
    }
    picture = days_chart("d", "Finished so far", "9 people.", DaysSoFar(**days | changes))
    return lxml.etree.fromstring(picture)


def words(tree):
    return [one.text for one in tree.iter(f"{SVG}text")]


def points(tree, kind):
    [path] = [one for one in tree.iter(f"{SVG}path") if one.get("class") == kind]
    pairs = path.get("d").replace("M", "").split(" L")
    return [tuple(float(number) for number in pair.split()) for pair in pairs]


def test_each_line_says_what_it_is_without_a_legend():
    told = words(drawn())
    assert {"9 finished", "asked: 20", "round 1: 8", "29 April", "8 May"} <= set(told)


def test_the_line_climbs_from_left_to_right_and_ends_where_the_round_stands():
    line = points(drawn(), "line")
    assert len(line) == 3
    assert [x for x, _ in line] == sorted(x for x, _ in line)
    assert [y for _, y in line] == sorted((y for _, y in line), reverse=True)


def test_as_many_people_stand_at_the_same_height_in_both_rounds():
    tree = drawn(finished=[4, 8], before=[4, 8])
    assert points(tree, "line") == points(tree, "line-before")


def test_a_round_at_its_end_has_its_labels_one_under_the_other():
    tree = drawn(finished=[2] * 9 + [19], before=[1] * 9 + [19])
    heights = [float(one.get("y")) for one in tree.iter(f"{SVG}text") if float(one.get("x")) > 656]
    assert all(b - a >= 17 for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False))


def test_reminders_stand_on_their_day():
    tree = drawn(reminded=[Reminded(4, "reminder 1")])
    assert "reminder 1" in words(tree)
    assert len([one for one in tree.iter(f"{SVG}path") if one.get("class") == "rem"]) == 1


def test_a_first_day_and_a_round_of_one_day_are_drawn():
    assert "0 finished" in words(drawn(n_days=1, finished=[0], before=[], asked=0))


@pytest.mark.parametrize("changes", [{"finished": [3, 2]}, {"finished": []}, {"n_days": 2}])
def test_figures_that_cannot_be_are_refused(changes):
    with pytest.raises(ValueError, match=r"do not become fewer|has a first day"):
        drawn(**changes)
