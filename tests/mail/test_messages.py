"""What messages say, and what they never do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import jinja2
import pytest

from delphi.domain.errors import InvalidInput
from delphi.mail.messages import (
    TEMPLATES,
    Address,
    Contact,
    CopiedSection,
    Facts,
    Helper,
    MessageKind,
    StudyFacts,
    render,
)

LINK = "https://delphi.example/link/3f9a"
STUDY = StudyFacts(
    title="Making Connections: practice guidance",
    short_title="Making Connections",
    language="en-GB",
    contact=Contact("Study team", "team@study.example", "01632 960 000"),
    helpers=(Helper("Listening Line", "0808 157 0123"),),
)
FACTS = Facts(
    link=LINK,
    round_number=2,
    n_rounds=3,
    closes_on=date(2024, 4, 19),
    closed_on_before=date(2024, 4, 12),
    received_on=date(2024, 4, 3),
    seal="5e" * 32,
    sent_at="Wednesday 3 April 2024, 2:31pm",
    copied=(
        CopiedSection(
            "Connecting online",
            (("This is clear.", "Agree"), ("This is realistic.", "")),
            (("What would you change?", "Say <b>more</b>\nabout phones"),),
        ),
    ),
    changes=("We keep answers for 12 years, not 10.", "A <new> telephone number."),
    safety_person="Dr Ngozi Adebayo",
    safety_phone="01632 960 001",
    safety_procedure="Hold the comment and call.",
)
ZOE = Address("zoe@panel.example", "Zoë Łukasz")
TO_PANEL = [kind for kind in MessageKind if kind != MessageKind.ESCALATION]
WITH_DEADLINE = [
    MessageKind.ROUND_OPENED,
    MessageKind.REMINDER_NOT_STARTED,
    MessageKind.REMINDER_HALF_DONE,
    MessageKind.DEADLINE_EXTENDED,
    MessageKind.RECEIPT,
]


def write(kind, facts=FACTS, study=STUDY, to=ZOE):
    return render(kind, facts, to=to, study=study, sender="Delphi <delphi@platform.example>")


def words(html):
    """What a reader of the HTML sees, without its layout."""
    body = re.sub(r"<(style|title)>.*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body)
    for entity, sign in (("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return " ".join(text.split())


def test_every_kind_has_its_two_templates():
    assert set(TEMPLATES) == set(MessageKind)


@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_says_which_study_whom_to_ask_and_that_nobody_watches(kind):
    message = write(kind)
    assert message.subject.startswith("Making Connections: ")
    for text in (message.text, words(message.html)):
        for said in (
            "Dear Zoë Łukasz,",
            STUDY.title,
            "Study team",
            "01632 960 000",
            "team@study.example",
            "not monitored live",
            "Listening Line: 0808 157 0123",
        ):
            assert said in text


@pytest.mark.parametrize("kind", TO_PANEL)
def test_the_personal_link_stands_on_a_line_of_its_own_with_a_warning_not_to_share_it(kind):
    message = write(kind)
    assert LINK in message.text.splitlines()
    assert f'href="{LINK}"' in message.html
    assert "do not pass this message on" in message.text
    assert "do not pass this message on" in words(message.html)


@pytest.mark.parametrize("kind", TO_PANEL)
def test_every_message_to_the_panel_offers_a_conversation_paper_and_a_supporter(kind):
    message = write(kind)
    for text in (message.text, words(message.html)):
        assert "by phone, on paper, in Easy Read, or with somebody to help you" in text
        assert "stop taking part" in text


@pytest.mark.parametrize("kind", WITH_DEADLINE)
def test_deadlines_are_written_out_with_the_weekday(kind):
    message = write(kind)
    assert "until the end of Friday 19 April 2024" in message.text
    assert "until the end of Friday 19 April 2024" in words(message.html)


def test_an_extension_names_the_day_before_and_the_day_now():
    assert "which was to close on Friday 12 April 2024." in write(MessageKind.DEADLINE_EXTENDED).text


def test_a_round_that_was_opened_again_names_only_the_day_now():
    facts = replace(FACTS, closed_on_before=None)
    message = write(MessageKind.DEADLINE_EXTENDED, facts=facts)
    assert "practice guidance”.\n" in message.text
    assert "until the end of Friday 19 April 2024" in message.text


@pytest.mark.parametrize("kind", MessageKind)
def test_text_and_html_say_the_same(kind):
    message = write(kind)
    assert words(message.html) == " ".join(re.sub(r"(?m)^- ", "", message.text).split())


@pytest.mark.parametrize("kind", MessageKind)
def test_nothing_is_loaded_from_anywhere(kind):
    html = write(kind).html
    assert not re.search(r"<(img|link|script|iframe|video|object)\b|url\(|@import", html)


def test_an_escalation_does_not_say_what_was_written_and_carries_no_personal_link():
    message = write(MessageKind.ESCALATION)
    assert "What it says is not in this message" in message.text
    assert "Your personal page" not in message.text


def test_what_people_wrote_cannot_become_html():
    message = write(MessageKind.INVITATION, to=Address("a@b.example", "<script>alert(1)</script>"))
    assert "<script>" not in message.html
    assert "Dear <script>alert(1)</script>," in message.text


@pytest.mark.parametrize("kind", MessageKind)
def test_a_missing_fact_is_an_error_and_never_a_gap(kind):
    with pytest.raises(jinja2.UndefinedError):
        write(kind, facts=Facts())


def test_answers_go_to_the_study_and_the_platform_is_the_sender():
    message = write(MessageKind.RECEIPT)
    assert message.reply_to == Address("team@study.example", "Study team")
    assert message.sender == Address("delphi@platform.example", "Making Connections")


def test_a_study_that_is_reached_by_phone_only_has_no_address_for_answers():
    study = StudyFacts("T", "T", "en-GB", Contact("Study team", None, "01632 960 000"))
    message = write(MessageKind.RECEIPT, study=study)
    assert message.reply_to is None
    assert "E-mail" not in message.text


def test_a_study_of_one_round_promises_one():
    facts = Facts(link=LINK, n_rounds=1)
    assert "There is 1 round." in write(MessageKind.INVITATION, facts=facts).text


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("a@b.example\r\nBcc: all@b.example", ""),
        ("a@b.example", "Zoë\nBcc: all@b.example"),
        ("a@b.example", "Zoë\u2028X"),
        ("nobody", ""),
        ("@b.example", ""),
        ("a@", ""),
        ("a@b.example, c@d.example", ""),
    ],
)
def test_an_address_that_could_smuggle_something_is_refused(email, name):
    with pytest.raises(InvalidInput):
        Address(email, name)


def test_a_title_with_line_breaks_stays_one_subject():
    study = StudyFacts("T", "Making\r\nBcc: x@y.example", "en-GB", STUDY.contact)
    with pytest.raises(InvalidInput):
        write(MessageKind.RECEIPT, study=study)


def test_only_the_copy_that_somebody_asked_for_has_a_place_for_answers():
    for kind in MessageKind:
        message = write(kind)
        holds = "Connecting online" in message.text or "Connecting online" in message.html
        assert holds == (kind == MessageKind.COPY_OF_ANSWERS)


def test_a_copy_says_what_was_chosen_what_was_left_and_what_was_written():
    message = write(MessageKind.COPY_OF_ANSWERS)
    assert "This is clear. You said: Agree." in message.text
    assert "This is realistic. You said: no answer." in message.text
    assert "Say <b>more</b>" in message.text
    assert "&lt;b&gt;more" in message.html
    assert "Whoever can open your mailbox" in message.text


def test_links_are_in_the_studys_own_colour():
    own = write(MessageKind.INVITATION, study=replace(STUDY, accent="#5b2a86"))
    assert "#5b2a86" in own.html
    assert "#0b4f6c" in write(MessageKind.INVITATION).html
