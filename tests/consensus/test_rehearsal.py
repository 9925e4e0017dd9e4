"""A rehearsal says what the rule can find, as an independent sum of binomial chances says it."""

from __future__ import annotations

from datetime import date
from math import comb

import pytest

from delphi.consensus.library import comet_pooled, eighty_in_every_panel
from delphi.consensus.rehearsal import dice_of, rehearse
from delphi.consensus.rehearsal_words import BY_ROUND, groups_apart, limits_of, limits_of_rehearsal
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale, ScalePoint

NINE = Scale(
    id="nine",
    points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 10)),
    bands={"agree": (7, 8, 9), "disagree": (1, 2, 3)},
)
TWO = GroupStructure(
    groups=(Group("carers", "Carers"), Group("workers", "Workers")),
    panels=(GroupUnion("lived", "Lived", ("carers",)), GroupUnion("staff", "Staff", ("workers",))),
    feedback_groups=(),
)
FIXED = date(2026, 1, 5)


def played(rule, sizes, agreement, criteria=("clear",), n_panels=4000, seed=7):
    return rehearse(
        rule,
        NINE,
        TWO,
        sizes=sizes,
        agreement=agreement,
        criteria=criteria,
        n_panels=n_panels,
        dice=dice_of(seed),
    )


def at_least(k, n, p):
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def test_a_rule_on_each_panel_is_met_as_often_as_its_binomials_say():
    found = played(
        eighty_in_every_panel(FIXED), {"carers": 10, "workers": 15}, {"carers": 0.9, "workers": 0.9}
    )
    expected = at_least(8, 10, 0.9) * at_least(12, 15, 0.9)
    assert found.share(Outcome.AGREED) == pytest.approx(expected, abs=0.03)
    assert sum(found.outcomes.values()) == 4000


def test_a_small_group_that_differs_decides_alone_where_each_panel_must_agree():
    found = played(
        eighty_in_every_panel(FIXED), {"carers": 5, "workers": 40}, {"carers": 0.2, "workers": 1.0}
    )
    assert found.share(Outcome.AGREED) < 0.05
    assert set(found.alone) == {"panel:lived"}
    pooled = played(comet_pooled(FIXED), {"carers": 5, "workers": 40}, {"carers": 0.2, "workers": 1.0})
    assert pooled.share(Outcome.AGREED) > 0.95


def test_the_same_seed_gives_the_same_answer():
    sizes, agreement = {"carers": 6, "workers": 6}, {"carers": 0.8, "workers": 0.8}
    one, two, other = (
        played(comet_pooled(FIXED), sizes, agreement, n_panels=300, seed=seed) for seed in (3, 3, 4)
    )
    assert one == two
    assert one.outcomes != other.outcomes


def test_too_few_people_can_assess_nothing():
    found = played(comet_pooled(FIXED), {"carers": 2, "workers": 2}, {"carers": 1, "workers": 1}, n_panels=10)
    assert found.outcomes == {Outcome.NOT_ASSESSABLE: 10}


@pytest.mark.parametrize(
    ("sizes", "agreement", "sentence"),
    [
        ({"carers": 3}, {"carers": 1, "workers": 1}, "group workers needs a size"),
        ({"carers": 3, "workers": 3}, {"carers": 1, "workers": 90}, "between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused(sizes, agreement, sentence):
    with pytest.raises(ValueError, match=sentence):
        played(comet_pooled(FIXED), sizes, agreement)


def test_the_group_that_can_decide_most_is_named_unless_none_can():
    def play(agreement):
        return 0.875 if min(agreement.values()) > 0.5 else 0.25 if agreement["carers"] < 0.5 else 0.86

    found = groups_apart(play, TWO, {"carers": 5, "workers": 40}, 30)
    assert [one.label for one in found.groups] == ["Carers", "Workers"]
    assert found.words == (
        "Carers (5 people) can decide most: if only 30% of them agree, a section that 90% of all others "
        "agree with is agreed in 25% of panels, not in 88%."
    )
    assert groups_apart(lambda _: 0.5, TWO, {"carers": 5, "workers": 40}, 30).words.startswith("No single")


def test_a_stop_rule_keeps_nothing_from_being_rehearsed_and_clauses_by_round_are_named():
    stop = {"stable": {"statistic": "net_change_pct", "of": "pooled", "below": 15}}
    plain = comet_pooled(FIXED).model_dump(mode="json", exclude_none=True, by_alias=True)
    assert limits_of(Rule.model_validate(plain | {"stop": stop})) == ()
    first, *rest = plain["outcomes"]
    assert limits_of_rehearsal(
        Rule.model_validate(plain | {"outcomes": [first | {"rounds": [1]}, *rest]})
    ) == (BY_ROUND,)
