"""A round's answers counted for its analysis: each item by group, beside the round before, and who was lost.

Every round that is needed is pulled once. `context` is what a section's rule looks at beside its own counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from delphi.consensus.bands import Share
from delphi.consensus.context import Context, EarlierItem, Need, RoundItems
from delphi.consensus.counts import ItemCounts
from delphi.domain.ids import CriterionId, ItemId, PanellistId, RoundId, SectionId
from delphi.domain.scale import Scale
from delphi.models.rounds import Item, Round
from delphi.models.studies import Study
from delphi.queries.counts import RoundAnswers, lost_people, pair_counts, round_answers
from delphi.queries.rounds import items_of, round_of
from delphi.queries.rounds_before import Before, ratings_before

Place = tuple[SectionId, CriterionId]
"""What an item of one round has in common with the same item of another."""


@dataclass(frozen=True)
class RoundCounts:
    """What was counted of a round.

    `earlier` holds, with the number of the earlier round, each item of a draft that was put before and may be
    compared. `attrition` is None where nobody asked for it.
    """

    items: Sequence[Item]
    counts: Mapping[ItemId, ItemCounts]
    before: Mapping[SectionId, Before]
    earlier: Mapping[ItemId, EarlierItem]
    attrition: Mapping[str, Share] | None

    @cached_property
    def _round_items(self) -> RoundItems:
        return RoundItems(tuple(self.counts.values()))

    def context(self, section_id: SectionId) -> Context:
        """What a rule may look at beside the counts of this section."""
        before = self.before.get(section_id)
        return Context(
            round_items=self._round_items,
            earlier={
                item.criterion.code: self.earlier[item.id]
                for item in self.items
                if item.section_id == section_id and item.id in self.earlier
            },
            is_comparable=before is None or before.is_comparable,
            attrition=self.attrition,
        )


def round_counts(
    study: Study,
    round_: Round,
    groups: tuple[str, ...],
    scale: Scale,
    *,
    needs: Collection[Need] = (),
    without: PanellistId | None = None,
) -> RoundCounts:
    """Count a round and what it is set beside; `without` leaves out a person who is being deleted."""
    counts_partial = study.protocol.get("partial_submissions") != "not_counted"
    pull = partial(round_answers, partial_counted=counts_partial, without=without)
    items = items_of(round_.id)
    before = ratings_before(round_)
    now = pull(round_, [item.id for item in items], groups, scale)
    asked: dict[RoundId, Round] = {one.round.id: one.round for one in before.values() if one.is_comparable}
    is_attrition_needed = Need.ATTRITION in needs and round_.number > 1
    if is_attrition_needed:
        first = round_of(study.id, 1)
        asked[first.id] = first
    earlier: dict[ItemId, EarlierItem] = {}
    attrition: Mapping[str, Share] | None = None
    for other in asked.values():
        items_then = items_of(other.id)
        then = pull(other, [item.id for item in items_then], groups, scale)
        same = _same(items_then, [item for item in items if _is_beside(item, other, before)])
        earlier |= _earlier(then, now, same)
        if is_attrition_needed and other.number == 1:
            attrition = {group: Share(k, n) for group, (k, n) in lost_people(then, now).items()}
    return RoundCounts(items, now.counts(), before, earlier, attrition)


def _is_beside(item: Item, other: Round, before: Mapping[SectionId, Before]) -> bool:
    one = before.get(item.section_id)
    return one is not None and one.is_comparable and one.round.id == other.id


def _same(then: Sequence[Item], now: Sequence[Item]) -> list[tuple[ItemId, ItemId]]:
    places: dict[Place, ItemId] = {(item.section_id, item.criterion_id): item.id for item in then}
    found = ((places.get((item.section_id, item.criterion_id)), item.id) for item in now)
    return [(old, new) for old, new in found if old is not None]


def _earlier(
    then: RoundAnswers, now: RoundAnswers, same: list[tuple[ItemId, ItemId]]
) -> dict[ItemId, EarlierItem]:
    if not same:
        return {}
    counts, pairs = then.counts(), pair_counts(then, now, same)
    return {new: EarlierItem(counts[old], pairs[new]) for old, new in same}
