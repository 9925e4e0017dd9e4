"""What a round's feedback holds: released figures, reviewed comments, decisions, what changed and why.

Only what the small-number rules release enters: a snapshot made from this can be shown as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from delphi.consensus.disclosure import release_round
from delphi.consensus.disclosure_reasons import reader_notes
from delphi.consensus.disclosure_release import EDITION, Policy, Release, UnitDecision, UnitKind
from delphi.domain.errors import NotFound
from delphi.domain.ids import PanellistId, SectionId
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment, Rating
from delphi.models.decisions import Decision, Revision
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Item, Round, RoundSection
from delphi.models.sections import Criterion, Section
from delphi.models.snapshots import FeedbackCopy, FeedbackSnapshot
from delphi.models.studies import Study
from delphi.queries.answers import UNABLE
from delphi.queries.results import Results, newest_snapshot, read_results
from delphi.queries.studies import scale_of, structure_of

FEEDBACK_FORMAT = "delphi-feedback/1"


def policy_of(study: Study, edition: int = EDITION) -> Policy:
    """The study's small-number rules, in the newest edition or an earlier one."""
    return Policy(min_cell=int(study.privacy["min_cell"]), edition=edition)


def released_figures(study: Study, results: Results, edition: int = EDITION) -> Release | None:
    """What may be shown of a round's ratings; None for a round without ratings."""
    if not results.items:
        return None
    return release_round(
        results.items, structure_of(study.id), scale_of(study).bands["agree"], policy_of(study, edition)
    )


def shown_release(study: Study, round_: Round) -> Release | None:
    """The figures of an analysed round as they were shown, or as they would be if it were published now.

    None for a round without ratings; WrongState before the analysis.
    """
    feedback = db.session.get(FeedbackSnapshot, round_.id)
    if feedback is None:
        return released_figures(study, read_results(newest_snapshot(round_)))
    figures = json.loads(feedback.content)["figures"]
    return Release.from_dict(figures) if figures else None


def feedback_content(study: Study, round_: Round, results: Results) -> dict[str, Any]:
    """A round's feedback for everybody, as plain data in the order in which sections were put."""
    release = released_figures(study, results)
    groups = _shown_groups(study, release, results)
    comments = _comments(round_, groups)
    decisions = {
        row.section_id: row
        for row in db.session.scalars(db.select(Decision).where(Decision.round_id == round_.id))
    }
    changes = _revisions(round_)
    sections = []
    for section in _sections_put(round_):
        outcome = results.outcomes.get(section.code)
        decision = decisions.get(section.id)
        sections.append(
            {
                "section": section.code,
                "title": section.title,
                "outcome": outcome.outcome.value if outcome else None,
                "headline": outcome.headline if outcome else None,
                "decision": decision.kind if decision else None,
                "decision_reason": decision.reason if decision else None,
                "comments": comments.get(section.id, []),
                "changes": changes.get(section.id),
            }
        )
    return {
        "format": FEEDBACK_FORMAT,
        "study": study.slug,
        "round": round_.number,
        "figures": release.to_dict() if release else None,
        "notes": list(reader_notes(release)) if release else [],
        "sections": sections,
        "about_the_whole": comments.get(None, []),
    }


def _shown_groups(study: Study, release: Release | None, results: Results) -> Mapping[str, str]:
    """The label to print with a comment, by stakeholder group; groups that are hidden have none.

    Nor has any, if so few people are in the hidden groups that a comment without a label would tell of them:
    somebody may comment in a group of which nobody rated.
    """
    if not study.privacy.get("show_group_with_comment", False) or release is None:
        return {}
    shown = {
        code for entry in release.units if entry.is_shown and _is_group(entry) for code in entry.unit.groups
    }
    n_others = sum(row["took_part"] for code, row in results.response.items() if code not in shown)
    if 0 < n_others < release.policy.min_cell:
        return {}
    return {
        group: decision.unit.label
        for decision in release.units
        if decision.is_shown and _is_group(decision)
        for group in decision.unit.groups
    }


def _is_group(decision: UnitDecision) -> bool:
    return decision.unit.kind is UnitKind.FEEDBACK_GROUP


def _sections_put(round_: Round) -> list[Section]:
    statement = (
        db.select(Section)
        .join(RoundSection, RoundSection.section_id == Section.id)
        .where(RoundSection.round_id == round_.id)
        .order_by(RoundSection.position)
    )
    return list(db.session.scalars(statement))


def _comments(round_: Round, groups: Mapping[str, str]) -> dict[SectionId | None, list[dict[str, Any]]]:
    """Reviewed comments by section, in an order (theme, text) that tells nothing of their writers."""
    rows = db.session.execute(
        db.select(Comment, StakeholderGroup.code)
        .join(Panellist, Panellist.id == Comment.panellist_id)
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .where(
            Comment.round_id == round_.id,
            Comment.state.in_([CommentState.SHOWN, CommentState.REDACTED]),
        )
        .order_by(Comment.id)
    )
    found: dict[SectionId | None, list[dict[str, Any]]] = {}
    for comment, group in rows:
        answer = comment.disposition
        found.setdefault(comment.section_id, []).append(
            {
                "comment": comment.id,
                "prompt": comment.prompt,
                "text": comment.shown_text,
                "group": groups.get(group),
                "themes": sorted(theme.theme.label for theme in comment.themes),
                "disposition": answer.kind if answer else None,
                "reason": answer.reason if answer else None,
            }
        )
    for comments in found.values():
        comments.sort(key=lambda one: (one["themes"], one["text"] or ""))
    return found


def _revisions(round_: Round) -> dict[SectionId, dict[str, Any]]:
    """What the team did about each section for the round after, as far as it is written."""
    revisions = db.session.scalars(
        db.select(Revision).where(
            Revision.study_id == round_.study_id, Revision.for_round == round_.number + 1
        )
    )
    return {
        revision.section_id: {
            "kind": revision.kind,
            "comparable": revision.comparable,
            "comparable_reason": revision.comparable_reason,
            "summary": revision.summary,
            "changes": [
                {
                    "you_said": change.you_said,
                    "we_did": change.we_did,
                    "comments": sorted(link.comment_id for link in change.comments),
                }
                for change in revision.changes
            ],
        }
        for revision in revisions
    }


def own_copies(round_: Round) -> dict[PanellistId, dict[str, Any]]:
    """What each person who answered is shown besides: own answers, and what came of own comments."""
    copies: dict[PanellistId, dict[str, Any]] = {}
    ratings = db.session.execute(
        db.select(Rating.panellist_id, Section.code, Criterion.code, Rating.value)
        .join(Item, Item.id == Rating.item_id)
        .join(Section, Section.id == Item.section_id)
        .join(Criterion, Criterion.id == Item.criterion_id)
        .where(Rating.round_id == round_.id)
        .order_by(Rating.panellist_id, Item.position)
    )
    for person, section, criterion, value in ratings:
        own = copies.setdefault(person, {"answers": {}, "comments": []})
        own["answers"].setdefault(section, {})[criterion] = UNABLE if value is None else value
    comments = db.session.execute(
        db.select(Comment, Section.code)
        .outerjoin(Section, Section.id == Comment.section_id)
        .where(Comment.round_id == round_.id)
        .order_by(Comment.panellist_id, Comment.id)
    )
    for comment, code in comments:
        own = copies.setdefault(comment.panellist_id, {"answers": {}, "comments": []})
        answer = comment.disposition
        own["comments"].append(
            {
                "comment": comment.id,
                "section": code,
                "prompt": comment.prompt,
                "text": comment.text,
                "was_shown": comment.state in (CommentState.SHOWN, CommentState.REDACTED),
                "disposition": answer.kind if answer else None,
                "reason": answer.reason if answer else None,
            }
        )
    return copies


def feedback_of(round_: Round) -> FeedbackSnapshot:
    """The published feedback of a round; NotFound before it is published."""
    snapshot = db.session.get(FeedbackSnapshot, round_.id)
    if snapshot is None:
        raise NotFound(f"The feedback of round {round_.number} has not been published yet.")
    return snapshot


def copy_for(round_: Round, panellist_id: PanellistId) -> dict[str, Any] | None:
    """What one person was shown of their own; None when they did not answer that round."""
    copy = db.session.get(FeedbackCopy, (round_.id, panellist_id))
    if copy is None:
        return None
    own: dict[str, Any] = json.loads(copy.content)
    return own
