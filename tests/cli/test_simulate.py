"""`delphi simulate`: what the rule can find, told before there is any data."""

from __future__ import annotations

import pytest

from tools.small_study import SmallStudy, small_plain

SIZES = ("--size", "users=12", "--size", "carers=4", "--size", "workers=20")


@pytest.fixture
def simulate(delphi, small_study):
    return lambda *options: delphi("simulate", "small-study", "--panels", "40", *options)


def test_the_tables_name_every_group_and_the_one_that_can_decide_most(simulate):
    said = simulate(*SIZES).stdout
    assert "36 people who rate: 12 People who use services, 4 Family members and carers, 20 Workers." in said
    assert "They agree" in said
    assert "Workers (20 people) can decide most" in said
    assert simulate(*SIZES).stdout == said, "the same seed gives the same answer"


def test_fewer_answer_than_are_planned(simulate):
    assert (
        "18 people who rate: 6 People who use services, 2 Family"
        in simulate(*SIZES, "--response", "50").stdout
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "How many people will there be of users? Write --size users=12."),
        (("--size", "pets=3"), "There is no group “pets”. Groups: users, carers, workers."),
        (("--size", "users=many"), "“users=many” says no number of people. Write --size users=12."),
    ],
)
def test_a_size_that_is_missing_or_wrong_is_asked_for(simulate, options, sentence):
    result = simulate(*options)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_what_made_up_panels_cannot_show_is_said(delphi, app):
    cut_off = {"statistic": "apmo", "band": "agree", "is": "reached"}
    outcomes = [{"outcome": "agreed", "when": cut_off}, {"otherwise": "not_agreed"}]
    SmallStudy(app, consensus_rule=small_plain()["consensus_rule"] | {"outcomes": outcomes})
    said = delphi("simulate", "small-study", "--panels", "10", *SIZES).stdout
    assert "What the rule takes from the whole round cannot be tried here" in said
