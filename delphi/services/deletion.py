"""Stopping and having one's answers deleted (requirements E31 to E34).

What was shared stays as it was shared; the answers, the comments with every copy, the links and the name
go. A tombstone keeps code, date and scope. The consent record stays: it is the proof that there was
consent for as long as answers were kept, and holds no name and no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import PANELLIST
from delphi.domain.permissions import Permission, require
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.answers import Comment, LateRequest, Rating, SectionSave, Submission
from delphi.models.late_forms import LateForm
from delphi.models.panellists import AccessToken, Panellist, Perspective, Tombstone
from delphi.models.rounds import Round
from delphi.models.snapshots import FeedbackCopy
from delphi.queries.consent import consent_text_of, newest_consent_of
from delphi.queries.exports import ExportMade, exports_since
from delphi.queries.gates import shut_gate
from delphi.queries.invitations import whom_to_ask
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import study_of
from delphi.services.leaving import add_tombstone, end_access, forget_identity
from delphi.services.membership import panellist_acted_on, subject_of
from delphi.services.snapshots import redact_after_deletion
from delphi.services.transitions import move


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted, and which exported files may still hold it: those are the team's to deal with."""

    tombstone: Tombstone
    n_ratings: int
    n_comments: int
    exports: tuple[ExportMade, ...]


def stop_and_delete(*, study_id: StudyId, code: str, actor: Actor, now: datetime) -> Deletion:
    """Stop taking part and delete the person's answers, comments, links and name.

    Answers of an open round vanish as if they had never been; of a closed one they leave the data, and
    figures that were shared stay. No reason is asked, as none could be kept. Raises WrongState from the
    cut-off day of the consent text on, with what is possible instead, and when it is done already.
    """
    require(actor, Permission.LEAVE, study_id)
    # No round may close or be analysed between the snapshots' recomputation and the deletion.
    for round_ in rounds_of(study_id):
        shut_gate(round_.id)
    panellist = panellist_acted_on(study_id, code, actor)
    if panellist.state == PanellistState.ERASED:
        raise WrongState(f"What {code} had said was deleted already.")
    _require_before_cutoff(panellist, now)
    answered = _rounds_answered(panellist)
    exports = exports_since(study_id, answered[0][1]) if answered else ()
    tombstone = add_tombstone(panellist, _scope([number for number, _ in answered]), now)
    redact_after_deletion(
        study_id=study_id, tombstone=tombstone, panellist_id=panellist.id, actor=actor, now=now
    )
    n_ratings, n_comments = _delete_answers(panellist)
    end_access(panellist, actor, now)
    _delete_traces(panellist)
    move(
        panellist,
        PANELLIST,
        PanellistState.ERASED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=subject_of(panellist),
        data={"scope": tombstone.scope},
        left_at=panellist.left_at or now,
        left_reason=None,
        region=None,
        format="standard",
        mode="self",
    )
    return Deletion(tombstone, n_ratings, n_comments, exports)


def _require_before_cutoff(panellist: Panellist, now: datetime) -> None:
    """The person's own consent text says until when; before consent there is nothing to wait for."""
    consent = newest_consent_of(panellist.id)
    cutoff = consent_text_of(consent).withdrawal_cutoff if consent else None
    study = study_of(panellist.study_id)
    if cutoff is None or day_of(now, study.timezone) < cutoff:
        return
    raise WrongState(
        f"Answers could be deleted until {in_words(cutoff - timedelta(days=1))}, as the consent text says: "
        "the final analysis has begun, and what was published cannot be called back. It is still possible to "
        "stop taking part, and to have the contact details deleted, so that nothing leads from the answers "
        f"to the person any more. Whoever wants to talk about it can ask {whom_to_ask(study)}."
    )


def _rounds_answered(panellist: Panellist) -> list[tuple[int, datetime]]:
    """The rounds in which something is saved, with when that began."""
    rows = db.session.execute(
        db.select(Round.number, Submission.started_at)
        .join(Submission, Submission.round_id == Round.id)
        .where(Submission.panellist_id == panellist.id)
        .order_by(Submission.started_at)
    )
    return [(number, started_at) for number, started_at in rows]


def _scope(numbers: Sequence[int]) -> str:
    """What is deleted, in the words that the tombstone keeps."""
    if not numbers:
        return "contact details and links"
    rounds = ", ".join(str(number) for number in sorted(numbers))
    return f"ratings and comments (round {rounds}), contact details and links"


def _delete_answers(panellist: Panellist) -> tuple[int, int]:
    """Delete every answer; the answers to comments, their themes and their links to changes go with them."""
    n_ratings = _delete(Rating, Rating.panellist_id == panellist.id)
    n_comments = _delete(Comment, Comment.panellist_id == panellist.id)
    _delete(LateRequest, LateRequest.panellist_id == panellist.id)
    _delete(LateForm, LateForm.panellist_id == panellist.id)
    _delete(SectionSave, SectionSave.panellist_id == panellist.id)
    _delete(FeedbackCopy, FeedbackCopy.panellist_id == panellist.id)
    _delete(Submission, Submission.panellist_id == panellist.id)
    db.session.expire_all()
    return n_ratings, n_comments


def _delete_traces(panellist: Panellist) -> None:
    """Delete who the person is and what else was known of them."""
    forget_identity(panellist)
    if panellist.invitation is not None:
        _delete(AccessToken, AccessToken.invitation_id == panellist.invitation.id)
    _delete(Perspective, Perspective.panellist_id == panellist.id)
    db.session.expire_all()


def _delete(table: Any, condition: Any) -> int:
    db.session.flush()
    result = db.session.execute(
        db.delete(table).where(condition).execution_options(synchronize_session=False)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0
