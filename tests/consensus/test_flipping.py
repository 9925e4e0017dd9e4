"""How far a section is from another outcome, held against trying every possible panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import combinations_with_replacement, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.assess import assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.flipping import Distance, NoDistance, distance_to_flip
from delphi.consensus.library import (
    comet_every_panel,
    comet_pooled,
    eighty_in_every_panel,
    pooled_and_each_panel,
    rand_ucla,
)
from delphi.consensus.verdict import Verdict, verdict_of
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale, ScalePoint

GROUPS = ("users", "carers", "staff")
STRUCTURE = GroupStructure(
    groups=tuple(Group(code, code.title()) for code in GROUPS),
    panels=(
        GroupUnion("experience", "Experience", ("users", "carers")),
        GroupUnion("practice", "Practice", ("staff",)),
    ),
    feedback_groups=(),
)
FIXED = date(2024, 2, 12)


def scale(n_points: int, agree: tuple[int, ...] | None = None) -> Scale:
    points = tuple(ScalePoint(value=v, label=str(v)) for v in range(1, n_points + 1))
    top = tuple(range(n_points - n_points // 3 + 1, n_points + 1))
    return Scale(id="any", points=points, bands={"agree": agree or top})


def rule_of(*entries: Any, **more: Any) -> Rule:
    outcomes = [
        {"outcome": outcome, "when": when, **extra}
        for outcome, when, extra in (_entry(one) for one in entries)
    ]
    plain = {"text": "Words", "fixed_on": FIXED, "min_ratings_per_panel": 1}
    return Rule.model_validate(plain | more | {"outcomes": [*outcomes, {"otherwise": "not_agreed"}]})


def _entry(one: Any) -> tuple[str, Any, dict[str, Any]]:
    outcome, when, *extra = one
    return outcome, when, extra[0] if extra else {}


def share(of: str = "pooled", band: str = "agree", **more: Any) -> dict[str, Any]:
    return {"statistic": "share", "band": band, "of": of, **more}


def library(make: Any) -> Rule:
    found: Rule = make(FIXED).model_copy(update={"min_ratings_per_panel": 1})
    return found


MEDIAN_HIGH = {"statistic": "median", "at_least": 3}
RULES = {
    "comet": library(comet_pooled),
    "comet in every panel": library(comet_every_panel),
    "eighty": library(eighty_in_every_panel),
    "demo": library(pooled_and_each_panel),
    "rand": library(rand_ucla),
    "median": rule_of(("agreed", MEDIAN_HIGH)),
    "median and spread": rule_of(
        ("agreed", {"all": [MEDIAN_HIGH, {"statistic": "iqr", "at_most": "0.5"}]}), quantile_type=2
    ),
    "spread in a panel": rule_of(("agreed", {"statistic": "iqr", "at_most": 1, "of": "any_panel"})),
    "one criterion": rule_of(("agreed", share(at_least=60, criteria="any"))),
    "named": rule_of(("agreed", share(at_least=60, criteria=["clear"]))),
    "not asked": rule_of(("agreed", share(at_least=60, criteria=["useful"]))),
    "between": rule_of(("agreed", share(at_least=40, at_most=70))),
    "groups": rule_of(
        ("agreed", {"any": [share("each_group", at_least=50), share("group:staff", at_least=90)]})
    ),
    "close first": rule_of(("close", share("panel:practice", below=50)), ("agreed", share(more_than=50))),
    "out": rule_of(
        ("agreed", share(more_than=50)), ("agreed_to_leave_out", share(band="disagree", more_than=50))
    ),
    "ipras": rule_of(
        ("agreed", {"statistic": "rand_ucla_class", "method": "ipras", "is": "appropriate"}),
        ("agreed_to_leave_out", {"statistic": "rand_ucla_class", "method": "biomed", "is": "inappropriate"}),
    ),
    "uncertain": rule_of(
        ("agreed", {"statistic": "rand_ucla_class", "method": "biomed", "is": ["uncertain", "appropriate"]})
    ),
    "mean": rule_of(
        ("agreed", {"all": [{"statistic": "mean", "at_least": "2.4"}, share("each_panel", at_least=50)]})
    ),
    "mean and deviation": rule_of(
        ("agreed", {"all": [{"statistic": "mean", "at_least": 2}, {"statistic": "sd", "at_most": "0.7"}]})
    ),
    "index": rule_of(
        ("agreed", {"all": [{"statistic": "disagreement_index", "below": 1}, share(at_least=50)]})
    ),
    "groups alike": rule_of(("agreed", share("equal_groups", at_least=60))),
    "panels alike": rule_of(
        ("agreed", share("equal_panels", more_than=50)),
        ("agreed_to_leave_out", share("equal_panels", below=20)),
        denominator="respondents",
    ),
    "round 2": rule_of(("agreed", share(at_least=50), {"rounds": [2]})),
}

Answers = Mapping[str, Mapping[str, tuple[int, ...]]]
"""Ratings by criterion and group."""


def counted(answers: Answers, points: int) -> dict[str, ItemCounts]:
    return {
        criterion: ItemCounts({group: table(values, points) for group, values in by_group.items()})
        for criterion, by_group in answers.items()
    }


@cache
def table(values: tuple[int, ...], points: int) -> Histogram:
    return Histogram(1, tuple(values.count(value) for value in range(1, points + 1)))


def verdict(rule: Rule, answers: Answers, points: int) -> Verdict:
    return verdict_of(assess_section(rule, scale(points), STRUCTURE, counted(answers, points), 1).outcome)


def changed(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    return sum(max(0, before.count(value) - after.count(value)) for value in set(before))


def every_panel(answers: Answers, points: int) -> Iterator[tuple[int, Answers]]:
    """Every panel of as many people, with how many answers are others."""
    cells = [(criterion, group) for criterion, by_group in answers.items() for group in by_group]
    choices = [
        list(combinations_with_replacement(range(1, points + 1), len(answers[criterion][group])))
        for criterion, group in cells
    ]
    for chosen in product(*choices):
        found: dict[str, dict[str, tuple[int, ...]]] = {criterion: {} for criterion in answers}
        n = 0
        for (criterion, group), values in zip(cells, chosen, strict=True):
            found[criterion][group] = values
            n += changed(answers[criterion][group], values)
        yield n, found


def by_trying_everything(rule: Rule, answers: Answers, points: int) -> int | None:
    now = verdict(rule, answers, points)
    panels = sorted(every_panel(answers, points), key=lambda one: one[0])
    return next((n for n, found in panels if verdict(rule, found, points) is not now), None)


def distance(rule: Rule, answers: Answers, points: int, **more: Any) -> Distance:
    return distance_to_flip(rule, scale(points), STRUCTURE, counted(answers, points), 1, **more)


@st.composite
def one_item(draw: st.DrawFn, points: int, most: int) -> Answers:
    rating = st.integers(1, points)
    sizes = draw(st.lists(st.integers(1, most), min_size=3, max_size=3))
    return {
        "clear": {
            group: tuple(sorted(draw(st.lists(rating, min_size=size, max_size=size))))
            for group, size in zip(GROUPS, sizes, strict=True)
        }
    }


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_one_item_is_as_far_as_trying_every_panel_says(name: str, data: st.DataObject) -> None:
    answers = data.draw(one_item(3, 2))
    found = distance(RULES[name], answers, 3, tries=10**6)
    assert found.n_answers == by_trying_everything(RULES[name], answers, 3)
    if found.n_answers is not None:
        assert found.is_exact
        assert found.n_people == found.n_answers
        assert found.to in (Verdict.AGREED, Verdict.NOT_AGREED, Verdict.LEFT_OUT)
        assert found.to is not found.verdict
        assert sum(one.n for one in found.changes) == found.n_answers


@pytest.mark.parametrize("name", ["comet", "demo", "median and spread", "one criterion", "out"])
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_two_items_are_as_far_as_trying_every_panel_says_and_people_lie_between(
    name: str, data: st.DataObject
) -> None:
    rating = st.integers(1, 3)
    people = {
        group: data.draw(st.lists(st.tuples(rating, rating), min_size=1, max_size=2)) for group in GROUPS[1:]
    }
    people["carers"] = people["carers"][:1]
    answers = {
        criterion: {group: tuple(one[place] for one in rows) for group, rows in people.items()}
        for place, criterion in enumerate(("clear", "relevant"))
    }
    found = distance(RULES[name], answers, 3, tries=10**6)
    assert found.n_answers == by_trying_everything(RULES[name], answers, 3)
    fewest = fewest_people(RULES[name], people)
    if found.n_answers is not None and found.n_people is not None:
        assert fewest is not None
        assert found.n_people <= fewest <= found.n_answers


def fewest_people(rule: Rule, people: Mapping[str, list[tuple[int, int]]]) -> int | None:
    """Try every way in which every person could have answered both items."""
    rows = [(group, one) for group, found in people.items() for one in found]

    def decided(chosen: tuple[tuple[int, int], ...]) -> Verdict:
        answers = {
            criterion: {
                group: tuple(
                    one[place] for (other, _), one in zip(rows, chosen, strict=True) if other == group
                )
                for group in people
            }
            for place, criterion in enumerate(("clear", "relevant"))
        }
        return verdict(rule, answers, 3)

    now = decided(tuple(one for _, one in rows))
    both = list(product(range(1, 4), repeat=2))
    found = [
        sum(new != old for new, (_, old) in zip(chosen, rows, strict=True))
        for chosen in product(both, repeat=len(rows))
        if decided(chosen) is not now
    ]
    return min(found, default=None)


@settings(max_examples=20, deadline=None)
@given(answers=one_item(5, 6), name=st.sampled_from(["comet", "demo", "eighty", "out", "groups"]))
def test_a_mirrored_scale_is_as_far(answers: Answers, name: str) -> None:
    mirrored = {c: {g: tuple(6 - v for v in values) for g, values in by.items()} for c, by in answers.items()}
    found = distance(RULES[name], answers, 5)
    other = distance_to_flip(RULES[name], scale(5, (1,)), STRUCTURE, counted(mirrored, 5), 1)
    assert (found.verdict, found.to, found.n_answers) == (other.verdict, other.to, other.n_answers)


@settings(max_examples=20, deadline=None)
@given(answers=one_item(5, 6), data=st.data())
def test_who_comes_first_does_not_matter(answers: Answers, data: st.DataObject) -> None:
    shuffled = {
        c: {g: tuple(data.draw(st.permutations(v))) for g, v in by.items()} for c, by in answers.items()
    }
    assert distance(RULES["demo"], answers, 5) == distance(RULES["demo"], shuffled, 5)


@settings(max_examples=20, deadline=None)
@given(answers=one_item(5, 6), name=st.sampled_from(["comet", "demo", "eighty", "out"]))
def test_a_panel_of_twice_the_people_is_at_most_twice_as_far(answers: Answers, name: str) -> None:
    doubled = {c: {g: values * 2 for g, values in by.items()} for c, by in answers.items()}
    once, twice = (distance(RULES[name], one, 5) for one in (answers, doubled))
    assert once.verdict is twice.verdict
    assert once.n_answers is not None
    assert twice.n_answers is not None
    assert twice.n_answers <= 2 * once.n_answers


def test_a_section_that_cannot_be_assessed_needs_more_ratings_and_no_other_ones() -> None:
    rule = RULES["demo"].model_copy(update={"min_ratings_per_panel": 10})
    answers = {"clear": dict.fromkeys(GROUPS, (3, 3))}
    assert distance(rule, answers, 3).reason is NoDistance.TOO_FEW_RATINGS


def test_a_rule_of_another_round_gives_its_outcome_whatever_people_answer() -> None:
    answers = {"clear": dict.fromkeys(GROUPS, (3, 3))}
    assert distance(RULES["round 2"], answers, 3).reason is NoDistance.NO_ANSWERS_WOULD


def test_panels_keep_their_ratings_where_everybody_is_looked_at_together() -> None:
    rule = RULES["median and spread"].model_copy(update={"min_ratings_per_panel": 2})
    answers = {"clear": {"users": (1, 1, 2), "carers": (2,), "staff": (3, 3)}}
    assert distance(rule, answers, 3).to is Verdict.AGREED


def test_what_was_not_found_in_time_is_said_to_be_further() -> None:
    answers = {"clear": {"users": (1, 1, 1), "carers": (1, 1, 1), "staff": (3, 3, 3)}}
    found = distance(RULES["mean and deviation"], answers, 3, tries=20)
    exact = distance(RULES["mean and deviation"], answers, 3)
    assert not found.is_exact
    assert exact.is_exact
    assert found.n_answers is not None
    assert exact.n_answers is not None
    assert found.n_answers <= exact.n_answers


def test_a_spread_is_exact_for_any_number_of_people() -> None:
    def nine(*counts: int) -> dict[str, ItemCounts]:
        return {"clear": ItemCounts({group: Histogram(1, counts) for group in GROUPS})}

    rule = rule_of(
        ("agreed", {"all": [{"statistic": "median", "at_least": 7}, {"statistic": "iqr", "at_most": 2}]})
    )
    points = scale(9)
    small = distance_to_flip(rule, points, STRUCTURE, nine(4, 0, 0, 0, 0, 0, 0, 0, 8), 1)
    large = distance_to_flip(rule, points, STRUCTURE, nine(4000, 0, 0, 0, 0, 0, 0, 0, 8000), 1)
    # The lower quarter must rise to 7: of 12,000 of 36,000 who say 1 fewer than a quarter may stay.
    assert (large.to, large.n_answers, large.is_exact) == (Verdict.AGREED, 3000, True)
    assert small.n_answers == 3


def test_a_hundred_thousand_people_are_no_harder_than_ten() -> None:
    users = Histogram(1, (20_000, 20_000, 20_000))
    counts = {"clear": ItemCounts({"users": users, "carers": users, "staff": users})}
    found = distance_to_flip(RULES["comet"], scale(3), STRUCTURE, counts, 1)
    # 70% of 180,000 are 126,000; 60,000 agree, and the 60,000 who disagree come first.
    assert (found.to, found.n_answers) == (Verdict.AGREED, 66_000)
