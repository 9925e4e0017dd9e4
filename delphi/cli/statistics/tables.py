"""The statistics of a file of ratings as tables: items, groups, and rounds, with the contract's keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from delphi.cli.statistics.csv_file import Ratings
from delphi.cli.statistics.families import answer
from delphi.consensus.attrition import attrition
from delphi.consensus.counts import Histogram
from delphi.consensus.kappa import weighted_kappa_rounds
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability

Row = dict[str, Any]

EVERYBODY = "everybody"
OF_AN_ITEM = ("descriptives", "agreement_bands", "ordinal_consensus", "ram", "bootstrap")
_WITH_BANDS = frozenset({"agreement_bands", "bootstrap"})


@dataclass(frozen=True, slots=True)
class Bands:
    """The agree and the disagree band, as lowest and highest point."""

    agree: tuple[int, int]
    disagree: tuple[int, int]

    @property
    def agree_points(self) -> range:
        """Every point of the agree band."""
        return range(self.agree[0], self.agree[1] + 1)


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
    groups: Sequence[str | None] = [None, *([] if len(ratings.groups) < 2 else ratings.groups)]
    for item in ratings.items:
        for round_ in (one for one in ratings.rounds if ratings.was_asked(item, one)):
            for group in groups:
                histogram = ratings.histogram(item, round_, group)
                yield _place(ratings, item, round_, group) | _of_item(histogram, bands)


def _of_item(histogram: Histogram, bands: Bands | None) -> Row:
    given = {
        "counts": list(histogram.counts),
        "scale": {"min": histogram.minimum, "max": histogram.maximum},
    }
    row: Row = {}
    for family in OF_AN_ITEM:
        if bands is None and family in _WITH_BANDS:
            continue
        options = {"agree_band": list(bands.agree)} if bands and family in _WITH_BANDS else {}
        if bands and family == "agreement_bands":
            options["disagree_band"] = list(bands.disagree)
        row |= answer({"family": family, "input": given | options})["results"]
    return row | {"n_missing": histogram.n_skipped, "n_unable": histogram.n_unable}


def _groups(ratings: Ratings) -> Iterator[Row]:
    if len(ratings.groups) < 2:
        return
    scale = {"min": ratings.layout.scale[0], "max": ratings.layout.scale[1]}
    for item in ratings.items:
        for round_ in ratings.rounds:
            counts = {group: list(ratings.histogram(item, round_, group).counts) for group in ratings.groups}
            given = {"group_counts": counts, "scale": scale}
            compared = answer({"family": "group_differences", "input": given})["results"]
            yield _place(ratings, item, round_, None, with_group=False) | compared


def _rounds(ratings: Ratings, bands: Bands | None) -> Iterator[Row]:
    for item in ratings.items:
        for earlier, later in pairwise(ratings.rounds):
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
