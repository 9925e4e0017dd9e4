"""What the team decided about sections, and where that leaves them."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.decisions import DecisionKind
from delphi.domain.ids import RoundId, SectionId
from delphi.domain.states import RoundState, SectionState
from delphi.extensions import db
from delphi.models.decisions import Decision
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section


@dataclass(frozen=True, slots=True)
class LastRound:
    """The newest round that put a section to the panel, the draft it put, and what was decided then."""

    round: Round
    draft: Draft
    decision: Decision | None


def sections_to_decide(round_: Round) -> list[RoundSection]:
    """The sections of a round that need a decision, in order: all but introductions, which are not rated."""
    return list(
        db.session.scalars(
            db.select(RoundSection)
            .join(Section, Section.id == RoundSection.section_id)
            .where(RoundSection.round_id == round_.id, Section.kind != "introduction")
            .order_by(RoundSection.position)
        )
    )


def decisions_of_round(round_id: RoundId) -> list[Decision]:
    """The decisions after a round, in the order of its sections."""
    return list(
        db.session.scalars(
            db.select(Decision)
            .join(
                RoundSection,
                (RoundSection.round_id == Decision.round_id)
                & (RoundSection.section_id == Decision.section_id),
            )
            .where(Decision.round_id == round_id)
            .order_by(RoundSection.position)
        )
    )


def decisions_digest(round_id: RoundId) -> str:
    """Checksum of what was decided after a round, so that nobody signs what they have not read."""
    return checksum(
        canonical_json(
            [
                [one.section_id, one.kind, one.reason, one.section.merged_into_id]
                for one in decisions_of_round(round_id)
            ]
        )
    )


def decision_of(round_id: RoundId, section_id: SectionId) -> Decision | None:
    """The decision about one section after one round, if it was made."""
    return db.session.get(Decision, (round_id, section_id))


def undecided_sections(round_: Round) -> list[Section]:
    """The sections of a round about which the team has not decided, in order."""
    decided = set(
        db.session.scalars(db.select(Decision.section_id).where(Decision.round_id == round_.id)).all()
    )
    return [entry.section for entry in sections_to_decide(round_) if entry.section_id not in decided]


def last_round_of(section: Section) -> LastRound | None:
    """The newest round that put a section to the panel; cancelled rounds do not count."""
    row = db.session.execute(
        db.select(Round, Draft, Decision)
        .join(RoundSection, RoundSection.round_id == Round.id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .outerjoin(
            Decision, (Decision.round_id == Round.id) & (Decision.section_id == RoundSection.section_id)
        )
        .where(RoundSection.section_id == section.id, Round.state != RoundState.CANCELLED)
        .order_by(Round.number.desc())
        .limit(1)
    ).first()
    return LastRound(row[0], row[1], row[2]) if row else None


def is_reopened(section: Section, last: LastRound) -> bool:
    """Whether a section was agreed and kept, and then taken up again by a later decision (M18)."""
    return (
        section.state == SectionState.IN_PLAY
        and last.round.state == RoundState.PUBLISHED
        and last.decision is not None
        and last.decision.kind == DecisionKind.KEEP
    )
