"""Messages that the outbox promised: written with what holds when they leave, through a real mail server."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from delphi.domain.errors import NotAllowed, WrongState
from delphi.domain.short_codes import read_code
from delphi.domain.states import InvitationState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.log import OutboxState
from delphi.models.panellists import AccessToken, Identity, Invitation
from delphi.queries.invitations import look_at_code, look_at_link
from delphi.queries.studies import study_of
from delphi.services import answers, comments, copies, invitations, leaving, rounds
from delphi.services.consent import give_consent
from delphi.services.outbox import enqueue
from delphi.services.renewals import ask_to_agree_again
from tools.new_version import publish_version

ROUND_DAY = datetime(2025, 2, 5, 12, tzinfo=UTC)


@pytest.fixture
def mails(settings):
    """What lies in the mail folder, oldest first."""

    def read():
        folder = Path(settings.mail_url.removeprefix("file:"))
        files = sorted(folder.glob("*.eml")) if folder.exists() else []
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    return read


def text_of(email):
    return email.get_body(("plain",)).get_content()


def token_in(email):
    return re.search(r"/link/(\S+)", text_of(email))[1]


def test_an_invitation_carries_a_link_that_works(invited, outbox, mails):
    assert outbox.run(invited.imported_at) == 1
    [email] = mails()
    assert email["To"].addresses[0].addr_spec == "zoe@panel.example"
    assert email["Subject"] == "Small study: an invitation to take part"
    assert "Dear Zoë Łukasz," in text_of(email)
    assert "There are 2 rounds" in text_of(email)
    with invited.look():
        link = look_at_link(token_in(email), invited.imported_at)
    assert (link.code, link.has_consented) == (invited.zoe, False)


def test_the_address_in_a_message_is_the_one_that_the_pages_answer(invited, outbox, mails, settings):
    outbox.run(invited.imported_at)
    address = re.search(r"http\S+/link/\S+", text_of(mails()[0]))[0]
    assert re.fullmatch(re.escape(settings.base_url) + r"/link/[\w-]{40,}", address)


def test_links_are_kept_as_hashes_only(invited, outbox, mails):
    outbox.run(invited.imported_at)
    token = token_in(mails()[0])
    with invited.look():
        assert [row.token_hash == token for row in db.session.scalars(db.select(AccessToken))] == [False]
    assert token not in str(outbox.entries()[0].payload)


def test_every_message_brings_a_link_of_its_own_and_all_work(joined, outbox, mails):
    joined.open()
    outbox.run(joined.opened_at)
    invitation, opening = mails()
    assert opening["Subject"] == "Small study: round 1 is open"
    assert "until the end of Friday 14 February 2025" in text_of(opening)
    with joined.look():
        assert {look_at_link(token_in(email), ROUND_DAY).code for email in (invitation, opening)} == {
            joined.zoe
        }


def test_an_outage_is_waited_out_and_the_message_arrives_once(invited, outbox, mail_server):
    by_smtp = outbox.mailing_to(mail_server.url)
    now = invited.imported_at
    mail_server.stop()
    by_smtp.run(now)
    entry = by_smtp.entries("invitation")[0]
    assert entry.state == OutboxState.WAITING
    assert "could not be reached" in entry.last_error
    mail_server.start()
    assert by_smtp.run(now) == 0
    by_smtp.run(entry.due_at)
    by_smtp.run(entry.due_at + timedelta(days=1))
    assert mail_server.taken == ["zoe@panel.example"]
    assert by_smtp.entries("invitation")[0].state == OutboxState.DONE


def test_an_address_that_is_refused_is_not_tried_again_and_not_named(invited, outbox, mail_server):
    mail_server.answer = "550 5.1.1 <{}> unknown"
    by_smtp = outbox.mailing_to(mail_server.url)
    by_smtp.run(invited.imported_at)
    entry = by_smtp.entries("invitation")[0]
    assert entry.state == OutboxState.FAILED
    assert entry.last_error == "The mail server did not accept the address (550)."


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("550 5.1.1 <{}> unknown", InvitationState.BOUNCED),
        ("550 no such user", InvitationState.BOUNCED),
        ("554 5.7.1 <{}>: relay access denied", InvitationState.SENT),
    ],
)
def test_only_an_address_that_nobody_has_counts_as_bounced(invited, outbox, mail_server, answer, state):
    mail_server.answer = answer
    outbox.mailing_to(mail_server.url).run(invited.imported_at)
    with invited.look():
        assert db.session.scalar(db.select(Invitation.state)) == state
        assert (db.session.scalar(db.select(Identity.email_bounced_at)) is None) == (
            state == InvitationState.SENT
        )


def test_a_busy_mail_server_is_tried_again(invited, outbox, mail_server):
    mail_server.answer = "450 4.2.0 <{}> greylisted"
    by_smtp = outbox.mailing_to(mail_server.url)
    by_smtp.run(invited.imported_at)
    mail_server.answer = None
    by_smtp.run(invited.imported_at + timedelta(minutes=1))
    assert mail_server.taken == ["zoe@panel.example"]


def test_an_address_nobody_can_write_to_fails_for_good(invited, outbox, mails):
    with invited.work():
        db.session.get(Identity, invited.zoe_id).email = "zoe@panel.example\nBcc: all@panel.example"
    outbox.run(invited.imported_at)
    assert outbox.entries("invitation")[0].state == OutboxState.FAILED
    assert mails() == []


def test_somebody_without_an_address_is_not_written_to(joined, outbox, mails):
    with joined.work():
        identity = db.session.get(Identity, joined.zoe_id)
        identity.email, identity.phone = None, "01632 960 200"
    joined.open()
    outbox.run(joined.opened_at)
    entry = outbox.entries("round_opened")[0]
    assert entry.state == OutboxState.DONE
    assert "no e-mail address" in entry.last_error
    assert len(mails()) == 1


def promise(study, message, key, round_number=1):
    """A promise written by hand, as if its sending had been overtaken by what happened since."""
    payload = {"message": message, "panellist_id": study.zoe_id}
    if round_number:
        payload["round"] = round_number
    with study.work():
        enqueue("message", key=key, payload=payload, due_at=study.opened_at, study_id=study.id)


def test_somebody_who_stopped_meanwhile_is_not_written_to(joined, outbox, mails):
    joined.open()
    with joined.work():
        leaving.stop(study_id=joined.id, code=joined.zoe, actor=joined.lead, now=joined.opened_at)
    promise(joined, "feedback_published", "overtaken")
    outbox.run(joined.opened_at)
    assert outbox.entry("overtaken").state == OutboxState.DONE
    assert "has stopped taking part" in outbox.entry("overtaken").last_error
    assert len(mails()) == 1


def test_somebody_whose_links_were_switched_off_is_sent_a_new_one(joined, outbox, mails):
    with joined.work():
        invitations.revoke_links(
            study_id=joined.id, code=joined.zoe, actor=joined.lead, now=joined.imported_at
        )
    outbox.run(joined.imported_at)
    old, new = mails()
    assert new["Subject"] == "Small study: your new personal link"
    with joined.look():
        assert look_at_link(token_in(new), ROUND_DAY).code == joined.zoe
        with pytest.raises(WrongState):
            look_at_link(token_in(old), ROUND_DAY)


def test_somebody_who_was_never_invited_gets_no_link(small_study, outbox, mails):
    small_study.seal().publish_drafts()
    small_study.zoe = small_study.join(1)[0]
    small_study.zoe_id = small_study.person(small_study.zoe).panellist_id
    with small_study.work():
        db.session.scalar(
            db.select(Invitation).where(Invitation.panellist_id == small_study.zoe_id)
        ).state = InvitationState.REVOKED
    promise(small_study, "feedback_published", "uninvited", round_number=None)
    outbox.run(small_study.opened_at)
    assert outbox.entry("uninvited").state == OutboxState.DONE
    assert outbox.entry("uninvited").last_error.startswith("Not sent: ")
    assert mails() == []


# --- A round's messages ---------------------------------------------------------------------------------


def submit(study):
    with study.work():
        answers.submit(
            study_id=study.id,
            number=1,
            code=study.zoe,
            actor=study.person_of_zoe,
            now=ROUND_DAY,
        )


@pytest.fixture
def answering(joined, outbox):
    """Round 1 is open, the news of it has been sent, and she may answer."""
    joined.open()
    joined.person_of_zoe = joined.person(joined.zoe)
    outbox.run(joined.opened_at)
    return joined


def test_a_receipt_says_when_and_under_which_seal_and_holds_no_answer(answering, outbox, mails):
    answering.save(answering.zoe, comments={"change": "The bus is too dear"})
    submit(answering)
    outbox.run(ROUND_DAY)
    text = text_of(mails()[-1])
    assert "We received your answers to round 1" in text
    assert "on Wednesday 5 February 2025." in text
    with answering.look():
        assert study_of(answering.id).seal.checksum in text
    for answer in ("bus", "Agree", "Clear", "First steps"):
        assert answer not in text


@pytest.mark.parametrize(
    ("has_begun", "subject"),
    [
        (False, "Small study: round 1 is waiting for you"),
        (True, "Small study: your answers to round 1 are not sent yet"),
    ],
)
def test_a_reminder_says_where_the_person_stands_when_it_leaves(answering, outbox, mails, has_begun, subject):
    promise(answering, "reminder_not_started", "remind:1")
    if has_begun:
        answering.save(answering.zoe)
    outbox.run(ROUND_DAY)
    assert mails()[-1]["Subject"] == subject


def test_whoever_answered_meanwhile_is_not_reminded(answering, outbox, mails):
    promise(answering, "reminder_half_done", "remind:1")
    answering.save(answering.zoe)
    submit(answering)
    outbox.run(ROUND_DAY)
    assert outbox.entry("remind:1").last_error == "Not sent: this person has answered meanwhile."
    assert mails()[-1]["Subject"] == "Small study: we have your answers to round 1"


def test_nobody_is_called_to_a_round_that_has_closed(answering, outbox, mails):
    promise(answering, "reminder_not_started", "remind:1")
    answering.close()
    n_before = len(mails())
    outbox.run(answering.closed_at)
    assert outbox.entry("remind:1").last_error == "Not sent: the round is not open."
    assert len(mails()) == n_before


def test_more_time_names_both_days(answering, outbox, mails):
    with answering.work():
        rounds.extend_round(
            study_id=answering.id,
            number=1,
            closes_on=date(2025, 2, 21),
            reason="Post was slow.",
            actor=answering.lead,
            now=ROUND_DAY,
        )
    outbox.run(ROUND_DAY)
    text = text_of(mails()[-1])
    assert "which was to close on Friday 14 February 2025." in text
    assert "until the end of Friday 21 February 2025" in text


def test_a_round_that_opens_again_names_the_day_now(answering, outbox, mails):
    answering.close()
    with answering.work():
        rounds.reopen_round(
            study_id=answering.id,
            number=1,
            closes_on=date(2025, 2, 28),
            reason="A whole region was cut off.",
            actor=answering.lead,
            now=answering.closed_at,
        )
    outbox.run(answering.closed_at)
    text = text_of(mails()[-1])
    assert "which was to close" not in text
    assert "until the end of Friday 28 February 2025" in text


def test_an_escalation_reaches_the_study_without_the_comment(answering, outbox, mails):
    answering.save(answering.zoe, comments={"change": "I cannot go on like this"})
    answering.close()
    with answering.look():
        comment_id = db.session.scalar(db.select(Comment.id))
    with answering.work():
        comments.review_comment(
            study_id=answering.id,
            comment_id=comment_id,
            state="escalated",
            reason="Somebody may be at risk.",
            actor=answering.lead,
            now=answering.closed_at,
        )
    outbox.run(answering.closed_at)
    email = mails()[-1]
    assert email["To"].addresses[0].addr_spec == "team@small.example"
    assert "A comment in round 1" in text_of(email)
    assert "Sam Lead, phone 01632 960 101" in text_of(email)
    assert "go on like this" not in text_of(email)
    assert "/link/" not in text_of(email)


def test_an_invitation_brings_a_short_code_that_opens_the_same(invited, outbox, mails, settings):
    outbox.run(invited.imported_at)
    text = text_of(mails()[0])
    assert "go to 127.0.0.1:8000/code and type" in text
    typed = re.search(r"^[0-9A-Z]{5}-[0-9A-Z]{5}\b", text, re.MULTILINE)[0]
    with invited.look():
        found = look_at_code(read_code(typed), settings.secret_key, invited.imported_at)
    assert found.code == invited.zoe


def ask_for_copy(study, now=ROUND_DAY):
    with study.work():
        return copies.ask_for_copy(
            study_id=study.id, number=1, code=study.zoe, actor=study.person_of_zoe, now=now
        )


def test_a_copy_holds_ones_own_answers_in_words(answering, outbox, mails):
    answering.save(answering.zoe, comments={"change": "The bus is\ntoo dear"})
    assert ask_for_copy(answering)
    assert not ask_for_copy(answering), "a double click asks once"
    submit(answering)
    outbox.run(ROUND_DAY)
    email = next(one for one in mails() if "a copy of your answers" in one["Subject"])
    text = text_of(email)
    assert email["To"].addresses[0].addr_spec == "zoe@panel.example"
    assert "You sent them on Wednesday 5 February 2025" in text
    assert "First steps" in text
    assert "You said: Agree." in text
    assert "The bus is" in text
    assert "too dear" in text


def test_the_outbox_keeps_no_word_of_a_copy(answering, outbox):
    answering.save(answering.zoe, comments={"change": "The bus is too dear"})
    ask_for_copy(answering)
    outbox.run(ROUND_DAY)
    entry = outbox.entries("copy_of_answers")[0]
    assert set(entry.payload) == {"message", "panellist_id", "round"}


def test_a_copy_that_was_asked_for_before_a_deletion_is_not_sent(answering, outbox, mails):
    answering.save(answering.zoe)
    ask_for_copy(answering)
    n_before = len(mails())
    with answering.work():
        leaving.stop(study_id=answering.id, code=answering.zoe, actor=answering.person_of_zoe, now=ROUND_DAY)
    outbox.run(ROUND_DAY)
    assert len(mails()) == n_before


def test_nobody_asks_for_a_copy_of_somebody_elses_answers(answering):
    answering.save(answering.zoe)
    for actor in (answering.clerk, answering.lead):
        with pytest.raises(NotAllowed), answering.work():
            copies.ask_for_copy(
                study_id=answering.id, number=1, code=answering.zoe, actor=actor, now=ROUND_DAY
            )


def test_who_has_to_agree_again_reads_what_has_changed_unless_they_agreed_meanwhile(joined, outbox, mails):
    later = joined.imported_at + timedelta(days=1)

    def publish(version):
        publish_version(
            joined, changes={"consent.version": version, "consent.statements.0.text": version}, now=later
        )
        with joined.work():
            assert ask_to_agree_again(study_id=joined.id, actor=joined.lead, now=later) == 1

    publish("1.1")
    outbox.run(later)
    [*_, email] = mails()
    assert "- We keep answers for 12 years, not 10." in text_of(email)
    with joined.look():
        assert look_at_link(token_in(email), later).code == joined.zoe
    publish("1.2")
    with joined.work():
        give_consent(
            study_id=joined.id, code=joined.zoe, given={"c1", "c2"}, how="phone", actor=joined.lead, now=later
        )
    n_before = len(mails())
    outbox.run(later)
    assert len(mails()) == n_before
