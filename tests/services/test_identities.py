"""Nobody sees who people are without leaving an event, and going from a code to a name needs a reason."""

from __future__ import annotations

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, NotFound
from delphi.extensions import db
from delphi.models.log import Event
from delphi.services.identities import look_up_identity, open_panel_page
from delphi.services.leaving import delete_contact_details
from tools.small_study import SmallStudy


@pytest.fixture
def codes(small_study: SmallStudy) -> list[str]:
    return small_study.join(1)


def look_up(study: SmallStudy, code: str, reason: str = "Comment 7 may mean a risk.", **changes: object):
    with study.work():
        return look_up_identity(
            **(
                {
                    "study_id": study.id,
                    "code": code,
                    "reason": reason,
                    "actor": study.second,
                    "now": study.answered_at,
                }
                | changes
            )
        )


def events(study: SmallStudy, kind: str) -> list[tuple[str, str, str]]:
    with study.look():
        found = db.session.scalars(db.select(Event).where(Event.kind == kind).order_by(Event.number))
        return [(event.actor, event.subject, event.data) for event in found]


def test_looking_up_a_name_leaves_who_whom_and_why_and_not_the_name(small_study, codes):
    found = look_up(small_study, codes[0])
    assert (found.code, found.name, found.email) == (codes[0], "Person users 0", "users0@panel.example")
    assert events(small_study, "identity_looked_up") == [
        (
            small_study.second.reference,
            f"panellist:{codes[0]}",
            '{"reason":"Comment 7 may mean a risk."}',
        )
    ]


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_name_is_not_looked_up_without_a_reason(small_study, codes, reason):
    with pytest.raises(InvalidInput, match="Say why"):
        look_up(small_study, codes[0], reason)
    assert events(small_study, "identity_looked_up") == []


def test_names_are_for_the_core_team_and_not_for_panellists(small_study, codes):
    for actor in (small_study.clerk, small_study.person(codes[0])):
        with pytest.raises(NotAllowed):
            look_up(small_study, codes[0], actor=actor)
        with pytest.raises(NotAllowed), small_study.work():
            open_panel_page(study_id=small_study.id, actor=actor, now=small_study.answered_at)


def test_a_deleted_name_cannot_be_looked_up(small_study, codes):
    with small_study.work():
        delete_contact_details(
            study_id=small_study.id, code=codes[0], actor=small_study.lead, now=small_study.answered_at
        )
    with pytest.raises(NotFound, match="have been deleted"):
        look_up(small_study, codes[0])
    with pytest.raises(NotFound, match="Nobody on this panel"):
        look_up(small_study, "P00")


def test_each_visit_of_the_panel_page_leaves_one_event(small_study, codes):
    for _ in range(2):
        with small_study.work():
            page = open_panel_page(
                study_id=small_study.id, actor=small_study.lead, now=small_study.answered_at
            )
    assert [row.code for row in page.rows] == sorted(codes)
    assert len(events(small_study, "panel_page_opened")) == 2
