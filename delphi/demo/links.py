"""Ways in for somebody who looks at the demo: as a panellist, as a reader of feedback, as the study lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.demo.visitors import SLUG
from delphi.domain.actors import Operator, Role
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.answers import Comment, Submission
from delphi.models.panellists import Panellist
from delphi.queries.panellists import panel_of
from delphi.queries.section_content import STANDARD
from delphi.queries.studies import study_by_slug, team_of
from delphi.services.invitations import issue_link
from delphi.services.signing_in import make_sign_in_link
from delphi.unit_of_work import unit_of_work

PLAYED = "making-connections"


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """`newcomer` has still to consent, `panellist` can rate; `reader` is on the panel of the finished study.

    `team` signs the study lead in, once and within 24 hours.
    """

    newcomer: str
    panellist: str
    reader: str
    team: str


def demo_links(*, base_url: str, now: datetime) -> DemoLinks:
    """Make fresh links; earlier ones go on working."""
    open_study, played = study_by_slug(SLUG).id, study_by_slug(PLAYED).id
    lead = next(one.account.email for one in team_of(played) if one.role == Role.LEAD)
    with unit_of_work():
        return DemoLinks(
            newcomer=_link(open_study, PanellistState.REGISTERED, base_url, now),
            panellist=_link(open_study, PanellistState.ACTIVE, base_url, now),
            reader=issue_link(panellist_id=reader_of(played), base_url=base_url, now=now),
            team=make_sign_in_link(email=lead, base_url=base_url, actor=Operator(), now=now),
        )


def reader_of(study_id: StudyId) -> PanellistId:
    """Somebody with much of their own to find in the feedback: in every round, and with many comments."""
    sent = db.select(db.func.count()).where(Submission.panellist_id == Panellist.id)
    said = db.select(db.func.count()).where(Comment.panellist_id == Panellist.id)
    people = (
        db.select(Panellist.id)
        .where(
            Panellist.study_id == study_id,
            Panellist.state == PanellistState.ACTIVE,
            Panellist.format == STANDARD,
        )
        .order_by(sent.scalar_subquery().desc(), said.scalar_subquery().desc(), Panellist.id)
    )
    found: PanellistId = db.session.scalars(people.limit(1)).one()
    return found


def _link(study_id: StudyId, state: PanellistState, base_url: str, now: datetime) -> str:
    """A personal link of the first person of the panel in this state, or of the first who is active."""
    people = [one for one in panel_of(study_id) if one.state in (state, PanellistState.ACTIVE)]
    people.sort(key=lambda one: one.state != state)
    return issue_link(panellist_id=people[0].id, base_url=base_url, now=now)
