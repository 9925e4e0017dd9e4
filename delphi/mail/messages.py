"""What the platform writes to people, and nothing else.

Only one message has a place for answers: the copy of their own that somebody asks for (decision 0008).

Each kind of message has a plain text and an HTML template that say the same. Neither loads anything from
anywhere: no pictures, no tracking, no style sheets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from email.utils import parseaddr
from enum import StrEnum

from delphi.domain.colours import PLATFORM
from delphi.domain.errors import InvalidInput
from delphi.mail.rendering import environment


class MessageKind(StrEnum):
    """Every message there is."""

    INVITATION = "invitation"
    REMINDER_INVITED = "reminder_invited"
    REMINDER_NOT_STARTED = "reminder_not_started"
    REMINDER_HALF_DONE = "reminder_half_done"
    NEW_LINK = "new_link"
    ROUND_OPENED = "round_opened"
    DEADLINE_EXTENDED = "deadline_extended"
    FEEDBACK_PUBLISHED = "feedback_published"
    AGREE_AGAIN = "agree_again"
    RECEIPT = "receipt"
    COPY_OF_ANSWERS = "copy_of_answers"
    STUDY_FINISHED = "study_finished"
    ESCALATION = "escalation"


TEMPLATES: dict[MessageKind, tuple[str, str]] = {
    MessageKind.INVITATION: ("mail/invitation.txt", "mail/invitation.html"),
    MessageKind.REMINDER_INVITED: ("mail/reminder_invited.txt", "mail/reminder_invited.html"),
    MessageKind.REMINDER_NOT_STARTED: ("mail/reminder_not_started.txt", "mail/reminder_not_started.html"),
    MessageKind.REMINDER_HALF_DONE: ("mail/reminder_half_done.txt", "mail/reminder_half_done.html"),
    MessageKind.NEW_LINK: ("mail/new_link.txt", "mail/new_link.html"),
    MessageKind.ROUND_OPENED: ("mail/round_opened.txt", "mail/round_opened.html"),
    MessageKind.DEADLINE_EXTENDED: ("mail/deadline_extended.txt", "mail/deadline_extended.html"),
    MessageKind.FEEDBACK_PUBLISHED: ("mail/feedback_published.txt", "mail/feedback_published.html"),
    MessageKind.AGREE_AGAIN: ("mail/agree_again.txt", "mail/agree_again.html"),
    MessageKind.RECEIPT: ("mail/receipt.txt", "mail/receipt.html"),
    MessageKind.COPY_OF_ANSWERS: ("mail/copy_of_answers.txt", "mail/copy_of_answers.html"),
    MessageKind.STUDY_FINISHED: ("mail/study_finished.txt", "mail/study_finished.html"),
    MessageKind.ESCALATION: ("mail/escalation.txt", "mail/escalation.html"),
}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes or comes from. InvalidInput when it could smuggle a header or is no address."""

    email: str
    name: str = ""

    def __post_init__(self) -> None:
        if _CONTROL.search(self.email + self.name):
            raise InvalidInput("A name or an e-mail address holds a line break. Write it on one line.")
        user, at, domain = self.email.rpartition("@")
        if not (user and at and domain) or re.search(r"[\s<>,;:\"()]", self.email):
            raise InvalidInput("This is not an e-mail address. It should look like name@example.org.")

    @classmethod
    def parse(cls, text: str) -> Address:
        """An address written as `name@example.org` or `Name <name@example.org>`."""
        name, email = parseaddr(text)
        return cls(email, name)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent."""

    to: Address
    subject: str
    text: str
    html: str
    reply_to: Address | None
    sender: Address

    def __post_init__(self) -> None:
        if _CONTROL.search(self.subject):
            raise InvalidInput("The subject of a message holds a line break. Write it on one line.")


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask; without an e-mail address there is a phone number."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who helps when a person is upset or in danger."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What every message says of its study."""

    title: str
    short_title: str
    language: str
    contact: Contact
    helpers: tuple[Helper, ...] = ()
    accent: str = PLATFORM
    """The colour of links, dark enough to be read on white."""


@dataclass(frozen=True, slots=True)
class CopiedSection:
    """What somebody said about one section: questions with answers, then their own words.

    An answer is empty where nothing was chosen.
    """

    title: str
    answers: tuple[tuple[str, str], ...]
    comments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one message says; a kind of message that needs a fact fails without it."""

    link: str | None = None
    short_code: str | None = None
    code_page: str | None = None
    round_number: int | None = None
    n_rounds: int | None = None
    closes_on: date | None = None
    closed_on_before: date | None = None
    received_on: date | None = None
    seal: str | None = None
    sent_at: str | None = None
    copied: tuple[CopiedSection, ...] | None = None
    changes: tuple[str, ...] | None = None
    safety_person: str | None = None
    safety_phone: str | None = None
    safety_procedure: str | None = None

    def given(self) -> dict[str, object]:
        """The facts there are: a template that asks for another one is refused."""
        pairs = ((part.name, getattr(self, part.name)) for part in fields(self))
        return {name: value for name, value in pairs if value is not None}


def render(kind: MessageKind, facts: Facts, *, to: Address, study: StudyFacts, sender: str) -> Message:
    """Write a message.

    `sender` is the platform's own address; the study's name is put before it, and answers go to the study's
    contact. Raises jinja2.UndefinedError when the message needs a fact that was not given.
    """
    text_name, html_name = TEMPLATES[kind]
    said: dict[str, object] = {**facts.given(), "study": study, "name": to.name}
    template = environment().get_template(text_name)
    subject = " ".join("".join(template.blocks["subject"](template.new_context(said))).split())
    contact = study.contact
    return Message(
        to=to,
        subject=subject,
        text=_reflow(template.render(said)),
        html=environment().get_template(html_name).render(said, subject=subject),
        reply_to=Address(contact.email, contact.name) if contact.email else None,
        sender=Address(Address.parse(sender).email, study.short_title),
    )


def _reflow(text: str) -> str:
    """Put each paragraph on one line: the reader's window decides where lines break, on a phone as well."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    joined = [re.sub(r"\s*\n\s*(?!- )", " ", re.sub(r"\s*\n\s*- ", "\n- ", part)) for part in paragraphs]
    return "\n\n".join(joined) + "\n"
