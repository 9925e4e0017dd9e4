"""The list of studies, a study's home, and its rule from signing to seal."""

from __future__ import annotations

import pytest

from delphi.domain.states import StudyState
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.services.comments import review_comment
from delphi.services.follow_ups import note_follow_up
from tools.small_team import opened_team


def test_the_list_says_where_each_study_stands_and_what_is_next(lead):
    row = lead.get("/studies").row("Small study")
    assert row[0] == "The study is being set up."
    assert row[1] == "Read and sign the rule"
    assert row[2] == "Study lead"


def test_a_study_that_one_is_not_in_is_not_there(lead):
    assert "not in its team" in lead.get("/studies/other-study", 404).text


def test_a_search_that_finds_nothing_says_so(lead):
    assert "No study has “zebra”" in lead.get("/studies?q=zebra").text


def test_a_search_that_finds_a_finished_study_does_not_say_that_there_is_none(lead, small_study):
    with small_study.work():
        db.session.execute(db.update(Study).values(state=StudyState.FINISHED))
    page = lead.get("/studies?q=small")
    assert "Finished" in page.main
    assert "No study has" not in page.main


def test_the_home_leads_to_the_next_step(lead):
    page = lead.get("/studies/small-study")
    assert page.heading == "The study is being set up."
    assert lead.get(page.links()["Go to the rule"]).heading == "The rule"


def test_each_role_sees_its_own_parts(lead, sign_in_as):
    assert {"Panel", "Rounds", "Rule"} <= set(lead.get("/studies/small-study").parts())
    clerk = sign_in_as("clerk").get("/studies/small-study")
    assert "Panel" not in clerk.parts()
    assert "Go to the rule" not in clerk.links(), "a button for what one may not do is no help"


@pytest.mark.parametrize("address", ["panel", "panel/people", "panel/new", "panel/import", "panel/invite"])
def test_the_panel_is_closed_to_those_who_may_not_manage_it(sign_in_as, address):
    page = sign_in_as("clerk").get(f"/studies/small-study/{address}", 403)
    assert "You may not manage the panel" in page.text


def test_two_sign_the_rule_and_the_lead_seals_it(sign_in_as):
    lead, second = sign_in_as("lead"), sign_in_as("second")
    lead.get("/studies/small-study/rule")
    page = lead.press("Sign as Sam Lead")
    assert "Sam Lead, study lead" in page.text
    assert "Sign as Sam Lead" not in page.buttons()
    second.get("/studies/small-study/rule")
    assert "Seal the study" not in second.press("Sign as Ash Second").buttons()
    lead.get("/studies/small-study/rule")
    page = lead.press("Seal the study", 422)
    assert page.errors == ["Tick that you have read what will be sealed."]
    page = lead.press("Seal the study", **{"I have read what will be sealed": "yes"})
    assert "Signed by Sam Lead and Ash Second" in page.text
    assert lead.get("/studies/small-study").heading != "The study is being set up."


def test_the_rule_is_said_in_words(lead):
    text = lead.get("/studies/small-study/rule").main
    assert "at least 75" in text
    assert "A section is not assessable when a panel has fewer than 2 ratings" in text


def test_a_deviation_asks_for_its_reason_and_keeps_what_was_typed(lead, small_study):
    small_study.seal()
    lead.get("/studies/small-study/rule")
    given = {"What is it about?": "Reminders", "How was it laid down?": "Two", "How is it now?": "Three"}
    page = lead.press("Record the deviation", 422, **given)
    assert page.field("What is it about?").get("value") == "Reminders"
    page = lead.press("Record the deviation", **{"Why? This is printed in the report": "A strike."})
    assert page.row("Reminders")[:3] == ["Two", "Three", "A strike."]


def test_a_post_without_a_token_changes_nothing(lead, small_study):
    page = lead.client.post("/studies/small-study/rule/sign")
    assert page.status_code == 400
    assert "Sign as Sam Lead" in lead.get("/studies/small-study/rule").buttons()


def test_the_home_says_what_must_be_looked_at_until_it_is_done(lead, small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    team(review_comment, comment_id=team.comment_ids["pets"], state="escalated", reason="risk")
    team(review_comment, comment_id=team.comment_ids["again"], state="held", reason="conduct")
    page = lead.get("/studies/small-study")
    assert "A comment was passed on" in page.main
    assert "A comment is held" in page.main
    assert "Pets." not in page.html
    team(
        note_follow_up,
        comment_id=team.comment_ids["pets"],
        who="Sam Lead",
        what="Rang the person.",
        done_on=team.now.date(),
        is_last=True,
    )
    assert "A comment was passed on" not in lead.get("/studies/small-study").main


def test_the_home_leads_from_an_outcome_to_its_figures_and_shows_what_happened_last(lead, small_study):
    opened_team(small_study)
    small_study.close().analyse()
    page = lead.get("/studies/small-study")
    assert lead.get(page.links()["Agreed in round 1: 1. First steps"]).heading == "1. First steps"
    assert "Sam Lead analysed round 1." in page.main


def test_only_who_may_read_the_log_sees_what_happened_last(sign_in_as, small_study):
    opened_team(small_study)
    assert "Latest" not in sign_in_as("clerk").get("/studies/small-study").main
