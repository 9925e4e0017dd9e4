"""The team sees what the panel sees, as one group, and nothing of anybody."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.answers import SectionSave, Submission
from delphi.models.log import Event
from delphi.queries.rounds import round_of
from tools.small_team import answer_and_decide, opened_team

ROUND = "/studies/small-study/rounds/1"
AS_USERS = f"{ROUND}/preview/users/standard"
AS_CARERS = f"{ROUND}/preview/carers/standard"


@pytest.fixture
def opened(small_study):
    return opened_team(small_study)


def rows_written(study):
    with study.look():
        return [
            db.session.scalar(db.select(db.func.count()).select_from(table))
            for table in (Event, Submission, SectionSave)
        ]


def test_a_planned_round_is_seen_as_it_will_be_once_it_is_open(lead, small_study):
    small_study.seal().publish_drafts()
    page = lead.get(AS_USERS)
    assert page.heading == "Your sections in round 1"
    assert "as people who use services see it once it is open" in page.text
    page = lead.get(page.links()["First steps"])
    assert "Begin with one small step." in page.main
    assert "This section is easy to understand." in page.main


def test_a_plan_that_changes_changes_the_preview(lead, small_study):
    lead.get(AS_USERS)
    with small_study.work():
        round_of(small_study.id, 1).planned_items = {"next-steps": 1}
    page = lead.get(AS_USERS)
    assert "First steps" not in page.links()
    assert lead.get(f"{AS_USERS}/sections/first-steps", 404)


def test_a_preview_holds_nobodys_answers_and_writes_nothing(lead, opened):
    before = rows_written(opened.study)
    page = lead.get(f"{AS_USERS}/sections/next-steps")
    assert "No scores, please." not in page.html
    assert not page.tree.xpath("//main//input[@checked]")
    assert lead.get(AS_USERS).text.count("Not started") == 2
    assert rows_written(opened.study) == before


def test_nothing_can_be_sent_from_a_preview(lead, opened):
    page = lead.get(f"{AS_USERS}/sections/first-steps")
    assert not page.tree.xpath("//main//button[@type='submit']")
    assert not page.tree.xpath("//form[@method='post'] | //form[@action] | //*[@data-save-url]")
    assert "panel-page.js" not in page.html
    lead.post(f"{AS_USERS}/sections/first-steps", 405)


def test_every_link_of_a_preview_stays_in_it(lead, opened):
    for address in (AS_USERS, f"{AS_USERS}/sections/first-steps"):
        page = lead.get(address)
        inside = [href for href in page.links().values() if href.startswith("/")]
        assert inside
        assert all("/preview/" in href or href == ROUND for href in inside)


def test_pages_with_somebodys_own_choices_are_not_in_the_preview(lead, opened):
    lead.get(AS_USERS)
    assert lead.get(f"{AS_USERS}/elsewhere").heading == "This page is not in the preview"


def test_another_group_and_another_form_are_a_link_away(lead, opened):
    page = lead.get(AS_USERS)
    assert page.links()["Family members and carers"].endswith("/preview/carers/standard")
    page = lead.get(page.links()["Easy Read"])
    assert page.links()["Standard"] == AS_USERS
    assert "There is no Easy Read version of this part." in lead.get(page.links()["First steps"]).main


def test_a_preview_leaves_the_panels_own_pages_alone(lead, opened, visitor):
    """What is kept ready for the panel holds no address of the team's."""
    lead.get(f"{AS_USERS}/sections/first-steps")
    with opened.study.app.test_request_context():
        from delphi.queries.round_outline import round_outline
        from delphi.queries.studies import study_of

        assert round_outline(study_of(opened.study.id), 1).is_fixed


def test_feedback_is_seen_before_it_is_published(lead, opened):
    opened.study.close().analyse()
    answer_and_decide(opened)
    page = lead.get(f"{AS_CARERS}/feedback")
    assert page.heading == "What the panel said in round 1"
    page = lead.get(page.links()["Next steps"])
    assert "No scores, please." in page.main
    assert "Your comment" not in page.main
    with opened.study.look():
        assert round_of(opened.study.id, 1).published_at is None


def test_feedback_of_an_open_round_is_not_to_be_seen(lead, opened):
    page = lead.get(f"{AS_USERS}/feedback", 409)
    assert "not analysed yet" in page.text


def test_data_entry_sees_texts_and_no_feedback(sign_in_as, opened):
    clerk = sign_in_as("clerk")
    clerk.get(AS_USERS)
    clerk.get(f"{AS_USERS}/feedback", 403)


def test_a_group_or_a_form_that_is_not_there_is_not_found(lead, opened):
    lead.get(f"{ROUND}/preview/nobody/standard", 404)
    lead.get(f"{ROUND}/preview/users/loud", 404)
    lead.get("/studies/other-study/rounds/1/preview/users/standard", 404)


def test_the_round_page_leads_to_the_preview(lead, opened):
    page = lead.get(lead.get(ROUND).links()["See it as the panel sees it"])
    assert page.heading == "Your sections in round 1"


def test_leaving_leads_back_to_where_the_preview_was_opened(lead, opened):
    for place in ("panel", "rounds/1"):
        page = lead.get(f"/studies/small-study/{place}")
        words = "See it as each group sees it" if place == "panel" else "See it as the panel sees it"
        page = lead.get(page.links()[words])
        assert page.links()["Leave the preview"].split("?")[0] == f"/studies/small-study/{place}"
