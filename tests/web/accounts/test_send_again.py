"""The session of a team member ends while they write: the page that answers still holds what they sent."""

from __future__ import annotations

from delphi.extensions import db
from delphi.models.sections import DraftVariant
from tools.small_team import opened_team

EDIT = "/studies/small-study/drafts/first-steps/1/edit"
TEXT = "# First steps\n\nBegin with **one** tiny step.\n"


def text_of(study):
    with study.look():
        return " ".join(db.session.scalars(db.select(DraftVariant.text)))


def sign_in_again(visitor, sign_in_as):
    """On another tab of the same browser."""
    visitor.client = sign_in_as("lead").client


def test_a_draft_comes_back_and_is_saved_after_signing_in_on_another_tab(lead, sign_in_as, small_study):
    lead.get(EDIT)
    lead.client.delete_cookie("session")
    page = lead.press("Save draft 1", 401, **{"Standard text": TEXT})
    assert page.heading == "You are not signed in any more"
    assert page.field("Your text").value.strip() == TEXT.strip()
    assert "tiny" not in text_of(small_study)
    sign_in_again(lead, sign_in_as)
    page = lead.press("Send again", 400)
    assert page.heading == "Please send this once more"
    lead.press("Send again")
    assert "tiny" in text_of(small_study)


def test_a_reply_to_a_comment_comes_back(lead, small_study):
    opened_team(small_study)
    small_study.close()
    lead.get("/studies/small-study/rounds/1/comments")
    lead.client.delete_cookie("session")
    page = lead.press(
        "Save and go to the next",
        401,
        **{"Accepted": "accepted", "Reason, as the panel will read it": "Taken out, with thanks."},
    )
    assert "Taken out, with thanks." in [one.value.strip() for one in page.tree.xpath("//main//textarea")]
    assert ("kind", "accepted") in {
        (one.get("name"), one.get("value")) for one in page.tree.xpath("//main//input[@type='hidden']")
    }


def test_a_reason_comes_back_where_a_button_needs_no_words_the_sign_in_page_opens(lead, small_study):
    opened_team(small_study)
    address = "/studies/small-study/rounds/1/close"
    lead.client.delete_cookie("session")
    page = lead.post(address, 401, reason="Everybody has answered.")
    assert page.field("Your text").value.strip() == "Everybody has answered."


def test_what_was_typed_about_an_account_is_never_shown_again(visitor):
    secret = "four words of somebody"
    for address in ("/sign-in", "/your-account/password"):
        answer = visitor.client.post(address, data={"password": secret, "again": secret})
        assert answer.status_code in (400, 422)
        assert secret not in answer.get_data(as_text=True)


def test_a_rule_in_the_making_goes_along_though_nobody_wrote_a_text(lead, sign_in_as, small_study):
    lead.get("/studies/small-study/settings/rule")
    lead.client.delete_cookie("session")
    page = lead.press("Save this rule", 401, text="", **{"o.0.c.0.number": "82"})
    assert "Everything that stood in the form goes along" in page.main
    sign_in_again(lead, sign_in_as)
    lead.press("Send again", 400)
    assert "Saved." in lead.press("Send again").text
    page = lead.get("/studies/small-study/settings/rule")
    assert page.tree.get_element_by_id("o.0.c.0.number").get("value") == "82"
