"""The panel by code. Names are elsewhere: see queries/identities.py."""

from __future__ import annotations

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
    return list(db.session.scalars(_asked(study, round_)).all())


def is_asked(study: Study, round_: Round, panellist_id: PanellistId) -> bool:
    """Whether a round is for this one person; as `people_asked`, without reading the panel."""
    return db.session.scalar(_asked(study, round_).where(Panellist.id == panellist_id)) is not None


def _asked(study: Study, round_: Round) -> Select[PanellistId]:
    statement = _active(study.id)
    if round_.number > 1 and study.protocol.get("missed_round_policy") == "respondents_only":
        statement = (
            statement.join(Submission, Submission.panellist_id == Panellist.id)
            .join(Round, Round.id == Submission.round_id)
            .where(Round.study_id == study.id, Round.number == round_.number - 1)
        )
    return statement


def _active(study_id: StudyId) -> Select[PanellistId]:
    statement: Select[PanellistId] = (
        db.select(Panellist.id)
        .where(Panellist.study_id == study_id, Panellist.state == PanellistState.ACTIVE)
        .order_by(Panellist.id)
    )
    return statement
