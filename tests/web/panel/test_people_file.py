"""Names and contact details as a file: for those who look after the panel, and recorded."""

from __future__ import annotations

import csv
import io

from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.panellists import Panellist

PEOPLE = "/studies/small-study/panel/people"
BUTTON = "Download everybody’s contact details as CSV"


def test_everybodys_contact_details_come_as_a_table_without_codes(lead, small_study):
    small_study.seal()
    small_study.join(1)
    lead.get(PEOPLE)
    action, values = lead.page.form_of(BUTTON)
    answer = lead.client.post(action, data=values)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3
    assert all("@" in row["E-mail"] and row["Group"] and row["Where they stand"] for row in rows)
    with small_study.look():
        assert not any(code in text for code in db.session.scalars(db.select(Panellist.code)))
        kinds = db.session.scalars(db.select(Event.kind).order_by(Event.number.desc()).limit(2)).all()
        assert kinds == ["people_exported", "panel_page_opened"]


def test_who_does_not_look_after_the_panel_gets_no_file(sign_in_as, small_study):
    clerk = sign_in_as("clerk")
    clerk.get("/studies/small-study/rounds/1")
    token = clerk.page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    assert clerk.client.post(f"{PEOPLE}/file", data={"csrf_token": token}).status_code == 403
