"""Whether the parts of a study file fit together."""

import copy
from pathlib import Path

import pytest

import delphi.demo
from delphi.domain.errors import InvalidInput
from delphi.domain.study_file import from_plain, to_plain
from delphi.domain.study_file_check import check
from delphi.domain.study_file_languages import is_language_tag
from delphi.domain.study_file_yaml import read_study_file

STUDY = (Path(delphi.demo.__file__).parent / "study" / "study.yaml").read_text(encoding="utf-8")
PLAIN = to_plain(read_study_file(STUDY))


def with_changes(*changes: tuple[str, object]) -> dict:
    """The demo study with values put in the place of others."""
    plain = copy.deepcopy(PLAIN)
    for place, value in changes:
        *above, last = [int(step) if step.isdigit() else step for step in place.split("/")]
        here = plain
        for step in above:
            here = here[step]
        here[last] = value
    return plain


def objections(*changes: tuple[str, object]) -> list[str]:
    return [str(problem) for problem in check(from_plain(with_changes(*changes)))]


def test_the_demo_study_makes_sense():
    assert objections() == []


@pytest.mark.parametrize(
    ("place", "value", "objection"),
    [
        (
            "study/language",
            "english",
            'study.language: "english" is not a known language; write a language tag, as en-GB or cy.',
        ),
        (
            "study/timezone",
            "Europe/Londn",
            "study.timezone: \"Europe/Londn\" is not a known time zone; did you mean 'Europe/London'?",
        ),
        ("study/timezone", "../../etc/passwd", "is not a known time zone"),
        (
            "consensus_panels/0/groups",
            ["lived_experience", "carer"],
            "consensus_panels[0].groups[1]: there is no stakeholder group \"carer\"; did you mean 'carers'?",
        ),
        (
            "consensus_panels/0/groups",
            ["lived_experience"],
            "stakeholder_groups[1].id: every group belongs to exactly one consensus panel; "
            '"carers" is in none. Change consensus_panels.',
        ),
        (
            "feedback_groups/0/groups",
            ["lived_experience", "carers"],
            "stakeholder_groups[1].id: every group belongs to exactly one feedback group; "
            '"carers" is in 2 of them (lived_experience, carers). Change feedback_groups.',
        ),
        (
            "documents/3/formats",
            ["easy_read"],
            'documents[3].formats: offers "easy_read", but there is no such text',
        ),
        (
            "documents/1/id",
            "info-sheet",
            'documents[1].id: "info-sheet" is also the document at documents[0].id',
        ),
        (
            "consent/optional/0/id",
            "c1",
            'consent.optional[0].id: "c1" is also the consent statement at consent.statements[0].id',
        ),
        (
            "sections/4/id",
            "small-steps",
            'sections[4].id: "small-steps" is also the section at sections[3].id; give each section an id',
        ),
        ("criteria/1/id", "clear", 'criteria[1].id: "clear" is also the criterion at criteria[0].id'),
        ("comment_prompts/1/id", "change", 'comment_prompts[1].id: "change" is also'),
        ("comment_prompts/2/rounds", [1, 4], "comment_prompts[2].rounds[1]: round 4 is named"),
        ("comment_prompts/1/scope", "round", "comment_prompts[1]: is asked once in a round"),
        ("scale/points/2", {"value": 3, "label": "Neither"}, "scale.points[2]: has no easy_read words"),
        ("sections/4/drafts", {}, 'sections[4]: the section "local-knowledge" has no text'),
        (
            "sections/4/drafts",
            {2: PLAIN["sections"][4]["drafts"][1]},
            "sections[4].drafts: drafts are numbered",
        ),
        ("sections/4/added_in_round", 4, "sections[4].added_in_round: round 4 is named"),
        ("sections/4/added_in_round", 2, "rounds[0].items.local-knowledge: the section is added in round 2"),
        (
            "sections/4/kind",
            "introduction",
            "rounds[0].items.local-knowledge: an introduction is shown and not",
        ),
        (
            "rounds/0/items",
            {"small-step": 1},
            "rounds[0].items.small-step: there is no section \"small-step\"; did you mean 'small-steps'?",
        ),
        ("rounds/0/items", {"small-steps": 2}, "draft 2 is not in this file (it has: 1)"),
        ("rounds/0/items", {}, "rounds[0]: the first round puts nothing to the panel; add items."),
        ("rounds/1/number", 3, "rounds[1].number: expected 2: rounds are numbered from 1 in order."),
        (
            "rounds/0/closes",
            "2024-03-17",
            "rounds[0].closes: 2024-03-17 is before the round opens (2024-03-18).",
        ),
        ("rounds/0/reminders", ["2024-04-10"], "rounds[0].reminders[0]: 2024-04-10 is outside the round"),
        (
            "rounds/0/reminders",
            ["2024-04-02", "2024-03-25"],
            "does not come after 2024-04-02; put them in order.",
        ),
        (
            "rounds/0/feedback_published",
            "2024-04-05",
            "rounds[0].feedback_published: 2024-04-05 is not after",
        ),
        (
            "rounds/1/opens",
            "2024-04-20",
            "rounds[1].opens: 2024-04-20 is too early: round 1 is fed back on 2024-04-24.",
        ),
        (
            "protocol/fixed_on",
            "2024-04-01",
            "protocol.fixed_on: the protocol is fixed on 2024-04-01, after round 1",
        ),
        ("consensus_rule/fixed_on", "2024-04-01", "consensus_rule.fixed_on: the consensus rule is fixed on"),
        ("consent/date", "2024-04-01", "consent.date: the consent text is dated on 2024-04-01"),
        ("consent/withdrawal_cutoff", "2024-03-18", "consent.withdrawal_cutoff: 2024-03-18 is not after"),
        ("protocol/max_rounds", 2, "protocol.max_rounds: 2 at most, but 3 rounds are planned"),
        (
            "protocol/admit_until",
            {"round": 4, "event": "opens"},
            "protocol.admit_until.round: round 4 is named",
        ),
        (
            "consensus_rule/outcomes/0/when/all/1/criteria",
            ["claer"],
            "consensus_rule.outcomes[0].when.all[1].criteria: The study has no criterion 'claer'. "
            "Did you mean 'clear'?",
        ),
        (
            "consensus_rule/outcomes/0/when/all/0/at_least",
            101,
            "consensus_rule.outcomes[0].when.all[0].at_least:",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(place, value, objection):
    found = objections((place, value))
    assert any(objection in line for line in found), found


def test_a_feedback_group_never_crosses_two_panels():
    found = objections(
        ("feedback_groups/1/groups", ["carers", "volunteers"]),
        ("feedback_groups/2/groups", ["practitioners"]),
        ("feedback_groups/3/groups", ["managers"]),
        ("feedback_groups/4/groups", ["commissioners"]),
    )
    assert len(found) == 1
    assert found[0].startswith('feedback_groups[1].groups: "carers" takes in groups of two consensus panels')


def test_a_draft_is_not_rated_more_often_than_the_protocol_allows():
    found = objections(("rounds/1/items", {"small-steps": 1}), ("rounds/2/items", {"small-steps": 1}))
    assert len(found) == 1
    assert found[0].startswith("rounds[2].items.small-steps: draft 1 is rated 3 times; the protocol allows 2")


def test_a_later_round_may_plan_drafts_that_are_not_yet_written_but_never_go_back():
    assert objections(("rounds/1/items", {"small-steps": 2})) == []
    found = objections(("rounds/1/items", {"small-steps": 2}), ("rounds/2/items", {"small-steps": 1}))
    assert found == ["rounds[2].items.small-steps: draft 1 comes after draft 2 was put to the panel."]


def test_a_section_that_joins_later_may_still_have_no_text():
    later = {"id": "what-teams-need", "title": "What teams need", "added_in_round": 2}
    assert objections(("sections", [*PLAIN["sections"], later])) == []


def test_everything_is_said_at_once_with_lines():
    broken = STUDY.replace("timezone: Europe/London", "timezone: Europe/Londn").replace(
        "closes: 2024-05-17", "closes: 2024-04-17"
    )
    with pytest.raises(InvalidInput) as refused:
        read_study_file(broken)
    lines = broken.split("\n")
    found = {problem.where for problem in refused.value.problems}
    assert f"study.yaml: study.timezone (line {lines.index('  timezone: Europe/Londn') + 1})" in found
    assert f"study.yaml: rounds[1].closes (line {lines.index('    closes: 2024-04-17') + 1})" in found


@pytest.mark.parametrize(
    ("tag", "known"),
    [
        ("en-GB", True),
        ("cy", True),
        ("zh-Hant-TW", True),
        ("es-419", True),
        ("xx", False),
        ("en-gb", False),
        ("", False),
    ],
)
def test_languages_are_named_by_their_tags(tag, known):
    assert is_language_tag(tag) is known
