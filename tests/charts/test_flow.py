"""A flow chart adds up, or it is not drawn."""

import re

import pytest

from delphi.charts.flow import Count, Stage, flow_chart, flow_in_words

SECTIONS = (
    Stage(
        "Round 1", 9, "sections rated", (Count(9, "sections drafted"),),
        (Count(3, "agreed", "Getting started"),), ("36 items",),
        "5 revised, 1 re-rated unchanged",
    ),
    Stage("Round 2", 7, "sections rated", (Count(1, "new section"),), (Count(4, "agreed"),), ("28 items",)),
    Stage("Round 3", 3, "sections rated", (), (Count(2, "agreed"), Count(1, "reported as no agreement"))),
)  # fmt: skip


def test_the_flow_of_the_demo_can_be_said_in_words() -> None:
    assert flow_in_words(SECTIONS, closing="9 of 10 sections agreed.") == (
        "Round 1: 9 sections rated, 36 items; came in: 9 sections drafted; left: 3 agreed (Getting started); "
        "went on: 5 revised, 1 re-rated unchanged.",
        "Round 2: 7 sections rated, 28 items; came in: 1 new section; left: 4 agreed.",
        "Round 3: 3 sections rated; left: 2 agreed, 1 reported as no agreement.",
        "9 of 10 sections agreed.",
    )


@pytest.mark.parametrize("width", [360, 640, 1000])
def test_every_number_of_the_flow_is_in_the_picture(width: float) -> None:
    svg = flow_chart("f1", "Sections by round", SECTIONS, width=width)
    drawn = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    for words in ("9 sections rated", "3 agreed", "5 revised", "1 new", "1 reported"):
        assert words in drawn


@pytest.mark.parametrize(
    "stages",
    [
        (Stage("A", 9, "people", (Count(8, "came"),)),),
        (Stage("A", 9, "people"), Stage("B", 8, "people")),
        (Stage("A", 9, "people", (), (Count(2, "left"),)), Stage("B", 9, "people", (Count(1, "came"),))),
        (Stage("A", 3, "people", (), (Count(4, "left"),)),),
        (),
    ],
)
def test_a_flow_that_does_not_add_up_is_refused(stages: tuple[Stage, ...]) -> None:
    with pytest.raises(ValueError, match=r"came in|more left|at least one"):
        flow_chart("f", "T", stages)
