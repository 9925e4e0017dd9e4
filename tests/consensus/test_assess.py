"""The outcome of a section: thresholds exactly at the edge, panels, rounds, and too few ratings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.assess import SectionAssessment, assess_section
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.library import pooled_and_each_panel
from delphi.consensus.reasons import Reason
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale, ScalePoint

FIVE = Scale(
    id="five", points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6)), bands={"agree": (4, 5)}
)
STRUCTURE = GroupStructure(
    groups=(Group("lived", "Lived"), Group("carers", "Carers"), Group("staff", "Staff")),
    panels=(
        GroupUnion("experience", "Experience", ("lived", "carers")),
        GroupUnion("delivery", "Delivery", ("staff",)),
    ),
    feedback_groups=(),
)
DEMO_RULE = pooled_and_each_panel(date(2024, 2, 12))
CRITERIA = ("clear", "relevant", "feasible", "appropriate")
Counts = tuple[int, int]


def item(experience: Counts, delivery: Counts) -> ItemCounts:
    """`k` of `n` agree in each panel; the experience panel is two groups."""
    (k, n), (k2, n2) = experience, delivery
    no, yes = (n - k) // 2, k // 2
    return ItemCounts(
        {
            "lived": Histogram(1, (0, no, 0, yes, 0)),
            "carers": Histogram(1, (n - k - no, 0, 0, 0, k - yes)),
            "staff": Histogram(1, (0, 0, n2 - k2, k2, 0), n_unable=2),
        }
    )


def split(k: int, n: int) -> ItemCounts:
    """Figures of all panel members shared out evenly over the two panels."""
    n_experience = n * 17 // 46
    k_experience = min(round(Fraction(k * n_experience, n)), n_experience)
    return item((k_experience, n_experience), (k - k_experience, n - n_experience))


def rule_of(when: dict[str, Any], **extra: Any) -> Rule:
    return Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": 1,
            "outcomes": [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}],
            **extra,
        }
    )


def assess(rule: Rule, items: dict[str, ItemCounts], round_number: int = 1) -> SectionAssessment:
    return assess_section(rule, FIVE, STRUCTURE, items, round_number)


def share(**extra: Any) -> dict[str, Any]:
    return {"statistic": "share", "band": "agree", **extra}


CHECK_TABLE = [
    ("46/46 44/46 39/43 45/46", "agreed"),
    ("26/46 37/44 25/44 23/46", "not_agreed"),
    ("41/43 41/45 41/44 44/45", "agreed"),
    ("44/46 42/46 39/42 44/45", "agreed"),
    ("42/46 41/45 23/43 28/46", "not_agreed"),
    ("32/45 42/46 21/44 12/46", "not_agreed"),
    ("32/46 30/45 26/43 14/44", "not_agreed"),
    ("37/46 30/45 13/45 12/46", "not_agreed"),
    ("40/42 37/42 38/41 38/41", "agreed"),
    ("39/41 40/41 38/41 40/42", "agreed"),
    ("41/42 42/42 37/39 41/42", "agreed"),
    ("39/41 39/41 35/42 35/41", "agreed"),
    ("37/42 30/42 18/40 22/42", "not_agreed"),
    ("38/42 38/42 23/41 23/42", "not_agreed"),
    ("36/39 36/38 35/37 38/39", "agreed"),
    ("36/39 20/39 11/38 12/39", "not_agreed"),
    ("35/39 39/39 35/37 36/39", "agreed"),
]


@pytest.mark.parametrize(("figures", "outcome"), CHECK_TABLE)
def test_the_demo_study_s_figures_give_its_outcomes(figures: str, outcome: str) -> None:
    pairs = [tuple(map(int, figure.split("/"))) for figure in figures.split()]
    items = {code: split(k, n) for code, (k, n) in zip(CRITERIA, pairs, strict=True)}
    found = assess(DEMO_RULE, items)
    assert (found.outcome, found.because) == (outcome, None)


def test_one_panel_below_60_per_cent_is_not_agreed_although_all_together_pass() -> None:
    items = {code: split(39, 42) for code in CRITERIA} | {"appropriate": item((8, 15), (26, 26))}
    found = assess(DEMO_RULE, items, 2)
    assert found.outcome is Outcome.NOT_AGREED
    assert found.because == "panels_differ"
    assert found.label == "Not agreed: the panels differ"
    (low,) = [
        m for test in found.tests for m in test.measurements if not m.passed and m.value == Fraction(160, 3)
    ][:1]
    assert (low.of, low.criterion, low.n, low.share and low.share.k) == (
        "panel:experience",
        "appropriate",
        15,
        8,
    )


def test_a_section_near_on_one_criterion_is_close_and_agreed_when_people_reconsider() -> None:
    others = {code: split(44, 46) for code in ("clear", "relevant", "appropriate")}
    assert assess(DEMO_RULE, others | {"feasible": item((14, 17), (21, 28))}).outcome is Outcome.CLOSE
    assert assess(DEMO_RULE, others | {"feasible": item((15, 15), (23, 26))}, 2).outcome is Outcome.AGREED


def test_panels_that_differ_while_all_together_fail_are_simply_not_agreed() -> None:
    found = assess(DEMO_RULE, {"relevant": item((18, 18), (12, 27))})
    assert (found.outcome, found.because, found.matched) == (Outcome.NOT_AGREED, None, None)


@given(st.integers(1, 60), st.integers(1, 100))
def test_exactly_the_threshold_is_at_least_it_and_one_person_fewer_is_not(tens: int, percent: int) -> None:
    """n is a multiple of 100 / gcd, so that the threshold can be hit exactly."""
    threshold = Fraction(percent, 100)
    n = threshold.denominator * tens
    k = threshold.numerator * tens
    at_least, more_than = rule_of(share(at_least=percent)), rule_of(share(more_than=percent))
    at_most, below = rule_of(share(at_most=percent)), rule_of(share(below=percent))

    def agreed(rule: Rule, agreeing: int) -> bool:
        counts = ItemCounts({"staff": Histogram(1, (n - agreeing, 0, 0, agreeing, 0)), "lived": ONE_EACH})
        return assess_section(rule, FIVE, NO_PANELS, {"clear": counts}, 1).outcome is Outcome.AGREED

    assert [agreed(rule, k) for rule in (at_least, more_than, at_most, below)] == [True, False, True, False]
    assert [agreed(rule, k - 1) for rule in (at_least, more_than, at_most, below)] == [
        False,
        False,
        True,
        True,
    ]


ONE_EACH = Histogram.empty(1, 5)
NO_PANELS = GroupStructure(groups=STRUCTURE.groups, panels=(), feedback_groups=())


def test_two_thirds_is_exact() -> None:
    rule = rule_of(share(at_least="200/3"), min_ratings_per_panel=1)
    assert assess(rule, {"clear": item((2, 3), (10, 15))}).outcome is Outcome.AGREED
    assert assess(rule, {"clear": item((2, 3), (9, 15))}).outcome is Outcome.NOT_AGREED
    just_below = rule_of(share(at_least="66.666667"))
    assert assess(just_below, {"clear": item((2, 3), (10, 15))}).outcome is Outcome.NOT_AGREED


def test_too_few_ratings_in_a_panel_is_never_agreed() -> None:
    items = {"clear": split(46, 46), "feasible": item((9, 9), (30, 30))}
    found = assess(DEMO_RULE, items)
    assert found.outcome is Outcome.NOT_ASSESSABLE
    assert [(few.of, few.criterion, few.n) for few in found.too_few] == [("panel:experience", "feasible", 9)]
    assert found.tests == ()
    assert assess(DEMO_RULE, items | {"feasible": item((10, 10), (30, 30))}).outcome is Outcome.AGREED


def test_cannot_say_is_not_a_rating_when_ratings_are_counted() -> None:
    few = ItemCounts(
        {"lived": Histogram(1, (0, 0, 0, 9, 0), n_unable=9), "staff": Histogram(1, (0, 0, 0, 20, 0))}
    )
    assert assess(DEMO_RULE, {"clear": few}).outcome is Outcome.NOT_ASSESSABLE


@pytest.mark.parametrize(
    "nobody",
    [{}, {"clear": ItemCounts({"lived": Histogram(1, (0,) * 5, n_unable=30)})}],
    ids=["none", "unable"],
)
def test_a_section_without_ratings_is_not_assessable(nobody: dict[str, ItemCounts]) -> None:
    assert assess(rule_of(share(below=100)), nobody).outcome is Outcome.NOT_ASSESSABLE


def test_people_of_one_mind_and_one_person_are_assessed_by_the_same_rule() -> None:
    one = {"clear": item((1, 1), (1, 1))}
    assert assess(rule_of(share(at_least=100)), one).outcome is Outcome.AGREED
    none = {"clear": item((0, 30), (0, 30))}
    assert assess(rule_of(share(at_least=1)), none).outcome is Outcome.NOT_AGREED


@pytest.mark.parametrize("thresholds", [{"below": 50}, {"at_most": 100}, {"at_least": 0}])
def test_a_group_of_nobody_never_meets_a_test(thresholds: dict[str, int]) -> None:
    counts = ItemCounts({"lived": Histogram(1, (0, 0, 0, 5, 0)), "staff": Histogram(1, (0, 0, 0, 5, 0))})
    found = assess(rule_of(share(of="group:carers", **thresholds)), {"clear": counts})
    assert found.outcome is Outcome.NOT_AGREED
    assert found.tests[0].measurements[0].reason is Reason.NO_DATA


def test_a_criterion_that_was_not_asked_never_meets_a_test() -> None:
    found = assess(rule_of(share(criteria=["feasible"], at_least=50)), {"clear": item((9, 9), (9, 9))})
    assert found.outcome is Outcome.NOT_AGREED
    assert found.tests[0].measurements[0].reason is Reason.NOT_ASKED


@pytest.mark.parametrize(
    ("test", "agreed"),
    [
        (share(at_least=70), True),
        (share(at_least=70, of="each_panel"), False),
        (share(at_least=70, of="any_panel"), True),
        (share(at_least=50, of="each_panel"), False),
        (share(at_least=50, of="any_panel", criteria="any"), True),
        (share(at_least=90, of="any_panel", criteria=["clear"]), True),
        (share(at_least=100, of="panel:delivery"), False),
        (share(at_least=100, of="panel:delivery", criteria="any"), True),
        (share(at_least=100, of="group:staff", criteria=["feasible"]), False),
        (share(band="disagree", below=50, of="any_group"), True),
        (share(band="disagree", at_least=50, of="each_group", criteria="any"), False),
        ({"statistic": "median", "at_least": 4}, True),
        ({"statistic": "median", "more_than": 4, "of": "any_group"}, False),
        ({"statistic": "iqr", "at_most": 1, "criteria": ["feasible"]}, True),
        ({"any": [share(at_least=100), {"all": [share(at_least=70), share(at_most=90)]}]}, True),
        ({"all": [share(at_least=70), {"any": [share(at_least=100), share(below=50)]}]}, False),
    ],
)
def test_whose_ratings_and_which_criteria_are_combined_as_the_rule_says(
    test: dict[str, Any], agreed: bool
) -> None:
    items = {"clear": item((4, 10), (30, 30)), "feasible": item((5, 10), (25, 30))}
    assert (assess(rule_of(test), items).outcome is Outcome.AGREED) is agreed


def test_a_clause_counts_in_its_rounds_only() -> None:
    rule = Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": 1,
            "outcomes": [
                {"outcome": "agreed", "rounds": [1], "when": share(at_least=90)},
                {"outcome": "agreed", "rounds": [2, 3], "when": share(at_least=70)},
                {"otherwise": "close", "because": "again"},
            ],
        }
    )
    items = {"clear": item((8, 10), (8, 10))}
    assert [assess(rule, items, n).outcome.value for n in (1, 2, 3)] == ["close", "agreed", "agreed"]
    assert assess(rule, items, 1).because == "again"


def test_cannot_say_counts_against_agreement_when_the_rule_says_so() -> None:
    counts = ItemCounts(
        {
            "lived": Histogram(1, (0, 0, 0, 8, 0), n_unable=2),
            "staff": Histogram(1, (0, 0, 0, 8, 0), n_unable=2),
        }
    )
    strict = rule_of(share(at_least=81), denominator="respondents")
    assert assess(strict, {"clear": counts}).outcome is Outcome.NOT_AGREED
    assert assess(rule_of(share(at_least=81)), {"clear": counts}).outcome is Outcome.AGREED


HISTOGRAMS = st.lists(st.integers(0, 8), min_size=5, max_size=5).map(lambda c: Histogram(1, tuple(c)))


@given(st.permutations(["lived", "carers", "staff"]), st.lists(HISTOGRAMS, min_size=3, max_size=3))
def test_the_order_of_groups_does_not_matter(order: list[str], histograms: list[Histogram]) -> None:
    by_group = dict(zip(["lived", "carers", "staff"], histograms, strict=True))
    straight = assess(DEMO_RULE, {"clear": ItemCounts(by_group)})
    other = assess(DEMO_RULE, {"clear": ItemCounts({code: by_group[code] for code in order})})
    assert straight == other


@given(st.lists(HISTOGRAMS, min_size=3, max_size=3), st.integers(2, 4))
def test_asking_everybody_several_times_leaves_the_outcome(histograms: list[Histogram], times: int) -> None:
    rule = rule_of({"all": [share(at_least=70, of="each_panel"), {"statistic": "median", "at_least": 4}]})

    def outcome(factor: int) -> Outcome:
        counts = [Histogram(1, tuple(c * factor for c in h.counts)) for h in histograms]
        items = {"clear": ItemCounts(dict(zip(["lived", "carers", "staff"], counts, strict=True)))}
        return assess(rule, items).outcome

    assert outcome(times) is outcome(1)


@given(st.lists(HISTOGRAMS, min_size=3, max_size=3), st.integers(1, 20))
def test_more_people_who_agree_never_lose_an_agreement(histograms: list[Histogram], more: int) -> None:
    rule = rule_of({"all": [share(at_least=80), share(at_least=70, of="each_panel")]})
    before = dict(zip(["lived", "carers", "staff"], histograms, strict=True))
    after = before | {"carers": before["carers"] + Histogram(1, (0, 0, 0, 0, more))}
    if assess(rule, {"clear": ItemCounts(before)}).outcome is Outcome.AGREED:
        assert assess(rule, {"clear": ItemCounts(after)}).outcome is Outcome.AGREED


def test_counts_of_another_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit the scale"):
        assess(DEMO_RULE, {"clear": ItemCounts({"lived": Histogram(0, (1, 2, 3))})})
