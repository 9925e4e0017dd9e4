"""How the same people answered the same item in two rounds: counts of who stayed and who moved, never who.

Rounds are set beside each other only where the draft is the same or its rewording was declared comparable
(requirements M7, T7): anything else would call a change of the text a change of mind. Once answers to the
earlier round were deleted after they were shared (E34), only everybody's pairs are told, of items where
nothing of whoever is gone follows from them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from delphi.consensus.counts import ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.disclosure_pairs import may_tell_pairs
from delphi.consensus.disclosure_release import Release
from delphi.domain.ids import SectionId
from delphi.domain.scale import Scale
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.feedback import feedback_of
from delphi.queries.results import answers_were_deleted, item_key, newest_snapshot, pairs_kept, read_results
from delphi.queries.rounds_before import Before, ratings_before


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

EVERYBODY = "everybody"
"""In place of the groups, where only everybody's pairs may be told."""


ItemPlace = tuple[SectionId, str]
"""A section and a criterion's code: what two rounds have in common of an item."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A round beside those before it: where each section was put before, and the pairs of every item.

    `pairs` hold only items of drafts that may be compared and that somebody rated both times. After a
    deletion from the earlier round they hold everybody together, under `EVERYBODY`, and not the `withheld`.
    """

    before: Mapping[SectionId, Before]
    pairs: Mapping[ItemPlace, ItemPairs]
    withheld: Collection[ItemPlace]


def compared(study: Study, round_: Round, scale: Scale, only: SectionId | None = None) -> Compared:
    """A round beside the rounds in which its sections were put before, as its results keep it.

    With `only` the pairs of one section: what may be told after a deletion is looked into item by item.
    """
    before = ratings_before(round_)
    sections = {code: section_id for section_id, code in _section_codes(study)}
    kept = pairs_kept(newest_snapshot(round_), scale)
    told: dict[ItemPlace, ItemPairs] = {}
    withheld: set[ItemPlace] = set()
    rounds = {one.round.id: one.round for one in before.values()}
    shared = {round_id: _shared(one) for round_id, one in rounds.items()}
    for (section, criterion), pairs in kept.items():
        place = sections[section], criterion
        cut = shared.get(before[place[0]].round.id) if place[0] in before else None
        if not pairs or only not in (None, place[0]):
            continue
        if cut is None:
            told[place] = pairs
        elif _may_be_told(*cut, item_key(section, criterion), pairs):
            told[place] = {EVERYBODY: everybody(pairs.values(), scale)}
        else:
            withheld.add(place)
    return Compared(before, told, withheld)


def _shared(round_: Round) -> tuple[Release, Mapping[str, ItemCounts]] | None:
    """The figures of a round as they were shared, and what is left, once answers to it were deleted."""
    if not answers_were_deleted(round_):
        return None
    figures = json.loads(feedback_of(round_).content)["figures"]
    return Release.from_dict(figures), read_results(newest_snapshot(round_)).items


def _may_be_told(release: Release, left: Mapping[str, ItemCounts], key: str, pairs: ItemPairs) -> bool:
    again = {group: table.earlier for group, table in pairs.items()}
    return key in release.cells and key in left and may_tell_pairs(release, key, left[key], again)


def why_withheld(before: Before) -> str:
    """Why pairs are not told after a deletion."""
    return (
        f"Somebody's answers to round {before.round.number} were deleted after its figures were shared. Who "
        "rated twice, beside those figures, would give answers back."
    )


def movements(
    study: Study, earlier: Round, later: Round, section_id: SectionId, scale: Scale
) -> Mapping[str, Movement]:
    """How people moved on each criterion of a section, by the criterion's code; only who rated both times.

    Nothing where the two rounds may not be compared, or another round put the section in between.
    """
    beside = compared(study, later, scale, section_id)
    one = beside.before.get(section_id)
    if one is None or one.round.id != earlier.id:
        return {}
    return {
        criterion: movement_of(by_group, scale)
        for (section, criterion), by_group in beside.pairs.items()
        if section == section_id
    }


def _section_codes(study: Study) -> list[tuple[SectionId, str]]:
    rows = db.session.execute(db.select(Section.id, Section.code).where(Section.study_id == study.id))
    return [(section_id, code) for section_id, code in rows]


def everybody(tables: Iterable[CrossTab], scale: Scale) -> CrossTab:
    """The pairs of several groups together; a table of nobody without any."""
    return sum(tables, start=CrossTab.empty(scale.minimum, len(scale.points)))


def movement_of(by_group: ItemPairs, scale: Scale) -> Movement:
    """How everybody moved on an item."""
    pairs = everybody(by_group.values(), scale)
    agree = frozenset(scale.bands["agree"])
    return Movement(
        pairs,
        n_in=sum(n for before, after, n in pairs.cells() if before not in agree and after in agree),
        n_out=sum(n for before, after, n in pairs.cells() if before in agree and after not in agree),
    )
