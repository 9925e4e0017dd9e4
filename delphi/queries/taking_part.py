"""What a panellist's pages outside the sections show: frozen page objects, for one person and never a name.

Rating pages are in rating_page.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam

from delphi.domain.actors import PanellistActor
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import AccessToken, Invitation, Panellist
from delphi.models.studies import Study
from delphi.queries.agreeing_again import is_asked_since, last_agreed_at
from delphi.queries.invitations import look_at_link, token_hash
from delphi.queries.study_frame import StudyFrame, frame_of


@dataclass(frozen=True, slots=True)
class PanelVisit:
    """A signed-in panellist in one study: by code, with the form of text they prefer."""

    study_id: StudyId
    slug: str
    panellist_id: PanellistId
    code: str
    state: PanellistState
    format: str
    study: Study = field(repr=False, compare=False)
    frame: StudyFrame = field(repr=False, compare=False)
    must_agree_again: bool = False
    """Whether the information has changed since this person agreed, so that they are asked first."""

    @property
    def actor(self) -> PanellistActor:
        """The person as an actor, for the services."""
        return PanellistActor(self.panellist_id, self.study_id, self.code)

    def reading(self, variant: str) -> PanelVisit:
        """The same person, reading another form of text than the study team noted."""
        return replace(self, format=variant)


_VISIT = (
    db.select(
        Study, last_agreed_at(Panellist.id), Panellist.id, Panellist.code, Panellist.state, Panellist.format
    )
    .join(Invitation, Invitation.study_id == Study.id)
    .join(Panellist, Panellist.id == Invitation.panellist_id)
    .where(
        Study.slug == bindparam("slug"),
        Invitation.id == bindparam("invitation"),
        Invitation.generation == bindparam("generation"),
    )
)
"""Asked for every page, so put together once."""


def panel_visit(slug: str, invitation_id: int, generation: int) -> PanelVisit | None:
    """Whose session this is; None when its links were replaced since, or it is of another study."""
    values = {"slug": slug, "invitation": invitation_id, "generation": generation}
    row = db.session.execute(_VISIT, values).one_or_none()
    if row is None:
        return None
    study, agreed_at, *person = row
    return _visit(study, agreed_at, *person)


def visit_of(person: Panellist, study: Study) -> PanelVisit:
    """A panellist in their study, as the copy of their answers needs them."""
    agreed_at = db.session.scalar(db.select(last_agreed_at(person.id)))
    return _visit(study, agreed_at, person.id, person.code, person.state, person.format)


def _visit(
    study: Study,
    agreed_at: datetime | None,
    person: PanellistId,
    code: str,
    state: PanellistState,
    form: str,
) -> PanelVisit:
    asked_again = state == PanellistState.ACTIVE and is_asked_since(study.consent_asked_at, agreed_at)
    return PanelVisit(study.id, study.slug, person, code, state, form, study, frame_of(study), asked_again)


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What a personal link shows before anybody signs in; `problem` says why it does not work."""

    slug: str
    title: str
    short_title: str
    summary: str
    has_consented: bool
    frame: StudyFrame | None
    rounds: int
    problem: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class LinkKey:
    """What a session keeps of a link: whose invitation, and which generation of its links."""

    invitation_id: int
    generation: int


def link_page(token: str, now: datetime) -> LinkPage:
    """Where a link leads; a link that does not work gives a page that says why and whom to ask."""
    try:
        link = look_at_link(token, now)
    except NotFound as error:
        return LinkPage("", "", "", "", False, None, 0, problem=str(error), status=404)
    except WrongState as error:
        study = _study_of_link(token)
        frame = frame_of(study) if study else None
        return LinkPage("", "", "", "", False, frame, 0, problem=str(error), status=410)
    study = db.session.get_one(Study, link.study_id)
    return LinkPage(
        slug=link.study_slug,
        title=study.title,
        short_title=study.short_title,
        summary=str(study.information.get("plain_summary") or ""),
        has_consented=link.has_consented,
        frame=frame_of(study),
        rounds=int(study.protocol.get("max_rounds") or 1),
    )


def key_of_link(panellist_id: PanellistId) -> LinkKey:
    """What the session of this person keeps; NotFound for somebody who was never invited."""
    row = db.session.execute(
        db.select(Invitation.id, Invitation.generation).where(Invitation.panellist_id == panellist_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no invitation for this person.")
    return LinkKey(row.id, row.generation)


def _study_of_link(token: str) -> Study | None:
    found: Study | None = db.session.scalar(
        db.select(Study)
        .join(Invitation, Invitation.study_id == Study.id)
        .join(AccessToken, AccessToken.invitation_id == Invitation.id)
        .where(AccessToken.token_hash == token_hash(token))
    )
    return found
