"""What a new study begins as: sound in every part, with marks where only its team knows what to write.

It can be exported, checked and, once the marks are written over, sealed as it stands. Wording of information
and consent follows what research ethics committees ask for, and is meant to be read over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from delphi.domain.setup.scales import READY_MADE
from delphi.domain.study_archive import StudyBundle
from delphi.domain.study_file import FORMAT, from_plain

MONDAY = 0
FIRST_ROUND_IN = timedelta(weeks=6)
OPEN_FOR = timedelta(days=18)
"""From a Monday to the Friday of the third week."""
BETWEEN_ROUNDS = timedelta(weeks=8)
N_ROUNDS = 2

STARTING_RULE: Mapping[str, Any] = {
    "text": "A section is agreed when at least 75% of everybody who gave a rating and at least 70% in each "
    "panel agree, on every criterion. It is close when at least 60% of everybody do.",
    "min_ratings_per_panel": 5,
    "outcomes": [
        {
            "outcome": "agreed",
            "when": {
                "all": [
                    {"statistic": "share", "band": "agree", "of": "pooled", "at_least": 75},
                    {"statistic": "share", "band": "agree", "of": "each_panel", "at_least": 70},
                ]
            },
        },
        {
            "outcome": "close",
            "when": {"statistic": "share", "band": "agree", "of": "pooled", "at_least": 60},
        },
        {"otherwise": "not_agreed"},
    ],
}
"""The rule of a new study, but for the day on which it is fixed."""

INFORMATION_SHEET = """# About this consultation

## What it is about

[to fill in: the subject of the guidance, in two or three plain sentences]

## What you would do

You read the sections of a draft and say how far you agree with some statements about each. You can write
comments. Some weeks later you see how everybody answered, without names, and what we changed. Then you answer
again. One round takes about [to fill in: how many minutes] minutes, and you can stop and come back.

## Your choice

Taking part is up to you. You can stop at any time without saying why, and it changes nothing about any
support or work of yours.

## What happens with your answers

Your name is kept apart from your answers. The study team can link the two; the panel sees figures of groups
and comments that a person has read before. Small groups are never shown by themselves.

## Good sides and hard sides

[to fill in: what people may gain, and what may be hard for them to read]
"""

FIRST_SECTION = """# First section

[to fill in: the text of this section]
"""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What has to be known to begin a study; everything else has a place to be filled in."""

    slug: str
    title: str
    short_title: str
    language: str
    timezone: str
    scale: str
    contact: str
    email: str
    phone: str


def starting_bundle(beginning: Beginning, today: date) -> StudyBundle:
    """A study with two rounds, one section and three groups, to be filled in; dates follow from today.

    Raises InvalidInput when what is known cannot be in a study file.
    """
    texts = {
        "documents/information-sheet.md": _unwrapped(INFORMATION_SHEET),
        "sections/01-first-section.v1.md": FIRST_SECTION,
    }
    return StudyBundle(from_plain(_plain(beginning, today)), texts, {})


def _unwrapped(text: str) -> str:
    """Each paragraph on one line, as people write in a field of a form."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")) + "\n"


def first_monday(today: date) -> date:
    """When the first round of a new study is planned to open: a Monday some weeks ahead."""
    day = today + FIRST_ROUND_IN
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def _plain(beginning: Beginning, today: date) -> dict[str, Any]:
    opens = [first_monday(today) + number * BETWEEN_ROUNDS for number in range(N_ROUNDS)]
    return {
        "format": FORMAT,
        "study": {
            "slug": beginning.slug,
            "title": beginning.title,
            "short_title": beginning.short_title,
            "language": beginning.language,
            "timezone": beginning.timezone,
        },
        "information": _information(beginning),
        "documents": [
            {
                "id": "information-sheet",
                "title": "Information sheet",
                "version": "0.1",
                "date": today,
                "formats": ["web"],
                "texts": {"standard": "documents/information-sheet.md"},
            }
        ],
        "consent": _consent(today, opens[-1] + BETWEEN_ROUNDS),
        **_groups(),
        "scale": READY_MADE[beginning.scale].plain(),
        "criteria": [
            {"id": "clear", "label": "Clear", "statement": "This section is easy to understand."},
            {"id": "relevant", "label": "Relevant", "statement": "This section belongs in the guidance."},
            {"id": "feasible", "label": "Feasible", "statement": "This section could be put into practice."},
        ],
        "comment_prompts": [
            {"id": "change", "text": "What would you change in this section, and why?"},
            {"id": "missing", "scope": "round", "rounds": [1], "text": "Is anything missing?"},
        ],
        "protocol": _protocol(today),
        "consensus_rule": {**STARTING_RULE, "fixed_on": today},
        "privacy": {
            "min_cell": 5,
            "show_group_with_comment": True,
            "deletion_note": "One or more people's answers were later deleted at their request.",
            "retention": {
                "contact_details": "Until 3 months after the report is published.",
                "research_data": "[to fill in: how long answers without names are kept, such as 10 years]",
            },
        },
        "rounds": [_round(number, day) for number, day in enumerate(opens, start=1)],
        "sections": [
            {
                "id": "first-section",
                "title": "First section",
                "drafts": {1: {"standard": "sections/01-first-section.v1.md"}},
            }
        ],
    }


def _information(beginning: Beginning) -> dict[str, Any]:
    contact = {"name": beginning.contact, "email": beginning.email, "phone": beginning.phone}
    return {
        "plain_summary": "We ask people with different experience what they think of draft guidance on "
        "[to fill in: the subject], and change it until they agree as far as they can.",
        "aim": "To agree on guidance about [to fill in: the subject].",
        "organisation": "[to fill in: the organisation that runs the study]",
        "funder": "[to fill in: who pays]",
        "funder_role": "The funder has no say in what is asked, in the results or in what is published.",
        "controller": "[to fill in: the organisation that answers for the personal data]",
        "contact": {key: value for key, value in contact.items() if value},
        "safety": {
            "named_person": beginning.contact,
            "phone": beginning.phone,
            "procedure": "The named person reads the comment the same working day, phones whoever wrote "
            "it if they can be reached, and notes what was done.",
            "support_contacts": [_emergency(beginning.language)],
        },
    }


def _emergency(language: str) -> dict[str, str]:
    is_british = language in ("en-GB", "cy", "gd")
    return {"name": "In an emergency", "phone": "999" if is_british else "112"}


def _consent(today: date, cutoff: date) -> dict[str, Any]:
    return {
        "version": "0.1",
        "date": today,
        "statements": [
            {
                "id": "read",
                "text": "I have read the information about this study and could ask questions.",
            },
            {"id": "choice", "text": "I know that I can stop at any time without saying why."},
            {"id": "data", "text": "I agree that my answers are kept and used as the information says."},
            {"id": "part", "text": "I agree to take part."},
        ],
        "optional": [
            {"id": "quotation", "purpose": "quotation", "text": "My words may be quoted without my name."},
            {"id": "results", "purpose": "results", "text": "Please tell me the results."},
        ],
        "withdrawal_cutoff": cutoff,
    }


def _groups() -> dict[str, Any]:
    groups = (
        ("people", "People with lived experience", "experience"),
        ("carers", "Family members and carers", "experience"),
        ("workers", "People who work in services", "practice"),
    )
    return {
        "stakeholder_groups": [{"id": code, "label": label, "target": 12} for code, label, _ in groups],
        "consensus_panels": [
            {"id": "experience", "label": "Lived experience panel", "groups": ["people", "carers"]},
            {"id": "practice", "label": "Practice panel", "groups": ["workers"]},
        ],
        "feedback_groups": [{"id": code, "label": label, "groups": [code]} for code, label, _ in groups],
    }


def _protocol(today: date) -> dict[str, Any]:
    return {
        "fixed_on": today,
        "sign_off": "two",
        "max_rounds": N_ROUNDS,
        "max_ratings_per_draft": 2,
        "stop_rule": "The study stops after two rounds, or earlier when every section is agreed.",
        "missed_round_policy": "all_rounds",
        "admit_until": {"round": 1, "event": "closes"},
        "partial_submissions": "counted",
        "late_forms": "admitted_with_reason_while_closed",
        "feedback": {
            "of": ["all_panel", "consensus_panels", "feedback_groups"],
            "statistics": ["n", "agree_share", "median"],
        },
    }


def _round(number: int, opens: date) -> dict[str, Any]:
    closes = opens + OPEN_FOR
    part: dict[str, Any] = {
        "number": number,
        "kind": "mixed",
        "opens": opens,
        "closes": closes,
        "reminders": [opens + timedelta(days=7), opens + timedelta(days=14)],
        "feedback_published": closes + timedelta(weeks=3, days=3),
    }
    return part | ({"items": {"first-section": 1}} if number == 1 else {})
