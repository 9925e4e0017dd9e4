"""Publishing a round's feedback: frozen for everybody, and a copy of what each person is shown."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import ROUND
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.snapshots import FeedbackCopy, FeedbackSnapshot
from delphi.models.studies import Study
from delphi.queries.comments import unanswered_comments, unreviewed_comments
from delphi.queries.decisions import sections_to_decide, undecided_sections
from delphi.queries.feedback import feedback_content, own_copies
from delphi.queries.panellists import active_panel
from delphi.queries.results import newest_snapshot, read_results
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.decisions import apply_decisions, subject_of
from delphi.services.messages import promise_messages
from delphi.services.sign_offs import is_signed_off
from delphi.services.transitions import move


def publish_feedback(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> FeedbackSnapshot:
    """Freeze and share a round's feedback, settle its sections, and write to the panel.

    Raises WrongState, with what is missing, unless every comment is reviewed and answered and every
    section has a decision that was signed off.
    """
    require(actor, Permission.PUBLISH, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    # Asked at once, so that nobody is told of comments or decisions of a round that is still open.
    ROUND.find(round_.state, RoundState.PUBLISHED)
    apply_decisions(study_id=study_id, number=number, actor=actor, now=now)
    facts = _facts(study, round_)
    result = newest_snapshot(round_)
    content = canonical_json(feedback_content(study, round_, read_results(result)))
    copies = own_copies(round_)
    move(
        round_,
        ROUND,
        RoundState.PUBLISHED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        facts=facts,
        data={"checksum": checksum(content), "copies": len(copies)},
        published_at=now,
    )
    snapshot = FeedbackSnapshot(
        round_id=round_.id,
        study_id=study_id,
        result_snapshot_id=result.id,
        content=content,
        checksum=checksum(content),
        published_at=now,
    )
    db.session.add(snapshot)
    db.session.flush()
    for panellist_id, own in copies.items():
        text = canonical_json(own)
        db.session.add(
            FeedbackCopy(round_id=round_.id, panellist_id=panellist_id, content=text, checksum=checksum(text))
        )
    promise_messages(
        active_panel(study_id),
        "feedback_published",
        study_id=study_id,
        occasion=str(round_.id),
        now=now,
        round_number=number,
    )
    return snapshot


def _facts(study: Study, round_: Round) -> list[str]:
    facts = {
        "comments_reviewed": not unreviewed_comments(round_.id),
        "comments_answered": not unanswered_comments(round_.id),
        "sections_decided": not undecided_sections(round_),
        "signed_off": not sections_to_decide(round_) or is_signed_off(study, subject_of(round_.number)),
    }
    return [name for name, holds in facts.items() if holds]
