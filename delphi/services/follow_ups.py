"""Comments that the panel does not see: opening one's text, and what was done about one passed on."""

from __future__ import annotations

from datetime import date, datetime

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import CommentState
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.reviews import FollowUp
from delphi.queries.comments import comment_of
from delphi.queries.studies import study_of
from delphi.services.bylines import account_of
from delphi.services.events import record

HIDDEN = (CommentState.HELD, CommentState.ESCALATED)
LONGEST_NAME = 200


def open_text(*, study_id: StudyId, comment_id: CommentId, actor: Actor, now: datetime) -> None:
    """Open the text of a comment that is held or was passed on; who did is in the log.

    Raises NotFound for a comment of another study, WrongState while its round is open or for a comment
    whose text is on the page anyway.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    comment = comment_of(study_id, comment_id)
    if comment.state not in HIDDEN:
        raise WrongState(f"The text of C{comment_id} is not held: it stands on its page.")
    record("comment_opened", study_id=study_id, actor=actor, now=now, subject=f"comment:{comment_id}")


def note_follow_up(
    *,
    study_id: StudyId,
    comment_id: CommentId,
    who: str,
    what: str,
    done_on: date,
    is_last: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down what was done about a comment that was passed on: by whom, on which day (requirement E40).

    `is_last` says that nothing is left to do. Possible also after the feedback is published. Raises
    WrongState for a comment that was not passed on, InvalidInput without words or for a day to come.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    comment = comment_of(study_id, comment_id)
    if comment.state != CommentState.ESCALATED:
        raise WrongState(f"C{comment_id} was not passed on, so there is nothing to follow up.")
    if done_on > day_of(now, study_of(study_id).timezone):
        raise InvalidInput([Problem("done_on", "This day is still to come. Write down what has been done.")])
    db.session.add(
        FollowUp(
            study_id=study_id,
            comment_id=comment_id,
            who=required_words("who", who, at_most=LONGEST_NAME, missing="Say who did it."),
            what=required_words("what", what, missing="Say what was done."),
            done_on=done_on,
            is_last=is_last,
            recorded_by=account_of(actor),
            recorded_at=now,
        )
    )
    db.session.flush()
    record(
        "escalation_followed_up",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"comment:{comment_id}",
        data={"is_last": is_last},
    )
