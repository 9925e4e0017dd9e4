"""A saved answer is never lost, and nothing is saved that should not be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, Stale, WrongState
from delphi.domain.states import CommentState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Comment, Rating, SectionSave, Submission
from delphi.models.log import OutboxEntry
from delphi.services import answers, comments, rounds
from tools.small_study import SmallStudy, small_plain


@pytest.fixture
def codes(small_study: SmallStudy) -> list[str]:
    return small_study.started()


def ratings_saved(small_study: SmallStudy) -> list[int | None]:
    with small_study.look():
        return list(db.session.scalars(db.select(Rating.value).order_by(Rating.item_id)))


def test_a_saved_answer_is_there_for_everybody_who_looks_afterwards(small_study, codes):
    small_study.save(codes[0], ratings={"clear": 5, "feasible": "unable"}, comments={"change": "Shorter."})
    assert ratings_saved(small_study) == [5, None]
    with small_study.look():
        assert db.session.scalars(db.select(Comment.text)).all() == ["Shorter."]
        assert db.session.scalars(db.select(Submission.state)).all() == [SubmissionState.STARTED]


def test_criteria_that_are_not_named_keep_their_answers_and_none_clears(small_study, codes):
    revision = small_study.save(codes[0], ratings={"clear": 5, "feasible": 2})
    revision = small_study.save(codes[0], ratings={"feasible": 3}, revision=revision)
    assert ratings_saved(small_study) == [5, 3]
    small_study.save(codes[0], ratings={"clear": None}, revision=revision)
    assert ratings_saved(small_study) == [3]


def test_a_stale_save_changes_nothing_and_brings_what_is_saved(small_study, codes):
    small_study.save(codes[0], ratings={"clear": 5}, comments={"change": "First."})
    with pytest.raises(Stale) as caught:
        small_study.save(codes[0], ratings={"clear": 1}, comments={"change": "Second."}, revision=0)
    assert ratings_saved(small_study) == [5]
    assert caught.value.theirs.ratings == {"clear": 5}
    assert caught.value.theirs.comments == {"change": "First."}
    assert caught.value.theirs.revision == 1


def test_the_revision_counts_the_saves_of_one_page(small_study, codes):
    assert [small_study.save(codes[0], revision=n) for n in range(3)] == [1, 2, 3]
    with small_study.look():
        assert db.session.scalars(db.select(SectionSave.revision)).all() == [3]


@pytest.mark.parametrize("value", [0, 6, -1, 10**9, True])
def test_a_rating_off_the_scale_is_refused_with_the_scale(small_study, codes, value):
    with pytest.raises(InvalidInput, match="not on the scale from 1 to 5"):
        small_study.save(codes[0], ratings={"clear": value, "feasible": 4})
    assert ratings_saved(small_study) == []


def test_a_criterion_that_was_not_asked_is_refused(small_study, codes):
    with pytest.raises(InvalidInput, match="not asked in this round"):
        small_study.save(codes[0], ratings={"lovely": 4})


def test_a_section_of_another_round_is_not_found(small_study, codes):
    with pytest.raises(NotFound, match="not part of round 1"):
        small_study.save(codes[0], section="no-such-section")


def test_nobody_can_answer_for_somebody_else(small_study, codes):
    other = small_study.person(codes[1])
    with pytest.raises(NotAllowed), small_study.work():
        answers.save_answers(
            study_id=small_study.id,
            number=1,
            code=codes[0],
            section="first-steps",
            ratings={"clear": 1},
            comments={},
            revision=0,
            actor=other,
            now=small_study.answered_at,
        )
    assert ratings_saved(small_study) == []


def test_a_closed_round_refuses_ratings_and_keeps_those_from_before(small_study, codes):
    small_study.save(codes[0], ratings={"clear": 5})
    small_study.close()
    with pytest.raises(WrongState, match="has closed"):
        small_study.save(codes[0], ratings={"clear": 1}, revision=1)
    assert ratings_saved(small_study) == [5]


def test_a_very_long_comment_is_refused_whole_with_what_to_do(small_study, codes):
    with pytest.raises(InvalidInput, match=r"100,000 characters.*Please shorten"):
        small_study.save(codes[0], comments={"change": "x" * 100_000})
    assert ratings_saved(small_study) == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "مرحبا بالعالم", "=1+1", "línea\nzwei 🐕"])
def test_a_comment_is_kept_exactly_as_it_was_written(small_study, codes, text):
    small_study.save(codes[0], comments={"change": text})
    with small_study.look():
        assert db.session.scalar(db.select(Comment.text)) == text


def test_a_comment_can_be_changed_and_taken_back(small_study, codes):
    small_study.save(codes[0], comments={"change": "One."})
    small_study.save(codes[0], comments={"change": "Two."}, revision=1)
    with small_study.look():
        assert db.session.scalars(db.select(Comment.text)).all() == ["Two."]
    small_study.save(codes[0], comments={"change": "  "}, revision=2)
    with small_study.look():
        assert db.session.scalars(db.select(Comment.text)).all() == []


def test_a_question_about_the_whole_is_asked_only_in_its_round(small_study, codes):
    person = small_study.person(codes[0])
    common = {"study_id": small_study.id, "number": 1, "code": codes[0], "actor": person}
    common["now"] = small_study.answered_at
    with small_study.work():
        answers.save_about_the_whole(comments={"missing": "Pets."}, revision=0, **common)
    with pytest.raises(InvalidInput, match="not asked here"), small_study.work():
        answers.save_about_the_whole(comments={"change": "Pets."}, revision=1, **common)
    with small_study.look():
        assert db.session.scalars(db.select(Comment.text)).all() == ["Pets."]


def test_submitting_leaves_a_receipt_and_answers_can_still_change(small_study, codes):
    person = small_study.person(codes[0])
    common = {"study_id": small_study.id, "number": 1, "code": codes[0], "actor": person}
    with pytest.raises(WrongState, match="Nothing is saved yet"), small_study.work():
        answers.submit(now=small_study.answered_at, **common)
    small_study.save(codes[0])
    with small_study.work():
        answers.submit(now=small_study.answered_at, **common)
    small_study.save(codes[0], ratings={"clear": 1}, revision=1)
    with small_study.look():
        submission = db.session.scalars(db.select(Submission)).one()
        assert submission.state == SubmissionState.SUBMITTED
        assert submission.submitted_at == small_study.answered_at
    assert ratings_saved(small_study) == [1, 4]


def test_somebody_without_consent_cannot_answer(small_study, codes):
    from delphi.services import panel

    with small_study.work():
        code = panel.register_panellist(
            study_id=small_study.id,
            name="New Person",
            email="new@panel.example",
            group="users",
            actor=small_study.lead,
            now=small_study.answered_at,
        ).code
    with pytest.raises(WrongState, match="consent"):
        small_study.save(code)


def test_a_round_for_respondents_only_refuses_who_missed_the_one_before(app):
    plain = small_plain()
    study = SmallStudy(app, protocol=plain["protocol"] | {"missed_round_policy": "respondents_only"})
    codes = study.started()
    study.save(codes[0])
    study.close().analyse().publish(decision="rerate_unchanged")
    with study.work():
        rounds.plan_round(
            study_id=study.id,
            number=2,
            items={"first-steps": 1, "next-steps": 1},
            actor=study.lead,
            now=study.analysed_at,
        )
    study.open(2, now=datetime(2025, 3, 3, tzinfo=UTC))
    study.save(codes[0], number=2)
    with pytest.raises(WrongState, match="people who answered round 1"):
        study.save(codes[1], number=2)
    with study.look():
        told = db.session.scalars(db.select(OutboxEntry.key).where(OutboxEntry.key.like("round_opened:%")))
        told_in_second = [key for key in told if ":2025-03-14:" in key]
    assert [key.rpartition(":")[2] for key in told_in_second] == [str(study.person(codes[0]).panellist_id)]


def test_a_comment_changed_after_its_review_has_to_be_reviewed_again(small_study, codes):
    small_study.save(codes[0], comments={"change": "Kind words."})
    small_study.close()
    common = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.closed_at}
    with small_study.look():
        comment_id = db.session.scalars(db.select(Comment.id)).one()
    with small_study.work():
        comments.review_comment(comment_id=comment_id, state="shown", **common)
    with small_study.work():
        rounds.reopen_round(number=1, closes_on=date(2025, 2, 21), reason="A late group.", **common)
    small_study.save(codes[0], comments={"change": "Words with a name in them."}, revision=1)
    with small_study.look():
        comment = db.session.scalars(db.select(Comment)).one()
        assert (comment.state, comment.shown_text) == (CommentState.NEW, None)
