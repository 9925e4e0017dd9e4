"""A round that asks for words only: no page speaks of ratings or counts questions that nobody asked."""

from __future__ import annotations

import pytest

from delphi.extensions import db
from delphi.models.answers import Comment, Rating
from tools.small_study import SmallStudy, small_plain


@pytest.fixture
def writer(app, at, make_person):
    """Somebody in the open round 1 of a study whose rounds ask for comments."""
    rounds = [{**one, "kind": "comments"} for one in small_plain()["rounds"]]
    study = SmallStudy(app, rounds=rounds)
    code = study.started(1)[0]
    at(study.answered_at)
    someone = make_person(study, code)
    someone.sign_in(study.answered_at)
    return someone


def test_comments_are_written_sent_and_counted_as_comments(writer):
    page = writer.section()
    assert not page.tree.xpath("//input[@type='radio']")
    assert "rate" not in page.words.lower().split()
    page = writer.press(page, "Save and continue", comment__change="Shorter, please.")
    assert page.heading == "Next steps"
    review = writer.press(page, "Save and continue")
    assert "You have written 1 comment." in review.words
    assert "0 of 0" not in review.words
    assert "answers are blank" not in review.words
    receipt = writer.press(review, "Send my answers")
    assert "What we have1 comment" in receipt.words
    assert "0 of 0" not in receipt.words
    with writer.study.look():
        assert db.session.scalars(db.select(Comment.text)).all() == ["Shorter, please."]
        assert not db.session.scalars(db.select(Rating.value)).all()


def test_the_list_says_what_is_done(writer):
    writer.press(writer.section(), "Save and continue", comment__change="Shorter, please.")
    home = writer.get(writer.root)
    assert "You have done 1 of 2 sections." in home.words
    assert "0 of 0" not in home.words
    assert "Saved at" in writer.section().words


def test_somebody_who_wrote_nothing_is_told_so(writer):
    assert "You have not written anything yet." in writer.get(f"{writer.root}/round-1/review").words
