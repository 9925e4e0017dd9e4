"""Before a round can open, everything that is missing is named, each with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from delphi.domain.states import RoundState, SectionState
from delphi.extensions import db
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.readiness import drafts_to_put, readiness_problems, times_rated
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services import rounds
from tools.small_study import SECTIONS, SmallStudy

PLAN = {"first-steps": 1, "next-steps": 1}


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    return small_study.seal().publish_drafts()


def problems(
    study: SmallStudy, number: int = 1, *, kind: str | None = None, **changes: Any
) -> dict[str, str]:
    """What stands in the way, by place; the round may be imagined otherwise than it is."""
    with study.look():
        round_ = round_of(study.id, number)
        for name, value in (changes | ({"kind": kind} if kind else {})).items():
            setattr(round_, name, value)
        with db.session.no_autoflush:
            found = readiness_problems(db.session.get_one(Study, study.id), round_)
        db.session.rollback()
        return {problem.where: problem.sentence for problem in found}


def set_state(study: SmallStudy, code: str, state: SectionState) -> None:
    with study.work():
        db.session.scalars(db.select(Section).where(Section.code == code)).one().state = state


def test_a_round_with_signed_drafts_is_ready(study):
    assert problems(study) == {}
    with study.look():
        drafts = drafts_to_put(round_of(study.id, 1))
        assert [(section.code, draft.number) for section, draft in drafts] == list(PLAN.items())


def test_a_draft_that_nobody_signed_is_not_put_to_anybody(small_study):
    found = problems(small_study)
    assert list(found) == list(SECTIONS)
    assert all("not been signed off" in sentence for sentence in found.values())


@pytest.mark.parametrize("kind", ["open", "comments", "rating", "mixed"])
def test_whatever_kind_of_round_it_is_unsigned_drafts_are_named(small_study, kind):
    assert set(problems(small_study, kind=kind)) == set(SECTIONS)


def test_a_round_without_sections_is_ready_only_when_it_asks_openly(study):
    assert problems(study, kind="open", planned_items={}) == {}
    for kind in ("rating", "comments", "mixed"):
        found = problems(study, kind=kind, planned_items={})
        assert found == {"round 1": "No sections are planned for it yet. Choose them first."}


def test_a_draft_that_does_not_exist_is_named(study):
    found = problems(study, planned_items={"first-steps": 2, "next-steps": 1})
    assert list(found) == ["first-steps"]
    assert "no draft 2 yet" in found["first-steps"]


@pytest.mark.parametrize("state", [s for s in SectionState if s not in ("drafting", "in_play")])
def test_a_section_that_is_settled_is_not_put_again_by_a_plan(study, state):
    set_state(study, "first-steps", state)
    found = problems(study)
    assert list(found) == ["first-steps"]
    assert state.value.replace("_", " ") in found["first-steps"]


def test_a_draft_is_put_to_the_panel_no_more_often_than_the_protocol_says(study):
    study.join(1)
    study.open()
    assert problems(study, number=2, planned_items=PLAN) == {}
    with study.work():
        row = db.session.get_one(Study, study.id)
        row.protocol = row.protocol | {"max_ratings_per_draft": 1}
    found = problems(study, number=2, planned_items=PLAN)
    assert list(found) == list(SECTIONS)
    assert "put to the panel 1 time, which is the limit" in found["first-steps"]
    with study.look():
        [(_, draft), _] = drafts_to_put(round_of(study.id, 1))
        assert times_rated(draft, round_of(study.id, 1)) == 0
        assert times_rated(draft, round_of(study.id, 2)) == 1


def test_an_armed_round_that_is_no_longer_ready_does_not_open(study):
    study.join(1)
    common = {"study_id": study.id, "number": 1, "actor": study.lead, "now": study.imported_at}
    with study.work():
        rounds.arm_round(**common)
    set_state(study, "next-steps", SectionState.REMOVED)
    with pytest.raises(Exception, match="no signed-off draft yet"), study.work():
        rounds.open_round(**common)
    with study.look():
        round_ = round_of(study.id, 1)
        assert round_.state == RoundState.PLANNED
        problems = readiness_problems(study_of(study.id), round_)
        assert any("removed already" in problem.sentence for problem in problems)
