"""Count tables of a round, from one pull over its ratings: the only rows that statistics read.

For each item and answer the database hands over the list of who gave it, so that no Python object is made for
a rating or a person. They become a table of small numbers, a byte for each item and person (10 MB for ten
million), from which groups and pairs are counted; joining every rating to its panellist instead costs about
fifty times as much, and fetching them one by one six times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Select, Text, cast, func

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.domain.ids import ItemId, PanellistId
from delphi.domain.scale import Scale
from delphi.domain.states import SubmissionState
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round

# NumPy is imported where something is counted: a server that only takes answers should not carry its 30 MB.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

LISTS_AT_ONCE = 20


@dataclass(frozen=True, eq=False)
class RoundAnswers:
    """What everybody who took part in a round answered: `places[i, j]` is person j's answer to item i.

    An answer is its place on the scale, from 0; the first number beyond the scale is "can't say", the second
    skipped. `people` ascend; `group_of` is each one's stakeholder group, by its place in `groups`.
    """

    items: tuple[ItemId, ...]
    people: Whole
    group_of: Whole
    groups: tuple[str, ...]
    scale: Scale
    places: NDArray[np.uint8]

    @property
    def n_points(self) -> int:
        """How many points the scale has."""
        return len(self.scale.values)

    def of_people(self, group_of: Mapping[PanellistId, int]) -> RoundAnswers:
        """The answers of some of the people alone, each counted in a group that may not be their own."""
        import numpy as np

        people = self.people.tolist()
        kept = np.array([person in group_of for person in people], dtype=bool)
        groups = [group_of[person] for person in people if person in group_of]
        return replace(
            self,
            people=self.people[kept],
            group_of=np.array(groups, dtype=np.int64),
            places=self.places[:, kept],
        )

    def counts(self) -> dict[ItemId, ItemCounts]:
        """The histograms of each item by stakeholder group, every group in each item."""
        from delphi.consensus.tables.counting import counted

        kinds = self.n_points + 2
        of_group = self.group_of * kinds
        tables = counted((row + of_group for row in self.places), kinds * len(self.groups))
        return {
            item: ItemCounts(
                {group: _histogram(by_group[column], self.scale) for column, group in enumerate(self.groups)}
            )
            for item, by_group in zip(
                self.items, tables.reshape(len(self.items), len(self.groups), kinds).tolist(), strict=True
            )
        }


def round_answers(
    round_: Round,
    item_ids: Sequence[ItemId],
    group_codes: tuple[str, ...],
    scale: Scale,
    *,
    partial_counted: bool = True,
    without: PanellistId | None = None,
) -> RoundAnswers:
    """The answers to some items of a round, of everybody who counts.

    `partial_counted` False leaves out submissions that were never handed in; `without` leaves out one
    person. Somebody who took part and neither rated nor said "can't say" skipped the item.
    """
    import numpy as np

    people, group_of = _takers(round_, group_codes, partial_counted, without)
    unable, skipped = len(scale.values), len(scale.values) + 1
    places = np.full((len(item_ids), len(people)), skipped, dtype=np.uint8)
    row_of = {item_id: row for row, item_id in enumerate(item_ids)}
    for item_id, value, text in _lists(round_):
        row = row_of.get(item_id)
        if row is None or not len(people):
            continue
        ids = _ids(text)
        at = np.minimum(np.searchsorted(people, ids), len(people) - 1)
        is_taker = people[at] == ids
        places[row, at if is_taker.all() else at[is_taker]] = (
            unable if value is None else value - scale.minimum
        )
    return RoundAnswers(tuple(item_ids), people, group_of, group_codes, scale, places)


def pair_counts(
    earlier: RoundAnswers, later: RoundAnswers, same: Sequence[tuple[ItemId, ItemId]]
) -> dict[ItemId, dict[str, CrossTab]]:
    """Who went from which answer to which, for pairs of an earlier and a later item, by the later item.

    By stakeholder group, with every group; only people who rated both times are counted.
    """
    import numpy as np

    from delphi.consensus.tables.counting import crossed

    _, before, after = np.intersect1d(earlier.people, later.people, assume_unique=True, return_indices=True)
    groups = later.groups
    old = {item: row for row, item in enumerate(earlier.items)}
    new = {item: row for row, item in enumerate(later.items)}
    tables = crossed(
        (earlier.places[old[item], before] for item, _ in same),
        (later.places[new[item], after] for _, item in same),
        later.n_points,
        (later.group_of[after], len(groups)),
    )
    minimum = later.scale.minimum
    return {
        item: {
            group: CrossTab(minimum, tuple(map(tuple, table)))
            for group, table in zip(groups, by_group, strict=True)
        }
        for (_, item), by_group in zip(same, tables.tolist(), strict=True)
    }


def lost_people(earlier: RoundAnswers, later: RoundAnswers) -> dict[str, tuple[int, int]]:
    """By stakeholder group, of those who rated something in the earlier round how many rated nothing later.

    The number of those lost, and of those there were.
    """
    import numpy as np

    first, again = _raters(earlier), _raters(later)
    is_lost = ~np.isin(earlier.people[first], later.people[again])
    group_of, size = earlier.group_of[first], len(earlier.groups)
    there = np.bincount(group_of, minlength=size).tolist()
    lost = np.bincount(group_of[is_lost], minlength=size).tolist()
    return dict(zip(earlier.groups, zip(lost, there, strict=True), strict=True))


def _raters(answers: RoundAnswers) -> NDArray[np.bool_]:
    """Who rated anything at all."""
    import numpy as np

    return np.asarray((answers.places < answers.n_points).any(axis=0))


def _histogram(cells: list[int], scale: Scale) -> Histogram:
    *counts, unable, skipped = cells
    return Histogram(scale.minimum, tuple(counts), unable, skipped)


def _takers(
    round_: Round, group_codes: tuple[str, ...], partial_counted: bool, without: PanellistId | None
) -> tuple[Whole, Whole]:
    """Whose answers count, in the order of their ids, and the place of each one's group."""
    import numpy as np

    statement = (
        db.select(StakeholderGroup.code, func.aggregate_strings(cast(Submission.panellist_id, Text), ","))
        .join(Panellist, Panellist.id == Submission.panellist_id)
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .where(Submission.round_id == round_.id)
        .group_by(StakeholderGroup.code)
    )
    if not partial_counted:
        statement = statement.where(Submission.state == SubmissionState.SUBMITTED)
    if without is not None:
        statement = statement.where(Submission.panellist_id != without)
    by_group = {code: _ids(text) for code, text in db.session.execute(statement)}
    nobody: Whole = np.zeros(0, dtype=np.int64)
    people = np.concatenate([nobody, *by_group.values()])
    group_of = np.repeat(
        np.array([group_codes.index(code) for code in by_group], dtype=np.int64),
        [len(ids) for ids in by_group.values()],
    )
    order = np.argsort(people)
    return people[order], group_of[order]


def _lists(round_: Round) -> Iterator[tuple[ItemId, int | None, str]]:
    """By item and answer the ids of everybody who gave it, in one text; a few at a time, as they are long."""
    who = func.aggregate_strings(cast(Rating.panellist_id, Text), ",")
    statement: Select[tuple[ItemId, int | None, str]] = (
        db.select(Rating.item_id, Rating.value, who)
        .where(Rating.round_id == round_.id)
        .group_by(Rating.item_id, Rating.value)
    )
    result = db.session.execute(statement.execution_options(yield_per=LISTS_AT_ONCE))
    for rows in result.partitions():
        yield from map(tuple, rows)


def _ids(text: str) -> Whole:
    """The numbers of a list as the database writes it: 17,4,903."""
    import numpy as np

    return np.fromstring(text, dtype=np.int64, sep=",")
