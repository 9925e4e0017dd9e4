"""After the close: asking to send late answers, and what the team sees of it."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.domain.errors import NotAllowed
from delphi.extensions import db
from delphi.models.answers import LateRequest
from delphi.models.log import Event
from delphi.queries.studies import study_of
from delphi.services import late_requests
from delphi.services.forms import FormPage, enter_form


def asked(study):
    with study.look():
        return [one.reason for one in db.session.scalars(db.select(LateRequest))]


def test_somebody_asks_after_the_close_and_the_team_sees_why(person, opened):
    opened.close()
    page = person.get(person.root)
    assert page.heading == "Round 1 has closed"
    page = person.press(page, "Ask to send late answers", reason="I was ill.")
    assert "You asked on" in page.words
    assert "I was ill." in page.words
    assert asked(opened) == ["I was ill."]
    with opened.look():
        event = db.session.scalars(db.select(Event).where(Event.kind == "late_answers_requested")).one()
        assert (event.subject, event.data) == (f"round:1:{person.code}", "{}")


def test_asking_again_puts_the_new_reason_in_place_of_the_old(person, opened):
    opened.close()
    person.press(person.get(person.root), "Ask to send late answers", reason="I was ill.")
    person.press(person.get(person.root), "Ask again", reason="I am back home.")
    assert asked(opened) == ["I am back home."]


def test_without_a_reason_the_page_asks_for_a_few_words(person, opened):
    opened.close()
    page = person.press(person.get(person.root), "Ask to send late answers")
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert "Write a few words" in page.words
    page = person.press(page, "Ask to send late answers", reason="x" * 301)
    assert "This has 301 characters" in page.words
    assert page.labelled("Why are your answers late?").text.strip() == "x" * 301
    assert asked(opened) == []


def test_a_request_for_a_round_that_is_analysed_is_told_and_shown_again(person, opened):
    opened.close()
    page = person.get(person.root)
    opened.analyse()
    page = person.press(page, "Ask to send late answers", reason="I was ill.")
    assert page.status == 409
    assert "Late answers cannot be added to round 1 any more." in page.words
    assert "You wrote: ‘I was ill.’" in page.words


def test_while_the_round_is_open_nobody_is_late(person, opened):
    page = person.get(f"{person.root}/round-1/review")
    token = page.form("Send my answers").inputs["csrf_token"].value
    page = person.post(f"{person.root}/round-1/late", {"csrf_token": token, "reason": "x"})
    assert page.status == 409
    assert "Round 1 is open" in page.words


def test_a_study_that_takes_no_late_answers_offers_no_form(person, opened):
    with opened.work():
        study = study_of(opened.id)
        study.protocol = {**study.protocol, "late_forms": "refused"}
    opened.close()
    page = person.get(person.root)
    assert "This round takes no answers any more." in page.words
    assert "Ask to send late answers" not in page.text


def test_nobody_asks_for_somebody_else(person, opened):
    opened.close()
    other = opened.person(opened.codes[1])
    with pytest.raises(NotAllowed), opened.work():
        late_requests.ask_to_be_late(
            study_id=opened.id, number=1, code=person.code, reason="x", actor=other, now=opened.answered_at
        )


def test_once_the_late_form_is_in_the_page_says_so(person, opened):
    opened.close()
    person.press(person.get(person.root), "Ask to send late answers", reason="I was ill.")
    with opened.work():
        enter_form(
            study_id=opened.id,
            number=1,
            code=person.code,
            pages={"first-steps": FormPage({"clear": 4})},
            received_on=date(2025, 2, 15),
            mode="phone",
            late_reason="Was ill, rang the day after.",
            actor=opened.clerk,
            now=opened.analysed_at,
        )
    page = person.get(person.root)
    assert "Your late answers are in." in page.words
    assert "Ask again" not in page.text
