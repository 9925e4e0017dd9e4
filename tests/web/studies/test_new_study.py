"""A study is begun in the browser with the least, filled in, signed, sealed and armed, by pages only."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.domain.errors import WrongState
from delphi.domain.setup.marks import TO_FILL_IN
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.studies import Study
from delphi.queries.studies import member_of
from delphi.services.invitations import invite
from delphi.services.panel import register_panellist

LEAST = {
    "Title": "What helps people to sleep",
    "Short title": "Good Sleep!",
    "Telephone number for questions and worries": "01632 960 555",
}
STUDY = "/studies/good-sleep"


def begin(visitor, status=303, **given):
    visitor.get("/studies")
    visitor.get(visitor.page.links()["Start a new study"])
    return visitor.press("Begin the study", status, **LEAST | given)


def fill_in(visitor):
    """Write over every mark, page by page, as the settings list them."""
    for _ in range(20):
        page = visitor.get(f"{STUDY}/settings")
        marked = [
            row.xpath("./th/a")[0].get("href")
            for row in page.tree.xpath("//tr")
            if "to fill in" in row.text_content()
        ]
        if not marked:
            return
        page = visitor.get(marked[0])
        _, values = page.form_of("Save")
        marks = {name: TO_FILL_IN.sub("sleep", words) for name, words in values.items()}
        visitor.press("Save", **marks)
    raise AssertionError("the marks never end")


def test_the_least_makes_a_study_that_one_leads(lead, small_study):
    page = begin(lead)
    assert page.heading == "Set the study up"
    assert "you lead it" in page.text
    assert "Study lead" in lead.get("/studies").row("Good Sleep!")
    with small_study.look():
        study = db.session.scalar(db.select(Study).where(Study.slug == "good-sleep"))
        kinds = db.session.scalars(db.select(Event.kind).where(Event.study_id == study.id)).all()
        assert kinds == ["study_begun"]
        assert study.information["contact"]["phone"] == "01632 960 555"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Title": ""}, "Give the study a title."),
        ({"Telephone number for questions and worries": "ring me"}, "expected a telephone number"),
        ({"Telephone number for questions and worries": ""}, "people must be able to ring"),
        ({"Language": "tlh-XX9"}, "not a known language"),
        ({"Time zone": "Europe/Lundon"}, "did you mean 'Europe/London'"),
        ({"scale": "colours"}, "Choose a scale"),
        ({"Short title": "Small study"}, "There is a study called “small-study” already"),
    ],
)
def test_what_cannot_be_is_said_and_everything_typed_stays(lead, given, sentence):
    page = begin(lead, 422, **given)
    assert any(sentence in one for one in page.errors), page.errors
    assert page.tree.xpath("//*[contains(@class,'error-summary__list')]//a"), "the problem leads to its field"
    for label, value in (LEAST | given).items():
        if label != "scale":
            assert page.field(label).get("value", "") == value


def test_somebody_who_leads_nothing_begins_nothing(sign_in_as):
    clerk = sign_in_as("clerk")
    assert "Start a new study" not in clerk.get("/studies").links()
    assert "Only somebody who leads a study" in clerk.get("/studies/new", 403).text


def test_what_is_missing_is_listed_until_it_is_done(lead):
    begin(lead)
    page = lead.get(STUDY)
    assert "Before round 1 can open: 1 of 8 done" in page.main
    assert "Fill in what only you know" in page.main
    assert "The protocol asks for 2 people who sign; there is 1." in page.main
    fill_in(lead)
    assert "Missing: The texts for the panel" not in lead.get(STUDY).main
    assert "Done: The texts for the panel are filled in" in lead.get(STUDY).main


def test_a_study_with_marks_left_cannot_be_sealed(lead, small_study):
    begin(lead)
    lead.get(f"{STUDY}/settings/protocol")
    lead.press("Save", **{"protocol.sign_off": "one"})
    lead.get(f"{STUDY}/rule")
    lead.press("Sign as Sam Lead")
    page = lead.press("Seal the study", 409, **{"I have read what will be sealed": "yes"})
    assert "still say “[to fill in: …]”" in page.text
    fill_in(lead)
    lead.get(f"{STUDY}/rule")
    lead.press("Sign as Sam Lead")
    lead.press("Seal the study", **{"I have read what will be sealed": "yes"})
    assert "sealed and has started" in lead.page.text


def test_nobody_is_invited_to_a_study_with_marks_left(lead, small_study):
    begin(lead)
    with small_study.look():
        study = db.session.scalar(db.select(Study).where(Study.slug == "good-sleep"))
        member = member_of(study.id, small_study.lead.account_id)
    common = {"study_id": member.study_id, "actor": member, "now": clock.now()}
    with small_study.work():
        code = register_panellist(name="Pat", email="pat@x.example", group="people", **common).code
    with pytest.raises(WrongState, match="in the settings: “About the study”"), small_study.work():
        invite(codes=[code], **common)
    fill_in(lead)
    with small_study.work():
        assert invite(codes=[code], **common) == 1


def test_a_text_that_is_not_written_yet_is_not_put_forward(lead):
    begin(lead)
    lead.get(f"{STUDY}/drafts/first-section/1")
    page = lead.press("Put it forward", 422)
    assert "still says “[to fill in: …]”" in page.text


def test_a_new_study_is_brought_to_its_first_round_by_hand(lead, small_study):
    begin(lead)
    fill_in(lead)
    lead.get(f"{STUDY}/settings/protocol")
    lead.press("Save", **{"protocol.sign_off": "one"})
    lead.get(f"{STUDY}/settings/sections")
    lead.press("Save", **{"sections.0.title": "Before bed", "sections.1.title": "At night"})
    for title in ("Before bed", "At night"):
        page = lead.get(f"{STUDY}/settings/sections")
        lead.get(page.links()[f"Write {title}"])
        lead.press("Save the text", Text=f"# {title}\n\nLie down.")
    for code in ("first-section", "at-night"):
        for act in ("Put", "Sign as", "Publish"):
            lead.get(f"{STUDY}/drafts/{code}/1")
            lead.press(next(one for one in lead.page.buttons() if one.startswith(act)))
    lead.get(f"{STUDY}/rule")
    lead.press("Sign as Sam Lead")
    lead.press("Seal the study", **{"I have read what will be sealed": "yes"})
    page = lead.get(f"{STUDY}/rounds/1")
    assert "Arm round 1" in page.buttons()
    lead.press("Arm round 1")
    assert "Done: Round 1 is armed" in lead.get(STUDY).main
