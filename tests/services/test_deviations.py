"""Where the study goes another way than was laid down, with the reason."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.domain.states import StudyState
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.deviations import deviations_of
from delphi.services.deviations import record_deviation
from tools.small_team import Team

DEVIATION = {
    "subject": "Minimum ratings per panel",
    "before": "2",
    "after": "1",
    "reason": "One panel lost most of its people.",
}


@pytest.fixture
def sealed(small_study) -> Team:
    small_study.seal()
    return Team(small_study)


def saved(team) -> list[tuple[str, str, str, str]]:
    with team.study.look():
        return [(d.subject, d.before, d.after, d.reason) for d in deviations_of(team.study.id)]


def test_a_deviation_keeps_both_ways_and_the_reason(sealed):
    sealed(record_deviation, **DEVIATION)
    assert saved(sealed) == [tuple(DEVIATION.values())]
    [(subject, data)] = sealed.events("deviation_recorded")
    assert subject.startswith("deviation:")
    assert data == '{"subject":"Minimum ratings per panel"}'


@pytest.mark.parametrize("part", list(DEVIATION))
def test_every_part_of_a_deviation_is_written(sealed, part):
    error = sealed.refused(InvalidInput, "few words|Say why", record_deviation, **(DEVIATION | {part: "  "}))
    assert [problem.where for problem in error.problems] == [part]
    assert saved(sealed) == []


def test_a_deviation_in_which_nothing_differs_is_refused(sealed):
    sealed.refused(InvalidInput, "what was laid down", record_deviation, **(DEVIATION | {"after": " 2 "}))


def test_before_the_seal_there_is_nothing_to_deviate_from(small_study):
    Team(small_study).refused(WrongState, "Nothing is sealed", record_deviation, **DEVIATION)


@pytest.mark.parametrize(("state", "is_taken"), [("finished", True), ("archived", False)])
def test_a_deviation_that_comes_to_light_late_is_still_recorded(sealed, state, is_taken):
    with sealed.study.work():
        db.session.get_one(Study, sealed.study.id).state = StudyState(state)
    if is_taken:
        sealed(record_deviation, **DEVIATION)
    else:
        sealed.refused(WrongState, "archive", record_deviation, **DEVIATION)
    assert len(saved(sealed)) == is_taken


def test_recording_deviations_is_for_lead_and_researchers(sealed):
    actor = sealed.as_role(Role.CO_RESEARCHER)
    sealed.refused(NotAllowed, "deviation", record_deviation, actor=actor, **DEVIATION)
