"""Ways in for somebody who looks at the demo: as a panellist, as a reader of feedback, as the study lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.demo.visitors import SLUG
from delphi.domain.actors import Operator, Role
from delphi.domain.ids import StudyId
from delphi.domain.states import PanellistState
from delphi.queries.panellists import panel_of
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
            reader=_link(played, PanellistState.ACTIVE, base_url, now),
            team=make_sign_in_link(email=lead, base_url=base_url, actor=Operator(), now=now),
        )


def _link(study_id: StudyId, state: PanellistState, base_url: str, now: datetime) -> str:
    """A personal link of the first person of the panel in this state, or of the first who is active."""
    people = [one for one in panel_of(study_id) if one.state in (state, PanellistState.ACTIVE)]
    people.sort(key=lambda one: one.state != state)
    return issue_link(panellist_id=people[0].id, base_url=base_url, now=now)
