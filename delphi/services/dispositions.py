"""Answering comments: every comment gets the team's answer with a reason before feedback is published."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.dispositions import DispositionKind
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.answers import Comment, Disposition
from delphi.queries.comments import comment_of
from delphi.services.bylines import account_of
from delphi.services.comments import comment_to_work_on
from delphi.services.events import record


def answer_comment(
    *,
    study_id: StudyId,
    comment_id: CommentId,
    kind: str,
    reason: str,
    duplicate_of: CommentId | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record the team's answer to a comment, or change it; possible until the feedback is published.

    `kind` is one of DispositionKind; a duplicate, and nothing else, names in `duplicate_of` the comment
    that it repeats. Raises NotFound for a comment of another study, WrongState while the round is open or
    once its feedback is published, InvalidInput when kind, reason or duplicate do not make sense.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    comment = comment_to_work_on(study_id, comment_id)
    answer = _kind_of(kind)
    _check_duplicate(study_id, comment, answer, duplicate_of)
    words = required_words("reason", reason, missing="Say why; the person who wrote it will read the reason.")
    disposition = db.session.get(Disposition, comment.id, populate_existing=True)
    if disposition is None:
        disposition = Disposition(comment_id=comment.id)
        db.session.add(disposition)
    disposition.kind = answer.value
    disposition.reason = words
    disposition.duplicate_of_id = duplicate_of
    disposition.disposed_by = account_of(actor)
    disposition.disposed_at = now
    db.session.flush()
    db.session.expire(comment, ["disposition"])
    record(
        "comment_answered",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"comment:{comment_id}",
        data={"kind": answer.value},
    )


def _kind_of(kind: str) -> DispositionKind:
    try:
        return DispositionKind(kind)
    except ValueError:
        known = ", ".join(kind.value for kind in DispositionKind)
        raise InvalidInput(
            [Problem("kind", f"“{kind}” is not an answer that a comment can have. Answers are: {known}.")]
        ) from None


def _check_duplicate(
    study_id: StudyId, comment: Comment, kind: DispositionKind, duplicate_of: CommentId | None
) -> None:
    if kind != DispositionKind.DUPLICATE:
        if duplicate_of is not None:
            raise InvalidInput(
                [Problem("duplicate_of", "Only a duplicate names the comment that it repeats.")]
            )
        return
    if duplicate_of is None:
        raise InvalidInput([Problem("duplicate_of", "Say which comment it repeats.")])
    if duplicate_of == comment.id:
        raise InvalidInput([Problem("duplicate_of", "A comment cannot repeat itself. Name the other one.")])
    following: CommentId | None = comment_of(study_id, duplicate_of).id
    while following is not None:
        if following == comment.id:
            raise InvalidInput(
                [
                    Problem(
                        "duplicate_of",
                        f"Comment {duplicate_of} is itself answered as a repetition of this one. "
                        "Answer one of them in its own right.",
                    )
                ]
            )
        following = db.session.scalar(
            db.select(Disposition.duplicate_of_id).where(Disposition.comment_id == following)
        )
