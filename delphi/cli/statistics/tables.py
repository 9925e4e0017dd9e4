"""The statistics of a file of ratings as tables: items, groups, and rounds, with the contract's keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from delphi.cli.statistics.tallying import Ratings
from delphi.consensus.attrition import attrition
from delphi.consensus.bootstrap import bootstrap
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.counts import Histogram
from delphi.consensus.kappa import weighted_kappa_rounds
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability

Row = dict[str, Any]

EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Bands:
    """The agree and the disagree band, as lowest and highest point."""

    agree: tuple[int, int]
    disagree: tuple[int, int]

    @property
    def agree_points(self) -> range:
        """Every point of the agree band."""
        return range(self.agree[0], self.agree[1] + 1)

    @property
    def disagree_points(self) -> range:
        """Every point of the disagree band."""
        return range(self.disagree[0], self.disagree[1] + 1)


def tables(ratings: Ratings, bands: Bands | None) -> dict[str, list[Row]]:
    """Every table that the file gives rise to, by name; a table that would be empty is left out.

    `items` has a row for each item, round and group, with everybody first; `groups` compares the groups;
    `rounds` each round with the one before it, where the file says who answered. Without `bands` what needs
    them is left out.
    """
    found = {
        "items": list(_items(ratings, bands)),
        "groups": list(_groups(ratings)),
        "rounds": list(_rounds(ratings, bands)),
    }
    return {name: rows for name, rows in found.items() if rows}


def _items(ratings: Ratings, bands: Bands | None) -> Iterator[Row]:
    groups: Sequence[str | None] = [None, *([] if len(ratings.groups) < 2 else ratings.named_groups)]
    places = [
        (item, round_, group)
        for item in ratings.items
        for round_ in ratings.in_order
        if ratings.was_asked(item, round_)
        for group in groups
    ]
    histograms = [ratings.histogram(*place) for place in places]
    found = described(histograms, bands)
    for place, row in zip(places, found, strict=True):
        yield _place(ratings, *place) | row


def described(histograms: Sequence[Histogram], bands: Bands | None) -> list[Row]:
    """A row for each histogram, all on one scale: what the families of one item say, all items at once."""
    from delphi.consensus.tables import banding, describing, ordering, rand
    from delphi.consensus.tables.columns import Column, rows
    from delphi.consensus.tables.counting import CountTable

    table = CountTable.of(histograms)
    columns: dict[str, Column] = {"n": table.n, "n_missing": [one.n_skipped for one in histograms]}
    columns |= describing.descriptives(table)
    if bands:
        columns |= banding.agreement_bands(table, bands.agree_points, bands.disagree_points)
    columns |= ordering.ordinal_consensus(table) | rand.appropriateness(table)
    return [
        row
        | (bootstrap(histogram, bands.agree_points).as_dict() if bands else {})
        | {"n_unable": histogram.n_unable}
        for row, histogram in zip(rows(columns), histograms, strict=True)
    ]


def _groups(ratings: Ratings) -> Iterator[Row]:
    if len(ratings.named_groups) < 2:
        return
    for item in ratings.items:
        for round_ in ratings.in_order:
            groups = {group: ratings.histogram(item, round_, group) for group in ratings.named_groups}
            row = kruskal_wallis(groups).as_dict()
            if len(groups) == 2:
                row |= mann_whitney(*groups.values()).as_dict()
            yield _place(ratings, item, round_, None, with_group=False) | row


def _rounds(ratings: Ratings, bands: Bands | None) -> Iterator[Row]:
    for item in ratings.items:
        for earlier, later in pairwise(ratings.in_order):
            pairs = ratings.pairs(item, earlier, later)
            if not pairs.n_pairs:
                continue
            agree = bands.agree_points if bands else range(0)
            moved = stability(
                pairs,
                round1=ratings.histogram(item, earlier),
                round2=ratings.histogram(item, later),
                agree_band=agree,
            )
            row: Row = {"item": item, "from_round": earlier, "to_round": later} | moved.as_dict()
            row |= wilcoxon_signed_rank(pairs).as_dict()
            row |= weighted_kappa_rounds(pairs).as_dict()
            row |= {"spearman_rho": spearman(pairs).rho, "spearman_p_t": spearman(pairs).p_t}
            if bands:
                left = attrition(*ratings.by_return(item, earlier, later), agree)
                row |= left.as_dict()
            yield row


def _place(ratings: Ratings, item: str, round_: str, group: str | None, *, with_group: bool = True) -> Row:
    place: Row = {"item": item}
    if ratings.layout.round_column:
        place["round"] = round_
    if with_group and len(ratings.groups) > 1:
        place["group"] = EVERYBODY if group is None else group
    return place


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every key of the rows, in the order in which they first appear."""
    return list(dict.fromkeys(key for row in rows for key in row))
