"""A short form says common rules, knows which it cannot say, and never changes those."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.consensus.library import PUBLISHED_RULES
from delphi.domain.errors import InvalidInput
from delphi.domain.rule import Rule
from delphi.domain.setup.scales import READY_MADE
from delphi.domain.setup.simple_rule import SimpleRule, read_simple_rule, rule_seen, simple_form_of
from delphi.domain.setup.starting import Beginning, first_monday, starting_bundle
from delphi.domain.study_archive import bundle_problems, read_archive, write_archive

DAY = date(2026, 1, 7)
CRITERIA = ("clear", "relevant", "feasible")


def rule_of(form):
    return Rule.model_validate({**form.plain({"clear": "Clear"}), "fixed_on": DAY})


@pytest.mark.parametrize(
    "form",
    [
        SimpleRule(),
        SimpleRule(of_each_panel=None),
        SimpleRule(of_all=None),
        SimpleRule(close_of_all=None, min_ratings=1),
        SimpleRule(criteria=("clear",)),
        SimpleRule(100, 100, 99, 1000, ("clear", "feasible")),
    ],
)
def test_what_the_form_says_it_reads_again(form):
    assert simple_form_of(rule_of(form)) == form


@pytest.mark.parametrize("published", PUBLISHED_RULES, ids=lambda one: one.code)
def test_a_finer_rule_is_not_taken_for_a_simple_one(published):
    assert simple_form_of(published.make(DAY)) is None


def test_the_rule_is_said_in_words():
    text = SimpleRule(80, 70, 60, criteria=("clear", "feasible")).text({"clear": "Clear"})
    assert text == (
        "A section is agreed when at least 80% of everybody who gave a rating and at least 70% in each panel "
        "agree, on Clear and feasible. It is close when at least 60% of everybody do."
    )


def form(**given):
    base = {"of_all": "75", "of_each_panel": "70%", "close_of_all": "", "min_ratings": "5"}
    return base | {f"criterion.{code}": "yes" for code in CRITERIA} | given


def test_a_filled_in_form_is_read():
    assert read_simple_rule(form(), CRITERIA) == SimpleRule(75, 70, None, 5)
    assert read_simple_rule(form(**{"criterion.clear": ""}), CRITERIA).criteria == ("relevant", "feasible")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"of_all": "50"}, "of_all"),
        ({"of_all": "seventy"}, "of_all"),
        ({"of_all": "٨٠"}, "of_all"),
        ({"of_each_panel": "101"}, "of_each_panel"),
        ({"min_ratings": ""}, "min_ratings"),
        ({"of_all": "", "of_each_panel": ""}, "of_all"),
        (dict.fromkeys((f"criterion.{code}" for code in CRITERIA), ""), "criteria"),
    ],
)
def test_what_is_no_rule_is_said_beside_its_field(given, where):
    with pytest.raises(InvalidInput) as refused:
        read_simple_rule(form(**given), CRITERIA)
    assert [one.where for one in refused.value.problems] == [where]


def test_the_day_alone_makes_no_other_rule():
    rule = rule_of(SimpleRule())
    assert rule_seen(rule) == rule_seen(rule.model_copy(update={"fixed_on": date(2027, 1, 1)}))
    assert rule_seen(rule) != rule_seen(rule_of(SimpleRule(of_all=76)))


@pytest.mark.parametrize("scale", READY_MADE)
def test_a_new_study_is_sound_and_comes_in_as_it_goes_out(scale):
    beginning = Beginning("a", "A study", "A", "en-GB", "Europe/London", scale, "Sam", "s@x.org", "0123 45")
    bundle = starting_bundle(beginning, DAY)
    assert bundle_problems(bundle) == []
    assert read_archive(write_archive(bundle)) == bundle
    assert bundle.study_file.rounds[0].opens.weekday() == 0


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 11)])
def test_the_first_round_begins_on_a_monday_some_weeks_ahead(day):
    opens = first_monday(day)
    assert opens.weekday() == 0
    assert 42 <= (opens - day).days < 49
