"""The audit reads as sentences, and says when the chain is broken."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from delphi.domain.events import EVENT_WORDS
from delphi.extensions import db
from delphi.models.log import Event
from delphi.queries.audit_words import DID, event_in_words
from delphi.services import answers, rounds
from delphi.services.events import record

AUDIT = "/studies/small-study/audit"


def test_events_are_sentences_with_a_name(lead, small_study):
    small_study.seal()
    page = lead.get(AUDIT)
    assert "Sam Lead signed the rule." in page.main
    assert "The chain is whole." in page.main


def test_a_changed_event_is_said(lead, small_study):
    small_study.seal()
    with small_study.work():
        db.session.scalars(db.select(Event).where(Event.kind == "rule_signed")).first().data = "{}  "
    assert "The chain is broken." in lead.get(AUDIT).main


def test_a_topic_leaves_the_rest_out(lead, small_study):
    small_study.seal()
    assert "signed the rule" not in lead.get(f"{AUDIT}?topic=comments").main
    assert "signed the rule" in lead.get(f"{AUDIT}?topic=rule").main


@pytest.mark.parametrize("kind", sorted(EVENT_WORDS))
def test_every_kind_of_event_can_be_read(kind):
    assert "{" not in event_in_words(kind, "round:2:section:x", {"x": "First steps"})


def test_no_words_are_kept_for_what_cannot_happen():
    assert not set(DID) - set(EVENT_WORDS)


def test_the_audit_is_closed_to_who_may_not_read_it(sign_in_as):
    sign_in_as("clerk").get(AUDIT, 403)


def many(study, n):
    """`n` more events of one kind, on two days."""
    with study.work():
        for number in range(n):
            now = study.imported_at + timedelta(days=number % 2)
            record("panel_page_opened", study_id=study.id, actor=study.second, now=now)


def test_events_of_one_person_are_chosen_by_name(lead, small_study):
    small_study.seal()
    page = lead.get(AUDIT)
    choices = {one.text: one.get("value") for one in page.field("Who").iter("option")}
    assert set(choices) >= {"Everybody", "Sam Lead", "Ash Second", "The operator", "Panel members"}
    page = lead.get(f"{AUDIT}?who={choices['Ash Second']}")
    assert "Ash Second signed the rule." in page.main
    assert "Sam Lead" not in page.main.replace("Sam Lead, study lead", "").split("the newest first")[1]


def test_panel_members_are_chosen_all_at_once(lead, small_study):
    codes = small_study.started(1)
    person = small_study.person(codes[0])
    small_study.save(codes[0])
    with small_study.work():
        answers.submit(
            study_id=small_study.id, number=1, code=codes[0], actor=person, now=small_study.answered_at
        )
    assert "Showing 1 to 1 of 1" in lead.get(f"{AUDIT}?who=panel").main


def test_days_leave_the_rest_out_and_both_ends_belong_to_them(lead, small_study):
    many(small_study, 4)
    page = lead.get(
        f"{AUDIT}?topic=panel&since-day=9&since-month=1&since-year=2025"
        "&until-day=9&until-month=1&until-year=2025"
    )
    assert "Showing 1 to 2 of 2" in page.main
    assert "Thursday 9 January 2025" in page.main
    assert page.field("Day").get("value") == "9"


def test_a_day_that_is_none_is_said_and_nothing_typed_is_lost(lead, small_study):
    page = lead.get(f"{AUDIT}?since-day=31&since-month=2&since-year=2025", 422)
    assert "Write the day" in page.errors[0]
    assert page.field("Day").get("value") == "31"
    lead.get(f"{AUDIT}/events.csv?since-day=x", 422)


def test_five_thousand_events_are_paged_and_the_choice_is_kept(lead, small_study):
    many(small_study, 5000)
    page = lead.get(f"{AUDIT}?topic=panel")
    assert "Showing 1 to 100 of 5,000" in page.main
    page = lead.get(page.links()["Older events"])
    assert "Showing 101 to 200 of 5,000" in page.main
    assert page.field("What").xpath("./option[@selected]")[0].text == "Panel and names"
    page = lead.get(page.links()["Newer events"])
    assert "Showing 1 to 100 of 5,000" in page.main
    assert "Newer events" not in page.links()


def test_nothing_that_fits_is_said(lead, small_study):
    page = lead.get(f"{AUDIT}?who=account:999")
    assert "No event fits what you chose." in page.main
    assert "Export these events (CSV)" not in page.links()


def test_the_export_holds_what_is_shown_with_the_whole_of_each_row(lead, small_study):
    small_study.seal()
    lead.get(f"{AUDIT}?topic=rule")
    answer = lead.client.get(lead.page.links()["Export these events (CSV)"])
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert {row["kind"] for row in rows} >= {"rule_signed", "study_imported"}
    assert {row["what"] for row in rows if row["kind"] == "rule_signed"} == {"signed the rule."}
    with small_study.look():
        kept = {one.number: one.hash for one in db.session.scalars(db.select(Event))}
    assert all(kept[int(row["number"])] == row["hash"] for row in rows)


def test_a_cell_of_the_export_is_never_a_formula(lead, small_study):
    small_study.started(1)
    with small_study.work():
        rounds.extend_round(
            study_id=small_study.id,
            number=1,
            closes_on=date(2025, 2, 20),
            reason="=1+1",
            actor=small_study.lead,
            now=small_study.answered_at,
        )
    text = lead.client.get(f"{AUDIT}/events.csv").get_data(as_text=True)
    assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(text)) for cell in row)


def test_the_export_is_closed_to_who_may_not_read_it(sign_in_as):
    sign_in_as("clerk").get(f"{AUDIT}/events.csv", 403)
