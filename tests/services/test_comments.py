"""A person on the team decides, one by one, what the panel may see of what was written."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment, CommentTheme, Theme
from delphi.models.log import OutboxEntry
from delphi.services.comments import review_comment
from delphi.services.themes import set_themes


def saved_comment(team, name: str = "scores") -> Comment:
    comment = db.session.get(Comment, team.comment_ids[name])
    assert comment is not None
    return comment


def test_a_shown_comment_is_shown_as_it_was_written(closed):
    closed(review_comment, comment_id=closed.comment_ids["scores"], state="shown")
    with closed.study.look():
        comment = saved_comment(closed)
        assert (comment.state, comment.shown_text) == (CommentState.SHOWN, comment.text)
        assert comment.reviewed_by == closed.study.lead.account_id
        assert comment.reviewed_at == closed.now


def test_a_redacted_comment_keeps_its_original(closed):
    closed(
        review_comment,
        comment_id=closed.comment_ids["scores"],
        state="redacted",
        shown_text="No [thing], please.",
        reason="names a method",
    )
    with closed.study.look():
        comment = saved_comment(closed)
        assert comment.text == "No scores, please."
        assert comment.shown_text == "No [thing], please."
        assert comment.review_reason == "names a method"


@pytest.mark.parametrize("state", ["held", "escalated"])
def test_a_comment_that_is_not_shown_has_no_text_to_show_and_a_reason(closed, state):
    comment_id = closed.comment_ids["scores"]
    closed.refused(WrongState, "Say why", review_comment, comment_id=comment_id, state=state)
    closed(review_comment, comment_id=comment_id, state=state, reason="conduct")
    with closed.study.look():
        comment = saved_comment(closed)
        assert (comment.state.value, comment.shown_text, comment.review_reason) == (state, None, "conduct")


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"state": "redacted", "reason": "x"}, "Write what the panel will see"),
        ({"state": "redacted", "reason": "x", "shown_text": "  "}, "Write what the panel will see"),
        ({"state": "redacted", "reason": "x", "shown_text": "No scores, please."}, "as it was written"),
        ({"state": "redacted", "reason": "x", "shown_text": "y" * 10_001}, "10,001 characters"),
        ({"state": "shown", "shown_text": "Something else."}, "Only a redacted comment"),
        ({"state": "held", "reason": "x", "shown_text": "Something else."}, "Only a redacted comment"),
        ({"state": "new"}, "reviewed as one of"),
        ({"state": "praised"}, "reviewed as one of"),
    ],
)
def test_a_review_that_makes_no_sense_changes_nothing(closed, given, match):
    closed.refused(InvalidInput, match, review_comment, comment_id=closed.comment_ids["scores"], **given)
    with closed.study.look():
        assert saved_comment(closed).state == CommentState.NEW


def test_nobody_reads_comments_while_the_round_is_open(opened):
    comment_id = opened.comment_ids["scores"]
    opened.refused(WrongState, "once it has closed", review_comment, comment_id=comment_id, state="shown")


def test_a_review_can_be_changed_until_the_feedback_is_published(closed):
    comment_id = closed.comment_ids["scores"]
    held = {"comment_id": comment_id, "state": "held"}
    closed(review_comment, reason="conduct", **held)
    closed(review_comment, reason="names somebody", **held)
    with closed.study.look():
        assert saved_comment(closed).review_reason == "names somebody"
    closed.refused(WrongState, "Say why", review_comment, **held)
    closed(review_comment, comment_id=comment_id, state="shown")
    with closed.study.look():
        assert saved_comment(closed).review_reason is None
    subject = f"comment:{comment_id}"
    assert closed.events("comment_held") == [(subject, "{}"), (subject, "{}")]
    assert closed.events("comment_shown") == [(subject, "{}")]


def test_a_published_review_is_final(published):
    comment_id = published.comment_ids["scores"]
    held = {"comment_id": comment_id, "state": "held", "reason": "late thought"}
    published.refused(WrongState, "has been published", review_comment, **held)
    published.refused(WrongState, "has been published", set_themes, comment_id=comment_id, labels=["late"])


def test_the_named_person_is_told_of_an_escalated_comment_without_its_words(closed):
    comment_id = closed.comment_ids["scores"]
    closed(review_comment, comment_id=comment_id, state="escalated", reason="may be at risk")
    closed(review_comment, comment_id=comment_id, state="held", reason="a joke, as it turned out")
    closed(review_comment, comment_id=comment_id, state="escalated", reason="or not")
    with closed.study.look():
        entry = db.session.scalars(
            db.select(OutboxEntry).where(OutboxEntry.key == f"escalation:{comment_id}")
        ).one()
        assert entry.payload == {
            "message": "escalation",
            "study_id": closed.study.id,
            "comment_id": comment_id,
        }
        assert (entry.kind, entry.due_at) == ("message", closed.now)
    assert closed.events("comment_escalated")[0] == (f"comment:{comment_id}", "{}")


def test_a_comment_of_another_study_is_not_found(closed):
    comment_id = closed.comment_ids["scores"]
    elsewhere = closed.elsewhere()
    closed.refused(
        NotFound, "has no comment", review_comment, comment_id=comment_id, state="shown", **elsewhere
    )
    other_lead = elsewhere["actor"]
    closed.refused(
        NotAllowed, "review", review_comment, comment_id=comment_id, state="shown", actor=other_lead
    )


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OBSERVER, Role.DATA_ENTRY, Role.ADVISORY])
def test_reviewing_is_for_those_who_code(closed, role):
    comment_id = closed.comment_ids["scores"]
    actor = closed.as_role(role)
    closed.refused(NotAllowed, "review", review_comment, comment_id=comment_id, state="shown", actor=actor)
    closed.refused(NotAllowed, "review", set_themes, comment_id=comment_id, labels=["x"], actor=actor)


def themes_saved(team) -> dict[str, list[str]]:
    with team.study.look():
        rows = db.session.execute(
            db.select(Comment.text, Theme.label)
            .join(CommentTheme, CommentTheme.comment_id == Comment.id)
            .join(Theme, Theme.id == CommentTheme.theme_id)
            .order_by(Comment.id, Theme.label)
        )
        found: dict[str, list[str]] = {}
        for text, label in rows:
            found.setdefault(text, []).append(label)
        return found


def test_a_theme_is_one_theme_however_it_is_typed(closed):
    closed(set_themes, comment_id=closed.comment_ids["scores"], labels=["Scoring", " dignity  and choice "])
    closed(set_themes, comment_id=closed.comment_ids["again"], labels=["scoring", "SCORING"])
    assert themes_saved(closed) == {
        "No scores, please.": ["Scoring", "dignity and choice"],
        "Scores again?": ["Scoring"],
    }
    with closed.study.look():
        assert len(db.session.scalars(db.select(Theme)).all()) == 2


def test_setting_themes_replaces_those_from_before_and_keeps_who_gave_them(closed):
    comment_id = closed.comment_ids["scores"]
    closed(set_themes, comment_id=comment_id, labels=["one", "two"])
    closed(set_themes, comment_id=comment_id, labels=["two", "three"], actor=closed.study.second)
    assert themes_saved(closed) == {"No scores, please.": ["three", "two"]}
    with closed.study.look():
        coders = {link.theme.label: link.coded_by for link in saved_comment(closed).themes}
    assert coders == {
        "two": closed.study.lead.account_id,
        "three": closed.study.second.account_id,
    }


@pytest.mark.parametrize(("label", "match"), [("  ", "empty"), ("x" * 101, "101 characters")])
def test_a_theme_has_a_short_name(closed, label, match):
    comment_id = closed.comment_ids["scores"]
    closed.refused(InvalidInput, match, set_themes, comment_id=comment_id, labels=["good", label])
    assert themes_saved(closed) == {}
