"""What a report says and what it leaves out, after one shared round of a small study."""

from __future__ import annotations

import json

from delphi.consensus.disclosure_release import Display
from delphi.domain.states import SectionState
from delphi.extensions import db
from delphi.models.sections import Section
from delphi.models.snapshots import FeedbackSnapshot
from delphi.reports.audience import Audience
from delphi.reports.plain import plain_report
from delphi.reports.sections import End
from delphi.services.consent import give_consent
from delphi.services.deletion import stop_and_delete
from tools.small_study import CONSENT, SECTIONS


def test_a_study_without_a_shared_round_has_a_report_without_figures(small_study, content_of):
    small_study.started(2)
    content = content_of()
    assert content.summary.finding == "No round has been shared yet."
    assert (content.items, content.findings, content.texts) == ((), (), ())


def test_a_round_that_is_not_shared_is_in_the_teams_report_only(small_study, content_of):
    codes = small_study.started(3)
    for code in codes:
        small_study.save(code)
    small_study.close().analyse()
    assert content_of().rounds == ()
    team = content_of(Audience.TEAM)
    assert team.rounds == (1,)
    assert [one.is_published for one in team.study.rounds] == [False]
    assert {finding.end for finding in team.findings} == {End.UNDER_WAY}


def test_sections_and_decisions_add_up(published, content_of):
    content = content_of()
    assert content.summary.finding == "1 of 2 sections was agreed."
    (one,) = content.tally.rounds
    assert (one.n_items, one.rated) == (4, SECTIONS)
    assert one.left == {"keep": [SECTIONS[0]], "revise": [SECTIONS[1]]}
    assert [(finding.end, finding.last.decision_words) for finding in content.findings] == [
        (End.AGREED, "Keep"),
        (End.UNDER_WAY, "Revise"),
    ]


def test_shared_figures_are_those_of_the_feedback_and_hidden_groups_have_none(published, content_of):
    row = content_of().items[0]
    by_unit = {(figures.kind, figures.code): figures for figures in row.figures}
    everyone = by_unit["everyone", ""]
    # All six agree with one mind, so that only agree or not is shown.
    assert (everyone.display, everyone.agree.k, everyone.agree.n) == (Display.COARSE, 6, 6)
    assert (everyone.counts, everyone.description) == (None, None)
    for code in ("users", "carers", "workers"):
        hidden = by_unit["feedback_group", code]
        assert hidden.display is Display.HIDDEN
        # "Fewer than 3", said of three groups of six people, would say two of each.
        assert hidden.note == "Not shown, so that no small group can be worked out."
        assert (hidden.n, hidden.agree, hidden.counts) == (None, None, None)
    assert not [figures for figures in row.figures if figures.kind == "stakeholder_group"]


def test_the_team_sees_each_stakeholder_group_in_full(published, content_of):
    row = content_of(Audience.TEAM).items[0]
    groups = {figures.code: figures for figures in row.figures if figures.kind == "stakeholder_group"}
    assert {code: figures.counts for code, figures in groups.items()} == {
        "users": (0, 0, 0, 2, 0),
        "carers": (0, 0, 0, 2, 0),
        "workers": (0, 0, 0, 2, 0),
    }


def test_what_is_below_the_rule_is_marked(published, content_of):
    first, *_, last = content_of().items
    assert first.missing == frozenset()
    assert last.section == SECTIONS[1]
    assert ("everyone", "") in last.missing


def test_only_words_of_people_who_allow_quotation_are_printed(published, content_of):
    study = published.study
    writer = _writer_of(study, published.comment_ids["scores"])
    assert not [entry for entry in content_of().comments.entries if entry.text]
    with study.work():
        give_consent(
            study_id=study.id,
            code=writer,
            given=CONSENT | {"o1"},
            how="phone",
            actor=study.lead,
            now=published.now,
        )
    content = content_of()
    assert [entry.text for entry in content.comments.entries if entry.text] == ["No scores, please."]
    assert len(content.comments.entries) == 3
    assert "Scores again?" not in json.dumps(plain_report(content))


def test_a_deleted_person_stays_in_shared_figures_and_nowhere_else(published, content_of):
    study = published.study
    code = _writer_of(study, published.comment_ids["scores"])
    person = study.person(code)
    before = content_of()
    with study.work():
        stop_and_delete(study_id=study.id, code=code, actor=person, now=published.now)
    after = content_of()
    assert after.items == before.items
    assert [row.took_part[1].n for row in after.response.rows] == [
        row.took_part[1].n for row in before.response.rows
    ]
    assert after.response.rounds[0].has_deletion
    assert [one.recomputed for one in after.trail.deletions] == [None]
    assert len(after.comments.entries) == len(before.comments.entries) - 1
    team = content_of(Audience.TEAM)
    assert [one.recomputed for one in team.trail.deletions] == [
        "Computed again without the deleted answers, no outcome changes."
    ]
    # Neither set of figures may be subtracted from the other, not even by the team.
    assert team.items == before.items


def test_the_record_that_does_not_fit_its_decisions_stops_the_report(published, content_of):
    import pytest

    from delphi.domain.errors import WrongState

    with published.study.work():
        section = db.session.scalars(db.select(Section).where(Section.code == SECTIONS[0])).one()
        section.state = SectionState.LEFT_OUT
    with pytest.raises(WrongState, match="“First steps” is left_out, but the last decision was “keep”"):
        content_of()


def test_the_seal_of_the_hidden_counts_is_for_the_team_alone(published, content_of):
    """A small study's counts could be guessed one by one until their checksum fits."""
    assert [one.results for one in content_of().snapshots] == [""]
    assert [len(one.results) for one in content_of(Audience.TEAM).snapshots] == [64]


def test_figures_come_from_the_snapshots_and_not_from_the_answers(published, content_of):
    with published.study.work():
        snapshot = db.session.scalars(db.select(FeedbackSnapshot)).one()
        content = json.loads(snapshot.content)
        (everyone, *_) = content["figures"]["items"][0]["cells"]
        everyone["agree"], everyone["not_agree"] = 5, 1
        snapshot.content = json.dumps(content)
        checksum = snapshot.checksum
    content = content_of()
    assert content.items[0].everyone.agree.k == 5
    assert [one.feedback for one in content.snapshots] == [checksum]


def _writer_of(study, comment_id):
    from delphi.models.answers import Comment

    with study.look():
        return db.session.get(Comment, comment_id).panellist.code
