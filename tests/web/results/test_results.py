"""Results of a round: outcomes with reasons, people before per cent, and nothing before the analysis."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.services.comments import review_comment
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


def test_sections_are_sorted_by_how_far_the_panels_are_apart(lead, analysed):
    page = lead.get(f"{RESULTS}?sort=difference")
    assert page.field("Sort by").value == "difference"
    assert "Sorted by: Difference between panels, the widest first." in page.main


def test_a_choice_that_is_not_there_counts_as_none(lead, analysed):
    page = lead.get(f"{RESULTS}?show=nowhere&sort=nothing&view=nowhere&criterion=nothing")
    assert len(page.tree.xpath("//tbody")) == 2


def test_every_group_has_its_figures_with_the_fraction(lead, analysed):
    page = lead.get(f"{RESULTS}?view=groups&criterion=clear")
    assert page.row("2. Next steps")[0] == "0% 0/6 below 75%"
    assert set(page.row("1. First steps")) == {"100% 6/6", "100% 4/4", "100% 2/2"}


def test_without_regions_in_the_panels_file_there_is_no_table_of_them(lead, analysed):
    page = lead.get(f"{RESULTS}?view=regions")
    assert "Each region" not in page.links()
    assert "Each group" in page.links()
    assert len(page.tree.xpath("//tbody")) == 2


def test_every_region_has_its_figures_however_it_was_written(lead, analysed):
    with analysed.study.work():
        people = db.session.scalars(db.select(Panellist).order_by(Panellist.id)).all()
        for one, region in zip(people, ("North", "north ", "North", "South", None, "South"), strict=True):
            one.region = region
    page = lead.get(f"{RESULTS}?view=regions&criterion=clear")
    heads = [one.text_content() for one in page.tree.xpath("//thead//th")]
    assert heads == ["Section", "All panel members", "North", "South", "No region given"]
    assert page.row("2. Next steps") == ["0% 0/6 below 75%", "0% 0/3", "0% 0/2", "0% 0/1"]
    assert "nothing by region is in what is safe to share" in page.main
    action, values = page.form_of("CSV")
    answer = lead.client.post(action, data=values | {"format": "csv"})
    assert "small-study-round-1-regions-NOT-FOR-SHARING.csv" in answer.headers["Content-Disposition"]


def test_who_did_not_rate_is_counted_apart(lead, analysed):
    assert lead.get(f"{RESULTS}?view=not-rated").row("2. Next steps") == ["– all 6 rated"] * 2
    assert "Everybody who took part rated every statement." in lead.page.main
    assert "Nothing can be compared with a round before." in lead.get(f"{RESULTS}?view=moved").main


def test_a_section_in_full_has_every_point_for_every_group(lead, analysed):
    page = lead.get(f"{RESULTS}/next-steps?criterion=feasible")
    assert page.heading == "2. Next steps"
    assert "Feasible, by group" in page.main
    assert page.row("All panel members")[:6] == ["0", "6", "0", "0", "0", "0"]
    assert len(page.tree.xpath("//*[name()='svg'][@role='img']")) == 1
    assert lead.get(page.links()["Section before: 1. First steps"]).heading == "1. First steps"


def test_comments_stand_beside_the_figures_and_a_held_one_does_not(lead, analysed):
    held = analysed.comment_ids["scores"]
    analysed(review_comment, comment_id=held, state="held", reason="conduct")
    page = lead.get(f"{RESULTS}/next-steps")
    assert "Scores again?" in page.main
    assert "No scores, please." not in page.html
    assert "Held: 1 comment" in page.main


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_shown_table_leaves_as_a_marked_file_and_is_recorded(lead, analysed, kind):
    page = lead.get(f"{RESULTS}?show=not&sort=outcome")
    action, values = page.form_of("CSV")
    answer = lead.client.post(action, data=values | {"format": kind})
    name = f"small-study-round-1-results-NOT-FOR-SHARING.{kind}"
    assert name in answer.headers["Content-Disposition"]
    assert name in analysed.events("report_exported")[0][1]
    if kind == "csv":
        lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
        assert lines[0].startswith("# NOT FOR SHARING")
        assert [line.split(",")[0] for line in lines[2:]] == ["2. Next steps"] * 3, "all and two panels"


def test_another_kind_of_file_is_refused(lead, analysed):
    action, values = lead.get(RESULTS).form_of("CSV")
    assert "xlsx, csv" in lead.post(action, 422, **(values | {"format": "exe"})).text


def test_another_section_is_not_there(lead, analysed):
    lead.get(f"{RESULTS}/nowhere", 404)


def test_results_are_closed_to_who_may_not_see_them(sign_in_as, analysed):
    sign_in_as("clerk").get(RESULTS, 403)


def test_each_share_and_median_stands_with_its_interval_and_few_are_rough(lead, analysed):
    """Nobody of six agrees: the bootstrap has no width there, so that Wilson's interval stands instead."""
    page = lead.get(f"{RESULTS}/next-steps?criterion=feasible")
    assert "0% 0/6" in page.row("All panel members")[-2]
    assert page.row("All panel members")[-2].endswith("95% interval 0 to 39 rough")
    assert page.row("All panel members")[-1] == "2 95% interval 2 rough"
    assert "fewer than 10 ratings" in page.main
    assert "95% interval 0 to 39 rough" in " ".join(lead.get(RESULTS).main.split())


def test_a_statement_is_said_in_one_plain_sentence(lead, analysed):
    page = lead.get(f"{RESULTS}/next-steps?criterion=feasible")
    assert "Nobody agrees (0 of 6). Too few ratings to say for people with lived experience" in page.main


def test_where_nobody_rated_nothing_is_too_low_and_the_reason_is_said(lead, small_study):
    for code in small_study.started(1)[:2]:
        small_study.save(code)
    small_study.close().analyse()
    page = lead.get(RESULTS)
    words = " ".join(page.tree.get_element_by_id("first-steps").text_content().split())
    assert words.count("– nobody rated") == 2
    assert "below" not in words
    assert "No rating by the practice panel on “Clear”; the rule asks for at least 2." in words
    compared = lead.get(RESULTS.replace("results", "groups"))
    assert not compared.tree.xpath("//*[name()='svg'][@role='img']"), (
        "no picture of statements nobody set apart"
    )
    said = lead.get(f"{RESULTS}?view=groups&criterion=clear").main
    assert (
        "Lowest: People with lived experience and carers, 1. First steps, clear: 2 of 2 agree (100%)" in said
    )
