"""After a deletion: what was shared stays as it was shared, and what lay behind it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from delphi.consensus.context import Need
from delphi.consensus.disclosure_release import Release
from delphi.domain.actors import Operator
from delphi.domain.canonical import checksum
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.decisions import Revision, RevisionChange, RevisionChangeComment
from delphi.models.panellists import Tombstone
from delphi.models.sections import Draft
from delphi.models.snapshots import FeedbackSnapshot, ResultSnapshot
from delphi.models.studies import Study
from delphi.queries import feedback
from delphi.queries.feedback import feedback_of, released_figures
from delphi.queries.panellists import panellist_of
from delphi.queries.results import computed_results, newest_snapshot, outcomes_of_round, read_results
from delphi.queries.rounds import round_of
from delphi.services import snapshots as snapshots_service
from delphi.services.analysis import analyse_round
from delphi.services.deletion import stop_and_delete
from delphi.services.verification import verify_study
from tools.small_study import SECTIONS, SmallStudy

POINTS = (5, 4, 2, 1, 3, 5, 4, 4, 2)


@pytest.fixture
def analysed(small_study: SmallStudy) -> SmallStudy:
    """Nine people with answers of their own; the first and the second said something."""
    small_study.codes = small_study.started(3)
    words = {small_study.codes[0]: "Secret of the first.", small_study.codes[1]: "Said by the second."}
    for code, point in zip(small_study.codes, POINTS, strict=True):
        for section in SECTIONS:
            given = {"change": words[code]} if code in words and section == SECTIONS[0] else {}
            small_study.save(
                code, section=section, ratings={"clear": point, "feasible": point}, comments=given
            )
    return small_study.close().analyse()


@pytest.fixture
def published(analysed: SmallStudy) -> SmallStudy:
    return analysed.publish(decision="report_no_agreement")


def delete(study: SmallStudy, code: str) -> None:
    with study.work():
        stop_and_delete(study_id=study.id, code=code, actor=study.lead, now=study.analysed_at)


def snapshots(study: SmallStudy) -> list[ResultSnapshot]:
    with study.look():
        found = db.session.scalars(db.select(ResultSnapshot).order_by(ResultSnapshot.number)).all()
        db.session.expunge_all()
        return list(found)


def released(study: SmallStudy) -> dict[str, Any] | None:
    """What the newest results release, as it would be shown."""
    with study.look():
        results = read_results(newest_snapshot(round_of(study.id, 1)))
        found = released_figures(db.session.get_one(Study, study.id), results)
        return json.loads(json.dumps(found.to_dict())) if found else None


def test_figures_that_were_shared_stay_and_no_count_behind_them_does(published):
    before, shared = snapshots(published)[0], released(published)
    delete(published, published.codes[0])
    first, again = snapshots(published)
    content = json.loads(first.content)
    assert content["released"] == shared
    assert set(content) == {"format", "study", "round", "seal", "software", "released", "sections"}
    assert all(
        set(found) == {"section", "draft", "outcome", "because", "label", "headline"}
        for found in content["sections"]
    )
    assert (first.checksum, first.computed_at, first.number) == (before.checksum, before.computed_at, 1)
    with published.look():
        stone = db.session.scalars(db.select(Tombstone)).one()
        assert (first.tombstone_id, again.tombstone_id) == (stone.id, None)
        assert Release.from_dict(content["released"]).units


def test_the_new_snapshot_equals_a_recount_without_the_person(published):
    delete(published, published.codes[0])
    again = snapshots(published)[1]
    assert (again.purpose, again.checksum) == ("after_deletion", checksum(again.content))
    content = json.loads(again.content)
    by_hand = [list(POINTS[1:3]).count(point) for point in range(1, 6)]
    for item in content["items"]:
        assert item["counts"]["users"] == [by_hand, 0, 0]
        assert item["counts"]["carers"] == [[1, 0, 1, 0, 1], 0, 0]
    assert content["response"]["users"]["took_part"] == 2
    assert content["response"]["users"]["asked"] == 3
    del content["software"]
    with published.look():
        study, round_ = db.session.get_one(Study, published.id), round_of(published.id, 1)
        assert json.loads(json.dumps(computed_results(study, round_))) == content


def test_the_panel_goes_on_seeing_what_it_was_shown_without_the_persons_words(published):
    with published.look():
        before = json.loads(feedback_of(round_of(published.id, 1)).content)
    delete(published, published.codes[0])
    with published.look():
        snapshot = feedback_of(round_of(published.id, 1))
        after = json.loads(snapshot.content)
        assert snapshot.tombstone_id is not None
    texts = [one["text"] for one in before["sections"][0].pop("comments")]
    assert sorted(texts) == ["Said by the second.", "Secret of the first."]
    assert [one["text"] for one in after["sections"][0].pop("comments")] == ["Said by the second."]
    assert before == after


def test_what_changed_no_longer_points_to_a_comment_that_is_gone(analysed):
    with analysed.work():
        ids = list(db.session.scalars(db.select(Comment.id).order_by(Comment.panellist_id)))
        draft = db.session.scalars(db.select(Draft).order_by(Draft.id)).first()
        links = [RevisionChangeComment(comment_id=comment_id) for comment_id in ids]
        db.session.add(
            Revision(
                study_id=analysed.id,
                section_id=draft.section_id,
                for_round=2,
                kind="rerating",
                from_draft_id=draft.id,
                to_draft_id=draft.id,
                comparable="same",
                comparable_reason="The same draft.",
                summary="Again.",
                written_at=analysed.analysed_at,
                changes=[RevisionChange(you_said="Shorter.", we_did="Cut.", position=1, comments=links)],
            )
        )
    analysed.publish(decision="rerate_unchanged")
    delete(analysed, analysed.codes[0])
    with analysed.look():
        content = json.loads(db.session.scalars(db.select(FeedbackSnapshot.content)).one())
    [change] = content["sections"][0]["changes"]["changes"]
    assert change == {"you_said": "Shorter.", "we_did": "Cut.", "comments": ids[1:]}


def test_what_was_never_shared_keeps_no_figure_at_all(analysed):
    """Figures with and without a person give the person's answers away; these were shown to nobody (E25)."""
    delete(analysed, analysed.codes[0])
    first, _ = snapshots(analysed)
    assert json.loads(first.content)["released"] is None
    with analysed.look():
        assert set(outcomes_of_round(round_of(analysed.id, 1))) == set(SECTIONS)


def test_after_a_second_deletion_only_the_shared_figures_and_the_newest_count_are_left(published):
    shared = released(published)
    delete(published, published.codes[0])
    delete(published, published.codes[3])
    contents = [json.loads(snapshot.content) for snapshot in snapshots(published)]
    assert [content.get("released", "counts") for content in contents] == [shared, None, "counts"]
    assert contents[2]["items"][0]["counts"]["carers"] == [[0, 0, 1, 0, 1], 0, 0]


def test_analysing_again_before_the_deletion_leaves_no_second_set_of_figures(published):
    with published.work():
        analyse_round(study_id=published.id, number=1, actor=published.lead, now=published.analysed_at)
    delete(published, published.codes[0])
    contents = [json.loads(snapshot.content) for snapshot in snapshots(published)]
    assert ["items" in content for content in contents] == [False, False, True]
    assert [content.get("released") is None for content in contents] == [False, True, True]


@pytest.mark.parametrize(("needs", "rounds"), [(set(), [1]), ({Need.ROUND}, [1]), ({Need.ATTRITION}, [1, 2])])
def test_later_rounds_are_counted_again_too_where_the_rule_looks_back(analysed, monkeypatch, needs, rounds):
    monkeypatch.setattr(snapshots_service, "needs_of", lambda rule: frozenset(needs))
    with analysed.look():
        study = db.session.get_one(Study, analysed.id)
        person = panellist_of(analysed.id, analysed.codes[0])
        touched = snapshots_service._rounds_touched(study, person.id)
        assert [one.number for one in touched] == rounds


def test_a_round_in_which_the_person_said_nothing_is_left_alone(small_study):
    codes = small_study.started(3)
    for code in codes[1:]:
        small_study.save(code)
    small_study.close().analyse()
    before = snapshots(small_study)[0].content
    delete(small_study, codes[0])
    [only] = snapshots(small_study)
    assert (only.content, only.tombstone_id) == (before, None)


def test_figures_shown_by_an_earlier_edition_of_the_rules_stay_and_are_verified_by_it(
    analysed: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody chose 4 here, so the newest edition would show less; what was shown is not shown otherwise."""
    now = feedback.policy_of
    with monkeypatch.context() as patched:
        patched.setattr(feedback, "policy_of", lambda study, edition: now(study, 1))
        analysed.publish(decision="report_no_agreement")
    with analysed.look():
        figures = json.loads(feedback_of(round_of(analysed.id, 1)).content)["figures"]
        assert figures["schema"] == "release/1"
        assert verify_study(study_id=analysed.id, actor=Operator(), now=analysed.analysed_at).ok
    delete(analysed, analysed.codes[0])
    assert json.loads(snapshots(analysed)[0].content)["released"] == figures
    with analysed.look():
        assert verify_study(study_id=analysed.id, actor=Operator(), now=analysed.analysed_at).ok
