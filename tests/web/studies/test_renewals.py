"""New versions of information and consent at the team's browser."""

from __future__ import annotations

import pytest

SETTINGS = "/studies/small-study/settings"


@pytest.fixture
def started(small_study):
    small_study.started(1)
    return small_study


def test_a_new_version_is_published_from_the_settings_and_people_are_counted(lead, started):
    page = lead.get(f"{SETTINGS}/consent")
    lead.get(page.links()["Publish a new version"])
    page = lead.press(
        "Publish the new version",
        **{
            "Version": "1.1",
            "consent.statements.0.text": "I have read the new information.",
            "What has changed?": "We keep answers for 12 years.",
            "asks": "yes",
        },
    )
    assert page.heading == "Versions of information and consent"
    assert "3 of the 3 people who take part still have to agree again" in page.main
    assert "1.0 to 1.1" in page.main
    assert "Sam Lead" in page.main
    assert "everybody was asked" in page.main.lower()


def test_the_page_says_how_many_would_be_written_to_and_in_which_words(lead, started):
    lead.get(f"{SETTINGS}/consent/new-version")
    lead.press("Publish the new version", **{"Version": "1.1", "What has changed?": "Years.", "asks": "yes"})
    home = lead.get("/studies/small-study")
    page = lead.get(home.links()["Write to them: 3 people have to agree again"])
    assert "Write to 3 people" in page.main
    assert "Since then this has changed:" in page.main
    assert "- Years." in page.main
    page = lead.press("Send the message")
    assert "3 people are written to." in page.main
    assert page.buttons() == [], "nobody gets two"
    assert "have to agree again" not in lead.get("/studies/small-study").main


def test_every_missing_part_is_named_and_what_was_typed_stays(lead, started):
    lead.get(f"{SETTINGS}/consent/new-version")
    page = lead.press("Publish the new version", 422, **{"What has changed?": "Years."})
    assert page.errors == ["Choose whether people are asked again."]
    page = lead.press("Publish the new version", 422, asks="no", Version="1.1")
    assert page.errors == ["Say why nobody has to agree again."]
    assert page.field("What has changed?").value.strip() == "Years."
    page = lead.press("Publish the new version", 422, asks="yes", Version="1.0")
    assert "Nothing is different" in page.errors[0]


def test_a_consent_on_paper_can_be_recorded_again_by_code(lead, sign_in_as, started):
    lead.get(f"{SETTINGS}/consent/new-version")
    lead.press("Publish the new version", **{"Version": "1.1", "What has changed?": "Years.", "asks": "yes"})
    page = sign_in_as("clerk").get("/studies/small-study/consents")
    options = page.tree.xpath("//select[@name='code']/option[@value != '']")
    assert len(options) == 3
    assert all(one.text_content().endswith("(again)") for one in options)


def test_a_page_without_versions_has_none(lead, started):
    lead.get(f"{SETTINGS}/names/new-version", 404)


def test_without_a_change_the_list_says_so(lead, started):
    assert "No new version yet" in lead.get(f"{SETTINGS}/versions").main
