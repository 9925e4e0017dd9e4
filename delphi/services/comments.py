"""Reviewing comments: a person on the team decides, one by one, what the panel may see.

The original is never changed. What was published with a round's feedback is frozen, and so is its review.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.lifecycles import COMMENT
from delphi.domain.permissions import Permission, require
from delphi.domain.states import CommentState, RoundState
from delphi.domain.wording import optional_words, required_words
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.queries.comments import comment_of, require_readable
from delphi.services.bylines import account_of
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.outbox import enqueue
from delphi.services.transitions import move

LONGEST_SHOWN = 10_000
_AGAIN = {CommentState.REDACTED, CommentState.HELD, CommentState.ESCALATED}


def review_comment(
    *,
    study_id: StudyId,
    comment_id: CommentId,
    state: str,
    shown_text: str | None = None,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Decide what the panel sees of a comment: as written, redacted, or (held, escalated) nothing.

    `state` is one of CommentState; `shown_text` goes with `redacted` and nothing else, and every state but
    `shown` needs a `reason`.
    Escalating sends a message without the comment to the study's named person, once. A review can be
    changed until the feedback is published.

    Raises NotFound for a comment of another study, WrongState when the round is not closed or its
    feedback is published, InvalidInput when the text to show does not fit.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    comment = comment_to_work_on(study_id, comment_id)
    target = _state_of(state)
    values: dict[str, Any] = {
        "shown_text": _text_to_show(comment, target, shown_text),
        "review_reason": optional_words("reason", reason),
        "reviewed_by": account_of(actor),
        "reviewed_at": now,
    }
    subject = f"comment:{comment_id}"
    if target == comment.state and target in _AGAIN:
        _review_again(comment, values, subject, actor=actor, now=now)
        return
    move(
        comment,
        COMMENT,
        target,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=subject,
        facts=["has_reason"] if values["review_reason"] else [],
        **values,
    )
    if target == CommentState.ESCALATED:
        enqueue(
            "message",
            key=f"escalation:{comment_id}",
            payload={"message": "escalation", "study_id": study_id, "comment_id": comment_id},
            due_at=now,
            study_id=study_id,
        )


def comment_to_work_on(study_id: StudyId, comment_id: CommentId) -> Comment:
    """A comment that may be reviewed, coded and answered now; its round is held until we are done."""
    comment = comment_of(study_id, comment_id)
    round_ = db.session.get_one(Round, comment.round_id)
    hold(round_)
    require_readable(round_)
    if round_.state == RoundState.PUBLISHED:
        raise WrongState(
            f"The feedback of round {round_.number} has been published, so what was decided about its "
            "comments is final."
        )
    db.session.refresh(comment)
    return comment


def _state_of(state: str) -> CommentState:
    known = [choice for choice in CommentState if choice != CommentState.NEW]
    if state not in known:
        raise InvalidInput(
            [
                Problem(
                    "state",
                    f"A comment is reviewed as one of: {', '.join(choice.value for choice in known)}.",
                )
            ]
        )
    return CommentState(state)


def _text_to_show(comment: Comment, state: CommentState, shown_text: str | None) -> str | None:
    if state == CommentState.REDACTED:
        text = required_words(
            "shown_text", shown_text, at_most=LONGEST_SHOWN, missing="Write what the panel will see instead."
        )
        if text == comment.text:
            raise InvalidInput(
                [Problem("shown_text", "This is the comment as it was written. Show it, or edit the text.")]
            )
        return text
    if shown_text is not None and shown_text != comment.text:
        raise InvalidInput(
            [Problem("shown_text", "Only a redacted comment has a text of its own. Choose “redacted”.")]
        )
    return comment.text if state == CommentState.SHOWN else None


def _review_again(
    comment: Comment, values: dict[str, Any], subject: str, *, actor: Actor, now: datetime
) -> None:
    """Change the text or the reason of a review whose kind stays what it is."""
    if not values["review_reason"]:
        raise WrongState("Say why.")
    for name, value in values.items():
        setattr(comment, name, value)
    db.session.flush()
    record(f"comment_{comment.state.value}", study_id=comment.study_id, actor=actor, now=now, subject=subject)
