"""Rounds of a study and what they put to the panel."""

from __future__ import annotations

from sqlalchemy.orm import joinedload

from delphi.domain.errors import NotFound
from delphi.domain.ids import RoundId, StudyId
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Item, Round


def round_of(study_id: StudyId, number: int) -> Round:
    """One round of a study; NotFound otherwise."""
    found: Round | None = db.session.scalar(
        db.select(Round).where(Round.study_id == study_id, Round.number == number)
    )
    if found is None:
        raise NotFound(f"This study has no round {number}.")
    return found


def rounds_of(study_id: StudyId) -> list[Round]:
    """All rounds of a study, by number."""
    return list(
        db.session.scalars(db.select(Round).where(Round.study_id == study_id).order_by(Round.number)).all()
    )


def open_round_of(study_id: StudyId) -> Round | None:
    """The round that takes answers now, if there is one."""
    found: Round | None = db.session.scalar(
        db.select(Round).where(Round.study_id == study_id, Round.state == RoundState.OPEN)
    )
    return found


def items_of(round_id: RoundId) -> list[Item]:
    """The frozen items of a round, in the order in which they are asked, with their sections and criteria."""
    statement = (
        db.select(Item)
        .options(joinedload(Item.section), joinedload(Item.criterion))
        .where(Item.round_id == round_id)
        .order_by(Item.position)
    )
    return list(db.session.scalars(statement).all())
