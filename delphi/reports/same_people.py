"""The same people in two rounds, for the team alone: who moved (T7), and how those who left had rated (T3).

Beside shared figures these would tell of a few people, so a shared report has none of it. Where somebody's
answers were deleted, neither has the team's: the shared figures less these would be the deleted answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased

from delphi.consensus.attrition import Attrition, attrition
from delphi.consensus.counts import Histogram
from delphi.consensus.kappa import weighted_kappa_rounds
from delphi.domain.states import SubmissionState
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.rounds import Item
from delphi.models.sections import Criterion
from delphi.queries.movement import Movement, movements
from delphi.reports.audience import Audience
from delphi.reports.firmness import comparable_steps
from delphi.reports.record import RoundRecord
from delphi.reports.sections import SectionFinding
from delphi.reports.setting import Setting
from delphi.reports.texts import RevisionEntry

FEW = 10
"""People below which a comparison of those who left says little."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One item that the same people rated in two rounds; `kappa` is Cohen's, with quadratic weights."""

    section: SectionFinding
    criterion: str
    criterion_label: str
    earlier: int
    later: int
    movement: Movement
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Ratings of the first round on one criterion, over all sections, of those who stayed and who left."""

    criterion: str
    criterion_label: str
    figures: Attrition


@dataclass(frozen=True, slots=True)
class SamePeople:
    """Both comparisons; empty in a shared report and where answers were deleted (`has_deletion`).

    `first` and `last` are the rounds between which people stayed or left, and how many did.
    """

    has_deletion: bool
    moved: tuple[Moved, ...]
    leaving: tuple[Leaving, ...]
    first: int
    last: int
    n_stayed: int
    n_left: int

    @property
    def is_few(self) -> bool:
        """Whether too few left, or stayed, to say much."""
        return min(self.n_stayed, self.n_left) < FEW


NOTHING = SamePeople(has_deletion=False, moved=(), leaving=(), first=0, last=0, n_stayed=0, n_left=0)


def same_people(
    setting: Setting,
    records: Sequence[RoundRecord],
    findings: Sequence[SectionFinding],
    revisions: Sequence[RevisionEntry],
    audience: Audience,
) -> SamePeople:
    """Compare the same people between rounds whose counts may be told to the team."""
    if not audience.is_team or not records:
        return NOTHING
    moved = tuple(_moved(setting, records, findings, revisions))
    first, last = records[0], records[-1]
    is_told = first.number < last.number and not first.has_deletion and not last.has_deletion
    people = _people(setting, first, last) if is_told else {}
    return SamePeople(
        has_deletion=any(record.has_deletion for record in records),
        moved=moved,
        leaving=tuple(_leaving(setting, first, last)) if is_told else (),
        first=first.number,
        last=last.number,
        n_stayed=people.get(True, 0),
        n_left=people.get(False, 0),
    )


def _moved(
    setting: Setting,
    records: Sequence[RoundRecord],
    findings: Sequence[SectionFinding],
    revisions: Sequence[RevisionEntry],
) -> Iterator[Moved]:
    by_number = {record.number: record for record in records}
    for finding, before, after in comparable_steps(findings, revisions):
        earlier, later = by_number[before.round], by_number[after.round]
        if earlier.has_deletion or later.has_deletion:
            continue
        section_id = setting.sections[finding.code].id
        found = movements(setting.study, earlier.round, later.round, section_id, setting.scale)
        for code, criterion in setting.criteria.items():
            if code in found:
                kappa = weighted_kappa_rounds(found[code].pairs).kappa_quadratic
                yield Moved(finding, code, criterion.label, earlier.number, later.number, found[code], kappa)


def _leaving(setting: Setting, first: RoundRecord, last: RoundRecord) -> Iterator[Leaving]:
    later = aliased(Submission)
    stayed = later.panellist_id.is_not(None)
    statement = (
        db.select(Criterion.code, stayed, Rating.value, func.count())
        .join(Item, Item.id == Rating.item_id)
        .join(Criterion, Criterion.id == Item.criterion_id)
        .outerjoin(later, _of(later, setting, last) & (later.panellist_id == Rating.panellist_id))
        .where(Rating.round_id == first.round.id, Rating.value.is_not(None))
        .group_by(Criterion.code, stayed, Rating.value)
    )
    size = len(setting.scale.values)
    counts = {(code, back): [0] * size for code in setting.criteria for back in (True, False)}
    for code, back, value, n in db.session.execute(statement):
        counts[code, bool(back)][value - setting.scale.minimum] = n
    band = setting.scale.bands["agree"]
    for code, criterion in setting.criteria.items():
        stayers, leavers = (
            Histogram(setting.scale.minimum, tuple(counts[code, back])) for back in (True, False)
        )
        yield Leaving(code, criterion.label, attrition(stayers, leavers, band))


def _people(setting: Setting, first: RoundRecord, last: RoundRecord) -> dict[bool, int]:
    """How many of those who answered the first round answered the last one (True) or not."""
    earlier, later = aliased(Submission), aliased(Submission)
    stayed = later.panellist_id.is_not(None)
    statement = (
        db.select(stayed, func.count())
        .select_from(earlier)
        .outerjoin(later, _of(later, setting, last) & (later.panellist_id == earlier.panellist_id))
        .where(_of(earlier, setting, first))
        .group_by(stayed)
    )
    return {bool(back): n for back, n in db.session.execute(statement)}


def _of(submission: type[Submission], setting: Setting, record: RoundRecord) -> Any:
    """The submissions of a round that count."""
    is_of_round = submission.round_id == record.round.id
    if setting.study.protocol.get("partial_submissions") == "not_counted":
        return is_of_round & (submission.state == SubmissionState.SUBMITTED)
    return is_of_round
