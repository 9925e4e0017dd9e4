"""Who came back: by group, and whether those who left had rated differently; nothing is said of few."""

from __future__ import annotations

import pytest

from delphi.queries.leavers import leavers
from delphi.queries.panellists import panel_of
from delphi.queries.rounds import round_of
from delphi.queries.studies import scale_of, study_of
from delphi.services.deletion import stop_and_delete
from tools.small_study import CRITERIA, SECTIONS

BACK = "/studies/small-study/rounds/2/who-came-back"


def test_the_heading_says_how_many_came_back(lead, again):
    page = lead.get(BACK)
    assert page.heading == "Round 2: 12 of 15 people who answered round 1 came back"
    assert "12 of 15 people came back, 3 did not. Too few left to say" in page.main
    assert "one person changes them" in page.main
    assert "not for sharing" in page.text
    assert "Panellists are not a random sample" in page.main


def test_each_group_has_who_came_back_and_who_left(lead, again):
    page = lead.get(BACK)
    assert page.row("All panel members")[1:] == ["15", "12", "3", "20%"]
    assert page.row("Practice panel")[1:] == ["5", "2", "3", "60%"]
    assert page.row("People who use services")[1:] == ["5", "5", "0", "0%"]


def test_each_statement_sets_both_beside_each_other(lead, again):
    """Of those who came back 6 of 12 had agreed, of those who left 1 of 3: 2, 3 and 4."""
    page = lead.get(BACK)
    row = page.row("2. Next steps Clear")
    assert row[1].startswith("50% 6/12 95% interval 25 to 75 median 3.5")
    assert row[2].startswith("33% 1/3 95% interval 0 to 100 rough median 3")
    assert page.row("All sections Clear")[1].startswith("50% 12/24")
    assert "3.00 on average of those who left, 3.50 of those who came back" in page.main


def test_statements_worth_a_look_are_filtered(lead, again):
    page = lead.get(f"{BACK}?show=flagged&sort=delta&criterion=clear")
    assert "No statement is like this" in page.main
    assert page.field("Sort by").value == "delta"


def test_the_counts_are_what_the_answers_give(again):
    with again.look():
        study = study_of(again.id)
        found = leavers(study, round_of(study.id, 1), round_of(study.id, 2), scale_of(study))
    assert set(found.items) == {(section, criterion) for section in SECTIONS for criterion in CRITERIA}
    one = found.items[SECTIONS[0], "clear"]
    assert one.back.counts == (0, 3, 3, 3, 3)
    assert one.left.counts == (0, 1, 1, 1, 0)
    assert sorted(found.means_left) == [2, 3, 4]
    assert len(found.means_back) == found.n_back == 12


def test_only_what_was_handed_in_counts_where_the_protocol_says_so(again):
    """Nobody of the small study handed anything in: everything was only saved."""
    with again.look():
        study = study_of(again.id)
        study.protocol = study.protocol | {"partial_submissions": "not_counted"}
        found = leavers(study, round_of(study.id, 1), round_of(study.id, 2), scale_of(study))
        assert (found.people, found.items, found.means_back) == ({}, {}, ())


def test_in_the_first_round_nobody_could_come_back_yet(lead, again):
    page = lead.get("/studies/small-study/rounds/1/who-came-back")
    assert page.heading == "Round 1 is the first: nobody could come back yet"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_leaves_as_a_marked_file(lead, again, kind):
    action, values = lead.get(BACK).form_of("CSV")
    answer = lead.client.post(action, data=values | {"format": kind})
    assert (
        f"small-study-round-2-who-came-back-NOT-FOR-SHARING.{kind}" in answer.headers["Content-Disposition"]
    )


def test_the_page_is_closed_to_who_may_not_see_results(sign_in_as, again):
    sign_in_as("clerk").get(BACK, 403)


def test_after_a_deletion_neither_page_gives_the_answers_back(lead, again):
    """Figures without one person, beside what was shared with them, would be that person's (E34)."""
    codes = codes_of(again)
    with again.work():
        stop_and_delete(study_id=again.id, code=codes[0], actor=again.lead, now=again.analysed_at)
    page = lead.get(BACK)
    assert "How those who left had rated is not shown." in page.main
    assert "Cliff" not in page.main
    groups = lead.get(BACK.replace("2/who-came-back", "1/groups"), 409)
    assert "this page is not shown any more" in groups.text
    stability = BACK.replace("who-came-back", "stability")
    page = lead.get(stability)
    assert page.heading == "Round 2: nothing can be compared with a round before"
    assert "Clear and Feasible. Somebody's answers to round 1" in page.row("2. Next steps")[0]
    assert "would give answers back" in lead.get(f"{stability}/next-steps", 409).text
    results = BACK.replace("who-came-back", "results")
    page = lead.get(f"{results}/next-steps")
    assert "would give answers back" in page.main
    assert "what moved" not in page.main
    assert "not told: answers were deleted" in lead.get(f"{results}?view=moved").main


def codes_of(study):
    with study.look():
        return sorted(one.code for one in panel_of(study.id))
