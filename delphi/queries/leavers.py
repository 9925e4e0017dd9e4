"""Who answered a first round and came back in a later one, and how both had rated: counts, never who (T3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased

from delphi.consensus.counts import Histogram
from delphi.domain.scale import Scale
from delphi.domain.states import SubmissionState
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Item, Round
from delphi.models.sections import Criterion, Section
from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class Parted:
    """Ratings of the first round of one item: of those who came back, and of those who did not."""

    back: Histogram
    left: Histogram

    def __add__(self, other: Parted) -> Parted:
        """Two items together."""
        return Parted(self.back + other.back, self.left + other.left)


@dataclass(frozen=True, slots=True)
class Leavers:
    """Everybody who answered the first round, parted by whether they answered the later one.

    `people` are (came back, left) by stakeholder group, `items` by section and criterion in the order of
    the round; `means_*` is each person's mean rating over all items, without saying whose.
    """

    people: Mapping[str, tuple[int, int]]
    items: Mapping[tuple[str, str], Parted]
    means_back: tuple[Fraction, ...]
    means_left: tuple[Fraction, ...]

    @property
    def n_back(self) -> int:
        """People who came back."""
        return sum(back for back, _ in self.people.values())

    @property
    def n_left(self) -> int:
        """People who did not."""
        return sum(left for _, left in self.people.values())


def leavers(study: Study, first: Round, later: Round, scale: Scale) -> Leavers:
    """Part those who answered a first round by whether they answered a later one.

    Answers count as the protocol says (only handed in, or also begun), in both rounds alike.
    """
    means: dict[bool, list[Fraction]] = {True: [], False: []}
    for came_back, total, n in _sums(study, first, later):
        means[bool(came_back)].append(Fraction(int(total), n))
    return Leavers(
        people=_people(study, first, later),
        items=_items(study, first, later, scale),
        means_back=tuple(sorted(means[True])),
        means_left=tuple(sorted(means[False])),
    )


def _counts(submission: type[Submission], study: Study, round_: Round) -> Any:
    """The submissions of a round that count."""
    is_of_round = submission.round_id == round_.id
    if study.protocol.get("partial_submissions") == "not_counted":
        return is_of_round & (submission.state == SubmissionState.SUBMITTED)
    return is_of_round


def _people(study: Study, first: Round, later: Round) -> dict[str, tuple[int, int]]:
    before, after = aliased(Submission), aliased(Submission)
    came_back = after.panellist_id.is_not(None)
    rows = db.session.execute(
        db.select(StakeholderGroup.code, came_back, func.count())
        .select_from(before)
        .outerjoin(after, _counts(after, study, later) & (after.panellist_id == before.panellist_id))
        .join(Panellist, Panellist.id == before.panellist_id)
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .where(_counts(before, study, first))
        .group_by(StakeholderGroup.code, came_back)
    )
    found: dict[str, list[int]] = {}
    for group, is_back, n in rows:
        found.setdefault(group, [0, 0])[not is_back] = n
    return {group: (back, left) for group, (back, left) in found.items()}


def _items(study: Study, first: Round, later: Round, scale: Scale) -> dict[tuple[str, str], Parted]:
    before, after = aliased(Submission), aliased(Submission)
    came_back = after.panellist_id.is_not(None)
    counted = (
        db.select(Rating.item_id, came_back.label("came_back"), Rating.value, func.count().label("n"))
        .join(before, _counts(before, study, first) & (before.panellist_id == Rating.panellist_id))
        .outerjoin(after, _counts(after, study, later) & (after.panellist_id == Rating.panellist_id))
        .where(Rating.round_id == first.id, Rating.value.is_not(None))
        .group_by(Rating.item_id, came_back, Rating.value)
        .subquery()
    )
    rows = db.session.execute(
        db.select(Section.code, Criterion.code, counted.c.came_back, counted.c.value, counted.c.n)
        .select_from(Item)
        .join(counted, counted.c.item_id == Item.id)
        .join(Section, Section.id == Item.section_id)
        .join(Criterion, Criterion.id == Item.criterion_id)
        .order_by(Item.position)
    )
    size = len(scale.points)
    tables: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
    for section, criterion, is_back, value, n in rows:
        both = tables.setdefault((section, criterion), ([0] * size, [0] * size))
        both[not is_back][value - scale.minimum] = n
    return {
        item: Parted(Histogram(scale.minimum, tuple(back)), Histogram(scale.minimum, tuple(left)))
        for item, (back, left) in tables.items()
    }


def _sums(study: Study, first: Round, later: Round) -> list[tuple[bool, int, int]]:
    """Whether somebody came back, the sum of their ratings and how many, a row a person."""
    before, after = aliased(Submission), aliased(Submission)
    came_back = after.panellist_id.is_not(None)
    rows = db.session.execute(
        db.select(came_back, func.sum(Rating.value), func.count())
        .select_from(Rating)
        .join(before, _counts(before, study, first) & (before.panellist_id == Rating.panellist_id))
        .outerjoin(after, _counts(after, study, later) & (after.panellist_id == Rating.panellist_id))
        .where(Rating.round_id == first.id, Rating.value.is_not(None))
        .group_by(Rating.panellist_id, came_back)
    )
    return [(is_back, total, n) for is_back, total, n in rows]
