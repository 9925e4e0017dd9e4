"""One person's answers in one round, and what a save has to know about the page it saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam

from delphi.domain.errors import NotFound
from delphi.domain.ids import PanellistId, RoundId, StudyId
from delphi.domain.states import PanellistState, RoundState
from delphi.extensions import db, rows_of
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.gates import pass_gate
from delphi.queries.round_outline import SectionOutline

UNABLE: Literal["unable"] = "unable"

Answer = int | Literal["unable"]
"""A point of the scale, or "can't say"."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What is saved of one person's page: the revision, the ratings and the comments by prompt."""

    revision: int
    ratings: Mapping[str, Answer]
    comments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody before a round of their study: what has to be known of both to take an answer."""

    study_id: StudyId
    round_id: RoundId
    number: int
    round_state: RoundState
    protocol: Mapping[str, Any]
    panellist_id: PanellistId
    code: str
    panellist_state: PanellistState
    mode: str
    consent_asked_at: datetime | None


# Every save asks this, so it is put together once.
_ANSWERING = (
    db.select(
        Round.id,
        Round.state,
        Study.protocol,
        Study.consent_asked_at,
        Panellist.id,
        Panellist.state,
        Panellist.mode,
    )
    .join(Study, Study.id == Round.study_id)
    .outerjoin(Panellist, (Panellist.study_id == Round.study_id) & (Panellist.code == bindparam("code")))
    .where(Round.study_id == bindparam("study"), Round.number == bindparam("number"))
)
_ROUND = (
    db.select(Round, Study)
    .join(Study, Study.id == Round.study_id)
    .where(Round.study_id == bindparam("study"), Round.number == bindparam("number"))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class SavedWhole:
    """What is saved of one person's answers about the whole: the revision, and the texts by prompt."""

    revision: int
    comments: Mapping[str, str]


def saved_whole(round_id: RoundId, panellist_id: PanellistId) -> SavedWhole:
    """What somebody has said about the guidance as a whole; revision 0 when nothing was saved yet."""
    revision = db.session.scalar(
        db.select(Submission.whole_revision).where(
            Submission.round_id == round_id, Submission.panellist_id == panellist_id
        )
    )
    rows = db.session.execute(
        db.select(Comment.prompt, Comment.text).where(
            Comment.round_id == round_id,
            Comment.panellist_id == panellist_id,
            Comment.section_id.is_(None),
        )
    )
    return SavedWhole(revision or 0, {row.prompt: row.text for row in rows})


def round_to_answer(study_id: StudyId, number: int) -> tuple[Round, Study]:
    """A round with its study; it is neither closed nor counted before this transaction ends."""
    pass_gate(study_id, number)
    row = db.session.execute(_ROUND, {"study": study_id, "number": number}).one_or_none()
    if row is None:
        raise NotFound(f"This study has no round {number}.")
    round_, study = row
    return round_, study


def answering(study_id: StudyId, number: int, code: str) -> Answering:
    """Somebody by code before a round, which is neither closed nor counted before this transaction ends.

    NotFound for a round or a code that the study does not have.
    """
    pass_gate(study_id, number)
    row = rows_of(_ANSWERING, {"study": study_id, "number": number, "code": code}).one_or_none()
    if row is None:
        raise NotFound(f"This study has no round {number}.")
    round_id, round_state, protocol, asked_at, panellist_id, panellist_state, mode = row
    if panellist_id is None:
        raise NotFound(f"Nobody on this panel has the code {code}.")
    return Answering(
        study_id, round_id, number, round_state, protocol, panellist_id, code, panellist_state, mode, asked_at
    )


def saved_page(round_id: RoundId, panellist_id: PanellistId, section: SectionOutline) -> SavedPage:
    """What is saved of one person's page; revision 0 when nothing is."""
    save = db.session.get(SectionSave, (round_id, panellist_id, section.section_id), populate_existing=True)
    ratings = {
        row.item_id: row.value
        for row in db.session.execute(
            db.select(Rating.item_id, Rating.value).where(
                Rating.round_id == round_id,
                Rating.panellist_id == panellist_id,
                Rating.item_id.in_(item.item_id for item in section.items),
            )
        )
    }
    comments = db.session.execute(
        db.select(Comment.prompt, Comment.text).where(
            Comment.round_id == round_id,
            Comment.panellist_id == panellist_id,
            Comment.section_id == section.section_id,
        )
    )
    return SavedPage(
        revision=save.revision if save else 0,
        ratings={
            item.criterion: UNABLE if ratings[item.item_id] is None else ratings[item.item_id]
            for item in section.items
            if item.item_id in ratings
        },
        comments={row.prompt: row.text for row in comments},
    )
