"""The advisory committee speaks before the panel does, and what was done about it is written down."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.queries.advisory import advice_of
from delphi.services.advisory import record_advice
from tools.small_team import Team

ADVICE = {"section": "next-steps", "text": "Start with people. ", "action": "Done."}


def test_advice_is_kept_with_what_was_done_about_it(small_study):
    team = Team(small_study)
    team(record_advice, **ADVICE)
    team(record_advice, section="first-steps", text="Shorter.", action="Left as it is.")
    with small_study.look():
        found = [(section.code, advice.text, advice.action) for section, advice in advice_of(small_study.id)]
    assert found == [
        ("first-steps", "Shorter.", "Left as it is."),
        ("next-steps", "Start with people.", "Done."),
    ]
    assert team.events("advice_recorded")[0] == ("section:next-steps", "{}")


def test_an_advisory_member_may_record_advice_and_a_co_researcher_may_not(small_study):
    team = Team(small_study)
    team(record_advice, actor=team.as_role(Role.ADVISORY), **ADVICE)
    team.refused(NotAllowed, "advisory", record_advice, actor=team.as_role(Role.CO_RESEARCHER), **ADVICE)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"text": ""}, InvalidInput, "what the committee said"),
        ({"action": " "}, InvalidInput, "what was done"),
        ({"section": "nowhere"}, NotFound, "no section"),
    ],
)
def test_advice_that_is_not_complete_is_refused(small_study, changed, error, match):
    team = Team(small_study)
    team.refused(error, match, record_advice, **(ADVICE | changed))
    with small_study.look():
        assert advice_of(small_study.id) == []


def test_once_the_panel_is_asked_the_advisory_review_is_over(opened):
    opened.refused(WrongState, "review is over", record_advice, **ADVICE)
