"""What a panellist's pages outside the sections show: frozen page objects, for one person and never a name.

Rating pages are in rating_page.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import PanellistActor
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import Invitation, Panellist
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class PanelVisit:
    """A signed-in panellist in one study: by code, with the form of text they prefer."""

    study_id: StudyId
    slug: str
    panellist_id: PanellistId
    code: str
    state: PanellistState
    format: str

    @property
    def actor(self) -> PanellistActor:
        """The person as an actor, for the services."""
        return PanellistActor(self.panellist_id, self.study_id, self.code)


def panel_visit(slug: str, invitation_id: int, generation: int) -> PanelVisit | None:
    """Whose session this is; None when its links were replaced since, or it is of another study."""
    row = db.session.execute(
        db.select(Panellist, Study.slug)
        .join(Invitation, Invitation.panellist_id == Panellist.id)
        .join(Study, Study.id == Invitation.study_id)
        .where(Study.slug == slug, Invitation.id == invitation_id, Invitation.generation == generation)
    ).one_or_none()
    if row is None:
        return None
    person, slug = row
    return PanelVisit(person.study_id, slug, person.id, person.code, person.state, person.format)
