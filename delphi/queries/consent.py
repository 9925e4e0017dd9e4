"""What people agreed to: the text that is asked now, the newest record of each person, their permissions."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func

from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import ConsentAnswer, ConsentRecord, Panellist
from delphi.models.studies import ConsentStatement, ConsentText


def newest_consent_text(study_id: StudyId) -> ConsentText | None:
    """The version of the consent text that is asked now, if the study has one."""
    found: ConsentText | None = db.session.scalar(
        db.select(ConsentText)
        .where(ConsentText.study_id == study_id)
        .order_by(ConsentText.id.desc())
        .limit(1)
    )
    return found


def consent_text_of(record: ConsentRecord) -> ConsentText:
    """The version of the text that a record is about."""
    return db.session.get_one(ConsentText, record.consent_text_id)


def consent_records_of(panellist_id: PanellistId) -> list[ConsentRecord]:
    """Every consent record of one person, the oldest first."""
    return list(
        db.session.scalars(
            db.select(ConsentRecord)
            .where(ConsentRecord.panellist_id == panellist_id)
            .order_by(ConsentRecord.id)
        ).all()
    )


def newest_consent_of(panellist_id: PanellistId) -> ConsentRecord | None:
    """The record that holds now for one person, if they have consented."""
    found: ConsentRecord | None = db.session.scalar(
        db.select(ConsentRecord)
        .where(ConsentRecord.panellist_id == panellist_id)
        .order_by(ConsentRecord.id.desc())
        .limit(1)
    )
    return found


def current_permissions(panellist: Panellist) -> frozenset[str]:
    """The purposes of the optional permissions that hold now ("quotation", "results"…).

    Empty for somebody who has not consented, and for somebody whose answers were deleted.
    """
    return _permissions(ConsentRecord.panellist_id == panellist.id).get(panellist.id, frozenset())


def permissions_by_panellist(study_id: StudyId) -> dict[PanellistId, frozenset[str]]:
    """The optional permissions that hold now, for everybody who gave at least one."""
    return _permissions(ConsentRecord.study_id == study_id)


def _permissions(whose: ColumnElement[bool]) -> dict[PanellistId, frozenset[str]]:
    newest = db.select(func.max(ConsentRecord.id)).where(whose).group_by(ConsentRecord.panellist_id)
    rows = db.session.execute(
        db.select(ConsentRecord.panellist_id, ConsentStatement.purpose, ConsentStatement.code)
        .join(ConsentAnswer, ConsentAnswer.consent_record_id == ConsentRecord.id)
        .join(
            ConsentStatement,
            (ConsentStatement.consent_text_id == ConsentRecord.consent_text_id)
            & (ConsentStatement.code == ConsentAnswer.code),
        )
        .join(Panellist, Panellist.id == ConsentRecord.panellist_id)
        .where(
            ConsentRecord.id.in_(newest),
            ConsentAnswer.is_given,
            ConsentStatement.is_optional,
            Panellist.state != PanellistState.ERASED,
        )
    ).all()
    purposes: dict[PanellistId, set[str]] = {}
    for panellist_id, purpose, code in rows:
        purposes.setdefault(panellist_id, set()).add(purpose or code)
    return {panellist_id: frozenset(found) for panellist_id, found in purposes.items()}
