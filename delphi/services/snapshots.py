"""What becomes of kept results when a person's answers are deleted (requirements E25, E31, E34).

Released figures stay as they were shared; unsuppressed counts go, because with the rest of the data
they would give the person's answers back. A new snapshot without the person is kept for the team.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from delphi.consensus.context import Need, needs_of
from delphi.domain.actors import Actor
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db
from delphi.models.answers import Comment, Submission
from delphi.models.panellists import Tombstone
from delphi.models.rounds import Round
from delphi.models.snapshots import FeedbackSnapshot, ResultSnapshot
from delphi.models.studies import Study
from delphi.queries.results import computed_results, snapshots_of
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import rule_of, study_of
from delphi.services.analysis import keep_results
from delphi.services.events import record

OUTCOME_KEYS = ("section", "draft", "outcome", "because", "label", "headline")


def redact_after_deletion(
    *, study_id: StudyId, tombstone: Tombstone, panellist_id: PanellistId, actor: Actor, now: datetime
) -> None:
    """Take a person out of every kept result of the rounds in which they answered.

    Called while the answers are still there. Earlier snapshots keep outcomes and their checksum, and name
    the tombstone; the one that was shared keeps the figures that were shown. The new snapshot is computed
    without the person.
    """
    require(actor, Permission.LEAVE, study_id)
    study = study_of(study_id)
    for round_ in _rounds_touched(study, panellist_id):
        feedback = db.session.get(FeedbackSnapshot, round_.id)
        if feedback is not None:
            _take_comments_out(feedback, panellist_id, tombstone)
        earlier = snapshots_of(round_)
        for snapshot in earlier:
            if snapshot.tombstone_id is None:
                snapshot.content = canonical_json(_without_counts(snapshot, feedback))
                snapshot.tombstone_id = tombstone.id
        db.session.flush()
        if not earlier:
            continue
        # What is left is under no checksum of its own any more, so the log keeps one.
        left = {str(snapshot.number): checksum(snapshot.content) for snapshot in earlier}
        content = computed_results(study, round_, without=panellist_id)
        again = keep_results(study, round_, purpose="after_deletion", now=now, content=content)
        record(
            "round_analysed_again",
            study_id=study_id,
            actor=actor,
            now=now,
            subject=f"round:{round_.number}",
            data={
                "snapshot": again.number,
                "checksum": again.checksum,
                "because": "deletion",
                "results_left": left,
                "feedback_left": checksum(feedback.content) if feedback else None,
            },
        )


def _rounds_touched(study: Study, panellist_id: PanellistId) -> list[Round]:
    """The rounds in which somebody answered, and later ones if the rule looks back at the rounds before."""
    answered = db.session.scalars(
        db.select(Round)
        .join(Submission, Submission.round_id == Round.id)
        .where(Round.study_id == study.id, Submission.panellist_id == panellist_id)
        .order_by(Round.number)
    ).all()
    if not answered or not needs_of(rule_of(study)) & {Need.EARLIER, Need.ATTRITION}:
        return list(answered)
    return [one for one in rounds_of(study.id) if one in answered or one.number > answered[0].number]


def _without_counts(snapshot: ResultSnapshot, feedback: FeedbackSnapshot | None) -> dict[str, Any]:
    """What stays of a snapshot: outcomes, and the figures if the panel saw them, exactly as it saw them.

    Figures that nobody was shown go too: beside those of other snapshots, with or without the person,
    they would give the person's answers away (requirement E25).
    """
    content = json.loads(snapshot.content)
    was_shared = feedback is not None and feedback.result_snapshot_id == snapshot.id
    released = json.loads(feedback.content)["figures"] if feedback is not None and was_shared else None
    kept = {name: content[name] for name in ("format", "study", "round", "seal", "software")}
    outcomes = [{name: found[name] for name in OUTCOME_KEYS} for found in content["sections"]]
    return kept | {"released": released, "sections": outcomes}


def _take_comments_out(feedback: FeedbackSnapshot, panellist_id: PanellistId, tombstone: Tombstone) -> None:
    """Remove a person's comments from feedback that was published; what others saw of figures stays."""
    own = set(
        db.session.scalars(
            db.select(Comment.id).where(
                Comment.round_id == feedback.round_id, Comment.panellist_id == panellist_id
            )
        )
    )
    content = json.loads(feedback.content)
    lists = [*(section["comments"] for section in content["sections"]), content["about_the_whole"]]
    for comments in lists:
        comments[:] = [one for one in comments if one["comment"] not in own]
    for section in content["sections"]:
        for change in (section["changes"] or {}).get("changes", ()):
            change["comments"] = [number for number in change["comments"] if number not in own]
    text = canonical_json(content)
    if text != feedback.content:
        feedback.content, feedback.tombstone_id = text, tombstone.id
