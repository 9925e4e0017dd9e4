"""When somebody is asked why they changed their answer."""

from __future__ import annotations

import pytest

from delphi.domain.prompting import is_about_a_change, is_asked
from delphi.domain.scale import Scale, ScalePoint

SCALE = Scale(
    id="five",
    points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6)),
    bands={"agree": (4, 5)},
)
BY_TWO = {"shown_when": {"any": [{"rating_moves_by_at_least": 2}]}}
ACROSS = {"shown_when": {"any": [{"rating_crosses_into_or_out_of_agreement": True}]}}


@pytest.mark.parametrize(
    ("conditions", "before", "now", "asked"),
    [
        (BY_TWO, 2, 4, True),
        (BY_TWO, 4, 2, True),
        (BY_TWO, 4, 5, False),
        (BY_TWO, 3, 3, False),
        (ACROSS, 3, 4, True),
        (ACROSS, 4, 3, True),
        (ACROSS, 4, 5, False),
        (ACROSS, 1, 3, False),
    ],
)
def test_a_move_is_asked_about_by_the_rules(conditions, before, now, asked):
    assert is_asked(conditions, comparable="same", moves=[(before, now)], scale=SCALE) is asked


@pytest.mark.parametrize(
    ("comparable", "asked"), [("same", True), ("wording", True), ("no", False), (None, False)]
)
def test_only_drafts_that_may_be_compared_are_asked_about(comparable, asked):
    conditions = BY_TWO | {"only_if_comparable": ["wording", "same"]}
    assert is_asked(conditions, comparable=comparable, moves=[(1, 5)], scale=SCALE) is asked


def test_a_question_for_everybody_is_not_about_a_change():
    assert not is_about_a_change({})
    assert is_about_a_change(BY_TWO)
    assert not is_asked({}, comparable="same", moves=[(1, 5)], scale=SCALE)
