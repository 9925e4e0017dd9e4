"""What a study was set up with is changed page by page, until it is sealed; nothing anybody typed is lost."""

from __future__ import annotations

import pytest

from delphi.domain.setup.marks import TO_FILL_IN
from delphi.domain.setup.reading import NO_DAY
from delphi.domain.setup.themes import THEMES
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.studies import SignOff, Study

SETTINGS = "/studies/small-study/settings"


def page_of(visitor, theme):
    return visitor.get(f"{SETTINGS}/{theme}")


@pytest.mark.parametrize("theme", [theme.key for theme in THEMES])
def test_saving_a_page_as_it_stands_changes_nothing(lead, small_study, theme):
    with small_study.look():
        before = db.session.scalar(db.select(db.func.count()).select_from(Event))
    page_of(lead, theme)
    page = lead.press("Save")
    assert "Nothing was different" in page.text
    with small_study.look():
        assert db.session.scalar(db.select(db.func.count()).select_from(Event)) == before


@pytest.mark.parametrize(
    ("theme", "given"),
    [
        ("names", {"Title": "Another title"}),
        ("contact", {"Telephone (if any)": "01632 960 999"}),
        ("information", {"What it is for": "To agree on three sections."}),
        ("consent", {"Version": "1.1"}),
        ("questions", {"criteria.0.statement": "This section can be understood."}),
        ("scale", {"scale.points.0.label": "Not at all"}),
        ("groups", {"stakeholder_groups.1.label": "Families"}),
        ("protocol", {"When the study stops": "After two rounds."}),
        ("privacy", {"Figures are shown for groups of at least": "4"}),
        ("rounds", {"rounds.1.closes-day": "21"}),
        ("sections", {"sections.0.title": "The first steps"}),
    ],
)
def test_what_is_filled_in_is_saved_and_stands_in_the_log(lead, theme, given):
    page_of(lead, theme)
    assert "Saved." in lead.press("Save", **given).text
    page = page_of(lead, theme)
    for label, value in given.items():
        name = label if "." in label else page.field(label).get("name")
        [field] = page.tree.xpath("//*[@name=$name]", name=name)
        assert (field.get("value") or field.text_content().strip()) == value
    title = next(one.title for one in THEMES if one.key == theme)
    assert f"Sam Lead changed the settings: {title}" in lead.get("/studies/small-study/audit").main


def test_what_cannot_stand_is_said_beside_its_field_and_kept(lead):
    page_of(lead, "contact")
    page = lead.press("Save", 422, **{"Telephone (if any)": "none", "E-mail address (if any)": "x"})
    assert len(page.errors) == 2
    assert page.field("Telephone (if any)").get("value") == "none"
    link = page.tree.xpath("//*[contains(@class,'error-summary__list')]//a")[0].get("href")
    assert page.tree.get_element_by_id(link.removeprefix("#")).get("name") == "information.contact.email"


def test_an_empty_field_and_a_day_that_is_none_are_asked_for(lead):
    page_of(lead, "rounds")
    page = lead.press("Save", 422, **{"rounds.0.opens-day": "31", "rounds.0.opens-month": "2"})
    assert page.errors == ["Round 1, Opens on: " + NO_DAY]
    page_of(lead, "names")
    assert lead.press("Save", 422, Title="").errors == ["Title: This is empty. Fill it in."]


def test_a_problem_on_another_page_says_on_which(lead):
    page_of(lead, "rounds")
    late = {"rounds.0.opens-month": "9", "rounds.0.closes-month": "9", "rounds.0.reminders": ""}
    late |= {"rounds.1.opens-month": "10", "rounds.1.closes-month": "10"}
    page = lead.press("Save", 422, **late)
    assert any("On the page “Consent”" in one and "nobody could ever ask" in one for one in page.errors)


def test_rows_are_added_moved_and_taken_out(lead):
    page_of(lead, "questions")
    added = {
        "criteria.2.label": "Relevant",
        "criteria.2.statement": "This belongs here.",
        "criteria.0.place": "2",
        "comment_prompts.1.gone": "yes",
    }
    lead.press("Save", **added)
    page = page_of(lead, "questions")
    labels = [page.tree.get_element_by_id(f"criteria.{n}.label").get("value") for n in range(3)]
    assert labels == ["Feasible", "Clear", "Relevant"]
    assert "comment_prompts.1.gone" not in {one.get("name") for one in page.tree.xpath("//input")}


def test_taking_out_everything_is_refused(lead):
    page_of(lead, "questions")
    assert lead.press("Save", 422, **{"criteria.0.gone": "yes", "criteria.1.gone": "yes"}).errors


def test_a_new_section_gets_a_text_to_write_over_and_a_place_in_round_1(lead, small_study):
    page_of(lead, "sections")
    lead.press("Save", **{"sections.2.title": "Last steps"})
    page = page_of(lead, "sections")
    assert page.row("Last steps") == ["Still to be written", "Write Last steps"]
    lead.get(page.links()["Write Last steps"])
    text = {"Text": "# Last steps\n\nThe last ones.", "In Easy Read (if any)": "# The end\n\nStop."}
    page = lead.press("Save the text", **text)
    assert page.row("Last steps")[0] == "Draft 1, working, with Easy Read"
    assert "Last steps" in lead.get("/studies/small-study/rounds/1").main
    with small_study.look():
        study = db.session.get_one(Study, small_study.id)
        assert not TO_FILL_IN.findall(str(study.information))


def test_sections_change_their_order_and_are_taken_out_with_their_place_in_the_round(lead):
    page_of(lead, "sections")
    lead.press("Save", **{"sections.2.title": "Last steps"})
    page_of(lead, "sections")
    lead.press("Save", **{"sections.2.place": "1", "sections.1.gone": "yes"})
    page = page_of(lead, "sections")
    titles = [page.tree.get_element_by_id(f"sections.{n}.title").get("value") for n in range(2)]
    assert titles == ["Last steps", "First steps"]
    assert "Next steps" not in lead.get("/studies/small-study/rounds/1").main


def test_two_people_who_edit_one_page_keep_both_texts(lead, sign_in_as):
    second = sign_in_as("second")
    page_of(lead, "names"), page_of(second, "names")
    lead.press("Save", Title="The lead's title")
    page = second.press("Save", 409, Title="The second title")
    assert page.heading == "Both are kept"
    assert page.field("Title").get("value") == "The second title"
    assert "The lead's title" in page.main
    page = second.press("Save mine over it")
    assert page_of(second, "names").field("Title").get("value") == "The second title"


def test_a_row_that_somebody_else_added_is_seen_before_it_is_saved_over(lead, sign_in_as):
    second = sign_in_as("second")
    page_of(lead, "questions"), page_of(second, "questions")
    lead.press("Save", **{"criteria.2.label": "Relevant", "criteria.2.statement": "It belongs here."})
    page = second.press("Save", 409, **{"criteria.0.label": "Plain"})
    assert "It belongs here." in page.main


def test_two_people_on_two_pages_do_not_meet(lead, sign_in_as):
    second = sign_in_as("second")
    page_of(lead, "names"), page_of(second, "contact")
    lead.press("Save", Title="The lead's title")
    assert "Saved." in second.press("Save", **{"Who answers questions": "Ash"}).text


def test_two_people_who_write_one_section_keep_both_texts(lead, sign_in_as):
    second, address = sign_in_as("second"), f"{SETTINGS}/sections/first-steps"
    lead.get(address), second.get(address)
    lead.press("Save the text", Text="# First steps\n\nThe lead's words.")
    page = second.press("Save the text", 409, Text="# First steps\n\nMy words.")
    assert "My words." in page.field("Text").text_content()
    assert "The lead's words." in page.main
    second.press("Save mine over it")
    assert "My words." in second.get(address).field("Text").text_content()


def test_changing_what_will_be_sealed_lets_signatures_fall_away(lead, small_study):
    lead.get("/studies/small-study/rule")
    lead.press("Sign as Sam Lead")
    page_of(lead, "names")
    assert "signed again" not in lead.press("Save", Title="Another").text
    page_of(lead, "privacy")
    page = lead.press("Save", **{"Figures are shown for groups of at least": "6"})
    assert "it has to be signed again" in page.text
    with small_study.look():
        assert db.session.scalars(db.select(SignOff)).all() == []


def test_what_is_sealed_is_shown_as_sealed_and_cannot_be_sent(lead, small_study):
    _, old = page_of(lead, "privacy").form_of("Save")
    small_study.seal()
    page = page_of(lead, "privacy")
    assert "Sealed on" in page.main
    assert "Save" not in page.buttons()
    assert "Record a deviation" in page.links()
    assert "record a deviation" in lead.post(f"{SETTINGS}/privacy", 409, **old).text
    # Every part of a row says what it is.
    [first, *_] = page_of(lead, "rounds").tree.xpath("//dt[.='Rounds']/following-sibling::dd")
    assert first.text_content().startswith("Opens on: Monday 3 February 2025Closes at the end of: ")


def test_after_the_start_name_and_contact_still_change_and_language_does_not(lead, small_study):
    _, old = page_of(lead, "names").form_of("Save")
    small_study.seal()
    page = page_of(lead, "names")
    assert "Language" in page.main
    lead.post(f"{SETTINGS}/names", **old | {"study.title": "Newer", "study.language": "cy"})
    with small_study.look():
        study = db.session.get_one(Study, small_study.id)
        assert (study.title, study.language) == ("Newer", "en-GB")
    page_of(lead, "contact")
    assert "Saved." in lead.press("Save", **{"Telephone (if any)": "01632 960 998"}).text


def test_a_consent_text_that_somebody_agreed_to_needs_a_new_version(lead, small_study):
    small_study.join(1)
    page_of(lead, "consent")
    words = {"consent.statements.0.text": "I have read everything."}
    page = lead.press("Save", 422, **words)
    assert "agreed to version 1.0 already" in page.errors[0]
    page = lead.press("Save", Version="1.1")
    with small_study.look():
        texts = db.session.get_one(Study, small_study.id).consent_texts
        assert [text.version for text in texts] == ["1.0", "1.1"]
        assert texts[0].statements[0].text != texts[1].statements[0].text


def test_a_group_with_people_in_it_cannot_be_taken_out(lead, small_study):
    small_study.join(1)
    page_of(lead, "groups")
    page = lead.press("Save", 422, **{"stakeholder_groups.1.gone": "yes"})
    assert "“Family members and carers” cannot be taken out" in page.errors[0]


def test_a_new_group_is_a_feedback_group_by_itself(lead):
    page_of(lead, "groups")
    group = {"stakeholder_groups.3.label": "Managers", "stakeholder_groups.3.panel": "practice"}
    lead.press("Save", **group)
    page = page_of(lead, "groups")
    assert page.tree.get_element_by_id("feedback_groups.3.label").get("value") == "Managers"


def test_a_page_that_there_is_not_and_a_section_that_there_is_not(lead):
    lead.get(f"{SETTINGS}/secrets", 404)
    lead.get(f"{SETTINGS}/sections/secrets", 404)
