"""One person's answers in one round, and what a save has to know about the page it saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam

from delphi.domain.errors import NotFound
from delphi.domain.ids import DraftId, ItemId, PanellistId, RoundId, SectionId, StudyId
from delphi.extensions import db
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.rounds import Item, Round, RoundSection
from delphi.models.sections import Criterion, Section
from delphi.models.studies import Study
from delphi.queries.gates import pass_gate

UNABLE: Literal["unable"] = "unable"

Answer = int | Literal["unable"]
"""A point of the scale, or "can't say"."""


@dataclass(frozen=True, slots=True)
class SectionPage:
    """What one section's page in one round consists of."""

    section_id: SectionId
    draft_id: DraftId
    item_by_criterion: Mapping[str, ItemId]


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What is saved of one person's page: the revision, the ratings and the comments by prompt."""

    revision: int
    ratings: Mapping[str, Answer]
    comments: Mapping[str, str]


# Every save asks these two, so they are put together once.
_ROUND = (
    db.select(Round, Study)
    .join(Study, Study.id == Round.study_id)
    .where(Round.study_id == bindparam("study"), Round.number == bindparam("number"))
    .execution_options(populate_existing=True)
)
_PAGE = (
    db.select(RoundSection.section_id, RoundSection.draft_id, Criterion.code, Item.id)
    .join(Section, Section.id == RoundSection.section_id)
    .outerjoin(Item, (Item.round_id == RoundSection.round_id) & (Item.section_id == RoundSection.section_id))
    .outerjoin(Criterion, Criterion.id == Item.criterion_id)
    .where(RoundSection.round_id == bindparam("round"), Section.code == bindparam("code"))
    .order_by(Item.position)
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


def section_page(round_id: RoundId, section_code: str) -> SectionPage:
    """A section of a round with its items; NotFound when it is not part of that round."""
    rows = db.session.execute(_PAGE, {"round": round_id, "code": section_code}).all()
    if not rows:
        raise NotFound(f"The section “{section_code}” is not part of this round.")
    items = {code: item_id for _, _, code, item_id in rows if item_id is not None}
    return SectionPage(rows[0].section_id, rows[0].draft_id, items)


def saved_page(round_id: RoundId, panellist_id: PanellistId, page: SectionPage) -> SavedPage:
    """What is saved of one person's page; revision 0 when nothing is."""
    save = db.session.get(SectionSave, (round_id, panellist_id, page.section_id), populate_existing=True)
    ratings = {
        row.item_id: row.value
        for row in db.session.execute(
            db.select(Rating.item_id, Rating.value).where(
                Rating.round_id == round_id,
                Rating.panellist_id == panellist_id,
                Rating.item_id.in_(page.item_by_criterion.values()),
            )
        )
    }
    comments = db.session.execute(
        db.select(Comment.prompt, Comment.text).where(
            Comment.round_id == round_id,
            Comment.panellist_id == panellist_id,
            Comment.section_id == page.section_id,
        )
    )
    return SavedPage(
        revision=save.revision if save else 0,
        ratings={
            code: UNABLE if ratings[item_id] is None else ratings[item_id]
            for code, item_id in page.item_by_criterion.items()
            if item_id in ratings
        },
        comments={row.prompt: row.text for row in comments},
    )
