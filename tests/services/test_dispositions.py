"""Every comment gets the team's answer, with a reason."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.dispositions import DispositionKind
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.extensions import db
from delphi.models.answers import Disposition
from delphi.services.comments import review_comment
from delphi.services.dispositions import answer_comment


def answers_saved(team) -> dict[str, tuple[str, str, int | None]]:
    names = {comment_id: name for name, comment_id in team.comment_ids.items()}
    with team.study.look():
        return {
            names[row.comment_id]: (row.kind, row.reason, row.duplicate_of_id)
            for row in db.session.scalars(db.select(Disposition))
        }


@pytest.mark.parametrize("kind", [kind for kind in DispositionKind if kind != DispositionKind.DUPLICATE])
def test_every_kind_of_answer_can_be_given(closed, kind):
    closed(answer_comment, comment_id=closed.comment_ids["scores"], kind=kind.value, reason=" Because. ")
    assert answers_saved(closed) == {"scores": (kind.value, "Because.", None)}


def test_an_answer_can_be_changed_and_the_log_says_so_without_its_words(closed):
    comment_id = closed.comment_ids["scores"]
    closed(answer_comment, comment_id=comment_id, kind="noted", reason="Praise.")
    closed(answer_comment, comment_id=comment_id, kind="accepted", reason="Done in draft 2.")
    assert answers_saved(closed) == {"scores": ("accepted", "Done in draft 2.", None)}
    assert closed.events("comment_answered") == [
        (f"comment:{comment_id}", '{"kind":"noted"}'),
        (f"comment:{comment_id}", '{"kind":"accepted"}'),
    ]


def test_a_held_comment_is_answered_too(closed):
    comment_id = closed.comment_ids["scores"]
    closed(review_comment, comment_id=comment_id, state="held", reason="conduct")
    closed(answer_comment, comment_id=comment_id, kind="noted", reason="Not shown to the panel.")
    assert answers_saved(closed)["scores"][0] == "noted"


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"kind": "thanks", "reason": "x"}, "not an answer that a comment can have"),
        ({"kind": "noted", "reason": "  "}, "Say why"),
        ({"kind": "noted", "reason": "nul \x00"}, "cannot be shown"),
        ({"kind": "duplicate", "reason": "x"}, "Say which comment"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(closed, given, match):
    closed.refused(InvalidInput, match, answer_comment, comment_id=closed.comment_ids["scores"], **given)
    assert answers_saved(closed) == {}


def test_a_duplicate_names_another_comment(closed):
    scores, again = closed.comment_ids["scores"], closed.comment_ids["again"]
    duplicate = {"kind": "duplicate", "reason": "The same."}
    closed.refused(
        InvalidInput, "repeat itself", answer_comment, comment_id=again, duplicate_of=again, **duplicate
    )
    closed.refused(
        InvalidInput,
        "Only a duplicate",
        answer_comment,
        comment_id=again,
        kind="noted",
        reason="x",
        duplicate_of=scores,
    )
    closed.refused(
        NotFound, "no comment 999", answer_comment, comment_id=again, duplicate_of=999, **duplicate
    )
    closed(answer_comment, comment_id=again, duplicate_of=scores, **duplicate)
    assert answers_saved(closed) == {"again": ("duplicate", "The same.", scores)}


def test_duplicates_never_go_round_in_a_ring(closed):
    ids = closed.comment_ids
    duplicate = {"kind": "duplicate", "reason": "The same."}
    closed(answer_comment, comment_id=ids["again"], duplicate_of=ids["scores"], **duplicate)
    closed(answer_comment, comment_id=ids["pets"], duplicate_of=ids["again"], **duplicate)
    closed.refused(
        InvalidInput,
        "repetition of this one",
        answer_comment,
        comment_id=ids["scores"],
        duplicate_of=ids["pets"],
        **duplicate,
    )


def test_an_answer_that_was_a_duplicate_can_become_another(closed):
    ids = closed.comment_ids
    closed(
        answer_comment, comment_id=ids["again"], kind="duplicate", reason="Same.", duplicate_of=ids["scores"]
    )
    closed(answer_comment, comment_id=ids["again"], kind="partly", reason="Another point after all.")
    assert answers_saved(closed) == {"again": ("partly", "Another point after all.", None)}


def test_comments_are_answered_between_the_close_and_the_feedback(opened):
    given = {"comment_id": opened.comment_ids["scores"], "kind": "noted", "reason": "x"}
    opened.refused(WrongState, "once it has closed", answer_comment, **given)


def test_a_published_answer_is_final(published):
    given = {"comment_id": published.comment_ids["scores"], "kind": "accepted", "reason": "x"}
    published.refused(WrongState, "has been published", answer_comment, **given)


def test_answering_is_for_those_who_code(closed):
    given = {"comment_id": closed.comment_ids["scores"], "kind": "noted", "reason": "x"}
    actor = closed.as_role(Role.ANALYST)
    closed.refused(NotAllowed, "review comments", answer_comment, actor=actor, **given)
