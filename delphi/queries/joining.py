"""What somebody reads before they join, what they agreed to, and the study's information pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import NotFound
from delphi.domain.ids import StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import ConsentRecord
from delphi.models.studies import Document, Picture, Study
from delphi.queries.admission import admission_of
from delphi.queries.agreeing_again import what_changed_for
from delphi.queries.consent import consent_text_of, newest_consent_of, newest_consent_text
from delphi.queries.own_page import time_words
from delphi.queries.section_content import EASY_READ, STANDARD, PictureAddress
from delphi.queries.taking_part import PanelVisit
from delphi.text.markdown import render, split_title


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with a tick of its own."""

    code: str
    text: str
    is_ticked: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """An information page that can be read here."""

    code: str
    title: str
    version: str
    dated: str
    has_easy_read: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is on record of one person's consent."""

    when: str
    version: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Information and consent on one page.

    `agreed` is the record of somebody who has joined, `again` what is new since then for somebody who has to
    agree again.
    """

    variant: str
    has_easy_read: bool
    version: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    easy_facts: tuple[tuple[str, str], ...]
    documents: tuple[DocumentLink, ...]
    statements: tuple[Statement, ...]
    optional: tuple[Statement, ...]
    note: str | None
    agreed: Agreed | None
    again: tuple[str, ...]
    closed_because: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """An information page in one of its forms."""

    code: str
    title: str
    version: str
    dated: str
    variant: str
    has_easy_read: bool
    text: Markup


def consent_page(
    visit: PanelVisit,
    *,
    variant: str,
    picture: PictureAddress,
    ticked: frozenset[str] = frozenset(),
    problems: frozenset[str] = frozenset(),
) -> ConsentPage:
    """The page on which somebody decides; `ticked` and `problems` are of a form that came back."""
    study, text = visit.study, newest_consent_text(visit.study_id)
    if text is None:
        raise NotFound("This study has no consent text yet. The study team will write to you.")
    has_easy_read = any(statement.easy_read for statement in text.statements)
    easy = variant == EASY_READ and has_easy_read
    required: list[Statement] = []
    optional: list[Statement] = []
    for one in text.statements:
        words = (one.easy_read if easy else None) or one.text
        problem = "Please tick this to take part." if one.code in problems else ""
        statement = Statement(one.code, words, one.code in ticked, problem)
        (optional if one.is_optional else required).append(statement)
    record = newest_consent_of(visit.panellist_id)
    admission = admission_of(study)
    can_join = visit.state != PanellistState.REGISTERED or admission.is_open
    return ConsentPage(
        variant=EASY_READ if easy else STANDARD,
        has_easy_read=has_easy_read,
        version=text.version,
        summary=str(study.information.get("plain_summary") or ""),
        facts=tuple(_facts(study)),
        easy_facts=tuple(
            (picture(one["picture"]), one["text"]) for one in study.information.get("easy_read_summary") or ()
        ),
        documents=_documents(study),
        statements=tuple(required),
        optional=tuple(optional),
        note=text.special_category_note,
        agreed=_agreed(record, study.timezone) if record else None,
        again=what_changed_for(study, visit.panellist_id) if visit.must_agree_again else (),
        closed_because="" if can_join else admission.sentence,
    )


def document_page(visit: PanelVisit, code: str, *, variant: str, picture: PictureAddress) -> DocumentPage:
    """One information page; NotFound when the study has none of this name or it has no text."""
    found: Document | None = db.session.scalar(
        db.select(Document).where(Document.study_id == visit.study_id, Document.code == code)
    )
    if found is None or not found.texts:
        raise NotFound("This study has no such page.")
    shown = variant if variant in found.texts else STANDARD
    title, body = split_title(found.texts[shown])
    return DocumentPage(
        code=code,
        title=title or found.title,
        version=found.version,
        dated=in_words(found.dated_on),
        variant=shown,
        has_easy_read=EASY_READ in found.texts,
        text=render(body, picture=picture),
    )


def picture_of(visit: PanelVisit, name: str) -> Picture:
    """A picture of the study by its file name; NotFound otherwise."""
    return picture_in(visit.study_id, name)


def picture_in(study_id: StudyId, name: str) -> Picture:
    """A picture of a study by its file name; NotFound otherwise."""
    found: Picture | None = db.session.scalar(
        db.select(Picture).where(Picture.study_id == study_id, Picture.name == name)
    )
    if found is None:
        raise NotFound("This study has no such picture.")
    return found


def when_words(when: datetime, timezone: str) -> str:
    """A moment as people say it: "Thursday 16 May 2024, 3:42pm"."""
    return f"{in_words(day_of(when, timezone))}, {time_words(when, timezone)}"


def _facts(study: Study) -> list[tuple[str, str]]:
    """What somebody wants to know first, from what the study file says."""
    information, protocol = study.information, study.protocol
    rounds = int(protocol.get("max_rounds") or 1)
    times = "once" if rounds == 1 else f"up to {rounds} times"
    facts = [
        ("What it is for", information.get("aim")),
        ("How often", f"We ask you {times}. You can stop and come back as often as you like."),
        (
            "Your choice",
            "You can stop at any time. You do not have to say why. It does not change any support you get.",
        ),
        (
            "Who sees your answers",
            (
                "The study team can link your answers to your name. The panel cannot: it sees group results "
                "and comments only."
            ),
        ),
        ("Who pays", f"{information.get('funder')}. {information.get('funder_role')}"),
        ("Who answers for your data", information.get("controller")),
    ]
    return [(name, str(words)) for name, words in facts if words]


def _documents(study: Study) -> tuple[DocumentLink, ...]:
    rows = db.session.scalars(
        db.select(Document).where(Document.study_id == study.id).order_by(Document.position)
    )
    return tuple(
        DocumentLink(one.code, one.title, one.version, in_words(one.dated_on), EASY_READ in one.texts)
        for one in rows
        if one.texts
    )


def _agreed(record: ConsentRecord, timezone: str) -> Agreed:
    return Agreed(
        when=when_words(record.recorded_at, timezone),
        version=consent_text_of(record).version,
        statements=tuple(Statement(one.code, one.text, one.is_given) for one in record.answers),
    )
