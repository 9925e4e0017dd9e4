"""The audit reads as sentences, and says when the chain is broken."""

from __future__ import annotations

import pytest

from delphi.domain.events import EVENT_WORDS
from delphi.extensions import db
from delphi.models.log import Event
from delphi.queries.audit_words import DID, event_in_words

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
