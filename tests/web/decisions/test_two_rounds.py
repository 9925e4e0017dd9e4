"""Between two rounds by hand: comments, decisions, drafts, signatures, feedback, the next round, the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi import clock
from delphi.queries.panellists import panel_of
from delphi.queries.rounds import round_of
from tools.small_team import opened_team

STUDY = "/studies/small-study"
ROUND = f"{STUDY}/rounds/1"


@pytest.fixture
def analysed(small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    with small_study.work():
        round_ = round_of(small_study.id, 2)
        round_.opens_on = clock.now().date()
        round_.closes_on = clock.now().date() + timedelta(days=10)
    return team


def answer_comments(visitor):
    page = visitor.get(f"{ROUND}/comments")
    while "left to answer" in page.heading:
        page = visitor.press("Save and go to the next", state="shown", kind="noted", reason="Thank you.")


def decide(visitor, section, kind, status=303, **more):
    visitor.get(f"{ROUND}/decisions/{section}")
    return visitor.press("Save the decision", status, kind=kind, **more)


def test_only_decisions_that_are_true_to_the_outcome_are_offered(lead, analysed):
    page = lead.get(f"{ROUND}/decisions/next-steps")
    values = [one.get("value") for one in page.tree.xpath("//input[@name='kind']")]
    assert "keep" not in values
    assert "revise" in values
    page = decide(lead, "next-steps", "keep", 422)
    assert "cannot be" in page.errors[0]


def test_a_decision_that_needs_a_reason_asks_for_it(lead, analysed):
    page = decide(lead, "next-steps", "remove", 422)
    assert "Say why" in page.errors[0]
    assert page.tree.xpath("//input[@value='remove'][@checked]")


def test_a_changed_decision_takes_the_signatures_off(lead, analysed):
    decide(lead, "first-steps", "keep")
    decide(lead, "next-steps", "revise")
    assert "Sam Lead, study lead" in lead.press("Sign as Sam Lead").main
    page = decide(lead, "next-steps", "remove", Reason="Not needed.")
    assert "Sam Lead, study lead" not in page.main


def test_feedback_cannot_be_published_while_something_is_missing(lead, analysed):
    page = lead.get(f"{ROUND}/feedback")
    assert "Publish the feedback" not in page.buttons()
    assert "3 comments are open" in page.text
    _, values = lead.page.form_of("Sign out")
    refused = lead.post(f"{ROUND}/feedback", 409, **values | {"looked": "yes"})
    assert "have no decision yet" in refused.text


def test_groups_that_are_too_small_are_named_before_publishing(lead, analysed):
    cells = lead.get(f"{ROUND}/feedback").row("People who use services")
    assert cells[2] == "Hidden"
    assert "fewer than 3 people" in cells[3]


def test_two_rounds_by_hand(sign_in_as, analysed, small_study):
    lead, second = sign_in_as("lead"), sign_in_as("second")
    answer_comments(second)
    decide(second, "first-steps", "keep")
    page = decide(second, "next-steps", "revise")
    assert page.heading == "All 2 sections are decided"
    second.press("Sign as Ash Second")
    lead.get(f"{ROUND}/decisions")
    lead.press("Sign as Sam Lead")

    lead.get(f"{STUDY}/drafts/next-steps/next")
    page = lead.press("Save draft 2", **{"Standard text": "# Next steps\n\nThen take another *small* one.\n"})
    assert "put in:" in page.main
    form = lead.get(page.links()["Write it"])
    assert form.heading == "You said, we did"
    lead.press(
        "Save",
        summary="Smaller steps.",
        change_class="material",
        comparable="no",
        comparable_reason="The advice changed.",
        you_said="No scores.",
        we_did="Taken out.",
        comments=f"C{analysed.comment_ids['scores']}",
    )
    lead.press("Put it forward")
    lead.press("Sign as Sam Lead")
    second.get(f"{STUDY}/drafts/next-steps/2")
    second.press("Sign as Ash Second")
    assert "is published" in lead_publish(lead).text

    page = lead.get(f"{ROUND}/feedback")
    assert "6 people will see" in page.text
    assert lead.press("Publish the feedback", 422).errors == [
        "Look at what the panel will see, then tick that you have."
    ]
    page = lead.press("Publish the feedback", **{"I have looked at what the panel will see": "yes"})
    assert page.heading == "Round 2 is planned."

    lead.get(f"{STUDY}/rounds/2")
    lead.press("Save the plan", **{"Draft of Next steps": "2"})
    lead.press("Arm round 2")
    page = lead.press("Open round 2", **{"Open it now and tell the panel": "yes"})
    assert page.heading == "Round 2 is open: 0 of 6 have finished"
    with small_study.look():
        codes = [one.code for one in panel_of(small_study.id)]
    for code in codes:
        small_study.save(code, section="next-steps", number=2, now=clock.now())
    lead.press("Close round 2", **{"Accept no more answers from now on": "yes"})
    lead.press("Analyse round 2", **{"Every form is in": "yes"})
    assert lead.get(f"{STUDY}/rounds/2/results").heading == "Round 2: 1 of 1 sections are agreed"
    assert "Not agreed" in lead.get(STUDY).row("2. Next steps")[0]


def lead_publish(lead):
    lead.get(f"{STUDY}/drafts/next-steps/2")
    return lead.press("Publish this draft")
