"""Taking people off the panel who were never asked: one who was added by mistake, or a whole import."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import PANELLIST
from delphi.domain.permissions import Permission, require
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import Panellist, Perspective, Tombstone
from delphi.queries.panel_imports import is_untouched, last_import
from delphi.services.events import record
from delphi.services.leaving import add_tombstone, forget_identity
from delphi.services.membership import panellist_acted_on, subject_of
from delphi.services.transitions import move

SCOPE = "contact details"


def take_off_panel(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> None:
    """Take somebody off the panel who has not been invited, and delete their contact details.

    Raises WrongState for somebody who has been asked: they can say no, stop, or have everything deleted.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    if not is_untouched(panellist):
        raise WrongState("This person has been asked already, so they cannot be taken off unheard.")
    _take_off(panellist, actor, now)


def undo_import(*, study_id: StudyId, actor: Actor, now: datetime) -> int:
    """Take everybody off the panel whom the last import brought; all of them or nobody. Returns how many.

    Raises WrongState when nothing was imported, or somebody of them has been asked meanwhile.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    brought = last_import(study_id)
    codes = brought.codes if brought else ()
    # Held first, so that nobody of them is invited between the look and the deletion.
    ids = db.session.scalars(
        db.select(Panellist.id)
        .where(Panellist.study_id == study_id, Panellist.code.in_(codes))
        .order_by(Panellist.id)
        .with_for_update(of=Panellist)
    ).all()
    found = last_import(study_id)
    if found is None or not found.can_be_undone or found.codes != codes:
        raise WrongState(
            "The last import cannot be undone as a whole: somebody of it has been invited, or has gone. "
            "Take people off one by one."
        )
    db.session.add_all(Tombstone(study_id=study_id, code=code, deleted_at=now, scope=SCOPE) for code in codes)
    db.session.flush()
    # Contact details and prepared invitations go with the row; one event brought them, one ends them.
    db.session.execute(
        db.delete(Panellist).where(Panellist.id.in_(ids)).execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    data = {"people": len(ids), "codes": sorted(codes)}
    record("panel_import_undone", study_id=study_id, actor=actor, now=now, data=data)
    return len(ids)


def _take_off(panellist: Panellist, actor: Actor, now: datetime) -> None:
    forget_identity(panellist)
    db.session.execute(
        db.delete(Perspective)
        .where(Perspective.panellist_id == panellist.id)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    add_tombstone(panellist, SCOPE, now)
    move(
        panellist,
        PANELLIST,
        PanellistState.ERASED,
        study_id=panellist.study_id,
        actor=actor,
        now=now,
        subject=subject_of(panellist),
        data={"scope": SCOPE},
        left_at=now,
        region=None,
        format="standard",
        mode="self",
    )
