"""Other rules in a report: all of it for the team, and shared only what follows from the shown figures."""

from __future__ import annotations

import pytest

from delphi.consensus.other_rules import Kind
from delphi.queries.other_people import TITLES
from delphi.reports.audience import Audience
from delphi.reports.html import render_html
from delphi.reports.plain import plain_report


def decided(rules):
    return {(one.section, one.way): one.says for one in rules.rows}


def test_where_panels_are_hidden_nothing_is_decided_again(published, content_of):
    """Two people in each group are fewer than may be shown."""
    shared, team = content_of().other_rules, content_of(Audience.TEAM).other_rules
    assert (shared.sections, shared.rows, shared.sentences, shared.n_withheld) == ((), (), (), 2)
    assert [one.code for one in team.sections] == ["first-steps", "next-steps"]
    assert team.n_withheld == 0
    assert team.not_given == ()


def test_the_sealed_rule_on_some_of_the_people_is_for_the_team_alone(published, content_of):
    kinds = {audience: {one.kind for one in content_of(audience).other_rules.rows} for audience in Audience}
    assert Kind.PEOPLE not in kinds[Audience.SHARED]
    groups = content_of(Audience.TEAM).other_rules.groups
    named = {way.title for group in groups for way in (*group.rows, *group.unfit)}
    assert named >= set(TITLES.values())
    page = render_html(content_of())
    assert "only those who took part in every round" not in page, "without sections there is nothing to say"
    assert "no section whose figures may be decided on again" in page


@pytest.mark.slow
def test_the_demo_shares_what_follows_from_its_figures_and_says_what_it_does_not(demo_report):
    (content, files), (team_content, _) = demo_report(), demo_report(Audience.TEAM)
    shared, team = content.other_rules, team_content.other_rules
    assert len(shared.sections) == len(team.sections) == 10
    assert shared.not_given == (
        "COMET 70/15 in every stakeholder group",
        "75%, every stakeholder group alike",
        "Each stakeholder group counts alike",
    )
    said, whole = decided(shared), decided(team)
    assert said
    assert {key: whole[key] for key in said} == said, "what is printed decides as the counts do"
    assert {one.kind for one in team.rows} == {kind.value for kind in Kind}
    assert not {one.way for one in shared.rows} & set(TITLES.values())
    assert not set(TITLES.values()) & set(plain_report(content)["other_rules"]["ways_not_asked"])
    words = files["making-connections-report.html"].read_text(encoding="utf-8")
    assert "report alone" in words
    assert "Without paper, phone or supported answers" not in words


@pytest.mark.slow
def test_sections_whose_answers_were_deleted_are_decided_on_what_was_shared(demo_report):
    rules = demo_report(Audience.TEAM)[0].other_rules
    groups = [row for group in rules.groups for row in group.rows if "stakeholder group" in row.title]
    assert groups
    assert {(row.n_not_asked, sum(row.tally)) for row in groups} == {(3, 7)}
    everybody = next(row for group in rules.groups for row in group.rows if row.title == "80% of all")
    assert (everybody.n_not_asked, sum(everybody.tally)) == (0, 10)
