"""Sections that are added, before the study and because the panel missed something."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.domain.states import SectionState
from delphi.extensions import db
from delphi.models.sections import Draft
from delphi.queries.sections import parts_of, section_of, sections_of
from delphi.services.decisions import decide
from delphi.services.drafts import propose_draft, publish_draft, sign_draft, write_draft
from delphi.services.sections import add_section
from tools.small_team import Team

PETS = {"code": "pets", "title": "Pets", "origin": "Asked for in round 1.", "added_in_round": 2}


def order(team) -> list[tuple[str, int]]:
    with team.study.look():
        return [(section.code, section.position) for section in sections_of(team.study.id)]


def test_a_section_is_added_at_its_place(small_study):
    team = Team(small_study)
    team(add_section, code="pets", title=" Pets ", position=2)
    team(add_section, code="last-steps", title="Last steps")
    assert order(team) == [("first-steps", 1), ("pets", 2), ("next-steps", 3), ("last-steps", 4)]
    with small_study.look():
        assert section_of(small_study.id, "pets").title == "Pets"
        assert section_of(small_study.id, "pets").state == SectionState.DRAFTING


def test_a_section_that_the_panel_missed_gets_its_own_draft_without_a_decision(closed):
    closed(add_section, **PETS)
    closed(write_draft, section="pets", texts={"standard": "# Pets\n\nThey belong on the map.\n"})
    closed(propose_draft, section="pets", number=1)
    closed.sign(sign_draft, section="pets", number=1)
    closed(publish_draft, section="pets", number=1)
    with closed.study.look():
        section = section_of(closed.study.id, "pets")
        assert (section.origin, section.added_in_round) == ("Asked for in round 1.", 2)
        draft = db.session.scalars(db.select(Draft).where(Draft.section_id == section.id)).one()
        assert (draft.number, draft.state.value) == (1, "published")
    assert closed.events("section_added") == [("section:pets", '{"round":2}')]


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"code": "first-steps"}, InvalidInput, "already"),
        ({"code": "Pets!"}, InvalidInput, "cannot be a code"),
        ({"code": "p" * 61}, InvalidInput, "cannot be a code"),
        ({"title": " "}, InvalidInput, "Give the section a title"),
        ({"kind": "poem"}, InvalidInput, "A section is one of"),
        ({"origin": None}, InvalidInput, "what asked for this section"),
        ({"added_in_round": None}, InvalidInput, "in which round"),
        ({"added_in_round": 1}, WrongState, "only a planned round"),
        ({"added_in_round": 7}, NotFound, "no round 7"),
    ],
)
def test_a_section_that_does_not_fit_is_refused(closed, changed, error, match):
    before = order(closed)
    closed.refused(error, match, add_section, **(PETS | changed))
    assert order(closed) == before


def test_adding_sections_is_for_those_who_write(closed):
    closed.refused(NotAllowed, "write drafts", add_section, actor=closed.as_role(Role.DATA_ENTRY), **PETS)


def test_a_part_knows_the_section_it_was_split_from(analysed):
    analysed(decide, number=1, section="next-steps", kind="split", reason="Two things in one.")
    analysed(add_section, **PETS, split_from="next-steps")
    with analysed.study.look():
        whole = section_of(analysed.study.id, "next-steps")
        assert [one.code for one in parts_of(whole)] == ["pets"]
    assert analysed.events("section_added") == [("section:pets", '{"round":2,"split_from":"next-steps"}')]


def test_only_a_section_that_is_to_be_split_has_parts(analysed):
    analysed.refused(InvalidInput, "Decide that first", add_section, **PETS, split_from="next-steps")
    analysed.refused(NotFound, "no section", add_section, **PETS, split_from="nowhere")
