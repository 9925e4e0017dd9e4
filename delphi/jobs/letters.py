"""Writing the message that an outbox row promises, with what holds at the moment of sending.

Between the promise and the sending somebody may have answered, stopped, or been given more time: a
message that is no longer true is not sent.

Payload: `message` (a MessageKind); for the panel `panellist_id`, and `round` (a number) in messages about
one; for an escalation `comment_id`, and `account_id` unless the study's contact is to be told.
"""

from __future__ import annotations

from datetime import date, datetime

from delphi.config import Settings
from delphi.domain.actors import Clock
from delphi.domain.calendar import day_of
from delphi.domain.errors import InvalidInput, NotFound, WrongState
from delphi.domain.ids import AccountId, CommentId, PanellistId
from delphi.domain.short_codes import spelled
from delphi.domain.states import InvitationState, RoundState, SubmissionState
from delphi.extensions import db
from delphi.jobs.claims import Work
from delphi.jobs.results import Done, Letter, Result
from delphi.mail.messages import (
    Address,
    CopiedSection,
    Facts,
    MessageKind,
    render,
)
from delphi.mail.transport import MailRefused
from delphi.models.accounts import Account
from delphi.models.answers import Comment, Submission
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.admission import admission_of
from delphi.queries.agreeing_again import must_agree_again, what_changed_for
from delphi.queries.identities import addressee_of
from delphi.queries.invitations import invitation_of
from delphi.queries.letter_facts import n_rounds_to_come, study_facts
from delphi.queries.rounds import round_of
from delphi.queries.sending import SendingPage, sending_page
from delphi.queries.studies import study_of
from delphi.queries.taking_part import visit_of
from delphi.services.invitations import LinkAndCode, issue_link, issue_link_and_code

REMINDERS = (MessageKind.REMINDER_NOT_STARTED, MessageKind.REMINDER_HALF_DONE)
WHILE_OPEN = (*REMINDERS, MessageKind.ROUND_OPENED, MessageKind.DEADLINE_EXTENDED)
WITH_SHORT_CODE = (MessageKind.INVITATION, MessageKind.NEW_LINK, MessageKind.ROUND_OPENED)
"""Messages whose link somebody may have to type on another device: these bring a short code as well."""
BEFORE_SUBMITTING = (*REMINDERS, MessageKind.DEADLINE_EXTENDED)


def write_letter(work: Work, now: datetime, settings: Settings) -> Result:
    """Write a message, or say why it is no longer wanted.

    Raises MailRefused for an address that no message can be sent to.
    """
    if work.study_id is None:
        raise InvalidInput("A message belongs to a study; this one names none.")
    study = study_of(work.study_id)
    kind = MessageKind(work.payload["message"])
    round_ = round_of(study.id, int(work.payload["round"])) if "round" in work.payload else None
    if kind == MessageKind.ESCALATION:
        return _to_team(kind, study, work, settings)
    return _to_panellist(kind, study, round_, work, now, settings)


def _to_panellist(
    kind: MessageKind, study: Study, round_: Round | None, work: Work, now: datetime, settings: Settings
) -> Result:
    panellist_id = PanellistId(int(work.payload["panellist_id"]))
    person = addressee_of(panellist_id)
    if person is None or person.study_id != study.id:
        return Done("Not sent: this person has stopped taking part, or has no e-mail address that works.")
    submission = db.session.get(Submission, (round_.id, panellist_id)) if round_ else None
    note = (
        _no_longer_true(kind, round_, submission)
        or _is_answered(kind, study, panellist_id)
        or _has_agreed(kind, study, panellist_id)
    )
    if note:
        return Done(note)
    if kind in REMINDERS:
        kind = MessageKind.REMINDER_HALF_DONE if submission else MessageKind.REMINDER_NOT_STARTED
    try:
        way_in = _way_in(kind, panellist_id, settings, now)
    except WrongState as obstacle:
        return Done(f"Not sent: {obstacle}")
    sending = _copied(study, person.panellist_id, round_) if kind == MessageKind.COPY_OF_ANSWERS else None
    facts = Facts(
        link=way_in.link,
        short_code=spelled(way_in.short_code) or None,
        code_page=code_page(settings.base_url),
        round_number=round_.number if round_ else None,
        n_rounds=n_rounds_to_come(study),
        closes_on=round_.closes_on if round_ else None,
        closed_on_before=_closed_on_before(round_) if round_ else None,
        received_on=_received_on(submission, study) if submission else None,
        seal=study.seal.checksum if study.seal else None,
        sent_at=(sending.sent_at or None) if sending else None,
        copied=_in_words(sending) if sending else None,
        changes=what_changed_for(study, panellist_id) if kind == MessageKind.AGREE_AGAIN else None,
    )
    to = _address(person.email, person.name)
    return Letter(render(kind, facts, to=to, study=study_facts(study), sender=settings.mail_sender))


def _copied(study: Study, panellist_id: PanellistId, round_: Round | None) -> SendingPage | None:
    """What the person has said in the round, read at the moment of sending."""
    person = db.session.get(Panellist, panellist_id)
    return sending_page(visit_of(person, study), round_.number) if person and round_ else None


def _in_words(sending: SendingPage) -> tuple[CopiedSection, ...]:
    sections = [
        CopiedSection(
            one.title,
            tuple((line.question, line.answer) for line in one.answers),
            tuple((line.question, line.answer) for line in one.comments),
        )
        for one in sending.sections
        if not one.is_untouched
    ]
    whole = tuple((one.words, one.text) for one in sending.whole if one.text)
    return (*sections, CopiedSection("The guide as a whole", (), whole)) if whole else tuple(sections)


def _way_in(kind: MessageKind, panellist_id: PanellistId, settings: Settings, now: datetime) -> LinkAndCode:
    base_url = settings.base_url
    if kind in WITH_SHORT_CODE:
        return issue_link_and_code(
            panellist_id=panellist_id,
            base_url=base_url,
            code_key=settings.secret_key,
            actor=Clock(),
            now=now,
        )
    return LinkAndCode(issue_link(panellist_id=panellist_id, base_url=base_url, actor=Clock(), now=now), "")


def code_page(base_url: str) -> str:
    """The address at which a short code is typed, as somebody types it: without "https://"."""
    return f"{base_url.rstrip('/')}/code".removeprefix("https://").removeprefix("http://")


def _no_longer_true(kind: MessageKind, round_: Round | None, submission: Submission | None) -> str | None:
    """Why a message would be wrong by now, if it would."""
    if kind in WHILE_OPEN and (round_ is None or round_.state != RoundState.OPEN):
        return "Not sent: the round is not open."
    is_submitted = submission is not None and submission.state == SubmissionState.SUBMITTED
    if kind in BEFORE_SUBMITTING and is_submitted:
        return "Not sent: this person has answered meanwhile."
    if kind == MessageKind.COPY_OF_ANSWERS and submission is None:
        return "Not sent: there are no answers any more."
    if kind == MessageKind.RECEIPT and not is_submitted:
        return "Not sent: these answers are open again."
    return None


def _is_answered(kind: MessageKind, study: Study, panellist_id: PanellistId) -> str | None:
    """Why nobody need be reminded of an invitation any more, if so."""
    if kind != MessageKind.REMINDER_INVITED:
        return None
    invitation = invitation_of(panellist_id)
    if invitation is None or invitation.state not in (InvitationState.SENT, InvitationState.OPENED):
        return "Not sent: this person has answered the invitation meanwhile."
    return None if admission_of(study).is_open else "Not sent: the study admits nobody any more."


def _has_agreed(kind: MessageKind, study: Study, panellist_id: PanellistId) -> str | None:
    """Why nobody need be asked to agree again any more, if so."""
    if kind != MessageKind.AGREE_AGAIN or must_agree_again(study.consent_asked_at, panellist_id):
        return None
    return "Not sent: this person has agreed again meanwhile."


def _to_team(kind: MessageKind, study: Study, work: Work, settings: Settings) -> Result:
    account_id = work.payload.get("account_id")
    account = db.session.get(Account, AccountId(int(account_id))) if account_id is not None else None
    told = study_facts(study)
    if account is not None and account.is_active:
        to = _address(account.email, account.name)
    elif told.contact.email:
        to = _address(told.contact.email, told.contact.name)
    else:
        return Done("Not sent: neither the account nor the study's contact has an e-mail address.")
    safety = study.information["safety"]
    facts = Facts(
        link=settings.base_url,
        round_number=_round_number_of_comment(CommentId(int(work.payload["comment_id"]))),
        safety_person=str(safety["named_person"]),
        safety_phone=str(safety["phone"]),
        safety_procedure=str(safety["procedure"]),
    )
    return Letter(render(kind, facts, to=to, study=told, sender=settings.mail_sender))


def _round_number_of_comment(comment_id: CommentId) -> int:
    """The round in which a comment was made; nothing else of it is read."""
    number: int | None = db.session.scalar(
        db.select(Round.number).join(Comment, Comment.round_id == Round.id).where(Comment.id == comment_id)
    )
    if number is None:
        raise NotFound("The comment that was escalated is no longer there.")
    return number


def _closed_on_before(round_: Round) -> date | None:
    """The closing day that the present one replaced; a round that was opened again has none."""
    last = round_.extensions[-1] if round_.extensions else None
    return last.closes_on_before if last and last.closes_on_after == round_.closes_on else None


def _received_on(submission: Submission, study: Study) -> date | None:
    return day_of(submission.submitted_at, study.timezone) if submission.submitted_at else None


def _address(email: str, name: str) -> Address:
    """An address to send to; one that cannot be used will not get better by waiting."""
    try:
        return Address(email, name)
    except InvalidInput as error:
        raise MailRefused(str(error)) from error
