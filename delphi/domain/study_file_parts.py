"""The parts of a study file: what people are told, agree to and are asked, and what is fixed in advance.

Only settings stand here. What the platform does in every study (random codes, comments reviewed
before anyone sees them, secondary suppression, shared figures never computed anew) is not a setting.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from delphi.domain.scale import Code
from delphi.domain.study_file_texts import PICTURE_NAME


class Part(BaseModel):
    """What every part has in common: it never changes, and refuses keys that it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )


def _read_day(given: object) -> date:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if isinstance(given, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError("there is no such day in the calendar; write a day as 2024-03-18") from None
    raise ValueError("expected a day; write it as 2024-03-18, without a time")


def _within_the_folder(path: str) -> str:
    if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or re.match(r"[A-Za-z]:", path):
        raise ValueError(
            "this leads out of the study's folder; name a file inside it, as sections/01-start.md"
        )
    if not re.fullmatch(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*/){0,3}[A-Za-z0-9][A-Za-z0-9._-]*\.md", path):
        raise ValueError(
            "a text is a file that ends in .md, its path made of letters, digits, dots, hyphens and "
            "underscores, as sections/01-start.md"
        )
    return path


Day = Annotated[date, BeforeValidator(_read_day)]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Label = Annotated[str, Field(min_length=1, max_length=100)]
Prose = Annotated[str, Field(min_length=1, max_length=5000)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$", max_length=20)]
Phone = Annotated[str, Field(pattern=r"^[+0-9(][0-9 ()./-]*$", max_length=40)]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", max_length=254)]
PictureName = Annotated[str, Field(pattern=f"^{PICTURE_NAME}$")]
Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
TextPath = Annotated[str, Field(max_length=200), AfterValidator(_within_the_folder)]
Count = Annotated[int, Field(ge=1, strict=True)]

RoundKind = Literal["open", "rating", "comments", "mixed"]
SectionKind = Literal["guidance", "case_study", "tool", "figure", "statement", "introduction"]


class TextPaths(Part):
    """Where one text lies in each of its variants; `standard` is what the others say in another way."""

    standard: TextPath
    easy_read: TextPath | None = None
    picture_map: TextPath | None = None
    script: TextPath | None = None

    @property
    def by_variant(self) -> dict[str, str]:
        """The variants that there are, with their paths."""
        return self.model_dump(exclude_none=True)


class EasyReadLine(Part):
    """One picture and one short sentence."""

    picture: PictureName
    text: Annotated[str, Field(min_length=1, max_length=200)]


class Contact(Part):
    """Whom to ask: at least one of e-mail and phone."""

    name: Title
    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.email is None and self.phone is None:
            raise ValueError('nobody can be reached here; add "email" or "phone"')
        return self


class SupportContact(Part):
    """Somebody who helps when a person is upset or in danger."""

    name: Title
    phone: Phone


class Safety(Part):
    """What happens when a comment suggests that somebody is at risk (requirement E40)."""

    named_person: Title
    phone: Phone
    procedure: Prose
    support_contacts: Annotated[tuple[SupportContact, ...], Field(min_length=1)]


class Interest(Part):
    """A declared interest; "None." is a declaration too."""

    who: Title
    interest: Prose


class StudyIdentity(Part):
    """What the study is called, and where and in which language it runs."""

    slug: Code
    """The short name in addresses; it never changes."""
    title: Title
    short_title: Label
    language: Annotated[str, Field(max_length=20)]
    """A language tag, such as en-GB or cy."""
    timezone: Annotated[str, Field(max_length=60)]
    """A time zone such as Europe/London; rounds open and close at midnight there."""


class Look(Part):
    """What tells this study's pages from those of others, beside its name."""

    accent: Colour | None = None
    """The colour of the header, links and buttons, dark enough for white words; shades follow from it."""
    logo: PictureName | None = None
    """A picture in images/ that stands beside the name: PNG, JPEG or SVG, at most 200,000 bytes."""


class Information(Part):
    """What the public page says of the study; every field is printed in the report."""

    plain_summary: Prose
    easy_read_summary: tuple[EasyReadLine, ...] = ()
    aim: Prose
    organisation: Title
    region: Title | None = None
    funder: Title
    funder_role: Prose
    sponsor: Title | None = None
    controller: Title
    """Who answers for the personal data."""
    dpo: Contact | None = None
    """The data protection officer."""
    competing_interests: tuple[Interest, ...] = ()
    ethics_reference: Title | None = None
    licence: Label | None = None
    """The licence under which the texts and pictures may be used."""
    contact: Contact
    safety: Safety


class Document(Part):
    """A document offered on the public page. Without `texts` it is made from the sections."""

    id: Code
    title: Title
    version: Version
    date: Day
    formats: Annotated[
        tuple[Literal["web", "print", "docx", "easy_read", "large_print"], ...], Field(min_length=1)
    ]
    texts: TextPaths | None = None


class ConsentStatement(Part):
    """A statement with a tick of its own; nothing is ticked in advance."""

    id: Code
    text: Prose
    easy_read: Prose | None = None


class OptionalStatement(ConsentStatement):
    """A permission on which taking part does not depend."""

    purpose: Literal["results", "named_thanks", "quotation", "archive", "contact_again"]


class Consent(Part):
    """What people agree to before they take part (requirements E3, E4)."""

    version: Version
    date: Day
    statements: Annotated[tuple[ConsentStatement, ...], Field(min_length=1)]
    optional: tuple[OptionalStatement, ...] = ()
    special_category_note: Prose | None = None
    withdrawal_cutoff: Day
    """Until the end of the day before, people may ask for their answers to be deleted."""


class StakeholderGroup(Part):
    """A perspective that a panellist speaks for; shown in this order everywhere."""

    id: Code
    label: Label
    easy_read: Label | None = None
    target: Count | None = None
    """How many people are planned."""


class GroupUnionPart(Part):
    """Stakeholder groups taken together."""

    id: Code
    label: Label
    groups: Annotated[tuple[Code, ...], Field(min_length=1)]


class CriterionPart(Part):
    """What is asked of every section: a statement people agree with or not."""

    id: Code
    label: Label
    statement: Prose
    easy_read: Prose | None = None


class PromptTrigger(Part):
    """A change of answer since the last round; exactly one of the two."""

    rating_moves_by_at_least: Count | None = None
    rating_crosses_into_or_out_of_agreement: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.rating_moves_by_at_least is None) == (self.rating_crosses_into_or_out_of_agreement is None):
            raise ValueError(
                'give exactly one of "rating_moves_by_at_least" and "rating_crosses_into_or_out_of_agreement"'
            )
        return self


class PromptTriggers(Part):
    """The question is asked when any of these happened."""

    any: Annotated[tuple[PromptTrigger, ...], Field(min_length=1)]


class CommentPrompt(Part):
    """A question that is answered in words; nobody has to answer it (requirement A13)."""

    id: Code
    scope: Literal["section", "round"] = "section"
    """Asked on every section, or once in a round about the guidance as a whole."""
    rounds: tuple[Count, ...] | None = None
    """In which rounds; left out: in all of them."""
    text: Prose
    easy_read: Prose | None = None
    only_if_comparable: tuple[Literal["wording", "same"], ...] | None = None
    """Only on a draft that may be compared with the one rated before."""
    shown_when: PromptTriggers | None = None


class AdmitUntil(Part):
    """Until when somebody may still join."""

    round: Count
    event: Literal["opens", "closes"]


class FeedbackFormat(Part):
    """What a panellist gets back after a round; sealed with the rule (requirement M24)."""

    format: Literal["distribution"] = "distribution"
    """Counts for each point and for "can't say", with n: a table, bars and one sentence."""
    of: Annotated[
        tuple[Literal["all_panel", "consensus_panels", "feedback_groups"], ...], Field(min_length=1)
    ]
    statistics: Annotated[tuple[Literal["n", "agree_share", "median"], ...], Field(min_length=1)]
    own_answer: Literal["shown_in_words"] = "shown_in_words"
    comments: Literal["reviewed_by_theme"] = "reviewed_by_theme"
    changes: Literal["shown"] = "shown"
    easy_read: Prose | None = None
    """An example of how a share is said in Easy Read, without a percentage."""


class Protocol(Part):
    """What is settled before any data; a later change is a deviation, with a reason, in every report.

    What the rule holds (denominator, quantile type) stands there and not here.
    """

    fixed_on: Day
    sign_off: Literal["one", "two"]
    """How many of the team sign the rule, decisions and drafts; one of two is the study lead."""
    max_rounds: Count
    max_ratings_per_draft: Count
    stop_rule: Prose
    missed_round_policy: Literal["all_rounds", "respondents_only"]
    """Who is invited to a round: everybody, or those who answered the one before."""
    admit_until: AdmitUntil
    partial_submissions: Literal["counted", "not_counted"]
    late_forms: Literal["admitted_with_reason_while_closed", "refused"]
    feedback: FeedbackFormat


class Retention(Part):
    """How long what is kept, in words."""

    contact_details: Prose
    research_data: Prose


class Privacy(Part):
    """Small numbers, codes and deletion (requirements E20 to E35)."""

    min_cell: Annotated[int, Field(ge=3, le=50, strict=True)]
    """A group's figures are shown only if at least so many of it answered."""
    show_group_with_comment: bool
    """Whether a comment is shown with its writer's feedback group."""
    pseudonym_format: Annotated[str, Field(pattern=r"^[A-Z]{1,3}0{0,5}1$")] = "P01"
    """What the first code would look like; codes are drawn at random."""
    deletion_note: Prose
    """Said beside shared figures when somebody's answers were deleted later."""
    retention: Retention


class RoundPart(Part):
    """One numbered pass over chosen sections; its dates are plans until the team arms it."""

    number: Count
    kind: RoundKind
    purpose: Prose | None = None
    opens: Day
    closes: Day
    """The last day, to its end."""
    reminders: tuple[Day, ...] = ()
    feedback_published: Day | None = None
    items: dict[Code, Count] = {}
    """Section code to draft number, in the order in which they are put; left out while unknown."""


class SectionPart(Part):
    """A lasting part of the guidance; sections stand in the order of the file."""

    id: Code
    title: Title
    kind: SectionKind = "guidance"
    """An introduction is shown and never rated."""
    origin: Prose | None = None
    added_in_round: Count | None = None
    drafts: dict[Count, TextPaths] = {}
    """Draft number to texts. A section that is added in a later round may have none yet."""
