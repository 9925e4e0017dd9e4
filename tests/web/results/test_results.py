"""Results of a round: outcomes with reasons, people before per cent, and nothing before the analysis."""

from __future__ import annotations

import pytest

from tools.small_team import opened_team

RESULTS = "/studies/small-study/rounds/1/results"


@pytest.fixture
def analysed(small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    return team


def test_before_the_analysis_there_is_a_sentence(lead, small_study):
    opened_team(small_study)
    assert "has not been analysed yet" in lead.get(RESULTS, 409).text


def test_the_heading_is_the_answer(lead, analysed):
    page = lead.get(RESULTS)
    assert page.heading == "Round 1: 1 of 2 sections are agreed"
    assert "not for sharing" in page.text


def test_each_figure_stands_with_its_fraction_and_what_it_fails(lead, analysed):
    body = lead.get(RESULTS).tree.get_element_by_id("next-steps")
    words = " ".join(body.text_content().split())
    assert "0% 0/6" in words.replace("0%0/6", "0% 0/6")
    assert "below 75%" in words
    agreed = lead.page.tree.get_element_by_id("first-steps").text_content()
    assert "100%" in agreed
    assert "below" not in agreed


def test_sections_are_filtered_and_sorted_by_links(lead, analysed):
    page = lead.get(f"{RESULTS}?show=not")
    assert [one.get("id") for one in page.tree.xpath("//tbody")] == ["next-steps"]
    page = lead.get(f"{RESULTS}?sort=outcome")
    assert [one.get("id") for one in page.tree.xpath("//tbody")] == ["next-steps", "first-steps"]
    assert page.tree.xpath("//th[@aria-sort='ascending']")[0].text_content() == "Outcome and why"


def test_a_section_in_full_has_every_point_for_every_group(lead, analysed):
    page = lead.get(f"{RESULTS}/next-steps")
    assert page.heading == "Next steps"
    cells = page.row("All panel members")
    assert cells[:6] == ["0", "6", "0", "0", "0", "0"]
    assert len(page.tree.xpath("//*[name()='svg'][@role='img']")) == 2


def test_another_section_is_not_there(lead, analysed):
    lead.get(f"{RESULTS}/nowhere", 404)


def test_results_are_closed_to_who_may_not_see_them(sign_in_as, analysed):
    sign_in_as("clerk").get(RESULTS, 403)
