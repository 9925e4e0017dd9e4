"""Drafts: written with the difference beside, two people at one draft, signed by two, then frozen."""

from __future__ import annotations

import pytest

from delphi.queries.sections import section_of

DRAFTS = "/studies/small-study/drafts"
DRAFT = f"{DRAFTS}/first-steps/1"
EDIT = f"{DRAFT}/edit"
TEXT = "# First steps\n\nBegin with **one** tiny step.\n"


@pytest.fixture
def published_draft(small_study):
    """Every section has a draft 1 that is published; the study has started."""
    small_study.seal().publish_drafts()


def test_the_list_says_where_each_draft_stands(lead):
    assert lead.get("/studies/small-study/drafts").row("First steps")[:2] == ["Draft 1", "Being written"]


def test_a_working_draft_is_saved_and_shown(lead):
    lead.get(EDIT)
    assert "tiny" in lead.press("Save draft 1", **{"Standard text": TEXT}).main


# --- While it is written --------------------------------------------------------------------------------


def test_the_difference_is_shown_without_saving_anything(lead, published_draft):
    lead.get(f"{DRAFTS}/first-steps/next")
    page = lead.press("Show the difference", 200, **{"Standard text": TEXT})
    assert page.tree.xpath("//ins[contains(., 'tiny')]")
    assert "tiny" in page.field("Standard text").value
    assert lead.get(f"{DRAFTS}/first-steps").heading == "Draft 1"


def test_the_difference_of_a_text_is_drawn_as_it_is_typed(lead, published_draft):
    page = lead.get(f"{DRAFTS}/first-steps/next")
    token = page.form_of("Save draft 2")[1]["csrf_token"]
    address = page.tree.xpath("//form/@data-difference")[0]
    typed = {
        "csrf_token": token,
        "variant": "standard",
        "text": TEXT + "<script>x</script> **A long word.**\n",
    }
    html = lead.client.post(address, data=typed).get_data(as_text=True)
    assert '<ins><span class="govuk-visually-hidden">put in: </span>tiny</ins>' in html
    assert "1 word deleted" in html
    assert "words." in html
    assert "<script" not in html


def test_a_long_sentence_is_named_to_its_writer(lead):
    lead.get(EDIT)
    long = "# First steps\n\n" + "Begin with care " * 9 + "today.\n"
    page = lead.press("Show the difference", 200, **{"Standard text": long})
    assert "1 sentence has more than 25 words." in page.main


def test_words_that_cannot_be_saved_any_more_are_kept_on_the_page(sign_in_as):
    one, other = sign_in_as("lead"), sign_in_as("second")
    one.get(EDIT)
    other.get(DRAFT)
    other.press("Put it forward")
    page = one.press("Save draft 1", 409, **{"Standard text": TEXT})
    assert "Take it back first" in page.main
    assert "tiny" in page.field("Standard text").value


# --- Two people at once ---------------------------------------------------------------------------------

LONG = "# First steps\n\nBegin with **one** small step.\n\nRest when you are tired.\n"


@pytest.fixture
def both_changed(sign_in_as):
    """The lead saved one change while the second was typing another: the second's page and browser."""
    one, other = sign_in_as("lead"), sign_in_as("second")
    one.get(EDIT)
    one.press("Save draft 1", **{"Standard text": LONG})
    one.get(EDIT)
    other.get(EDIT)
    one.press("Save draft 1", **{"Standard text": LONG.replace("small", "tiny")})
    other.press("Save draft 1", 409, **{"Standard text": LONG.replace("Rest", "Stop")})
    return other


def test_two_people_at_one_draft_see_both_texts_and_whose_they_are(both_changed):
    page = both_changed.page
    assert page.heading == "Somebody else changed this draft while you were writing"
    assert "Sam Lead saved First steps, draft 1" in page.main
    mine, theirs = page.tree.xpath("//section[contains(@aria-label, ' text: standard text')]")
    assert mine.xpath(".//ins[contains(., 'Stop')]")
    assert theirs.xpath(".//ins[contains(., 'tiny')]")


def test_both_texts_are_put_together_and_read_before_they_are_saved(both_changed):
    page = both_changed.press("Put both together", 200)
    assert "Nothing is saved yet" in page.main
    text = page.field("Standard text").value
    assert "tiny step" in text
    assert "Stop when" in text
    saved = both_changed.press("Save draft 1")
    assert "tiny" in saved.main
    assert "Stop" in saved.main


def test_ones_own_text_can_stand_over_the_other(both_changed):
    page = both_changed.press("Use mine")
    assert "small" in page.main
    assert "Stop" in page.main


def test_the_other_text_can_be_left_as_it_is(both_changed):
    page = both_changed.get(both_changed.page.links()["Use Sam Lead’s"])
    assert "tiny" in page.main


def test_a_draft_begun_by_two_keeps_both(sign_in_as, published_draft):
    one, other = sign_in_as("lead"), sign_in_as("second")
    one.get(f"{DRAFTS}/first-steps/next")
    other.get(f"{DRAFTS}/first-steps/next")
    one.press("Save draft 2", **{"Standard text": TEXT})
    page = other.press("Save draft 2", 409, **{"Standard text": TEXT.replace("tiny", "huge")})
    assert "tiny" in page.main
    assert "huge" in page.main
    assert "huge" in other.press("Use mine").main


# --- Other forms of the text ----------------------------------------------------------------------------

EASY = {"Easy Read": "# First steps\n\nJust begin.\n"}


@pytest.fixture
def behind(lead):
    """The standard text changed after the Easy Read text was written."""
    lead.get(EDIT)
    lead.press("Save draft 1", **EASY)
    lead.get(EDIT)
    lead.press("Save draft 1", **{"Standard text": TEXT})
    return lead


def test_an_easy_read_text_is_added_in_the_editor(lead):
    lead.get(EDIT)
    page = lead.press("Save draft 1", **EASY)
    assert "Just begin." in page.main
    assert "out of date" not in page.main


def test_easy_read_is_marked_when_the_standard_text_changed(behind):
    page = behind.page
    assert "Easy Read may be out of date." in page.main
    assert "Put it forward" not in page.buttons()
    assert page.links()["Edit Easy Read"].endswith("#text.easy_read")


def test_easy_read_that_still_says_the_same_is_said_so_once(behind):
    page = behind.press("Checked: it still says the same (Easy Read)")
    assert "out of date" not in page.main
    assert "Put it forward" in page.buttons()


def test_easy_read_is_checked_or_changed_in_the_editor_too(behind):
    behind.get(EDIT)
    tick = "I have read it beside the standard text: it still says the same"
    assert "out of date" not in behind.press("Save draft 1", **{tick: "easy_read"}).main
    behind.get(EDIT)
    behind.press("Save draft 1", **{"Standard text": TEXT.replace("tiny", "huge")})
    behind.get(EDIT)
    assert "out of date" not in behind.press("Save draft 1", **{"Easy Read": "# First steps\n\nGo.\n"}).main


def test_a_draft_goes_on_without_a_form_that_was_emptied(behind):
    behind.get(EDIT)
    assert "Easy Read" not in behind.press("Save draft 1", **{"Easy Read": ""}).main


# --- Its way --------------------------------------------------------------------------------------------


def test_an_empty_draft_says_what_is_wrong_and_keeps_the_rest(lead):
    lead.get(EDIT)
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


def test_one_person_does_not_sign_for_two(lead):
    lead.get(DRAFT)
    lead.press("Put it forward")
    address, values = lead.page.form_of("Sign as Sam Lead")
    page = lead.press("Sign as Sam Lead")
    assert "the other signature is another person’s" in page.main
    assert "Sign as Sam Lead" not in page.buttons()
    assert "You have signed this already" in lead.post(address, 409, **values).text


def test_a_signature_is_taken_back(lead):
    lead.get(DRAFT)
    lead.press("Put it forward")
    lead.press("Sign as Sam Lead")
    page = lead.press("Take my signature back")
    assert "Sam Lead, study lead" not in page.main
    assert "Sign as Sam Lead" in page.buttons()


def test_nobody_signs_a_text_that_changed_since_they_opened_it(sign_in_as):
    lead, second = sign_in_as("lead"), sign_in_as("second")
    lead.get(DRAFT)
    lead.press("Put it forward")
    second.get(DRAFT)
    lead.press("Take it back to edit")
    lead.get(EDIT)
    lead.press("Save draft 1", **{"Standard text": TEXT})
    lead.press("Put it forward")
    assert "Read it again" in second.press("Sign as Ash Second", 409).text
