"""Published rules to start from: each is sound, can be sealed, and decides as its source says."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.consensus.assess import assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.library import PUBLISHED_RULES, PublishedRule
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule, canonical
from delphi.domain.rule_check import check_rule
from delphi.domain.scale import Scale, ScalePoint

NINE = Scale(
    id="nine",
    points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 10)),
    bands={"agree": (7, 8, 9)},
)
STRUCTURE = GroupStructure(
    groups=(Group("lived", "Lived"), Group("staff", "Staff")),
    panels=(GroupUnion("lived", "Lived", ("lived",)), GroupUnion("staff", "Staff", ("staff",))),
    feedback_groups=(),
)
DAY = date(2024, 2, 12)
BY_CODE = {published.code: published for published in PUBLISHED_RULES}


def outcome(code: str, lived: tuple[int, int, int], staff: tuple[int, int, int]) -> str:
    """The outcome for so many people low, in the middle and high in each panel."""

    def histogram(low: int, middle: int, high: int) -> Histogram:
        return Histogram(1, (0, low, 0, 0, middle, 0, 0, high, 0))

    counts = ItemCounts({"lived": histogram(*lived), "staff": histogram(*staff)})
    return assess_section(BY_CODE[code].make(DAY), NINE, STRUCTURE, {"only": counts}, 1).outcome.value


@pytest.mark.parametrize("published", PUBLISHED_RULES, ids=lambda published: published.code)
def test_every_published_rule_is_sound_and_says_where_it_comes_from(published: PublishedRule) -> None:
    rule = published.make(DAY)
    assert check_rule(rule, NINE, STRUCTURE, ("only",), max_rounds=3) == []
    assert Rule.model_validate_json(canonical(rule)) == rule
    assert rule.source == published.source
    assert rule.fixed_on == DAY


@pytest.mark.parametrize(
    ("code", "lived", "staff", "expected"),
    [
        ("comet-pooled", (1, 5, 14), (2, 4, 14), "agreed"),
        ("comet-pooled", (3, 3, 14), (3, 3, 14), "not_agreed"),
        ("comet-pooled", (14, 4, 2), (14, 4, 2), "agreed_to_leave_out"),
        ("comet-every-panel", (0, 7, 13), (0, 0, 20), "not_agreed"),
        ("comet-every-panel", (0, 6, 14), (0, 0, 20), "agreed"),
        ("comet-pooled", (0, 7, 13), (0, 0, 20), "agreed"),
        ("eighty-in-every-panel", (0, 2, 8), (0, 4, 16), "agreed"),
        ("eighty-in-every-panel", (0, 5, 5), (0, 4, 16), "close"),
        ("eighty-in-every-panel", (0, 3, 7), (0, 7, 13), "close"),
        ("eighty-in-every-panel", (0, 4, 6), (0, 7, 13), "not_agreed"),
        ("rand-ucla", (0, 1, 6), (1, 1, 5), "agreed"),
        ("rand-ucla", (5, 0, 2), (0, 0, 7), "not_agreed"),
        ("rand-ucla", (6, 1, 0), (6, 1, 0), "agreed_to_leave_out"),
        ("pooled-and-each-panel", (0, 5, 5), (0, 0, 20), "not_agreed"),
        ("eighty-in-every-panel", (0, 0, 4), (0, 0, 20), "not_assessable"),
    ],
)
def test_published_rules_decide_as_their_source_says(
    code: str, lived: tuple[int, int, int], staff: tuple[int, int, int], expected: str
) -> None:
    assert outcome(code, lived, staff) == expected
