"""Stability: the same people, comparable drafts; a change of the text is refused with a sentence."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from delphi.extensions import db
from delphi.queries.panellists import panel_of
from delphi.queries.results import newest_snapshot
from delphi.queries.rounds import round_of
from delphi.services.deletion import stop_and_delete
from tools.small_second_round import CHANGED, UNCHANGED, rated_again

STABILITY = "/studies/small-study/rounds/2/stability"


def test_the_heading_says_on_how_many_statements_answers_held(lead, again):
    page = lead.get(STABILITY)
    assert page.heading == "Round 2: answers held on 0 of 2 statements that were put again"
    assert "Answers moved on all 2 statements." in page.main
    assert "not for sharing" in page.text
    assert "Panellists are not a random sample" in page.main


def test_each_statement_says_who_moved_and_why_it_is_not_stable(lead, again):
    row = lead.get(STABILITY).row("2. Next steps, Clear")
    head = lead.page.tree.xpath("//tbody/tr/th")[0].text_content()
    assert "Most people kept their answer (8 of 12)." in head
    assert "3 went higher and 1 lower" in head
    assert row[0].startswith("Not stable Net change 16.7% (limit 15%)")
    assert row[2:7] == ["12", "33%", "100%", "8%", "25%"]


def test_a_section_that_changed_stands_apart_with_the_reason(lead, again):
    page = lead.get(STABILITY)
    assert page.row("1. First steps") == ["A new draft since round 1. The meaning changed."]
    assert CHANGED not in " ".join(page.tree.xpath("//a/@href[contains(., '/stability/')]"))


def test_across_a_change_of_the_text_there_is_neither_chart_nor_test(lead, again):
    page = lead.get(f"{STABILITY}/{CHANGED}", 409)
    assert "A change of the text is not a change of mind" in page.text
    assert "The meaning changed." in page.text
    assert not page.tree.xpath("//*[name()='svg'][@role='img']")


def test_one_statement_in_full_has_a_picture_a_table_and_every_group(lead, again):
    page = lead.get(f"{STABILITY}/{UNCHANGED}?criterion=feasible")
    assert page.heading == "2. Next steps: Feasible"
    said = page.tree.xpath("//*[name()='svg'][@role='img']/*[name()='desc']")[0].text
    assert "8 people gave the same answer" in said
    assert page.row("All panel members")[:4] == ["12", "4 33%", "3", "1"]
    assert page.row("Practice panel")[0] == "2"
    assert "Wilcoxon signed-rank, exact" in page.main


def test_statements_are_filtered_and_sorted(lead, again):
    assert len(lead.get(f"{STABILITY}?show=moved&criterion=clear").tree.xpath("//table[1]//tr/td/..")) >= 1
    assert "No statement is like this" in lead.get(f"{STABILITY}?show=stable&criterion=clear").main
    for sort in ("changed", "away", "kappa"):
        assert lead.get(f"{STABILITY}?sort={sort}").field("Sort by").value == sort


def test_the_first_round_says_what_would_be_here(lead, again):
    page = lead.get("/studies/small-study/rounds/1/stability")
    assert page.heading == "Round 1: nothing can be compared with a round before"
    assert "Put for the first time." in page.main


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_leaves_as_a_marked_file(lead, again, kind):
    action, values = lead.get(STABILITY).form_of("CSV")
    answer = lead.client.post(action, data=values | {"format": kind})
    assert f"small-study-round-2-stability-NOT-FOR-SHARING.{kind}" in answer.headers["Content-Disposition"]
    if kind == "csv":
        lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
        assert lines[2].startswith("2. Next steps,Clear,1 to 2,same draft,12,8,3,1,12,")
    else:
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
            assert b'formatCode="0.000"' in book.read("xl/styles.xml"), "a p-value shows its third decimal"


def test_the_section_in_full_leads_to_who_went_where(lead, again):
    page = lead.get(f"/studies/small-study/rounds/2/results/{UNCHANGED}")
    assert lead.get(page.links()["See who went where"]).heading.startswith("2. Next steps: ")


def test_the_pages_are_closed_to_who_may_not_see_results(sign_in_as, again):
    clerk = sign_in_as("clerk")
    clerk.get(STABILITY, 403)
    clerk.get(f"{STABILITY}/{UNCHANGED}", 403)


def test_a_sealed_stop_rule_says_what_it_finds_of_each_section(app, sign_in_as, small_study):
    """Kept with the results; the default of the page stands beside it."""
    rated_again(small_study)
    with small_study.work():
        snapshot = newest_snapshot(round_of(small_study.id, 2))
        content = json.loads(snapshot.content)
        content["sections"][0]["stop"] = {"stopped_by": None, "words": ["Answers still move."]}
        snapshot.content = json.dumps(content)
        db.session.flush()
    page = sign_in_as("lead").get(STABILITY)
    assert "It goes before the default above." in page.main
    assert "Answers still move." in page.main


def test_after_a_deletion_only_everybody_is_told_of_and_only_where_nothing_follows(lead, again, monkeypatch):
    """What may be told is decided elsewhere; here one of two statements may."""
    with again.look():
        code = min(one.code for one in panel_of(again.id))
    with again.work():
        stop_and_delete(study_id=again.id, code=code, actor=again.lead, now=again.analysed_at)
    monkeypatch.setattr(
        "delphi.queries.movement.may_tell_pairs", lambda _, key, *__: key == f"{UNCHANGED}/clear"
    )
    page = lead.get(STABILITY)
    assert page.heading == "Round 2: answers held on 0 of 1 statements that were put again"
    assert page.row("2. Next steps")
    assert "Feasible. Somebody's answers to round 1 were deleted" in page.main
    page = lead.get(f"{STABILITY}/{UNCHANGED}")
    assert "Only everybody together is told of." in page.main
    assert [one.text_content() for one in page.tree.xpath("//section[2]//tbody/tr/th")] == [
        "All panel members"
    ]
    results = STABILITY.replace("stability", "results")
    page = lead.get(f"{results}/{UNCHANGED}?criterion=clear")
    assert "its figures are not told beside these" in page.main
    assert "not told →" in lead.get(f"{results}?view=moved").main


def test_the_table_of_what_moved_says_what_it_finds_and_draws_it(lead, again):
    page = lead.get(STABILITY.replace("stability", "results?view=moved"))
    said = "Of the 2 statements that can be compared, more people moved into agreement than out of it on 2"
    assert said in page.main
    assert page.row("2. Next steps")[1].endswith("1 in, 0 out, 8 of 12 the same")
    assert len(page.tree.xpath("//tbody//*[name()='svg']")) == 2
