"""Deciding in the browser: consequences in words, undone until the panel has read it, signed as read."""

from __future__ import annotations

import pytest

from delphi.domain.states import SectionState
from delphi.queries.sections import section_of
from tools.small_team import opened_team

STUDY = "/studies/small-study"
ROUND = f"{STUDY}/rounds/1"


@pytest.fixture
def analysed(small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    return team


def decide(visitor, section, kind, status=303, **more):
    visitor.get(f"{ROUND}/decisions/{section}")
    return visitor.press("Save the decision", status, kind=kind, **more)


@pytest.fixture
def decided(lead, analysed):
    """Both sections are decided; the lead looks at the list."""
    decide(lead, "first-steps", "keep")
    decide(lead, "next-steps", "revise")
    return lead


def answer_all(visitor):
    page = visitor.get(f"{ROUND}/comments")
    while "left to answer" in page.heading:
        page = visitor.press("Save and go to the next", state="shown", kind="noted", reason="Thank you.")


# --- Choosing -------------------------------------------------------------------------------------------


def test_each_choice_says_what_follows_from_it(lead, analysed):
    page = lead.get(f"{ROUND}/decisions/next-steps")
    assert "You write a new draft. The panel sees what changed and why" in page.main
    assert "It leaves the guidance. The report says so" in page.main
    assert "“Keep” is not listed: a text is kept because the panel agreed on it." in page.main


def test_the_outcome_stands_with_its_reason_and_the_comments_beside_it(lead, analysed):
    page = lead.get(f"{ROUND}/decisions/next-steps")
    assert "the rule asks for at least 75%" in page.main
    assert "No scores, please." in page.main


def test_no_choice_at_all_is_asked_for_again(lead, analysed):
    lead.get(f"{ROUND}/decisions/next-steps")
    assert lead.press("Save the decision", 422).errors == ["Choose what happens to this section."]


def test_all_agreed_sections_are_kept_at_once(lead, analysed):
    lead.get(f"{ROUND}/decisions")
    page = lead.press("Keep the agreed section")
    assert page.row("First steps")[1].startswith("Keep")
    assert page.row("Next steps")[1] == "None yet"
    assert "Keep the agreed section" not in page.buttons()


@pytest.mark.parametrize(
    ("kind", "follows"),
    [
        ("revise", "Draft 2 is not begun. Write"),
        ("rerate_unchanged", "“You said, we did” is not written. Write"),
        ("take_to_meeting", "Stays open until the meeting has been held."),
        ("split", "No part is written yet. Add a part"),
        ("remove", ""),
        ("report_no_agreement", ""),
    ],
)
def test_what_follows_from_a_decision_stands_beside_it(lead, analysed, kind, follows):
    assert decide(lead, "next-steps", kind, Reason="As found.").row("Next steps")[2].startswith(follows)


def test_a_merged_section_names_the_one_it_goes_on_in(lead, analysed):
    page = decide(lead, "next-steps", "merge", 422, Reason="One text.")
    assert "Say into which section it is merged" in page.errors[0]
    page = decide(lead, "next-steps", "merge", Reason="One text.", into="first-steps")
    assert page.row("Next steps")[2] == "Goes on in “First steps”."
    drafts = lead.get(f"{STUDY}/drafts")
    assert "Is to go on in “First steps”." in drafts.main
    assert "Takes up “Next steps”." in drafts.main


# --- Taking back ----------------------------------------------------------------------------------------


def test_a_decision_is_taken_back(decided):
    decided.get(f"{ROUND}/decisions/next-steps")
    page = decided.press("Take the decision back")
    assert page.heading == "Decide about 1 of 2 sections"
    assert page.row("Next steps")[1] == "None yet"


def test_a_signature_is_taken_back(decided):
    decided.get(f"{ROUND}/decisions")
    decided.press("Sign as Sam Lead")
    page = decided.press("Take my signature back")
    assert "Sam Lead, study lead" not in page.main
    assert "Sign as Sam Lead" in page.buttons()


def test_one_person_does_not_sign_for_two(decided):
    decided.get(f"{ROUND}/decisions")
    address, values = decided.page.form_of("Sign as Sam Lead")
    page = decided.press("Sign as Sam Lead")
    assert "the other signature is another person’s" in page.main
    assert "You have signed this already" in decided.post(address, 409, **values).text


def test_nobody_signs_decisions_that_changed_since_they_opened_the_page(decided, sign_in_as):
    second = sign_in_as("second")
    second.get(f"{ROUND}/decisions")
    decide(decided, "next-steps", "remove", Reason="Not needed.")
    assert "Read them again before you sign" in second.press("Sign as Ash Second", 409).text


# --- Sections that come and go --------------------------------------------------------------------------


def test_a_split_section_goes_on_in_its_parts(lead, analysed):
    page = decide(lead, "next-steps", "split", Reason="Two things in one.")
    page = lead.get(page.links()["Add a part of Next steps"])
    assert page.heading == "Add a part"
    assert "Part of “Next steps”, which was split after round 1. Two things in one." in page.main
    page = lead.press("Add the part", Title="Next steps: where")
    assert page.heading == "Write draft 1"
    lead.press("Save draft 1", **{"Standard text": "# Next steps: where\n\nGo there.\n"})
    assert "Part of “Next steps”, which was split." in lead.get(f"{STUDY}/drafts").main
    page = lead.get(f"{ROUND}/decisions")
    assert page.row("Next steps")[2].startswith("Goes on in “Next steps: where”.")
    lead.get(f"{ROUND}/decisions/next-steps")
    assert "so the decision stands" in lead.press("Take the decision back", 409).text


def test_a_draft_of_a_section_that_ended_cannot_be_gone_on_with(published, small_study):
    published.get(f"{STUDY}/drafts/next-steps/next")
    published.press("Save draft 2", **{"Standard text": "# Next steps\n\nSlower.\n"})
    with small_study.work():
        section_of(small_study.id, "next-steps").state = SectionState.REMOVED
    page = published.get(f"{STUDY}/drafts/next-steps/2")
    assert "Nothing more is written here" in page.main
    assert "Put it forward" not in page.buttons()
    assert "Edit" not in page.links()
    assert published.get(f"{STUDY}/drafts").row("Next steps")[1] == "Not finished"


def test_a_section_that_people_asked_for_is_added(lead, analysed):
    lead.get(f"{STUDY}/drafts")
    page = lead.get(lead.page.links()["Add a section"])
    refused = lead.press("Add the section", 422, Title="Pets & plants")
    assert refused.errors == ["Say what asked for this section; the report prints it."]
    page = lead.press("Add the section", **{"What asked for it": "People asked for it in round 1."})
    assert page.heading == "Write draft 1"
    assert lead.get(f"{STUDY}/drafts").row("New in round 2.")[0] == "–"


def test_the_panel_reads_why_a_section_is_new(lead, analysed):
    lead.get(f"{STUDY}/sections/new")
    asked = {"What asked for it": "People asked for it in round 1."}
    lead.press("Add the section", Title="Pets", **asked)
    lead.press("Save draft 1", **{"Standard text": "# Pets\n\nThey belong.\n"})
    lead.get(f"{STUDY}/rounds/2")
    lead.press("Save the plan", **{"Draft of Pets": "1"})
    assert "New. People asked for it in round 1." in lead.get(f"{STUDY}/rounds/2/preview/users/standard").main


def test_a_section_without_a_title_is_not_added(lead, analysed):
    lead.get(f"{STUDY}/sections/new")
    assert "Give the section a title." in lead.press("Add the section", 422).errors


@pytest.mark.parametrize("title", ["???", "", "First steps"])
def test_a_title_that_makes_no_code_is_told_at_the_title(lead, analysed, title):
    lead.get(f"{STUDY}/sections/new")
    page = lead.press("Add the section", 422, Title=title, **{"What asked for it": "Round 1."})
    assert page.tree.xpath("//*[@id='title-error']")


# --- Agreed text ----------------------------------------------------------------------------------------


@pytest.fixture
def published(sign_in_as, decided):
    """The feedback is out: the first section is agreed."""
    second = sign_in_as("second")
    answer_all(second)
    for visitor, name in ((decided, "Sam Lead"), (second, "Ash Second")):
        visitor.get(f"{ROUND}/decisions")
        visitor.press(f"Sign as {name}")
    decided.get(f"{ROUND}/feedback")
    decided.press("Publish the feedback", **{"I have looked at what the panel will see": "yes"})
    return decided


def test_agreed_text_is_corrected_and_the_correction_listed(published):
    published.get(f"{STUDY}/drafts/first-steps")
    assert "Begin draft 2" not in published.page.main
    published.get(published.page.links()["Correct the text"])
    text = "# First steps\n\nBegin with **one** small step!\n"
    refused = published.press("List the correction", 422, kind="correction", **{"Standard text": text})
    assert "Say what was edited" in refused.errors[0]
    edit = {"What was edited, in a sentence": "A full stop became an exclamation mark."}
    page = published.press("List the correction", kind="correction", **edit)
    assert page.heading == "Draft 2, against draft 1"
    assert "Waits for sign-off" in page.main


def test_a_correction_that_changes_nothing_else_is_listed_too(published):
    published.get(f"{STUDY}/drafts/first-steps/correct")
    edit = {"What was edited, in a sentence": "The heading is set larger."}
    page = published.press("List the correction", kind="minor", **edit)
    assert "The heading is set larger." in page.main


def test_an_agreed_section_is_taken_up_again_with_a_reason(published):
    published.get(f"{STUDY}/drafts/first-steps")
    published.get(published.page.links()["Take the section up again"])
    assert published.press("Take the section up again", 422).errors == [
        "Say why the agreed text has to change."
    ]
    page = published.press("Take the section up again", **{"Why the agreed text has to change": "A new law."})
    assert "Begin draft 2" in page.links()
    assert "A new law." in published.get(f"{STUDY}/audit").main


def test_text_that_is_not_agreed_is_not_corrected(lead, analysed):
    assert "is not agreed" in lead.get(f"{STUDY}/drafts/first-steps/correct", 409).text
    assert "is not agreed" in lead.get(f"{STUDY}/drafts/first-steps/take-up-again", 409).text


# --- Feedback and the end -------------------------------------------------------------------------------


def test_before_anything_is_analysed_the_feedback_page_says_why_it_is_empty(lead, small_study):
    page = lead.get(f"{STUDY}/feedback")
    assert "No feedback yet" in page.main
    assert page.links()["Go to round 1"] == ROUND


def test_the_checklist_leads_to_what_is_missing(decided):
    page = decided.get(f"{ROUND}/feedback")
    assert "3 comments are open" in page.main
    assert "The decisions are signed" not in page.main
    assert f"{ROUND}/comments" in page.links().values()
    assert "“You said, we did” is not written for 1 of 1 sections that go on" in page.main


def test_each_group_can_be_looked_at_before_publishing(decided):
    page = decided.get(f"{ROUND}/feedback")
    shown = decided.get(page.links()["Family members and carers"])
    assert "Preview." in shown.text
    assert "What the panel said in round 1" in shown.heading
    assert decided.get(f"{ROUND}/feedback").heading == "Publish the feedback of round 1"


def test_published_feedback_leads_to_the_next_round(published):
    page = published.get(f"{ROUND}/feedback")
    assert page.heading == "The feedback of round 1 is published"
    assert page.links()["Go to round 2"] == f"{STUDY}/rounds/2"
    assert "Publish the feedback" not in page.buttons()


def test_a_round_in_which_nothing_is_left_to_rate_is_to_be_cancelled(published, small_study):
    published.get(f"{ROUND}/feedback")
    with small_study.work():
        section_of(small_study.id, "next-steps").state = SectionState.REMOVED
    page = published.get(STUDY)
    assert "Nothing is left to be rated" in page.main
    assert page.links()["Go to round 2"] == f"{STUDY}/rounds/2"


def test_nothing_that_is_left_open_is_a_dead_end(published):
    published.get(f"{STUDY}/rounds/2")
    published.press("Cancel the round", **{"cancel-reason": "One round was enough."})
    page = published.get(STUDY)
    page = published.get(page.links()["Settle what is open"])
    assert page.heading == "1 section has no final place yet"
    refused = published.press("Settle Next steps", 422)
    assert refused.errors == ["Choose where this section ends."]
    page = published.press("Settle Next steps", kind="report_no_agreement", reason="Both sides are reported.")
    assert page.heading == "Every section has its final place"
    published.get(page.links()["Go to the report"])
    page = published.press("Finish the study", sure="yes")
    assert "is finished" in page.text
