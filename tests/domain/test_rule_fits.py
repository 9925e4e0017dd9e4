"""Rules that do not fit their study are refused with the place and the reason, whatever they ask for."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.rule_check import check_rule
from delphi.domain.scale import Scale, ScalePoint

STRUCTURE = GroupStructure(
    groups=(Group("lived", "Lived"), Group("staff", "Staff")),
    panels=(GroupUnion("lived", "Lived", ("lived",)), GroupUnion("staff", "Staff", ("staff",))),
    feedback_groups=(),
)
NO_PANELS = GroupStructure(STRUCTURE.groups, (), ())
CRITERIA = ("clear", "useful", "feasible")


def scale(low: int, high: int, **bands: tuple[int, ...]) -> Scale:
    top = (high,) if high - low < 3 else (high - 1, high)
    points = tuple(ScalePoint(value=v, label=str(v)) for v in range(low, high + 1))
    return Scale(id="any", points=points, bands={"agree": top} | bands)


def rule_of(*whens: dict[str, Any], **settings: Any) -> Rule:
    clauses = [
        {"outcome": outcome, "when": when} | ({"rounds": when.pop("rounds")} if "rounds" in when else {})
        for outcome, when in zip(("agreed", "close", "agreed_to_leave_out"), map(dict, whens), strict=False)
    ]
    plain = {
        "text": "Words",
        "fixed_on": "2024-02-12",
        "min_ratings_per_panel": 5,
        "outcomes": [*clauses, {"otherwise": "not_agreed"}],
    }
    return Rule.model_validate(plain | settings)


def problems(rule: Rule, on: Scale | None = None, rounds: int = 3, structure: Any = STRUCTURE) -> list[str]:
    found = check_rule(rule, on or scale(1, 9), structure, CRITERIA, max_rounds=rounds)
    return [f"{one.where.removeprefix('consensus_rule.')}: {one.sentence}" for one in found]


def figure(statistic: str, **settings: Any) -> dict[str, Any]:
    return {"statistic": statistic} | {key.removesuffix("_"): value for key, value in settings.items()}


def share(**settings: Any) -> dict[str, Any]:
    compares = {"at_least", "more_than", "at_most", "below"} & settings.keys()
    return figure("share", **{"band": "agree"} | ({} if compares else {"at_least": 75}) | settings)


FITTING = [
    figure("mean", at_least=7),
    figure("sd", at_most="1.5"),
    figure("cv", at_most="0.3"),
    figure("mean_abs_dev_median", at_most=1),
    figure("mad_median", at_most=1),
    figure("disagreement_index", at_most=1),
    figure("agreement_a", at_least="0.5"),
    figure("polarization", below="0.3"),
    figure("leik_consensus", at_least="0.7"),
    figure("tastle_wierman", at_least="0.7"),
    figure("shannon_entropy_bits", at_most=2),
    figure("i_cvi", band="agree", at_least="0.78"),
    figure("kappa_modified", band="agree", more_than="0.74"),
    figure("cvr", band="agree", at_least="0.5"),
    figure("lawshe_critical", band="agree", is_="reached"),
    figure("apmo", band="disagree", is_="exceeded"),
    figure("rand_disagreement", method="third", is_="absent"),
    figure("rand_agreement", is_="present"),
    figure("net_change_pct", below=15),
    figure("kappa_quadratic", at_least="0.75"),
    figure("attrition_pct", at_most=20),
    share(of="equal_groups"),
    figure("mean", of="equal_panels", at_least=7),
    share(criteria={"at_least": 2}),
    share(criteria={"at_least": 1, "of": ["clear", "useful"]}),
]


@pytest.mark.parametrize("when", FITTING, ids=lambda when: when["statistic"])
def test_every_statistic_can_be_asked_where_it_makes_sense(when: dict[str, Any]) -> None:
    assert problems(rule_of(when)) == []


@pytest.mark.parametrize(
    ("when", "on", "said"),
    [
        (figure("cv", at_most="0.3"), scale(0, 10), "statistic: A coefficient of variation depends on where"),
        (figure("cv_change", below="0.2"), scale(0, 10), "begins at 0"),
        (figure("agreement_a", at_least="0.5"), scale(1, 2), "need three points or more"),
        (figure("polarization", at_most="0.5"), scale(1, 2), "Use Leik's consensus instead"),
        (figure("rand_disagreement", method="biomed", is_="absent"), scale(1, 5), "three equal parts"),
        (figure("rand_agreement", is_="present"), scale(1, 7), "this one has 7 points"),
        (figure("mean", at_least=7), scale(1, 5), "at_least: The scale runs from 1 to 5; 7 is outside."),
        (figure("sd", at_most=3), scale(1, 5), "a standard deviation lies between 0 and 2.83; 3 is outside"),
        (figure("mad_median", at_most=3), scale(1, 5), "lies between 0 and 2; 3 is outside"),
        (figure("i_cvi", band="agree", at_least=78), None, "lies between 0 and 1; 78 is outside"),
        (figure("net_change_pct", below=150), None, "A net change lies between 0 and 100 per cent"),
        (figure("shannon_entropy_bits", at_most=4), scale(1, 5), "between 0 and 2.322 bits; 4 is outside"),
        (figure("apmo", band="top", is_="reached"), scale(1, 9, top=(9,)), "'top' is neither"),
        (figure("apmo", band="agre", is_="reached"), None, "Did you mean 'agree'?"),
        (share(criteria={"at_least": 4}), None, "but the study has 3: this can never be met"),
        (share(criteria={"at_least": 1, "of": ["clera"]}), None, "Did you mean 'clear'?"),
        (figure("agreement_a", at_least=-1), None, "This is always met: every figure is at least -1"),
        (figure("kappa_quadratic", more_than=1), None, "This can never be met: no figure is more than 1"),
    ],
)
def test_a_test_that_does_not_fit_the_scale_is_refused(
    when: dict[str, Any], on: Scale | None, said: str
) -> None:
    assert said in "\n".join(problems(rule_of(when, figure("median", at_least=4)), on))


def test_ipras_is_for_any_scale() -> None:
    assert problems(rule_of(figure("rand_disagreement", method="ipras", is_="absent")), scale(1, 5)) == []
    assert problems(rule_of(figure("disagreement_index", at_most=1)), scale(0, 10)) == []


def test_panels_that_a_study_has_not_have_no_equal_weight() -> None:
    (said,) = problems(rule_of(share(of="equal_panels")), structure=NO_PANELS)
    assert "'equal_panels' is asked for, but the study has none" in said


@pytest.mark.parametrize(
    ("when", "rounds", "said"),
    [
        (figure("net_change_pct", below=15, rounds=[1]), 3, "Nothing has moved in round 1"),
        (figure("attrition_pct", at_most=10, rounds=[1]), 3, "Nobody is lost in round 1"),
        (figure("pct_changed", below=15), 1, "Nothing has moved in round 1"),
    ],
)
def test_movement_in_round_1_alone_is_refused(when: dict[str, Any], rounds: int, said: str) -> None:
    (found,) = problems(rule_of(when), rounds=rounds)
    assert found.startswith(f"outcomes[0].when: {said}")


def test_what_is_undefined_in_round_1_covers_nothing_there() -> None:
    """Stable and not stable are not everything: in round 1 there is neither."""
    stable, moved = figure("net_change_pct", below=15), figure("net_change_pct", at_least=15)
    assert problems(rule_of(stable, moved, share(at_least=50))) == []


NEVER = "This can never be met: its parts contradict each other."


@pytest.mark.parametrize(
    "parts",
    [
        (share(at_least=70), share(band="disagree", at_least=40)),
        (share(at_least=70), share(band="top", more_than=80), share(at_most=75)),
        (share(band="lower", below=40), share(band="upper", below=55)),
        (share(at_least=80), figure("i_cvi", band="agree", below="0.8")),
        (figure("cvr", band="agree", at_least="0.6"), share(below=80)),
        (figure("agreement_a", at_least="0.5"), figure("polarization", more_than="0.25")),
        (figure("mean", at_least=7), figure("mean", of="each_group", below=7)),
        (share(of="equal_groups", at_least=75), share(of="each_group", at_most=70)),
        (
            figure("rand_ucla_class", method="biomed", is_="appropriate"),
            figure("rand_disagreement", method="biomed", is_="present"),
        ),
        (figure("disagreement_index", at_most=1), figure("rand_disagreement", method="ipras", is_="present")),
        (share(criteria={"at_least": 2}), share(below=75, criteria={"at_least": 2})),
    ],
)
def test_parts_that_contradict_each_other_are_refused(parts: tuple[dict[str, Any], ...]) -> None:
    on = scale(
        1, 9, agree=(7, 8, 9), disagree=(1, 2, 3), top=(8, 9), lower=(1, 2, 3, 4), upper=(5, 6, 7, 8, 9)
    )
    said = problems(rule_of({"all": list(parts)}, figure("median", at_least=4)), on)
    assert any(NEVER in one for one in said), said


@pytest.mark.parametrize(
    "parts",
    [
        (share(at_least=70), share(band="disagree", below=15)),
        (share(more_than=60), share(band="disagree", at_least=39)),
        (share(band="lower", below=40), share(band="upper", more_than=60)),
        (share(at_least=80), figure("i_cvi", band="agree", at_least="0.8")),
        (figure("mean", at_least=7), figure("mean", of="any_group", below=7)),
        (share(criteria={"at_least": 2}), share(below=75, criteria={"at_least": 1})),
        (
            figure("disagreement_index", more_than=1),
            figure("rand_disagreement", method="ipras", is_="present"),
        ),
    ],
)
def test_parts_that_can_stand_together_are_not(parts: tuple[dict[str, Any], ...]) -> None:
    on = scale(1, 9, agree=(7, 8, 9), disagree=(1, 2, 3), lower=(1, 2, 3, 4), upper=(5, 6, 7, 8, 9))
    assert problems(rule_of({"all": list(parts)}), on) == []


def test_overlapping_bands_and_points_off_the_scale_are_refused_with_the_scale() -> None:
    with pytest.raises(ValidationError, match=r"points \[3\] are in both the agree and the disagree band"):
        scale(1, 5, agree=(3, 4, 5), disagree=(1, 2, 3))
    with pytest.raises(ValidationError, match=r"names \[6\], which the scale does not have"):
        scale(1, 5, agree=(5, 6))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"most_ratings_per_draft": 4},
            "most_ratings_per_draft: One draft may be rated 4 times, but the study",
        ),
        ({"stop": {"after_round": 4}}, "stop.after_round: Round 4 is named, but the study has 3 at most."),
        ({"stop": {"stable": figure("pct_changed", below=150)}}, "stop.stable.below: A share of people who"),
        (
            {"stop": {"stable": figure("marginal_homogeneity_p", more_than="0.05")}},
            "stop.stable: A test of the distribution alone always passes in a small panel",
        ),
        (
            {"stop": {"after_round": 1, "stable": figure("pct_changed", below=15)}},
            "stop.stable: Nothing has moved in round 1",
        ),
        (
            {"stop": {"stable": {"all": [figure("pct_changed", below=15), figure("pct_changed", above_=1)]}}},
            "",
        ),
        (
            {
                "stop": {
                    "stable": {"all": [figure("pct_changed", below=15), figure("pct_changed", at_least=20)]}
                }
            },
            f"stop.stable: {NEVER}",
        ),
    ],
)
def test_limits_and_stop_rules_fit_the_study(settings: dict[str, Any], said: str) -> None:
    if not said:
        with pytest.raises(ValidationError):
            rule_of(share(), **settings)
        return
    (found,) = problems(rule_of(share(), **settings))
    assert found.startswith(said)


def test_a_good_stop_rule_is_not_refused() -> None:
    stable = {"all": [figure("net_change_pct", below=15), figure("cv_change", below="0.2")]}
    rule = rule_of(share(), most_ratings_per_draft=2, stop={"after_round": 3, "stable": stable})
    assert problems(rule) == []
