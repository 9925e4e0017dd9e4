"""Sentences about figures never say more, less or other than the figures."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.charts.words import (
    described,
    easy_finding,
    finding,
    group_finding,
    percent,
    share_said,
    short_share,
)
from delphi.domain.scale import Scale, ScalePoint

counts_of_five = st.lists(st.integers(0, 40), min_size=5, max_size=5).map(tuple)


def scale_of(*labels: str, agree: tuple[int, ...]) -> Scale:
    points = tuple(ScalePoint(value=i, label=label) for i, label in enumerate(labels, 1))
    return Scale(id="other", points=points, bands={"agree": agree})


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (scale_of("Disagree", "Neither", "Agree", agree=(3,)), "agreed"),
        (scale_of("No", "Not sure", "Yes", agree=(3,)), "chose “Yes”"),
        (
            scale_of("Of no use", "Of little use", "Useful", "Very useful", agree=(3, 4)),
            "chose “Useful” or “Very useful”",
        ),
        (scale_of(*"1234567", "8", "9: Most important", agree=(7, 8, 9)), "chose 7 to 9"),
        (scale_of("Unimportant", *"2345678", "Vital", agree=(7, 8, 9)), "chose 7 to 9"),
    ],
)
def test_people_agreed_only_where_the_scale_asks_whether_they_agree(scale: Scale, words: str) -> None:
    n = len(scale.points)
    high = Full((0,) * (n - 1) + (12,))
    assert finding(high, scale).startswith(f"All 12 people {words} (100%)")
    assert easy_finding(high, scale) == f"Everybody {words.replace('agreed', 'said yes')}."
    assert share_said(high, scale) == ("all 12" if "“" in words else f"all 12 {words}")
    did_not = words.replace("agreed", "agree").replace("chose", "choose")
    low = Full((1,) + (0,) * (n - 1))
    assert finding(low, scale).startswith(f"The 1 person who gave a rating did not {did_not} (")


def test_a_finding_puts_people_before_percent(five: Scale) -> None:
    assert finding(Full((0, 1, 6, 20, 14), 1), five) == (
        "34 of 41 people agreed (83%); the most common answer was “Agree” (20 people), and 1 person could not"
        " say."
    )


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (Full((0, 0, 0, 0, 0), 0), "Nobody answered."),
        (Full((0, 0, 0, 0, 0), 5), "Nobody gave a rating; 5 people could not say."),
        (Full((0, 0, 0, 0, 1)), "The 1 person who gave a rating agreed (100%)."),
        (
            Full((0, 0, 0, 4, 4)),
            "All 8 people agreed (100%); the most common answers were “Agree” and “Strongly agree” (4 people"
            " each).",
        ),
        (Full((2, 2, 2, 0, 0)), "None of 6 people agreed (0%)."),
        (Coarse(6, 0, 1), "All 6 people agreed (100%); 1 person could not say."),
        (Coarse(3, 3), "3 of 6 people agreed (50%)."),
    ],
)  # fmt: skip
def test_findings_at_the_edges_read_as_a_person_would_say_them(
    five: Scale, figures: Full | Coarse, sentence: str
) -> None:
    assert finding(figures, five) == sentence


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (Full((0, 0, 0, 0, 0), 5), "Nobody gave an answer."),
        (Full((0, 0, 0, 0, 1)), "The 1 person who answered said yes."),
        (Full((0, 0, 0, 4, 4)), "Everybody said yes."),
        (Full((2, 2, 2, 0, 0), 1), "Nobody said yes."),
        (Coarse(7, 2), "7 out of 9 people said yes."),
        (Full((0, 1, 6, 20, 14)), "About 8 out of 10 people said yes."),
        (Full((0, 0, 4, 8, 8)), "8 out of 10 people said yes."),
        (Full((30, 0, 0, 1, 0)), "Very few people said yes."),
        (Full((1, 0, 0, 20, 10)), "Nearly everybody said yes."),
    ],
)  # fmt: skip
def test_the_easy_read_finding_has_digits_and_no_percentage(
    five: Scale, figures: Full | Coarse, sentence: str
) -> None:
    said = easy_finding(figures, five)
    assert said == sentence
    assert len(said.split()) <= 10


@given(counts_of_five, st.integers(0, 5))
def test_the_easy_read_finding_says_all_or_none_only_of_all_or_none(
    five: Scale, counts: tuple[int, ...], unable: int
) -> None:
    said = easy_finding(Full(counts, unable), five)
    n, agreed = sum(counts), counts[3] + counts[4]
    assert said.startswith("Everybody") == (n > 1 and agreed == n)
    assert said.startswith("Nobody") == (agreed == 0)
    assert "10 out of 10" not in said
    assert "0 out of 10" not in said.replace("10 out of 10", "")


@given(counts_of_five, st.integers(0, 5))
def test_a_finding_never_contradicts_the_figures(five: Scale, counts: tuple[int, ...], unable: int) -> None:
    said = finding(Full(counts, unable), five)
    n, agreed = sum(counts), counts[3] + counts[4]
    if n == 0:
        assert said.startswith("Nobody")
        return
    share = re.search(r"\((over |under )?(\d+)%\)", said)
    assert share is not None
    claimed = int(share[2])
    if share[1] == "over ":
        assert agreed * 100 > claimed * n
        assert agreed < n
    elif share[1] == "under ":
        assert 0 < agreed * 100 < claimed * n
    else:
        assert abs(agreed * 100 - claimed * n) * 2 <= n
    assert ("All " in said) == (agreed == n and n > 1)
    assert ("None of" in said) == (agreed == 0 and n > 1)
    fraction = re.match(r"(\d+) of (\d+) people", said)
    if fraction:
        assert (int(fraction[1]), int(fraction[2])) == (agreed, n)
    assert ("could not say" in said) == (unable > 0)
    for label, people in re.findall(r"was “([^”]+)” \((\d+) (?:person|people)\)", said):
        place = [point.label for point in five.points].index(label)
        assert counts[place] == int(people) == max(counts)
        assert counts.count(max(counts)) == 1


@given(st.integers(1, 5000), st.data())
def test_a_percentage_says_all_or_none_only_of_all_or_none(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    assert (percent(part, whole) == "100%") == (part == whole)
    assert (percent(part, whole) == "0%") == (part == 0)


@given(st.integers(1, 500), st.integers(1, 99), st.data())
def test_a_percentage_never_rounds_over_a_threshold(whole: int, threshold: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    printed = percent(part, whole, [threshold])
    if printed[:-1].isdigit():
        assert (int(printed[:-1]) >= threshold) == (100 * part >= threshold * whole)


def test_79_point_6_percent_beside_a_rule_of_80_is_79_percent() -> None:
    assert percent(39, 49, [80]) == "79%"
    assert percent(39, 49) == "80%"


def test_a_share_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="not a share"):
        percent(0, 0)


def test_groups_are_compared_from_fewest_to_most(five: Scale) -> None:
    rows = [
        UnitRow("Everyone", Level.EVERYONE, Full((0, 1, 19, 18, 8))),
        UnitRow("People with lived experience", Level.GROUP, Full((0, 1, 7, 3, 1))),
        UnitRow("Managers", Level.GROUP, NotShown()),
        UnitRow("Researchers and educators", Level.GROUP, Coarse(5, 0)),
    ]
    assert group_finding(rows, five) == (
        "By group: from 4 of 12 people with lived experience to all 5 researchers and educators."
    )
    assert group_finding(rows[:2], five) == ""


def test_groups_of_one_share_are_not_set_against_each_other(five: Scale) -> None:
    rows = [UnitRow(label, Level.GROUP, Full((0, n, 0, n, 0))) for label, n in (("A", 3), ("B", 5))]
    assert group_finding(rows, five) == "The share is the same in each of the 2 groups shown."


def test_the_text_alternative_has_every_figure_and_nothing_withheld(five: Scale) -> None:
    assert described(Full((0, 1, 2, 3, 4), 5), five) == (
        "Strongly disagree: 0; Disagree: 1; Neither agree nor disagree: 2; Agree: 3; Strongly agree: 4; "
        "I can't say: 5."
    )
    assert described(Coarse(6, 0, 1), five) == "Agree: 6; Do not agree: 0; I can't say: 1."
    assert described(NotShown(), five) == "not shown."


def test_counts_that_do_not_fit_the_scale_are_refused(five: Scale) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        short_share(Full((1, 2, 3)), five)
