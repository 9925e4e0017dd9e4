"""Adding a round after the seal at the browser."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.studies import Deviation

ROUNDS = "/studies/small-study/rounds"
DAYS = {
    "opens_on-day": "1",
    "opens_on-month": "4",
    "opens_on-year": "2025",
    "closes_on-day": "11",
    "closes_on-month": "4",
    "closes_on-year": "2025",
}


@pytest.fixture
def sealed(small_study):
    return small_study.seal()


def test_a_round_is_added_from_the_page_of_the_last_one(lead, sealed):
    assert "Add a round after the last one" not in lead.get(f"{ROUNDS}/1").links()
    lead.get(lead.get(f"{ROUNDS}/2").links()["Add a round after the last one"])
    page = lead.press("Add this round", 422, **DAYS)
    assert "Say why" in page.errors[0]
    page = lead.press("Add this round", **{"Why is it added?": "Two sections came close."})
    assert page.heading.startswith("Round 3 is planned")
    assert "Tuesday 1 April 2025" in page.text
    with sealed.look():
        assert db.session.scalars(db.select(Deviation.reason)).one() == "Two sections came close."


def test_the_bar_of_a_round_says_when_it_opens_and_closes(lead, sealed):
    page = lead.get(f"{ROUNDS}/2")
    bar = page.tree.xpath("//ol[contains(@aria-label, 'How far round 2')]")[0].text_content()
    assert "Opens 3 March" in bar
    assert "Closes 14 March" in bar


def test_before_the_seal_there_is_no_such_link(lead, small_study):
    assert "Add a round after the last one" not in lead.get(f"{ROUNDS}/2").links()
