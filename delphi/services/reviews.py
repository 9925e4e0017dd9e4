"""All that is decided about a comment in one go, for several at once, and taking the last of it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.dispositions import DispositionKind
from delphi.domain.errors import InvalidInput, Problem, Stale, WrongState
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.lifecycles import COMMENT
from delphi.domain.permissions import Permission, require
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment, Disposition
from delphi.models.reviews import CommentBefore
from delphi.queries.handled import Handled, handled_from, handled_of
from delphi.queries.reviews import last_reviewed
from delphi.services.bylines import account_of
from delphi.services.comments import comment_to_work_on, review_comment
from delphi.services.dispositions import answer_comment
from delphi.services.events import record
from delphi.services.themes import set_themes
from delphi.services.transitions import move

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Review:
    """What the panel sees of a comment; `shown_text` only when words are taken out."""

    state: str
    shown_text: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The team's answer, as the panel will read it."""

    kind: str
    reason: str
    duplicate_of: CommentId | None = None


def save_review(
    *,
    study_id: StudyId,
    comment_id: CommentId,
    review: Review | None,
    labels: Sequence[str],
    answer: Answer | None,
    seen: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Save what was decided about one comment, all of it or nothing; None leaves a part as it is.

    `seen` is the stamp of what stood there when the person began. Raises Stale when a colleague decided in
    the meantime, InvalidInput when nothing was decided, and what reviewing, coding and answering raise.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    comment = comment_to_work_on(study_id, comment_id)
    before = handled_of(comment)
    if before.stamp != seen:
        raise Stale(
            "A colleague has decided about this comment in the meantime. Yours is still here: compare, and "
            "save again if it should stand.",
            theirs=before,
        )
    if review is None and answer is None:
        raise InvalidInput([Problem("state", "Choose what the panel sees, or leave the comment open.")])
    _keep(comment, before, study_id, actor, now)
    if review is not None and not _stands(review, before):
        review_comment(
            study_id=study_id,
            comment_id=comment_id,
            state=review.state,
            shown_text=review.shown_text,
            reason=review.reason,
            actor=actor,
            now=now,
        )
    if sorted(labels) != list(before.themes):
        set_themes(study_id=study_id, comment_id=comment_id, labels=labels, actor=actor, now=now)
    if answer is not None:
        _answer(study_id, comment_id, answer, actor, now)


def answer_alike(
    *,
    study_id: StudyId,
    comment_ids: Sequence[CommentId],
    answer: Answer,
    labels: Sequence[str],
    may_be_shown: bool,
    actor: Actor,
    now: datetime,
) -> int:
    """Give several comments the same answer, and these themes besides those they have; how many.

    With `may_be_shown` those that nobody has reviewed are shown as they were written. Held comments are
    refused: each is decided on its own. Raises InvalidInput without comments or with too many at once.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    if not comment_ids:
        raise InvalidInput([Problem("comments", "Tick at least one comment.")])
    if len(comment_ids) > MOST_AT_ONCE:
        raise InvalidInput([Problem("comments", f"At most {MOST_AT_ONCE} at once. Untick some.")])
    for comment_id in comment_ids:
        comment = comment_to_work_on(study_id, comment_id)
        if comment.state in (CommentState.HELD, CommentState.ESCALATED):
            raise WrongState(f"C{comment_id} is held or was passed on. Decide about it on its own page.")
        before = handled_of(comment)
        _keep(comment, before, study_id, actor, now)
        if may_be_shown and comment.state == CommentState.NEW:
            review_comment(study_id=study_id, comment_id=comment_id, state="shown", actor=actor, now=now)
        together = sorted({*before.themes, *labels})
        if together != list(before.themes):
            set_themes(study_id=study_id, comment_id=comment_id, labels=together, actor=actor, now=now)
        _answer(study_id, comment_id, answer, actor, now)
    return len(comment_ids)


def take_back_last(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> tuple[CommentId, ...]:
    """Put the comments that this person saved last in a round back to what they were; which ones.

    A message about a comment that was passed on has left and stays said. Raises WrongState when there is
    nothing to take back, or the feedback is published.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    account = account_of(actor)
    kept = last_reviewed(study_id, number, account) if account is not None else []
    if not kept:
        raise WrongState("There is nothing of yours to take back: a colleague may have decided since.")
    for one in kept:
        comment = comment_to_work_on(study_id, one.comment_id)
        _put_back(comment, handled_from(one.content), study_id, actor, now)
        db.session.delete(one)
    db.session.flush()
    return tuple(one.comment_id for one in kept)


def _answer(study_id: StudyId, comment_id: CommentId, answer: Answer, actor: Actor, now: datetime) -> None:
    is_duplicate = answer.kind == DispositionKind.DUPLICATE
    answer_comment(
        study_id=study_id,
        comment_id=comment_id,
        kind=answer.kind,
        reason=answer.reason,
        duplicate_of=answer.duplicate_of if is_duplicate else None,
        actor=actor,
        now=now,
    )


def _stands(review: Review, before: Handled) -> bool:
    """Whether a review is what stands already: saving an answer must not leave a second event of it."""
    text = before.shown_text if review.state == CommentState.REDACTED else None
    stands = (before.state, text, before.review_reason or "")
    return (review.state, review.shown_text, review.reason.strip()) == stands


def _keep(comment: Comment, before: Handled, study_id: StudyId, actor: Actor, now: datetime) -> None:
    """Remember what a comment was, for the person who decides now; whoever decided before can no more."""
    account = account_of(actor)
    if account is None:
        return
    kept = db.session.get(CommentBefore, comment.id)
    if kept is None:
        kept = CommentBefore(comment_id=comment.id, study_id=study_id)
        db.session.add(kept)
    kept.account_id, kept.saved_at, kept.content = account, now, before.as_text()
    db.session.flush()


def _put_back(comment: Comment, before: Handled, study_id: StudyId, actor: Actor, now: datetime) -> None:
    subject = f"comment:{comment.id}"
    if comment.state != before.state:
        move(
            comment,
            COMMENT,
            CommentState(before.state),
            study_id=study_id,
            actor=actor,
            now=now,
            subject=subject,
            facts=["has_reason"],
            shown_text=before.shown_text,
            review_reason=before.review_reason,
        )
    else:
        comment.shown_text, comment.review_reason = before.shown_text, before.review_reason
    if before.kind:
        answer = Answer(before.kind, before.reason, before.duplicate_of)
        _answer(study_id, comment.id, answer, actor, now)
    elif (given := db.session.get(Disposition, comment.id)) is not None:
        db.session.delete(given)
        db.session.flush()
        db.session.expire(comment, ["disposition"])
        record("comment_answer_taken_back", study_id=study_id, actor=actor, now=now, subject=subject)
    if handled_of(comment).themes != before.themes:
        set_themes(study_id=study_id, comment_id=comment.id, labels=before.themes, actor=actor, now=now)
