"""Bringing a whole panel from a file: look first, then all of it or nothing."""

from __future__ import annotations

import re
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.models.panellists import Panellist
from delphi.queries.studies import structure_of
from delphi.services.events import record
from delphi.services.panel import add_people, clashes_with_panel, study_admitting
from delphi.services.panel_csv import PanelPreview, read_panel_csv


def preview_panel(*, study_id: StudyId, content: bytes, actor: Actor, now: datetime) -> PanelPreview:
    """What importing this file would do, with every problem by row and column; changes nothing.

    Raises WrongState when the study admits nobody any more.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    study_admitting(study_id)
    preview = read_panel_csv(content, structure_of(study_id))
    clashes = clashes_with_panel(study_id, [row.entry for row in preview.rows])
    met = [
        Problem(f"row {preview.rows[place].number}, {field}", sentence)
        for place, found in clashes.items()
        for field, sentence in found
    ]
    return PanelPreview(preview.rows, tuple(sorted((*preview.problems, *met), key=_row_of)))


def _row_of(problem: Problem) -> int:
    """The row that a problem is in, so that they read down the file; 0 for one about all of it."""
    found = re.match(r"row (\d+)", problem.where)
    return int(found[1]) if found else 0


def import_panel(*, study_id: StudyId, content: bytes, actor: Actor, now: datetime) -> list[Panellist]:
    """Register everybody in a CSV file, in the order of its rows.

    Raises InvalidInput with every problem, and then nobody is registered; WrongState when the study
    admits nobody any more.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    preview = preview_panel(study_id=study_id, content=content, actor=actor, now=now)
    if preview.problems:
        raise InvalidInput(preview.problems, heading="Nobody was added. Correct the file and bring it again.")
    study = study_admitting(study_id)
    added = add_people(study, [row.entry for row in preview.rows], now)
    codes = sorted(panellist.code for panellist in added)
    record(
        "panel_imported", study_id=study_id, actor=actor, now=now, data={"people": len(codes), "codes": codes}
    )
    return added
