"""In which round each section of a round was put before, and whether the two may be set beside each other.

Only where the draft is the same or its rewording was declared comparable (requirements M7, T7): anything else
would call a change of the text a change of mind.
"""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.ids import DraftId, SectionId
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.decisions import Revision
from delphi.models.rounds import Round, RoundSection


@dataclass(frozen=True, slots=True)
class Before:
    """The round in which a section was last put before, and whether the two may be compared.

    `reason` says why (not): what the team wrote about the new draft, or nothing for the same draft.
    """

    round: Round
    draft_is_same: bool
    is_comparable: bool
    reason: str


def ratings_before(round_: Round) -> dict[SectionId, Before]:
    """Where each section of a round was last put before; without those that it puts for the first time."""
    drafts: dict[SectionId, DraftId] = dict(
        db.session.execute(
            db.select(RoundSection.section_id, RoundSection.draft_id).where(
                RoundSection.round_id == round_.id
            )
        ).all()
    )
    earlier = db.session.execute(
        db.select(Round, RoundSection.section_id, RoundSection.draft_id)
        .join(RoundSection, RoundSection.round_id == Round.id)
        .where(
            Round.study_id == round_.study_id,
            Round.number < round_.number,
            Round.state.in_([RoundState.ANALYSED, RoundState.PUBLISHED]),
            RoundSection.section_id.in_(list(drafts)),
        )
        .order_by(Round.number)
    )
    newest = {section_id: (found, draft_id) for found, section_id, draft_id in earlier}
    revisions = {
        one.section_id: one
        for one in db.session.scalars(
            db.select(Revision).where(
                Revision.study_id == round_.study_id, Revision.for_round == round_.number
            )
        )
    }
    return {
        section_id: _before(found, draft_id == drafts[section_id], revisions.get(section_id))
        for section_id, (found, draft_id) in newest.items()
    }


def rating_before(round_: Round, section_id: SectionId) -> Before | None:
    """Where one section was put before a round; None if that round is the first to put it."""
    return ratings_before(round_).get(section_id)


def _before(earlier: Round, is_same: bool, revision: Revision | None) -> Before:
    declared = revision.comparable if revision else ("same" if is_same else "no")
    reason = revision.comparable_reason if revision else ""
    return Before(earlier, is_same, is_same or declared in ("same", "wording"), reason)
