"""What a report may know of each round: its published feedback, and for the team the counts behind it.

A shared report knows published rounds only, as they were shared. Where somebody's answers were deleted
later, the figures stay those that were shared, also for the team: both sets of figures together would
give the answers back (requirement E34).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from delphi.consensus.disclosure_release import Release
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section
from delphi.models.snapshots import ResultSnapshot
from delphi.models.studies import Study
from delphi.queries.feedback import feedback_content, feedback_of
from delphi.queries.results import Results, newest_snapshot, outcomes_in, read_results, snapshots_of
from delphi.queries.rounds import rounds_of
from delphi.reports.audience import Audience


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round as a report sees it.

    `content` is the feedback as it was shared, `release` its figures (None for a round without ratings).
    `results` are the counts behind it: for the team, and only while nobody's answers were deleted since.
    `response` counts people by stakeholder group as they were when it was shared, under the same condition.
    `outcome_changes` says, after a deletion, whether an outcome would be another one now.
    """

    round: Round
    is_published: bool
    content: Mapping[str, Any]
    release: Release | None
    results: Results | None
    response: Mapping[str, Mapping[str, int]] | None
    software: Mapping[str, Any]
    drafts: Mapping[str, int]
    checksum: str
    results_checksum: str
    has_deletion: bool
    outcome_changes: bool

    @property
    def number(self) -> int:
        """The round's number."""
        return self.round.number

    @property
    def sections(self) -> list[dict[str, Any]]:
        """Its sections as shared, in the order in which they were put."""
        found: list[dict[str, Any]] = self.content["sections"]
        return found


def records_of(study: Study, audience: Audience) -> tuple[RoundRecord, ...]:
    """The rounds of a study that a report speaks of, by number.

    Published ones; for the team also those that are analysed and not shared yet.
    """
    states = {RoundState.PUBLISHED} | ({RoundState.ANALYSED} if audience.is_team else set())
    return tuple(
        _published(round_, audience) if round_.state == RoundState.PUBLISHED else _analysed(study, round_)
        for round_ in rounds_of(study.id)
        if round_.state in states
    )


def _published(round_: Round, audience: Audience) -> RoundRecord:
    feedback = feedback_of(round_)
    content = json.loads(feedback.content)
    shared = db.session.get_one(ResultSnapshot, feedback.result_snapshot_id)
    kept = json.loads(shared.content)
    is_whole = shared.tombstone_id is None
    return RoundRecord(
        round=round_,
        is_published=True,
        content=content,
        release=Release.from_dict(content["figures"]) if content["figures"] else None,
        results=read_results(shared) if is_whole and audience.is_team else None,
        response=kept["response"] if is_whole else None,
        software=kept["software"],
        drafts=_drafts(round_),
        checksum=feedback.checksum,
        results_checksum=shared.checksum,
        has_deletion=not is_whole,
        outcome_changes=not is_whole and _has_other_outcomes(round_, kept),
    )


def _analysed(study: Study, round_: Round) -> RoundRecord:
    """A round that only the team knows, as its feedback would be if it were published now."""
    snapshot = newest_snapshot(round_)
    results = read_results(snapshot)
    content = feedback_content(study, round_, results)
    return RoundRecord(
        round=round_,
        is_published=False,
        content=content,
        release=Release.from_dict(content["figures"]) if content["figures"] else None,
        results=results,
        response=results.response,
        software=json.loads(snapshot.content)["software"],
        drafts=_drafts(round_),
        checksum="",
        results_checksum=snapshot.checksum,
        has_deletion=False,
        outcome_changes=False,
    )


def _has_other_outcomes(round_: Round, shared: Mapping[str, Any]) -> bool:
    """Whether the newest computation without the deleted answers comes to another outcome anywhere."""
    again = [one for one in snapshots_of(round_) if one.purpose == "after_deletion"]
    if not again:
        return False
    before, after = outcomes_in(shared), outcomes_in(json.loads(again[-1].content))
    return any(before[code].outcome != after[code].outcome for code in before if code in after)


def _drafts(round_: Round) -> dict[str, int]:
    rows = db.session.execute(
        db.select(Section.code, Draft.number)
        .join(RoundSection, RoundSection.section_id == Section.id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .where(RoundSection.round_id == round_.id)
        .order_by(RoundSection.position)
    )
    return dict(rows.all())
