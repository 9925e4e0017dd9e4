"""The panel: people added one by one and from a file, invited, reminded, never shown beside their code."""

from __future__ import annotations

import io
import re

import pytest

from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry
from delphi.models.panellists import Panellist

PANEL = "/studies/small-study/panel"


def codes_of(study):
    with study.look():
        return list(db.session.scalars(db.select(Panellist.code)))


def events_of(study, kind):
    with study.look():
        return len(db.session.scalars(db.select(Event.number).where(Event.kind == kind)).all())


def add(lead, name="Ann Other", **more):
    lead.get(f"{PANEL}/new")
    return lead.press(
        "Add this person",
        **{
            "Name": name,
            "Stakeholder group": "users",
            "E-mail address": f"{name.split()[0].lower()}@x.example",
        }
        | more,
    )


def choose_file(lead, content):
    lead.get(f"{PANEL}/import")
    action, values = lead.page.form_of("Look at the list")
    values.pop("file", None)
    answer = lead.client.post(
        action,
        data=values | {"file": (io.BytesIO(content), "people.csv")},
        content_type="multipart/form-data",
    )
    return lead._take(answer, answer.status_code)


def test_an_empty_panel_says_what_to_do(lead):
    assert "Nobody is on the panel yet" in lead.get(PANEL).text


def test_a_person_is_added_and_not_written_to(lead, small_study):
    page = add(lead)
    assert "Ann Other is on the panel and has not been invited yet" in page.text
    with small_study.look():
        assert db.session.scalars(db.select(OutboxEntry)).all() == []


def test_what_is_wrong_with_a_person_stands_beside_its_field(lead):
    lead.get(f"{PANEL}/new")
    page = lead.press("Add this person", 422, **{"Name": "Ann", "E-mail address": "ann at home"})
    assert any("is not an e-mail address" in one for one in page.errors)
    assert "Choose the stakeholder group." in page.errors
    assert page.field("E-mail address").get("value") == "ann at home"
    assert "email-error" in page.field("E-mail address").get("aria-describedby")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_looked_at_first_and_then_added(lead, small_study, encoding):
    content = "name;group;email\nÉlan Ŵyn;users;elan@x.example\nBo Bo;Workers;bo@x.example\n".encode(encoding)
    page = choose_file(lead, content)
    assert page.heading == "Add 2 people to the panel?"
    assert codes_of(small_study) == []
    assert "2 people are on the panel now" in lead.press("Add them to the panel").text
    assert len(codes_of(small_study)) == 2


def test_a_list_with_mistakes_says_each_by_row_and_adds_nobody(lead, small_study):
    page = choose_file(lead, b"name,group,email\nAnn,users,ann@x.example\nBo,nobodies,bo\n")
    assert page.status == 422
    assert page.heading == "2 things to correct in the file"
    assert "is not a stakeholder group" in page.row("row 3, group")[0]
    assert "Add them to the panel" not in page.buttons()
    assert codes_of(small_study) == []


def test_mistakes_read_down_the_file(lead, small_study):
    rows = b"Ann,users,ann@x.example\nAnn Two,users,ann@x.example\nBo,nobodies,bo@x.example\n"
    page = choose_file(lead, b"name,group,email\n" + rows)
    heads = [one.text_content() for one in page.tree.xpath("//tbody//th")]
    assert heads == ["row 3, email", "row 4, group"]


def test_no_file_is_a_sentence(lead):
    lead.get(f"{PANEL}/import")
    assert lead.press("Look at the list", 422).errors == ["Choose a file first."]


def test_a_list_of_a_thousand_people_comes_through(lead, small_study):
    rows = "".join(f"Person {i},users,p{i}@x.example,{'x' * 600}\n" for i in range(1000))
    choose_file(lead, f"name,group,email,address\n{rows}".encode())
    assert "1000 people are on the panel now" in lead.press("Add them to the panel").text


def test_inviting_says_first_how_many_it_reaches(lead, small_study):
    add(lead)
    add(lead, "Ben Other", **{"E-mail address": "", "Phone": "01632 960 000"})
    assert lead.get(f"{PANEL}/invite").heading == "Invite 2 people?"
    page = lead.press("Send the invitations")
    assert "1 invitations leave by e-mail now. 1 people have no e-mail" in page.text
    assert lead.get(f"{PANEL}/invite").heading == "Everybody is invited"


def test_names_never_stand_beside_codes(lead, small_study):
    add(lead)
    [code] = codes_of(small_study)
    page = lead.get(f"{PANEL}/people")
    assert "Ann Other" in page.text
    assert code not in page.html
    assert code not in lead.get(page.links()["Ann Other"]).html


def test_opening_the_contact_view_is_recorded(lead, small_study):
    lead.get(f"{PANEL}/people")
    assert events_of(small_study, "panel_page_opened") == 1
    lead.get(PANEL)
    assert events_of(small_study, "panel_page_opened") == 1, "progress by group names nobody"


def test_people_are_found_by_name_and_by_what_became_of_them(lead):
    add(lead)
    add(lead, "Ben Other")
    assert "Ann Other" not in lead.get(f"{PANEL}/people?q=ben").main
    assert "Nobody fits" in lead.get(f"{PANEL}/people?show=finished").text


def test_somebody_elses_details_can_be_corrected_and_the_address_noted(lead, small_study):
    add(lead)
    lead.get(f"{PANEL}/invite")
    lead.press("Send the invitations")
    page = lead.get(f"{PANEL}/people")
    lead.get(page.links()["Ann Other"])
    assert "Correct the address" in lead.press("The address does not work").text
    page = lead.press("Save the details", 422, **{"E-mail address": "nonsense"})
    assert page.field("E-mail address").get("value") == "nonsense"
    lead.press("Save the details", **{"E-mail address": "ann.new@x.example"})
    assert "The invitation leaves now" in lead.press("Invite this person again").text


def test_a_handle_of_another_study_leads_to_nobody(lead):
    assert "nobody here" in lead.get(f"{PANEL}/people/made-up", 404).text


def test_progress_counts_people_and_nothing_they_said(lead, small_study):
    codes = small_study.started(2)
    small_study.save(codes[0])
    assert lead.get(PANEL).row("People who use services")[-3:] == ["0", "1", "1"]


def test_ending_somebodys_part_asks_first(lead, small_study):
    small_study.started(1)
    page = lead.get(f"{PANEL}/people?q=users")
    lead.get(page.links()["Person users 0"])
    assert lead.press("End taking part", 422).errors == ["Tick that the person asked for this."]
    assert "has stopped" in lead.press("End taking part", **{"The person asked for this": "yes"}).text


def test_a_short_code_is_made_for_somebody_who_rings_and_shown_once(lead):
    add(lead)
    lead.get(f"{PANEL}/invite")
    lead.press("Send the invitations")
    address = lead.get(f"{PANEL}/people").links()["Ann Other"]
    lead.get(address)
    page = lead.press("Make a short code", 200)
    assert re.search(r"Short code: [0-9A-Z]{5}-[0-9A-Z]{5}\.", page.main)
    assert "localhost/code" in page.main
    assert "Short code:" not in lead.get(address).main
