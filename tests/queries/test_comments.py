"""What the team sees of comments, and when."""

from __future__ import annotations

import pytest

from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import RoundId
from delphi.queries.comments import (
    CommentCount,
    comment_counts,
    comment_of,
    comments_of_round,
    themes_of,
    unanswered_comments,
    unreviewed_comments,
)
from delphi.queries.rounds import round_of
from delphi.services.comments import review_comment
from delphi.services.dispositions import answer_comment
from delphi.services.themes import set_themes


def texts(team, query) -> list[str]:
    with team.study.look():
        return [comment.text for comment in query(round_of(team.study.id, 1).id)]


def counts(team) -> list[CommentCount]:
    with team.study.look():
        return comment_counts(round_of(team.study.id, 1).id)


@pytest.mark.parametrize("query", [comments_of_round, unreviewed_comments, unanswered_comments])
def test_while_a_round_is_open_nobody_reads_its_comments(opened, query):
    """Requirement M21."""
    with pytest.raises(WrongState, match="once it has closed"):
        texts(opened, query)


def test_while_a_round_is_open_comments_are_only_counted(opened):
    assert counts(opened) == [CommentCount("next-steps", 2, 2, 2), CommentCount(None, 1, 1, 1)]
    with opened.study.look(), pytest.raises(WrongState, match="once it has closed"):
        comment_of(opened.study.id, opened.comment_ids["pets"])


def test_comments_come_by_section_and_those_on_the_whole_last(closed):
    assert texts(closed, comments_of_round) == ["No scores, please.", "Scores again?", "Pets."]


def test_what_is_left_to_do_shrinks_with_each_step(closed):
    closed(review_comment, comment_id=closed.comment_ids["scores"], state="held", reason="conduct")
    closed(answer_comment, comment_id=closed.comment_ids["pets"], kind="noted", reason="Thank you.")
    assert texts(closed, unreviewed_comments) == ["Scores again?", "Pets."]
    assert texts(closed, unanswered_comments) == ["No scores, please.", "Scores again?"]
    assert counts(closed) == [CommentCount("next-steps", 2, 1, 2), CommentCount(None, 1, 1, 0)]


def test_a_comment_comes_with_what_the_team_needs_to_review_it(closed):
    closed(set_themes, comment_id=closed.comment_ids["scores"], labels=["scoring"])
    with closed.study.look():
        comment = comments_of_round(round_of(closed.study.id, 1).id)[0]
        assert [link.theme.label for link in comment.themes] == ["scoring"]
        assert comment.panellist.group.feedback_group.code == "users"
        assert comment.disposition is None
        assert [theme.label for theme in themes_of(closed.study.id)] == ["scoring"]


def test_what_is_not_there_is_not_found(closed):
    with closed.study.look():
        with pytest.raises(NotFound, match="no comment 999"):
            comment_of(closed.study.id, 999)
        with pytest.raises(NotFound, match="no such round"):
            comments_of_round(RoundId(999))
