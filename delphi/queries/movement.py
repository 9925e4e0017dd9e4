"""How the same people answered the same item in two rounds: counts of who stayed and who moved, never who.

Rounds are set beside each other only where the draft is the same or its rewording was declared comparable
(requirements M7, T7): anything else would call a change of the text a change of mind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import aliased

from delphi.consensus.crosstab import CrossTab
from delphi.domain.ids import DraftId, RoundId, SectionId
from delphi.domain.scale import Scale
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.decisions import Revision
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Item, Round, RoundSection
from delphi.models.sections import Criterion
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class Before:
    """The round in which a section was last put before, and whether the two may be compared.

    `reason` says why (not): what the team wrote about the new draft, or nothing for the same draft.
    """

    round: Round
    draft_is_same: bool
    is_comparable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One item rated by the same people in two rounds; `n_in` and `n_out` moved into and out of agreement."""

    pairs: CrossTab
    n_in: int
    n_out: int

    @property
    def n_pairs(self) -> int:
        """People who rated it both times."""
        return self.pairs.n_pairs

    @property
    def n_same(self) -> int:
        """People who gave the same answer."""
        return sum(n for before, after, n in self.pairs.cells() if before == after)

    @property
    def n_up(self) -> int:
        """People who answered higher the second time."""
        return sum(n for before, after, n in self.pairs.cells() if after > before)

    @property
    def n_down(self) -> int:
        """People who answered lower the second time."""
        return sum(n for before, after, n in self.pairs.cells() if after < before)


ItemPairs = Mapping[str, CrossTab]
"""The pairs of one item by stakeholder group; groups without a pair are left out."""


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


ItemPlace = tuple[SectionId, str]
"""A section and a criterion's code: what two rounds have in common of an item."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A round beside those before it: where each section was put before, and the pairs of every item.

    `pairs` hold only items of drafts that may be compared and that somebody rated both times.
    """

    before: Mapping[SectionId, Before]
    pairs: Mapping[ItemPlace, ItemPairs]


def compared(study: Study, round_: Round, scale: Scale) -> Compared:
    """A round beside the rounds in which its sections were put before: one count for each such round."""
    before = ratings_before(round_)
    pairs: dict[ItemPlace, ItemPairs] = {}
    for earlier in {one.round.id for one in before.values() if one.is_comparable}:
        pairs |= {
            item: by_group
            for item, by_group in crosstabs(study, earlier, round_.id, scale).items()
            if before[item[0]].is_comparable and before[item[0]].round.id == earlier
        }
    return Compared(before, pairs)


def movements(
    study: Study, earlier: Round, later: Round, section_id: SectionId, scale: Scale
) -> Mapping[str, Movement]:
    """How people moved on each criterion of a section, by the criterion's code; only who rated both times."""
    found = crosstabs(study, earlier.id, later.id, scale, section_id)
    return {criterion: movement_of(by_group, scale) for (_, criterion), by_group in found.items()}


def crosstabs(
    study: Study, earlier: RoundId, later: RoundId, scale: Scale, section_id: SectionId | None = None
) -> dict[ItemPlace, ItemPairs]:
    """Who went from which answer to which, by (section, criterion) and stakeholder group.

    One look at the database, which counts; of one section, or of all that both rounds put. Whether their
    drafts may be compared is for the caller to ask first (`ratings_before`).
    """
    size = len(scale.points)
    tables: dict[ItemPlace, dict[str, list[list[int]]]] = {}
    for section, criterion, group, before, after, n in db.session.execute(
        _pairs(study, earlier, later, section_id)
    ):
        by_group = tables.setdefault((section, criterion), {})
        table = by_group.setdefault(group, [[0] * size for _ in range(size)])
        table[before - scale.minimum][after - scale.minimum] = n
    return {
        item: {
            group: CrossTab(scale.minimum, tuple(tuple(row) for row in table))
            for group, table in by_group.items()
        }
        for item, by_group in tables.items()
    }


def everybody(tables: Iterable[CrossTab], scale: Scale) -> CrossTab:
    """The pairs of several groups together; a table of nobody without any."""
    return sum(tables, start=CrossTab.empty(scale.minimum, len(scale.points)))


def _pairs(study: Study, earlier: RoundId, later: RoundId, section_id: SectionId | None) -> Select[Any]:
    """Section, criterion, group, answer before, answer after, how many people."""
    first, second = aliased(Rating), aliased(Rating)
    item_before, item_after = aliased(Item), aliased(Item)
    answers = (
        db.select(
            item_after.section_id,
            item_after.criterion_id,
            Panellist.group_id,
            first.value.label("before"),
            second.value.label("after"),
            func.count().label("n"),
        )
        .select_from(item_after)
        .join(
            item_before,
            (item_before.section_id == item_after.section_id)
            & (item_before.criterion_id == item_after.criterion_id)
            & (item_before.round_id == earlier),
        )
        .join(second, (second.round_id == later) & (second.item_id == item_after.id))
        .join(
            first,
            (first.round_id == earlier)
            & (first.item_id == item_before.id)
            & (first.panellist_id == second.panellist_id),
        )
        .join(Panellist, Panellist.id == second.panellist_id)
        .where(item_after.round_id == later, first.value.is_not(None), second.value.is_not(None))
        .group_by(
            item_after.section_id, item_after.criterion_id, Panellist.group_id, first.value, second.value
        )
    )
    if section_id is not None:
        answers = answers.where(item_after.section_id == section_id)
    if study.protocol.get("partial_submissions") == "not_counted":
        for rating, round_id in ((first, earlier), (second, later)):
            answers = answers.where(_handed_in(rating, round_id))
    counted = answers.subquery()
    named: Select[Any] = (
        db.select(
            counted.c.section_id,
            Criterion.code,
            StakeholderGroup.code,
            counted.c.before,
            counted.c.after,
            counted.c.n,
        )
        .select_from(counted)
        .join(Criterion, Criterion.id == counted.c.criterion_id)
        .join(StakeholderGroup, StakeholderGroup.id == counted.c.group_id)
    )
    return named


def _handed_in(rating: type[Rating], round_id: RoundId) -> Any:
    """Whether the set of answers that a rating belongs to was handed in."""
    submission = aliased(Submission)
    return (
        db.select(submission.panellist_id)
        .where(
            submission.round_id == round_id,
            submission.panellist_id == rating.panellist_id,
            submission.state == SubmissionState.SUBMITTED,
        )
        .exists()
    )


def movement_of(by_group: ItemPairs, scale: Scale) -> Movement:
    """How everybody moved on an item."""
    pairs = everybody(by_group.values(), scale)
    agree = frozenset(scale.bands["agree"])
    return Movement(
        pairs,
        n_in=sum(n for before, after, n in pairs.cells() if before not in agree and after in agree),
        n_out=sum(n for before, after, n in pairs.cells() if before in agree and after not in agree),
    )
