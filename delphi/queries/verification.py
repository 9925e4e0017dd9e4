"""Looking whether what was sealed, logged, frozen, rated and deleted is still as it was recorded.

Reads only. Every function looks at one kind of record and says how many it saw and, in sentences, what
does not fit. Findings name the place and never an answer, so that they can be passed on. What was
computed and shown is looked at in `verification_results`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, case, func

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.draft_texts import draft_checksum
from delphi.domain.events import FIRST_HASH, event_hash
from delphi.domain.ids import StudyId
from delphi.domain.states import DraftState, PanellistState, StudyState
from delphi.extensions import db
from delphi.models.answers import Comment, LateRequest, Rating, SectionSave, Submission
from delphi.models.late_forms import LateForm
from delphi.models.log import Event, EventHead
from delphi.models.panellists import AccessToken, Identity, Invitation, Panellist, Tombstone
from delphi.models.rounds import Item, Round, RoundSection
from delphi.models.sections import Draft, DraftVariant, Section
from delphi.models.snapshots import FeedbackCopy
from delphi.models.studies import Study
from delphi.queries.seals import seal_of, sealed_content
from delphi.queries.studies import scale_of

EVENTS_AT_ONCE = 1_000
FROZEN = (DraftState.PUBLISHED, DraftState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of record: how many were looked at, what is wrong with them, and what is worth knowing."""

    name: str
    n_checked: int
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Check) -> Check:
        """The same kind of record, looked at in two places."""
        return Check(
            self.name,
            self.n_checked + other.n_checked,
            self.findings + other.findings,
            self.notes + other.notes,
        )


def check_seal(study: Study) -> Check:
    """The seal fits its checksum and the log, and what it covers stands as it was sealed."""
    name, seal = "seal", seal_of(study)
    if seal is None:
        findings = () if study.state == StudyState.DRAFT else ("The study runs and has no seal.",)
        return Check(name, 0, findings)
    wrong = []
    if checksum(seal.content) != seal.checksum:
        wrong.append("The seal's text does not fit its checksum.")
    if [data.get("seal") for _, data in logged(study.id, "study_started")] != [seal.checksum]:
        wrong.append("The log names another seal than the one that is kept.")
    kept, now = json.loads(seal.content), json.loads(canonical_json(sealed_content(study)))
    wrong += [
        f"What was sealed and what holds now differ in {difference(kept.get(part), now.get(part), part)}."
        for part in sorted({*kept, *now})
        if kept.get(part) != now.get(part)
    ]
    return Check(name, 1, tuple(wrong))


def check_events(study: Study) -> Check:
    """The log has no gap, each event fits its hash and holds that of the one before, and none is cut off."""
    wrong: list[str] = []
    number, previous = 0, FIRST_HASH
    rows = db.session.execute(
        db.select(*Event.__table__.columns)
        .where(Event.study_id == study.id)
        .order_by(Event.number)
        .execution_options(yield_per=EVENTS_AT_ONCE)
    )
    n = 0
    for row in rows:
        n += 1
        if row.number != number + 1:
            wrong.append(f"After event {number} the log goes on with event {row.number}.")
        elif row.previous_hash != previous:
            wrong.append(f"Event {row.number} does not hold the hash of the event before.")
        if row.hash != _hash_of(row):
            wrong.append(f"Event {row.number} does not fit its hash.")
        number, previous = row.number, row.hash
    head = db.session.get(EventHead, study.id, populate_existing=True)
    end = (head.number, head.hash) if head else (0, FIRST_HASH)
    if end != (number, previous):
        wrong.append(f"The log ends with event {number}, and should end with event {end[0]} and its hash.")
    return Check("events", n, tuple(wrong), (f"The log ends with event {number}, whose hash is {previous}.",))


def _hash_of(row: Any) -> str:
    return event_hash(
        previous=row.previous_hash,
        number=row.number,
        at=row.at.astimezone(UTC).isoformat(),
        actor=row.actor,
        kind=row.kind,
        subject=row.subject,
        data=row.data,
    )


def check_drafts(study: Study) -> Check:
    """No letter of a published draft has changed."""
    texts: dict[int, dict[str, str]] = {}
    variants = db.session.execute(
        db.select(DraftVariant.draft_id, DraftVariant.variant, DraftVariant.text)
        .join(Draft, Draft.id == DraftVariant.draft_id)
        .where(Draft.study_id == study.id, Draft.state.in_(FROZEN))
    )
    for draft_id, variant, text in variants:
        texts.setdefault(draft_id, {})[variant] = text
    drafts = db.session.execute(
        db.select(Draft.id, Section.code, Draft.number, Draft.checksum)
        .join(Section, Section.id == Draft.section_id)
        .where(Draft.study_id == study.id, Draft.state.in_(FROZEN))
        .order_by(Section.position, Draft.number)
    ).all()
    wrong = [
        f"Draft {number} of “{code}” does not fit the checksum that it got when it was published."
        for draft_id, code, number, kept in drafts
        if draft_checksum(texts.get(draft_id, {})) != kept
    ]
    told = {subject: data.get("checksum") for subject, data in logged(study.id, "draft_published")}
    wrong += [
        f"Draft {number} of “{code}”: the log names another checksum, or none."
        for _, code, number, kept in drafts
        if told.get(f"draft:{code}:{number}") != kept
    ]
    return Check("published drafts", len(drafts), tuple(wrong))


def check_frozen(round_: Round) -> Check:
    """What a round puts to the panel is what it opened with, each item on the draft of its section."""
    name, where = "frozen sections and items", f"Round {round_.number}"
    if round_.opened_at is None:
        return Check(name, 0)
    put = db.session.execute(
        db.select(RoundSection.section_id, RoundSection.draft_id, Section.code, Draft.number)
        .add_columns(Draft.section_id.label("drafts_section"), Draft.state)
        .join(Section, Section.id == RoundSection.section_id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .where(RoundSection.round_id == round_.id)
        .order_by(RoundSection.position)
    ).all()
    items = db.session.execute(
        db.select(Item.id, Item.section_id, Item.draft_id).where(Item.round_id == round_.id)
    ).all()
    wrong = []
    for row in put:
        if row.drafts_section != row.section_id:
            wrong.append(f"{where}: “{row.code}” is bound to a draft of another section.")
        if row.state not in FROZEN:
            wrong.append(f"{where}: draft {row.number} of “{row.code}” is not published.")
    drafts = {row.section_id: row.draft_id for row in put}
    strays = [item.id for item in items if drafts.get(item.section_id) != item.draft_id]
    wrong += [f"{where}: item {item_id} is not on the draft that the round put." for item_id in strays]
    opened = [data for _, data in logged(round_.study_id, "round_opened", f"round:{round_.number}")]
    if opened[:1] != [{row.code: row.number for row in put}]:
        wrong.append(f"{where}: the log says that it opened with other drafts.")
    return Check(name, len(put) + len(items), tuple(wrong))


def check_ratings(study: Study, round_: Round) -> Check:
    """Every rating is on the scale, for an item of its round, by somebody who took part in it."""
    scale = scale_of(study)
    rules: dict[str, ColumnElement[bool]] = {
        "for an item of another round": (Item.id.is_(None)) | (Item.round_id != Rating.round_id),
        f"not on the scale from {scale.minimum} to {scale.maximum}": Rating.value.not_in(scale.values),
        "without a submission": Submission.round_id.is_(None),
        "of another study": Rating.study_id != round_.study_id,
    }
    if scale.cannot_say is None:
        rules["“can't say”, which this study does not offer"] = Rating.value.is_(None)
    sums = [func.coalesce(func.sum(case((rule, 1), else_=0)), 0) for rule in rules.values()]
    n, *found = db.session.execute(
        db.select(func.count(), *sums)
        .select_from(Rating)
        .outerjoin(Item, Item.id == Rating.item_id)
        .outerjoin(
            Submission,
            (Submission.round_id == Rating.round_id) & (Submission.panellist_id == Rating.panellist_id),
        )
        .where(Rating.round_id == round_.id)
    ).one()
    wrong = [
        f"Round {round_.number}: {count} rating{' is' if count == 1 else 's are'} {words}."
        for words, count in zip(rules, found, strict=True)
        if count
    ]
    return Check("ratings", n, tuple(wrong))


def check_deletions(study: Study) -> Check:
    """Of whoever was deleted nothing is left: no name, and no answer unless only the name was to go."""
    tombstones = db.session.execute(
        db.select(Tombstone.code, Panellist.id, Panellist.state)
        .outerjoin(Panellist, (Panellist.study_id == Tombstone.study_id) & (Panellist.code == Tombstone.code))
        .where(Tombstone.study_id == study.id)
        .order_by(Tombstone.id)
    ).all()
    wrong = []
    for code, panellist_id, state in tombstones:
        left = {"name": Identity.panellist_id}
        if state == PanellistState.ERASED:
            left |= {
                "ratings": Rating.panellist_id,
                "comments": Comment.panellist_id,
                "requests to be late": LateRequest.panellist_id,
                "notes on late forms": LateForm.panellist_id,
                "saved pages": SectionSave.panellist_id,
                "submissions": Submission.panellist_id,
                "copies of feedback": FeedbackCopy.panellist_id,
            }
        wrong += [
            f"{code} was deleted, but there is still something left of them: {words}."
            for words, column in left.items()
            if db.session.scalar(db.select(column).where(column == panellist_id).limit(1)) is not None
        ]
        if state == PanellistState.ERASED and _has_links(panellist_id):
            wrong.append(f"{code} was deleted, but their personal links are still there.")
    erased = db.session.scalars(
        db.select(Panellist.code)
        .where(Panellist.study_id == study.id, Panellist.state == PanellistState.ERASED)
        .order_by(Panellist.code)
    )
    remembered = {row.code for row in tombstones}
    wrong += [f"{code} was deleted, and no record says so." for code in erased if code not in remembered]
    return Check("deletions", len(tombstones), tuple(wrong))


def _has_links(panellist_id: int) -> bool:
    statement = (
        db.select(AccessToken.id)
        .join(Invitation, Invitation.id == AccessToken.invitation_id)
        .where(Invitation.panellist_id == panellist_id)
    )
    return db.session.scalar(statement.limit(1)) is not None


def logged(study_id: StudyId, kind: str, subject: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Subject and data of the events of one kind, in order."""
    statement = db.select(Event.subject, Event.data).where(Event.study_id == study_id, Event.kind == kind)
    if subject is not None:
        statement = statement.where(Event.subject == subject)
    rows = db.session.execute(statement.order_by(Event.number))
    return [(where, json.loads(data)) for where, data in rows]


def difference(kept: Any, now: Any, path: str = "") -> str:
    """Where two pieces of plain data first differ, as a path that says nothing of the values there."""
    if isinstance(kept, Mapping) and isinstance(now, Mapping):
        for key in sorted({*kept, *now}):
            if kept.get(key) != now.get(key):
                return difference(kept.get(key), now.get(key), f"{path}, {key}" if path else str(key))
    elif isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        for index, (one, other) in enumerate(zip(kept, now, strict=True), start=1):
            if one != other:
                return difference(one, other, f"{path} {_name_of(one, index)}")
    return path


def _name_of(entry: Any, index: int) -> str:
    """What people call an entry of a list: its section and criterion or its key, else its place."""
    if not isinstance(entry, Mapping):
        return str(index)
    names = [str(entry[key]) for key in ("section", "criterion", "key", "id") if key in entry]
    return "/".join(names) or str(index)
