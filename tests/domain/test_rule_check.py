"""A rule is held against its study before it is sealed; every objection says what and where."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from delphi.domain.errors import Problem
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.rule_check import check_rule
from delphi.domain.scale import Scale, ScalePoint

CRITERIA = ("clear", "relevant", "feasible", "appropriate")
STRUCTURE = GroupStructure(
    groups=(
        Group("lived", "People with lived experience"),
        Group("carers", "Carers"),
        Group("staff", "Staff"),
    ),
    panels=(
        GroupUnion("experience", "People with lived experience and carers", ("lived", "carers")),
        GroupUnion("delivery", "Practice and policy panel", ("staff",)),
    ),
    feedback_groups=(GroupUnion("all", "All", ("lived", "carers", "staff")),),
)


def scale(points: int) -> Scale:
    return Scale(
        id="scale",
        points=tuple(ScalePoint(value=value, label=f"Point {value}") for value in range(1, points + 1)),
        bands={"agree": (points - 1, points)},
    )


def share(**extra: Any) -> dict[str, Any]:
    return {"statistic": "share", "band": "agree", **extra}


def problems(
    *outcomes: dict[str, Any], points: int = 5, otherwise: str = "not_agreed", **extra: Any
) -> list[Problem]:
    rule = Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": date(2024, 2, 12),
            "min_ratings_per_panel": 10,
            "outcomes": [*outcomes, {"otherwise": otherwise}],
        }
    )
    return check_rule(rule, scale(points), STRUCTURE, CRITERIA, **{"max_rounds": 3, **extra})


def agreed(when: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"outcome": "agreed", "when": when, **extra}


DEMO = (
    agreed({"all": [share(at_least=80), share(of="each_panel", at_least=70)]}),
    {"outcome": "close", "when": {"all": [share(at_least=70), share(of="each_panel", at_least=60)]}},
    {"outcome": "not_agreed", "because": "panels_differ", "when": {"all": [share(at_least=70)]}},
)


def test_the_rule_of_the_demo_study_is_sound() -> None:
    assert problems(*DEMO, targets={"lived": 12, "carers": 6, "staff": 30}) == []


def test_a_sound_rule_by_round_with_other_statistics_is_not_refused() -> None:
    rand = {"statistic": "rand_ucla_class", "method": "size", "is": "appropriate"}
    assert (
        problems(
            agreed(share(at_least=90), rounds=[1]),
            agreed({"all": [rand, {"statistic": "median", "at_least": "7.5"}]}),
            agreed(share(at_least=80), rounds=[2, 3]),
            {"outcome": "agreed_to_leave_out", "when": share(band="disagree", at_least="200/3")},
            {"outcome": "close", "when": {"statistic": "iqr", "at_most": "1.5", "of": "any_group"}},
            points=9,
        )
        == []
    )


@pytest.mark.parametrize(
    ("when", "where", "said"),
    [
        (share(band="agre", at_least=80), "when.band", "Did you mean 'agree'"),
        (share(of="panel:experiance", at_least=80), "when.of", "Did you mean 'experience'"),
        (share(of="group:zzz", at_least=80), "when.of", "It has: lived, carers, staff"),
        (share(criteria=["cleer"], at_least=80), "when.criteria", "Did you mean 'clear'"),
        (share(at_least=101), "when.at_least", "between 0 and 100"),
        (share(below="-0.5"), "when.below", "-0.5 is outside"),
        ({"statistic": "median", "at_least": 7}, "when.at_least", "runs from 1 to 5"),
        ({"statistic": "iqr", "at_most": 5}, "when.at_most", "between 0 and 4"),
        (share(at_least=80, below=70), "when", "never be met"),
        (share(more_than=100), "when", "never be met"),
        ({"statistic": "median", "more_than": 3, "below": "3.5"}, "when", "never be met"),
        (share(at_least=0), "when", "always met"),
        ({"statistic": "median", "at_most": 5}, "when", "always met"),
        (
            {"statistic": "rand_ucla_class", "method": "ipras", "is": "uncertain"},
            "when.statistic",
            "three equal parts",
        ),
        ({"all": [share(at_least=80), share(below=70)]}, "when", "contradict"),
        (
            {"all": [share(of="each_panel", at_least=80), share(of="panel:delivery", below=70)]},
            "when",
            "contradict",
        ),
        ({"all": [share(of="each_panel", at_least=80), share(below=70)]}, "when", "contradict"),
        (
            {"all": [share(of="each_group", at_least=80), share(of="panel:experience", below=80)]},
            "when",
            "contradict",
        ),
        ({"all": [share(at_least=80), share(criteria="any", below=70)]}, "when", "contradict"),
        ({"any": [share(at_least=50), share(criteria="any", below=50)]}, "when", "always met"),
        (
            {"any": [share(of="each_panel", at_least=50), share(of="any_panel", criteria="any", below=60)]},
            "when",
            "always met",
        ),
    ],
)
def test_a_condition_that_does_not_fit_the_study_is_named(
    when: dict[str, Any], where: str, said: str
) -> None:
    found = problems(agreed(when))
    assert any(f"consensus_rule.outcomes[0].{where}" == p.where and said in p.sentence for p in found), found


@pytest.mark.parametrize(
    "when",
    [
        {"all": [share(of="any_panel", at_least=80), share(of="any_panel", below=70)]},
        {"all": [share(criteria="any", at_least=80), share(criteria="any", below=70)]},
        {"all": [share(at_least=80), share(of="any_panel", below=70)]},
        {"all": [share(at_least=70), share(band="disagree", below=15)]},
        {"any": [share(at_least=80), share(of="each_panel", at_least=80)]},
    ],
)
def test_conditions_that_different_people_or_criteria_can_meet_are_not_refused(when: dict[str, Any]) -> None:
    assert problems(agreed(when)) == []


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (DEMO[0]["when"], "outcome 1 above it (agreed)"),
        (share(at_least=80), None),
        ({"all": [share(at_least=85), share(of="each_panel", at_least=75)]}, "outcome 1 above it (agreed)"),
        (share(of="each_panel", at_least=80), "outcome 1 above it (agreed)"),
    ],
)
def test_a_clause_hidden_by_the_one_above_is_named(second: dict[str, Any], said: str | None) -> None:
    found = problems(DEMO[0], {"outcome": "close", "when": second})
    if said is None:
        assert found == []
    else:
        assert [problem.where for problem in found] == ["consensus_rule.outcomes[1]"]
        assert said in found[0].sentence


def test_a_clause_hidden_by_two_others_together_is_named() -> None:
    (found,) = problems(
        agreed(share(at_least=80)),
        {"outcome": "not_agreed", "when": share(criteria="any", below=80)},
        {"outcome": "close", "when": share(at_least=60)},
    )
    assert "an entry above" in found.sentence


def test_a_clause_of_another_round_hides_nothing() -> None:
    first = agreed(share(at_least=80), rounds=[1])
    assert problems(first, agreed(share(at_least=90), rounds=[2])) == []
    assert len(problems(first, agreed(share(at_least=90), rounds=[1]))) == 1


def test_a_rule_by_which_nothing_is_agreed_is_refused() -> None:
    (found,) = problems({"outcome": "close", "when": share(at_least=80)})
    assert "ever be" in found.sentence
    hidden = problems({"outcome": "close", "when": share(at_least=60)}, agreed(share(at_least=80)))
    assert "No section could ever" in hidden[-1].sentence


def test_agreement_is_never_what_is_left_over() -> None:
    (found,) = problems({"outcome": "not_agreed", "when": share(below=80)}, otherwise="agreed")
    assert found.where.endswith("outcomes[1].otherwise")


def test_a_round_that_the_study_does_not_have_is_named() -> None:
    (found,) = problems(agreed(share(at_least=80), rounds=[2, 4]))
    assert found == Problem(
        "consensus_rule.outcomes[0].rounds", "Round 4 is named, but the study has 3 at most."
    )


def test_a_minimum_above_the_planned_panel_is_refused() -> None:
    (found,) = problems(*DEMO, targets={"lived": 5, "carers": 4, "staff": 30})
    assert "9 people are planned" in found.sentence
    assert "lived experience and carers" in found.sentence


def test_a_study_without_criteria_has_nothing_to_rule_on() -> None:
    rule = Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": 10,
            "outcomes": [*DEMO, {"otherwise": "not_agreed"}],
        }
    )
    assert len(check_rule(rule, scale(5), STRUCTURE, (), max_rounds=3)) == 1


def test_a_very_tangled_rule_is_answered_quickly_and_not_refused() -> None:
    tangle = {
        "any": [
            {
                "all": [
                    share(of="any_group", criteria="any", at_least=a),
                    share(of="any_panel", criteria="any", below=b),
                ]
            }
            for a, b in zip(range(30, 90, 5), range(35, 95, 5), strict=True)
        ]
    }
    clauses = [{"outcome": "close", "when": tangle, "rounds": [n]} for n in (1, 2, 3)]
    assert problems(agreed(share(at_least=95)), *clauses) == []
