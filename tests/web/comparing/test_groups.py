"""Groups against each other: figures with intervals, a sentence made of them, a test that decides nothing."""

from __future__ import annotations

import pytest

from tools.small_study import CRITERIA, SECTIONS

GROUPS = "/studies/small-study/rounds/1/groups"


@pytest.fixture
def apart(small_study):
    """Fifteen people: the ten of the experience panel agree on both sections, workers only on the first."""
    codes = small_study.started(5)
    for place, code in enumerate(codes):
        small_study.save(code, SECTIONS[0])
        small_study.save(code, SECTIONS[1], dict.fromkeys(CRITERIA, 4 if place < 10 else 2))
    small_study.close().analyse()
    return small_study


def test_before_the_analysis_there_is_a_sentence(lead, small_study):
    small_study.started(2)
    assert "has not been analysed yet" in lead.get(GROUPS, 409).text


def test_the_heading_and_the_sentence_say_where_the_panels_differ(lead, apart):
    page = lead.get(GROUPS)
    assert page.heading == "Round 1: the panels differ clearly on 2 of 4 statements"
    more = "More agree among people with lived experience and carers (10 of 10)"
    assert f"{more} than in the practice panel (0 of 5)." in page.main
    assert "not for sharing" in page.text
    assert "Panellists are not a random sample" in page.main


def test_each_share_stands_with_its_interval_and_few_ratings_are_rough(lead, apart):
    row = lead.get(f"{GROUPS}?show=clear").row("2. Next steps")
    assert row[1] == "100% 10/10 95% interval 72 to 100"
    assert row[2] == "0% 0/5 95% interval 0 to 43 rough"
    assert row[3].startswith("+100")
    assert row[4] == "1.00"


def test_statements_are_filtered_and_sorted_by_links(lead, apart):
    assert len(lead.get(f"{GROUPS}?show=clear").tree.xpath("//tbody/tr")) == 2
    assert len(lead.get(f"{GROUPS}?show=not-clear&criterion=clear").tree.xpath("//tbody/tr")) == 1
    first = lead.get(f"{GROUPS}?sort=difference").tree.xpath("//tbody/tr/th")[0].text_content()
    assert first.startswith("2. Next steps")
    assert lead.page.field("Sort by").value == "difference"


def test_stakeholder_groups_are_tested_together(lead, apart):
    page = lead.get(f"{GROUPS}?by=groups")
    assert page.heading == "Round 1: the groups differ clearly on 2 of 4 statements"
    assert "a test tells the groups apart" in page.main
    assert "Kruskal–Wallis" in page.main


def test_the_picture_is_said_in_words(lead, apart):
    said = lead.get(GROUPS).tree.xpath("//*[name()='svg'][@role='img']/*[name()='desc']")[0].text
    assert "More agree in People with lived experience and carers on 2" in said


def test_a_study_with_one_group_says_what_would_be_here(lead, app, small_study, monkeypatch):
    from delphi.queries import results_look

    small_study.started(2)
    small_study.close().analyse()
    whole = results_look.structure_of
    monkeypatch.setattr(
        results_look, "structure_of", lambda study: type(whole(study))(whole(study).groups[:1], (), ())
    )
    assert "Nothing to set side by side" in lead.get(GROUPS).main


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_shown_table_leaves_as_a_marked_file_and_is_recorded(lead, apart, kind):
    action, values = lead.get(f"{GROUPS}?show=clear").form_of("CSV")
    answer = lead.client.post(action, data=values | {"format": kind})
    name = f"small-study-round-1-panels-compared-NOT-FOR-SHARING.{kind}"
    assert name in answer.headers["Content-Disposition"]
    if kind == "csv":
        lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
        assert [line.split(",")[0] for line in lines[2:]] == ["2. Next steps"] * 2


def test_another_table_is_not_there(lead, apart):
    action, values = lead.get(GROUPS).form_of("CSV")
    lead.post(action, 404, **(values | {"table": "nothing"}))


def test_the_page_is_closed_to_who_may_not_see_results(sign_in_as, apart):
    sign_in_as("clerk").get(GROUPS, 403)
