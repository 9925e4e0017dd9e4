"""Results under other rules at a browser: an answer first, words beside every mark, a marked file."""

from __future__ import annotations

import pytest

from tools.small_team import opened_team

OTHERS = "/studies/small-study/rounds/1/other-rules"


@pytest.fixture
def analysed(small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    return team


def test_before_the_analysis_there_is_a_sentence(lead, small_study):
    opened_team(small_study)
    for address in (OTHERS, f"{OTHERS}/next-steps"):
        assert "has not been analysed yet" in lead.get(address, 409).text


def test_the_page_is_reached_from_the_results_and_says_the_answer_first(lead, analysed):
    page = lead.get("/studies/small-study/rounds/1/results")
    page = lead.get(page.links()["Under other rules"])
    assert page.heading.startswith("Under other rules:")
    assert "not for sharing" in page.main
    assert page.row("The sealed rule")[:4] == ["1", "0", "1", "0"]
    said = page.tree.xpath("//*[name()='svg'][@role='img']/*[name()='desc']")[0].text
    assert said.startswith("1. First steps: agreed by the sealed rule; of ")
    assert "is the least firm" in page.main or "are the least firm" in page.main


def test_a_rule_for_another_scale_says_so_and_has_no_numbers(lead, analysed):
    page = lead.get(OTHERS)
    assert "RAND/UCLA appropriateness. Written for a scale in three equal parts" in page.main
    assert not page.tree.xpath("//th[starts-with(., 'RAND/UCLA')]")


def test_only_what_changes_an_outcome_is_a_link_away(lead, analysed):
    page = lead.get(OTHERS)
    address = next(href for words, href in page.links().items() if words.startswith("Only those that change"))
    shown = lead.get(address)
    assert "RAND/UCLA" not in shown.main
    assert len(shown.tree.xpath("//tbody/tr")) < len(page.tree.xpath("//tbody/tr"))
    assert lead.get(f"{OTHERS}?show=nothing-known").main == page.main


def test_what_comes_out_otherwise_says_so_in_words(lead, analysed):
    for cell in lead.get(OTHERS).tree.xpath("//td[contains(@class,'is-otherwise')]"):
        assert "otherwise" in cell.text_content()


def test_a_section_says_how_far_it_is_and_leads_on(lead, analysed):
    page = lead.get(f"{OTHERS}/next-steps")
    assert page.heading == "2. Next steps"
    assert "It would be agreed if" in page.main
    assert page.row("The sealed rule")[1:3] == ["Not agreed", "Not agreed"]
    assert lead.get(page.links()["Section before: 1. First steps"]).heading == "1. First steps"
    lead.get(f"{OTHERS}/nowhere", 404)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_tables_leave_as_a_marked_file_and_are_recorded(lead, analysed, kind):
    action, values = lead.get(OTHERS).form_of("CSV")
    answer = lead.client.post(action, data=values | {"format": kind})
    name = f"small-study-round-1-other-rules-NOT-FOR-SHARING.{kind}"
    assert name in answer.headers["Content-Disposition"]
    assert name in analysed.events("report_exported")[0][1]
    if kind == "csv":
        lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
        assert lines[0].startswith("# NOT FOR SHARING")
        assert {line.split(",")[0] for line in lines[2:]} == {"1. First steps", "2. Next steps"}
        assert any("Not asked" in line for line in lines)


def test_the_pages_are_closed_to_who_may_not_see_results(sign_in_as, analysed):
    clerk = sign_in_as("clerk")
    clerk.get(OTHERS, 403)
    clerk.get(f"{OTHERS}/next-steps", 403)
