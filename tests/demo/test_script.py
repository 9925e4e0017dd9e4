"""The demo's script holds together, tells the documented story, and a slip in it is named."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from delphi.demo.script import Script, load_script
from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput
from delphi.domain.study_archive import read_folder
from delphi.domain.study_file import StudyFile
from delphi.paths import demo_folder


@pytest.fixture(scope="module")
def script() -> Script:
    return load_script(demo_folder())


@pytest.fixture
def copy_of_script(tmp_path: Path) -> Path:
    for name in ("script.yaml", "comments.yaml"):
        shutil.copy(demo_folder() / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


# --- the story


@pytest.mark.parametrize(
    ("group", "consented", "answering"),
    [
        ("lived_experience", 12, [12, 10, 10]),
        ("carers", 6, [6, 5, 5]),
        ("volunteers", 6, [6, 6, 5]),
        ("practitioners", 10, [9, 9, 8]),
        ("managers", 5, [5, 4, 4]),
        ("commissioners", 4, [3, 3, 3]),
        ("researchers", 5, [5, 5, 4]),
    ],
)
def test_each_group_answers_as_documented(
    script: Script, group: str, consented: int, answering: list[int]
) -> None:
    people = [panellist for panellist in script.panellists if panellist.group == group]
    assert len(people) == consented
    assert [sum(person.answers_in(number) for person in people) for number in (1, 2, 3)] == answering


def test_seventy_one_were_interested_and_forty_eight_consented(script: Script) -> None:
    assert sum(row.interested for row in script.recruitment) == 71
    assert sum(row.invited for row in script.recruitment) == 63
    assert sum(row.consented for row in script.recruitment) == len(script.panellists) == 48
    assert Counter(person.status for person in script.not_joined) == {
        "declined": 6,
        "no_reply": 9,
        "not_invited": 8,
    }


def test_all_seventy_one_have_a_name_of_their_own(script: Script) -> None:
    names = [person.name for person in (*script.contacts.values(), *script.not_joined)]
    assert len(set(names)) == 71
    assert len({name.split()[0] for name in names}) == 71


def test_ten_sections_of_which_nine_are_agreed(script: Script) -> None:
    last = [steps[max(steps)] for steps in script.story.values()]
    assert Counter(step.decision for step in last) == {"keep": 9, "report_no_agreement": 1}
    assert [4 * len(plan.items) for plan in script.rounds] == [36, 28, 12]


def test_a_section_is_kept_exactly_when_the_rule_says_agreed(script: Script) -> None:
    for steps in script.story.values():
        for step in steps.values():
            assert (step.decision == "keep") == (step.outcome == "agreed")


def test_one_section_is_put_again_unchanged_and_every_new_draft_is_not_comparable(script: Script) -> None:
    again = [revision for revision in script.revisions if revision.kind == "rerating"]
    new = [revision for revision in script.revisions if revision.kind == "revision"]
    assert [(revision.section, revision.comparable) for revision in again] == [("local-knowledge", "same")]
    assert {revision.comparable for revision in new} == {"no"}
    assert len(script.revisions_for(2)) == 6
    assert len(script.revisions_for(3)) == 3


def test_the_special_cases_are_there(script: Script) -> None:
    by_code = script.panellist_by_code
    deleted = [panellist.code for panellist in script.panellists if panellist.is_deleted_later]
    assert deleted == ["P05"]
    stopped = {p.code: p.stops.stopped_on for p in script.panellists if p.stops}
    assert set(stopped) == {"P05", "P40", "P06"}
    assert stopped["P05"] == date(2024, 5, 2)
    assert [p.code for p in script.panellists if p.misses] == ["P16"]
    assert by_code["P26"].joined_on == date(2024, 4, 22)
    assert {p.code for p in script.panellists if p.mode == "paper"} == {"P20", "P32", "P36", "P41"}
    assert {p.code for p in script.panellists if p.supporter} == {"P12", "P18", "P33"}
    assert by_code["P18"].supporter == "paid_advocate"
    assert [p.code for p in script.panellists if not any(p.rounds)] == ["P01"]


def test_the_late_form_comes_after_closing_and_before_analysis(script: Script) -> None:
    late = script.panellist_by_code["P32"].late_form
    assert late is not None
    plan = script.round(late.round)
    assert plan.last_day < late.received_on < plan.acts.analysed_on


def test_the_deletion_comes_after_the_round_1_feedback(script: Script) -> None:
    stops = script.panellist_by_code["P05"].stops
    assert stops is not None
    assert script.round(1).acts.feedback_published_on < stops.stopped_on


def test_nobody_is_admitted_after_round_2_has_opened(script: Script) -> None:
    for panellist in script.panellists:
        assert panellist.consented_on < script.round(2).opens
        first = next((plan for plan in script.rounds if panellist.answers_in(plan.number)), None)
        assert first is None or panellist.consented_on < first.opens


def test_feedback_is_published_before_the_next_round_opens(script: Script) -> None:
    for earlier, later in zip(script.rounds, script.rounds[1:], strict=False):
        assert earlier.acts.feedback_published_on < later.opens


def test_the_team_has_its_roles_and_the_lead_signs_last(script: Script) -> None:
    roles = {person.key: person.role for person in script.team}
    assert Counter(roles.values()) == {
        Role.LEAD: 1,
        Role.RESEARCHER: 1,
        Role.CO_RESEARCHER: 1,
        Role.DATA_ENTRY: 1,
        Role.ADVISORY: 5,
    }
    assert roles[script.sign_off.lead] is Role.LEAD
    assert roles[script.sign_off.first] is Role.RESEARCHER
    assert {roles[remark.by] for remark in script.advisory_review.remarks} == {Role.ADVISORY}


def test_comments_are_redacted_held_and_escalated(script: Script) -> None:
    actions = {c.id: c.moderation.action for c in script.comments if c.moderation}
    assert actions == {"C56": "redact", "C62": "redact", "S01": "escalate", "S02": "hold"}
    assert [entry.comment for entry in script.escalations] == ["S01"]


def test_every_comment_has_an_answer_from_the_team(script: Script) -> None:
    assert len(script.comments) == 89
    assert all(comment.reason for comment in script.comments)
    for comment in script.comments:
        if comment.duplicate_of:
            assert script.comment_by_id[comment.duplicate_of].section == comment.section


# --- the script beside the study file


@pytest.fixture(scope="module")
def study() -> StudyFile:
    return read_folder(demo_folder() / "study").study_file


def test_script_and_study_file_plan_the_same_rounds(script: Script, study: StudyFile) -> None:
    assert len(script.rounds) == len(study.rounds) == study.protocol.max_rounds
    for plan, planned in zip(script.rounds, study.rounds, strict=True):
        in_time = tuple(day for day in plan.reminders if day <= plan.closes)
        assert (plan.number, plan.kind) == (planned.number, planned.kind)
        assert (plan.opens, plan.closes, in_time) == (planned.opens, planned.closes, planned.reminders)
        assert planned.feedback_published in (None, plan.acts.feedback_published_on)
        assert not planned.items or list(planned.items.items()) == list(plan.items.items())
    assert script.calendar.sealed_on == study.protocol.fixed_on


def test_the_simulator_takes_criteria_and_agreement_from_the_study(script: Script, study: StudyFile) -> None:
    assert script.simulation.criteria == tuple(criterion.id for criterion in study.criteria)
    assert script.simulation.agreement_values == study.scale.bands["agree"]
    assert len(script.simulation.thresholds) + 1 == len(study.scale.points)


def test_the_script_names_only_what_the_study_has(script: Script, study: StudyFile) -> None:
    groups = tuple(group.id for group in study.stakeholder_groups)
    optional = {statement.id for statement in study.consent.optional}
    assert tuple(row.group for row in script.recruitment) == groups
    for panellist in script.panellists:
        assert panellist.group in groups
        assert set(panellist.other_perspectives) <= set(groups) - {panellist.group}
        assert set(panellist.optional) <= optional
    for comment in script.comments:
        assert set(comment.groups) <= set(groups)
        assert comment.criterion in (None, *script.simulation.criteria)
    assert set(script.story) == {section.id for section in study.sections} | {
        added.section for added in script.added_sections
    }


def test_every_draft_that_a_round_puts_has_a_text(script: Script, study: StudyFile) -> None:
    written = {(section.id, version) for section in study.sections for version in section.drafts}
    brought = {(added.section, 1): added.files for added in script.added_sections}
    brought |= {(r.section, r.to_version): r.files for r in script.revisions if r.files}
    put = {(section, version) for plan in script.rounds for section, version in plan.items.items()}
    assert put == written | set(brought)
    named = [name for files in brought.values() for name in (files.standard, files.easy_read) if name]
    assert all((demo_folder() / name).is_file() for name in named)
    drafts = {path.relative_to(demo_folder()).as_posix() for path in (demo_folder() / "drafts").rglob("*.md")}
    assert set(named) == drafts


# --- slips


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("script.yaml", "code: P19,", "code: P12,", "P12 is there twice"),
        ("script.yaml", "comments: [C14]", "comments: [C95]", "There is no comment C95"),
        ("script.yaml", "interested: 17", "interested: 18", "recruitment.lived_experience"),
        ("script.yaml", "maureen.tuckwell@", "desmond.achike@", "belongs to two people"),
        ("script.yaml", "by: winifred", "by: wilfred", "'wilfred' is not in the team"),
        (
            "script.yaml",
            "outcome: agreed, decision: keep",
            "outcome: agreed, decision: revise",
            "does not fit round 2",
        ),
        ("script.yaml", "[1.75, 1.80, 1.55, 1.80]", "[1.75, 1.80, 1.55]", "one number for each criterion"),
        (
            "script.yaml",
            "connecting-online: 3, ",
            "connecting-online: 2, ",
            "rounds[3].items.connecting-online",
        ),
        ("script.yaml", "closes: 2024-04-05", "closes: 2024-03-05", "its days are not in order"),
        ("script.yaml", "mode: supported", "mode: helped", "mode"),
        ("script.yaml", "supporter: relative", "supporters: relative", "supporters"),
        ("comments.yaml", "disposition: duplicate, duplicate_of: C10", "disposition: duplicate", "C16"),
        (
            "comments.yaml",
            "kind: section, section: going-along",
            "kind: missing, section: going-along",
            "C40",
        ),
        ("comments.yaml", "action: escalate", "action: hold", "S01: escalated and followed up"),
        ("comments.yaml", "comments:\n", "comments: [\n", "This is not YAML"),
    ],
)
def test_a_slip_is_named(copy_of_script: Path, name: str, old: str, new: str, sentence: str) -> None:
    change(copy_of_script, name, old, new)
    with pytest.raises(InvalidInput) as refused:
        load_script(copy_of_script)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("misses: {round: 2", "misses: {round: 3", "answers in the round that is missed"),
        ("[1, 0, 0], optional: [o1, o3], ", "[1, 0, 1], optional: [o1, o3], ", "answers after stopping"),
        ("format: paper, mode: paper", "format: paper, mode: self", "format paper goes with the mode paper"),
        ("960 1", "860 1", "phone"),
    ],
)
def test_a_person_whose_story_contradicts_itself_is_refused(
    copy_of_script: Path, old: str, new: str, sentence: str
) -> None:
    change(copy_of_script, "script.yaml", old, new)
    with pytest.raises(InvalidInput, match=sentence):
        load_script(copy_of_script)


def test_a_script_cannot_be_changed_once_read(script: Script) -> None:
    with pytest.raises(ValueError, match="frozen"):
        script.panellists[0].code = "P99"  # type: ignore[misc]
