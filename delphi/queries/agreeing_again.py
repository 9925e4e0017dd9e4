"""Who has to agree again since the information or the consent text changed, and what is new for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func

from delphi.domain.ids import PanellistId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.mail.messages import MessageKind
from delphi.models.panellists import ConsentRecord, Panellist
from delphi.models.renewals import Renewal
from delphi.models.studies import Study
from delphi.queries.deliveries import promised_to


def must_agree_again(asked_at: datetime | None, panellist_id: PanellistId) -> bool:
    """Whether somebody who takes part has not agreed since everybody was asked again, at `asked_at`.

    Asks the database only in studies in which that has happened: every save comes by here.
    """
    if asked_at is None:
        return False
    return is_asked_since(asked_at, db.session.scalar(db.select(last_agreed_at(panellist_id))))


def is_asked_since(asked_at: datetime | None, agreed_at: datetime | None) -> bool:
    """Whether everybody was asked again, at `asked_at`, after somebody last agreed."""
    return asked_at is not None and (agreed_at is None or agreed_at < asked_at)


def last_agreed_at(panellist_id: Any) -> ScalarSelect[datetime | None]:
    """When this person last agreed, as part of another statement; `panellist_id` may be a column."""
    newest = db.select(func.max(ConsentRecord.recorded_at))
    found: ScalarSelect[datetime | None] = newest.where(
        ConsentRecord.panellist_id == panellist_id
    ).scalar_subquery()
    return found


def what_changed_for(study: Study, panellist_id: PanellistId) -> tuple[str, ...]:
    """What has changed since this person last agreed, in the team's words, the oldest change first."""
    agreed_at = db.session.scalar(db.select(last_agreed_at(panellist_id)))
    changes = db.select(Renewal.summary).where(Renewal.study_id == study.id).order_by(Renewal.id)
    if agreed_at is not None:
        changes = changes.where(Renewal.published_at > agreed_at)
    return tuple(db.session.scalars(changes))


def codes_to_agree_again(study: Study) -> tuple[str, ...]:
    """The codes of people who take part and have to agree again."""
    return tuple(db.session.scalars(waiting_to_agree(study, Panellist.code).order_by(Panellist.code)))


def last_asking(study: Study) -> Renewal | None:
    """The newest version for which everybody was asked to agree again."""
    newest: Renewal | None = db.session.scalar(
        db.select(Renewal)
        .where(Renewal.study_id == study.id, Renewal.asks_again)
        .order_by(Renewal.id.desc())
        .limit(1)
    )
    return newest


def written_to(study: Study, renewal: Renewal) -> set[PanellistId]:
    """To whom a message about this version has been promised."""
    return promised_to(study, f"{MessageKind.AGREE_AGAIN}:{renewal.id}:%")


def waiting_to_agree(study: Study, what: Any) -> Any:
    """A statement for `what` of the people who take part and have to agree again."""
    agreed_since = db.exists().where(
        ConsentRecord.panellist_id == Panellist.id, ConsentRecord.recorded_at >= Study.consent_asked_at
    )
    return (
        db.select(what)
        .select_from(Panellist)
        .join(Study, Study.id == Panellist.study_id)
        .where(
            Study.id == study.id,
            Study.consent_asked_at.is_not(None),
            Panellist.state == PanellistState.ACTIVE,
            ~agreed_since,
        )
    )
