"""The panel by code. Names are elsewhere: see queries/identities.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from delphi.domain.errors import NotFound
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study


def panellist_of(study_id: StudyId, code: str) -> Panellist:
    """One member of the panel by code; NotFound otherwise."""
    found: Panellist | None = db.session.scalar(
        db.select(Panellist).where(Panellist.study_id == study_id, Panellist.code == code)
    )
    if found is None:
        raise NotFound(f"Nobody on this panel has the code {code}.")
    return found


def panel_of(study_id: StudyId) -> list[Panellist]:
    """Everybody registered for a study, by code."""
    return list(
        db.session.scalars(
            db.select(Panellist).where(Panellist.study_id == study_id).order_by(Panellist.code)
        ).all()
    )


def active_panel(study_id: StudyId) -> list[PanellistId]:
    """Everybody who takes part now."""
    return list(db.session.scalars(_active(study_id)).all())


def people_asked(study: Study, round_: Round) -> list[PanellistId]:
    """The active panel members whom a round is for: all, or those who answered the round before (M17)."""
    statement = _active(study.id)
    if not is_for_everybody(study.protocol, round_.number):
        statement = _who_answered(statement, study.id, round_.number - 1)
    return list(db.session.scalars(statement).all())


def is_for_everybody(protocol: Mapping[str, Any], number: int) -> bool:
    """Whether the protocol asks all of the panel in this round, not only those who answered the last."""
    return number == 1 or protocol.get("missed_round_policy") != "respondents_only"


def is_asked(study_id: StudyId, protocol: Mapping[str, Any], number: int, panellist_id: PanellistId) -> bool:
    """Whether a round is for this one person of the active panel; as `people_asked`, without reading it."""
    if is_for_everybody(protocol, number):
        return True
    statement = _who_answered(_active(study_id), study_id, number - 1)
    return db.session.scalar(statement.where(Panellist.id == panellist_id)) is not None


def _who_answered(statement: Select[PanellistId], study_id: StudyId, number: int) -> Select[PanellistId]:
    return (
        statement.join(Submission, Submission.panellist_id == Panellist.id)
        .join(Round, Round.id == Submission.round_id)
        .where(Round.study_id == study_id, Round.number == number)
    )


def _active(study_id: StudyId) -> Select[PanellistId]:
    statement: Select[PanellistId] = (
        db.select(Panellist.id)
        .where(Panellist.study_id == study_id, Panellist.state == PanellistState.ACTIVE)
        .order_by(Panellist.id)
    )
    return statement
