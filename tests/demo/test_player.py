"""Played through the real services, the demo tells its story, to the last count."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func

from delphi.consensus.disclosure_release import Release, UnitKind
from delphi.demo.links import reader_of
from delphi.domain.states import CommentState, PanellistState, RoundState, SectionState, StudyState
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.decisions import Correction, Decision, Revision
from delphi.models.log import Event, OutboxEntry, OutboxState
from delphi.models.panellists import Identity, Panellist, Tombstone
from delphi.models.rounds import RoundExtension
from delphi.models.snapshots import FeedbackCopy
from delphi.models.studies import AdvisoryComment, SignOff
from delphi.queries.feedback import feedback_of
from delphi.queries.panellists import panellist_of
from delphi.queries.results import newest_snapshot, outcomes_of_round, read_results, snapshots_of
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.studies import structure_of, study_of

pytestmark = pytest.mark.slow

CRITERIA = ("clear", "relevant", "feasible", "appropriate")
CHECK_TABLE = """
1 getting-started 46/46 44/46 39/43 45/46 agreed
1 connections-map 26/46 37/44 25/44 23/46 not_agreed
1 strengths-and-interests 41/43 41/45 41/44 44/45 agreed
1 small-steps 44/46 42/46 39/42 44/45 agreed
1 local-knowledge 43/46 45/46 35/45 44/46 close
1 going-along 42/46 41/45 23/43 28/46 not_agreed
1 when-things-get-in-the-way 32/45 42/46 21/44 12/46 not_agreed
1 connecting-online 32/46 30/45 26/43 14/44 not_agreed
1 sharing-your-own-contacts 37/46 30/45 13/45 12/46 not_agreed
2 connections-map 40/42 37/42 38/41 38/41 agreed
2 local-knowledge 39/41 40/41 38/41 40/42 agreed
2 going-along 41/42 42/42 37/39 41/42 agreed
2 when-things-get-in-the-way 39/41 39/41 35/42 35/41 agreed
2 connecting-online 39/42 37/41 37/41 34/41 not_agreed
2 sharing-your-own-contacts 37/42 30/42 18/40 22/42 not_agreed
2 what-teams-need 38/42 38/42 23/41 23/42 not_agreed
3 connecting-online 36/39 36/38 35/37 38/39 agreed
3 sharing-your-own-contacts 36/39 20/39 11/38 12/39 not_agreed
3 what-teams-need 35/39 39/39 35/37 36/39 agreed
"""
RESPONSE = {
    "lived_experience": (12, 10, 10),
    "carers": (6, 5, 5),
    "volunteers": (6, 6, 5),
    "practitioners": (9, 9, 8),
    "managers": (5, 4, 4),
    "commissioners": (3, 3, 3),
    "researchers": (5, 5, 4),
}


@pytest.fixture(autouse=True)
def _looking(played_demo):
    with played_demo.app.app_context():
        yield


@pytest.fixture
def study_id(played_demo):
    return played_demo.study_id


@pytest.mark.parametrize("line", CHECK_TABLE.strip().splitlines())
def test_every_agreement_count_and_outcome_is_that_of_the_check_table(study_id, line):
    number, section, *counts, outcome = line.split()
    round_ = round_of(study_id, int(number))
    assert outcomes_of_round(round_)[section].outcome.value == outcome
    # The counts are those shared with the panel: round 1 was shared before somebody left.
    release = Release.from_dict(json.loads(feedback_of(round_).content)["figures"])
    for criterion, expected in zip(CRITERIA, counts, strict=True):
        histogram = release.cell(f"{section}/{criterion}", UnitKind.EVERYONE).histogram
        assert histogram is not None
        assert f"{histogram.count_in((4, 5))}/{histogram.n}" == expected, criterion


def test_the_veto_of_one_panel_is_told_as_such(study_id):
    found = outcomes_of_round(round_of(study_id, 2))["connecting-online"]
    assert (found.because, found.label) == ("panels_differ", "Not agreed: the panels differ")
    items = read_results(newest_snapshot(round_of(study_id, 2))).items["connecting-online/appropriate"]
    structure = structure_of(study_id)
    by_panel = {panel.code: items.of(panel.groups) for panel in structure.panels}
    assert {code: (h.count_in((4, 5)), h.n) for code, h in by_panel.items()} == {
        "experience": (8, 15),
        "delivery": (26, 26),
    }


@pytest.mark.parametrize(("group", "counts"), RESPONSE.items())
def test_who_answered_in_each_round_is_as_planned(study_id, group, counts):
    for round_, expected in zip(rounds_of(study_id), counts, strict=True):
        took_part = json.loads(newest_snapshot(round_).content)["response"][group]["took_part"]
        # One person with lived experience left after round 1 and is no longer in its newest snapshot.
        gone = 1 if (group, round_.number) == ("lived_experience", 1) else 0
        assert took_part == expected - gone, round_.number


def test_the_study_ends_with_nine_sections_agreed_and_one_not(study_id):
    assert study_of(study_id).state == StudyState.FINISHED
    states = {section.code: section.state for section in sections_of(study_id)}
    assert states.pop("sharing-your-own-contacts") == SectionState.NO_AGREEMENT
    assert set(states.values()) == {SectionState.AGREED}
    assert len(states) == 9


def test_rounds_kept_their_dates_and_the_extension_its_reason(study_id):
    assert [(r.state, str(r.opens_on), str(r.closes_on)) for r in rounds_of(study_id)] == [
        (RoundState.PUBLISHED, "2024-03-18", "2024-04-12"),
        (RoundState.PUBLISHED, "2024-04-29", "2024-05-17"),
        (RoundState.PUBLISHED, "2024-06-03", "2024-06-21"),
    ]
    assert rounds_of(study_id)[0].opened_at.isoformat() == "2024-03-18T00:00:00+00:00"
    assert rounds_of(study_id)[1].closed_at.isoformat() == "2024-05-17T23:00:00+00:00"
    extension = db.session.scalars(db.select(RoundExtension)).one()
    assert (str(extension.closes_on_before), str(extension.closes_on_after)) == ("2024-04-05", "2024-04-12")
    assert extension.reason.startswith("Postal packs")


def test_the_withdrawal_leaves_a_tombstone_and_the_shared_figures(study_id):
    left = panellist_of(study_id, "P05")
    assert left.state == PanellistState.ERASED
    for model in (Rating, SectionSave, Submission, Comment, Identity):
        n = db.session.scalar(db.select(func.count()).select_from(model).where(model.panellist_id == left.id))
        assert n == 0, model.__tablename__
    assert [t.code for t in db.session.scalars(db.select(Tombstone))] == ["P05"]
    first, second = snapshots_of(round_of(study_id, 1))
    assert first.tombstone_id is not None
    assert "items" not in json.loads(first.content)
    assert read_results(second).items["getting-started/clear"].pooled.n == 45
    outcomes = [
        {one["section"]: one["outcome"] for one in json.loads(snapshot.content)["sections"]}
        for snapshot in (first, second)
    ]
    assert outcomes[0] == outcomes[1]


def test_the_late_form_is_flagged_with_its_reason_and_no_other(study_id):
    late = db.session.scalars(db.select(Submission).where(Submission.is_late)).all()
    assert [(one.panellist.code, str(one.received_on)) for one in late] == [("P32", "2024-05-21")]
    assert late[0].late_reason
    on_paper = db.session.scalars(db.select(Submission).where(Submission.mode == "paper")).all()
    assert {one.panellist.code for one in on_paper} == {"P20", "P32", "P36", "P41"}
    assert all(one.entered_by and one.received_on for one in on_paper)
    supported = db.session.scalars(db.select(Submission).where(Submission.mode == "supported")).all()
    assert {one.panellist.code for one in supported} == {"P12", "P18", "P33"}
    assert all(one.support for one in supported)


def test_every_comment_is_reviewed_and_answered(study_id):
    comments = db.session.scalars(db.select(Comment)).all()
    assert len(comments) > 60
    assert all(comment.state != CommentState.NEW and comment.disposition for comment in comments)
    states = {comment.state for comment in comments}
    assert states == {CommentState.SHOWN, CommentState.REDACTED, CommentState.HELD, CommentState.ESCALATED}
    assert all(comment.themes for comment in comments)


def test_what_the_panel_is_shown_never_holds_hidden_words_or_groups(study_id):
    hidden = db.session.scalars(
        db.select(Comment).where(Comment.state.in_([CommentState.HELD, CommentState.ESCALATED]))
    ).all()
    redacted = db.session.scalars(db.select(Comment).where(Comment.state == CommentState.REDACTED)).all()
    shown = "".join(feedback_of(round_).content for round_ in rounds_of(study_id))
    assert hidden
    assert redacted
    for comment in hidden:
        assert comment.text not in shown
    for comment in redacted:
        assert comment.text not in shown
        assert comment.shown_text in shown
    third = json.loads(feedback_of(round_of(study_id, 3)).content)
    release = Release.from_dict(third["figures"])
    assert {entry.unit.code for entry in release.hidden} == {"researchers", "volunteers"}
    labels = {comment["group"] for section in third["sections"] for comment in section["comments"]}
    assert not labels & {"Researchers and educators", "Volunteers and peer supporters"}


def test_decisions_are_signed_by_two_and_drafts_too(study_id):
    signed = db.session.execute(db.select(SignOff.subject, func.count()).group_by(SignOff.subject)).all()
    assert {subject for subject, n in signed if n != 2} == set()
    subjects = {subject for subject, _ in signed}
    assert {"rule", "round:1:decisions", "round:2:decisions", "round:3:decisions"} <= subjects
    assert len([subject for subject in subjects if subject.startswith("draft:")]) == 18
    assert db.session.scalar(db.select(func.count()).select_from(Decision)) == 19


def test_revisions_corrections_and_advice_are_on_record(study_id):
    kinds = db.session.scalars(db.select(Revision.kind)).all()
    assert (kinds.count("revision"), kinds.count("rerating")) == (8, 1)
    assert db.session.scalar(db.select(func.count()).select_from(Correction)) == 1
    assert db.session.scalar(db.select(func.count()).select_from(AdvisoryComment)) == 5
    for revision in db.session.scalars(db.select(Revision)):
        assert all(change.comments for change in revision.changes)


def test_people_came_and_went_as_the_script_says(study_id):
    states = db.session.scalars(db.select(Panellist.state)).all()
    assert len(states) == 71
    stopped = db.session.scalars(
        db.select(Panellist.code).where(
            Panellist.state == PanellistState.STOPPED, Panellist.joined_at.is_not(None)
        )
    ).all()
    assert set(stopped) == {"P06", "P40"}


def test_all_messages_left_and_none_failed(study_id):
    states = db.session.execute(db.select(OutboxEntry.kind, OutboxEntry.state)).all()
    assert {state for kind, state in states if kind == "message"} == {OutboxState.DONE}
    assert OutboxState.FAILED not in {state for _, state in states}


def test_the_log_never_holds_an_answer_a_comment_or_a_name(study_id):
    data = " ".join(db.session.scalars(db.select(Event.data)))
    comments = db.session.scalars(db.select(Comment.text)).all()
    names = db.session.scalars(db.select(Identity.name)).all()
    assert [text for text in comments if text in data] == []
    assert [name for name in names if name in data] == []
    assert db.session.scalar(db.select(func.count()).select_from(Account)) == 9


def test_the_story_is_told_round_by_round(played_demo):
    story = "\n".join(played_demo.told)
    for sentence in (
        "Round 1 is analysed: 46 of 47 people took part.",
        "Getting to know the local area (draft 1): Close.",
        "Not agreed: the panels differ.",
        "P05 withdraws",
        "no outcome would change",
        "9 of 10 sections are agreed",
    ):
        assert sentence in story


def test_the_reader_whose_link_is_printed_finds_answers_and_comments_of_their_own(played_demo):
    with played_demo.app.app_context():
        reader = reader_of(played_demo.study_id)
        copies = db.session.scalars(
            db.select(FeedbackCopy.content).where(FeedbackCopy.panellist_id == reader)
        ).all()
    assert len(copies) == 3
    assert all(json.loads(copy)["answers"] for copy in copies)
    assert any(json.loads(copy)["comments"] for copy in copies)
