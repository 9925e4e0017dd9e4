"""Published rules to start from: each is sound, can be sealed, and decides as its source says."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.consensus.assess import assess_section
from delphi.consensus.context import Context, RoundItems
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.library import (
    PUBLISHED_RULES,
    PUBLISHED_STOPS,
    PublishedRule,
    PublishedStop,
    rules_for,
)
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
    context = Context(RoundItems((counts,)))
    found = assess_section(BY_CODE[code].make(DAY), NINE, STRUCTURE, {"only": counts}, 1, context)
    return found.outcome.value


def scale_of(points: int) -> Scale:
    top = (points,) if points < 4 else tuple(range(points - points // 3 + 1, points + 1))
    return Scale(
        id="any",
        points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, points + 1)),
        bands={"agree": top},
    )


SCALES = [scale_of(points) for points in (3, 4, 5, 7, 9)]


@pytest.mark.parametrize("published", PUBLISHED_RULES, ids=lambda published: published.code)
def test_every_published_rule_is_sound_on_its_scales_and_says_where_it_comes_from(
    published: PublishedRule,
) -> None:
    rule = published.make(DAY)
    fitting = [scale for scale in SCALES if not published.why_not(scale, STRUCTURE)]
    assert fitting
    for scale in fitting:
        assert check_rule(rule, scale, STRUCTURE, ("only", "other"), max_rounds=3) == []
    assert Rule.model_validate_json(canonical(rule)) == rule
    assert rule.source == published.source
    assert rule.fixed_on == DAY


def test_codes_and_titles_are_each_of_one_rule() -> None:
    assert len({one.code for one in PUBLISHED_RULES}) == len(PUBLISHED_RULES)
    assert len({one.title for one in PUBLISHED_RULES}) == len(PUBLISHED_RULES)


def test_a_rule_for_another_scale_says_so_and_is_no_failure() -> None:
    reasons = {fit.published.code: fit.why_not for fit in rules_for(scale_of(5), STRUCTURE)}
    assert list(reasons) == [one.code for one in PUBLISHED_RULES]
    assert reasons["median-7-iqr-2"] == "Written for a scale of 1 to 9; this one runs from 1 to 5."
    assert "three equal parts" in reasons["rand-ucla"]
    assert reasons["iqr-1-on-5"] == reasons["comet-pooled"] == ""
    one_group = GroupStructure(STRUCTURE.groups[:1], (), ())
    reasons = {fit.published.code: fit.why_not for fit in rules_for(NINE, one_group)}
    assert "this study has one" in reasons["comet-every-group"]
    assert reasons["median-7-iqr-2"] == ""
    assert "1 to 5" in reasons["iqr-1-on-5"]


@pytest.mark.parametrize("published", PUBLISHED_STOPS, ids=lambda published: published.code)
def test_every_published_stop_rule_fits_into_a_rule(published: PublishedStop) -> None:
    rule = BY_CODE["share-75"].make(DAY).model_copy(update={"stop": published.make()})
    assert check_rule(rule, NINE, STRUCTURE, ("only",), max_rounds=3) == []


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
        ("eighty-rerated-once", (0, 5, 5), (0, 4, 16), "close"),
        ("comet-every-group", (0, 7, 13), (0, 0, 20), "not_agreed"),
        ("comet-50-then-70", (1, 8, 11), (1, 8, 11), "agreed"),
        ("comet-50-then-70", (1, 10, 9), (1, 8, 11), "agreed"),
        ("comet-50-then-70", (1, 10, 9), (1, 10, 9), "not_agreed"),
        ("comet-50-then-70", (11, 8, 1), (11, 8, 1), "agreed_to_leave_out"),
        ("rand-biomed", (5, 0, 5), (5, 0, 5), "not_agreed"),
        ("rand-ipras", (0, 0, 10), (0, 1, 9), "agreed"),
        ("rand-agreement", (0, 0, 6), (0, 1, 6), "agreed"),
        ("rand-agreement", (0, 3, 4), (0, 3, 4), "not_agreed"),
        ("share-51", (10, 0, 10), (9, 0, 10), "agreed"),
        ("share-51", (10, 0, 10), (10, 0, 10), "not_agreed"),
        ("two-thirds", (2, 3, 10), (1, 4, 10), "agreed"),
        ("two-thirds", (2, 4, 10), (1, 4, 10), "not_agreed"),
        ("share-75", (2, 3, 15), (2, 3, 15), "agreed"),
        ("share-80", (2, 3, 15), (2, 3, 15), "not_agreed"),
        ("share-90", (0, 2, 18), (0, 2, 18), "agreed"),
        ("share-100", (0, 0, 18), (0, 1, 17), "not_agreed"),
        ("equal-groups-75", (0, 3, 3), (0, 0, 60), "agreed"),
        ("equal-groups-75", (0, 4, 3), (0, 0, 60), "not_agreed"),
        ("apmo", (0, 3, 17), (0, 3, 17), "not_agreed"),
        ("median-7", (9, 0, 11), (9, 0, 11), "agreed"),
        ("median-7-iqr-2", (9, 0, 11), (9, 0, 11), "not_agreed"),
        ("median-7-iqr-2", (1, 2, 17), (1, 2, 17), "agreed"),
        ("median-7-iqr-3", (0, 6, 14), (0, 6, 14), "agreed"),
        ("median-7-iqr-2", (0, 6, 14), (0, 6, 14), "not_agreed"),
        ("mean-7-sd-1-5", (0, 4, 16), (0, 4, 16), "agreed"),
        ("mean-7-sd-1-5", (1, 3, 16), (1, 3, 16), "not_agreed"),
        ("median-7-cv-0-3", (2, 2, 16), (2, 2, 16), "agreed"),
        ("median-7-cv-0-3", (4, 2, 14), (4, 2, 14), "not_agreed"),
        ("cv-bands", (6, 2, 12), (6, 2, 12), "agreed"),
        ("cv-bands", (9, 0, 11), (9, 0, 11), "close"),
    ],
)
def test_published_rules_decide_as_their_source_says(
    code: str, lived: tuple[int, int, int], staff: tuple[int, int, int], expected: str
) -> None:
    assert outcome(code, lived, staff) == expected
