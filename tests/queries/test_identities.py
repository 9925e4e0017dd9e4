"""The panel page has contact and progress and never an answer; messages go only to whom they may."""

from __future__ import annotations

import pytest

from delphi.queries.identities import addressee_of, panel_page, reachable_by_mail
from delphi.services import answers, panel
from delphi.services.leaving import delete_contact_details, stop
from tools.small_study import SmallStudy


@pytest.fixture
def codes(small_study: SmallStudy) -> list[str]:
    """Three people in an open round 1; the first has submitted, the second has begun."""
    codes = small_study.started(1)
    for code in codes[:2]:
        small_study.save(code, comments={"change": "A word that must not be seen here."})
    person = small_study.person(codes[0])
    with small_study.work():
        answers.submit(
            study_id=small_study.id, number=1, code=codes[0], actor=person, now=small_study.answered_at
        )
    return codes


def test_the_panel_page_shows_contact_and_progress_by_round(small_study, codes):
    with small_study.look():
        page = panel_page(small_study.id)
    rows = {row.code: row for row in page.rows}
    assert page.rounds == (1, 2)
    assert list(rows) == sorted(codes)
    first = rows[codes[0]]
    assert (first.group, first.state, first.invitation) == (
        "People who use services",
        "active",
        "consented",
    )
    assert (first.person.name, first.person.email) == ("Person users 0", "users0@panel.example")
    assert [rows[code].progress for code in codes] == [{1: "submitted"}, {1: "started"}, {}]


def test_the_panel_page_holds_no_answer(small_study, codes):
    with small_study.look():
        assert "must not be seen" not in str(panel_page(small_study.id))


def test_somebody_without_contact_details_stays_on_the_page_by_code(small_study, codes):
    with small_study.work():
        delete_contact_details(
            study_id=small_study.id, code=codes[0], actor=small_study.lead, now=small_study.answered_at
        )
    with small_study.look():
        (row,) = [row for row in panel_page(small_study.id).rows if row.code == codes[0]]
        assert row.person is None


def test_messages_go_to_people_with_an_address_who_have_not_left(small_study, codes):
    act = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.answered_at}
    with small_study.work():
        stop(code=codes[1], **act)
        paper = panel.register_panellist(
            name="Ray Lane", phone="01632 960 1", group="users", format="easy_read", **act
        ).code
    written_to, stopped, _, without_mail = (small_study.person(code).panellist_id for code in (*codes, paper))
    with small_study.look():
        found = addressee_of(written_to)
        assert (found.name, found.email, found.code, found.format) == (
            "Person users 0",
            "users0@panel.example",
            codes[0],
            "standard",
        )
        assert addressee_of(stopped) is None
        assert addressee_of(without_mail) is None
        assert without_mail not in reachable_by_mail(small_study.id)
