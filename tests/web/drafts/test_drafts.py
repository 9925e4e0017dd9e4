"""Drafts: written with the difference beside, two people at one draft, signed by two, then frozen."""

from __future__ import annotations

import pytest

from delphi.queries.sections import section_of

DRAFT = "/studies/small-study/drafts/first-steps/1"
TEXT = "# First steps\n\nBegin with **one** tiny step.\n"


def test_the_list_says_where_each_draft_stands(lead):
    assert lead.get("/studies/small-study/drafts").row("First steps")[:2] == ["Draft 1", "Being written"]


def test_a_working_draft_is_saved_and_shown(lead):
    lead.get(f"{DRAFT}?view=edit")
    assert "tiny" in lead.press("Save draft 1", **{"Standard text": TEXT}).main


def test_two_people_at_one_draft_lose_nothing(sign_in_as):
    one, other = sign_in_as("lead"), sign_in_as("second")
    one.get(f"{DRAFT}?view=edit")
    other.get(f"{DRAFT}?view=edit")
    one.press("Save draft 1", **{"Standard text": TEXT})
    page = other.press("Save draft 1", 409, **{"Standard text": TEXT.replace("tiny", "huge")})
    assert page.heading == "Both texts are kept"
    assert "tiny" in page.main
    assert "huge" in page.field("Your text: standard text").value
    assert "huge" in other.press("Save my text over it").main


def test_an_empty_draft_says_what_is_wrong_and_keeps_the_rest(lead):
    lead.get(f"{DRAFT}?view=edit")
    page = lead.press("Save draft 1", 422, **{"Standard text": " "})
    assert page.errors


def test_a_draft_is_put_forward_signed_by_two_and_frozen(sign_in_as, small_study):
    lead, second = sign_in_as("lead"), sign_in_as("second")
    lead.get(DRAFT)
    lead.press("Put it forward")
    assert "One more person has to sign" in lead.press("Sign as Sam Lead").text
    second.get(DRAFT)
    second.press("Sign as Ash Second")
    page = second.press("Publish this draft")
    assert "Published" in page.main
    assert "Edit" not in page.links()
    with small_study.look():
        assert section_of(small_study.id, "first-steps").drafts[0].checksum


def test_a_draft_taken_back_loses_its_signatures(lead):
    lead.get(DRAFT)
    lead.press("Put it forward")
    lead.press("Sign as Sam Lead")
    page = lead.press("Take it back to edit")
    assert "Sam Lead, study lead" not in page.main


@pytest.mark.parametrize("address", ["drafts/nowhere", "drafts/first-steps/9", "drafts/nowhere/next"])
def test_a_draft_that_is_not_there_is_not_found(lead, address):
    lead.get(f"/studies/small-study/{address}", 404)
