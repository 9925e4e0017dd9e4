"""The tables of the comparing pages as plain values for a file: the same rows in the same order."""

from __future__ import annotations

from typing import SupportsFloat

from delphi.queries.came_back_page import BiasRow, CameBackPage
from delphi.queries.groups_page import GroupRow, GroupsPage
from delphi.queries.plain_table import PlainTable
from delphi.queries.stability_page import StabilityPage, StabilityRow

Row = tuple[str | int | float | None, ...]


def groups_table(slug: str, page: GroupsPage) -> PlainTable:
    """What the page shows, filtered and sorted as it is there, as plain values for a file."""
    heads = ["Section", "Statement"]
    for unit in page.units:
        heads += [f"{unit.label}: {what}" for what in ("% agree", "agree", "rated", "95% from", "95% to")]
    heads += ["Points apart", "95% interval of it"]
    heads += ["Cliff's delta"] if page.is_two else ["Epsilon squared"]
    heads += ["p", "p (Holm)", "In words"]
    return PlainTable(
        f"{slug}-round-{page.number}-{page.by}-compared",
        f"Round {page.number} {page.by}",
        f"{page.heading}. Tests describe this panel, which is no random sample",
        tuple(heads),
        tuple(_group_row(row, is_two=page.is_two) for row in page.rows),
    )


def _group_row(row: GroupRow, *, is_two: bool) -> Row:
    values: list[str | int | float | None] = [row.title, row.label]
    for one in row.figures:
        share = one.uncertainty.share
        values += [one.at, one.figure.n_agree, one.figure.n]
        values += [round(share.low, 1), round(share.high, 1)] if share else [None, None]
    values += [None if row.gap is None else round(row.gap, 1), row.interval_words]
    size = row.delta if is_two else row.effect
    values += [None if size is None else round(float(size), 4), row.p, row.p_adjusted, row.words]
    return tuple(values)


STABILITY_HEADS = (
    *("Section", "Statement", "Rounds", "Drafts", "Rated both times", "Same answer", "Higher", "Lower"),
    *("Within one point", "Closer to the earlier median", "Further from it", "% changed", "Net change, %"),
    *("Change of the coefficient of variation", "Kappa, quadratic weights", "Rank-biserial effect"),
    *("Wilcoxon p", "Wilcoxon p (Holm)", "Stuart-Maxwell p", "Stuart-Maxwell p (Holm)", "Stable", "Why"),
)


def stability_table(slug: str, page: StabilityPage) -> PlainTable:
    """What the page shows, filtered and sorted as it is there, as plain values for a file."""
    return PlainTable(
        f"{slug}-round-{page.number}-stability",
        f"Round {page.number} stability",
        f"{page.heading}. Only the same people, only comparable drafts",
        STABILITY_HEADS,
        tuple(_stability_row(row) for row in page.rows),
    )


def _stability_row(row: StabilityRow) -> Row:
    found = row.found
    within = found.kappa.pct_within_one

    def rounded(value: SupportsFloat | None, places: int = 1) -> float | None:
        return None if value is None else round(float(value), places)

    return (
        *(row.title, row.label, row.rounds, row.draft_words, found.n_pairs),
        *(found.n_pairs - found.n_changed, found.n_up, found.n_down),
        None if within is None else int(within * found.n_pairs / 100),
        *(found.n_towards, found.n_away, rounded(found.movement.pct_changed)),
        rounded(found.movement.net_change_pct),
        rounded(found.movement.cv_change if found.cv_counts else None, 4),
        rounded(found.kappa.kappa_quadratic, 4),
        rounded(found.signed_rank.rank_biserial, 4),
        *(found.p_wilcoxon, row.after.wilcoxon),
        *(found.homogeneity.stuart_maxwell_p, row.after.stuart_maxwell),
        *(row.verdict, row.why),
    )


CAME_BACK_HEADS = (
    *("Section", "Statement", "Came back: rated", "Came back: % agree", "Left: rated", "Left: % agree"),
    *("Cliff's delta", "Mann-Whitney p", "p (Holm)", "Fisher p", "Fisher p (Holm)", "Sign"),
)


def came_back_table(slug: str, page: CameBackPage) -> PlainTable:
    """The statements that the page shows, filtered and sorted as there, as plain values for a file."""
    return PlainTable(
        f"{slug}-round-{page.number}-who-came-back",
        f"Round {page.number} came back",
        page.heading,
        CAME_BACK_HEADS,
        tuple(_came_back_row(row) for row in page.rows),
    )


def _came_back_row(row: BiasRow) -> Row:
    back, left = row.sides
    found = row.sign.found
    delta = None if found.cliffs_delta is None else round(float(found.cliffs_delta), 4)
    return (
        *(row.title, row.label, back.n, back.at, left.n, left.at, delta, found.p_asymptotic_cc),
        *(row.sign.p_adjusted, found.fisher_p, row.sign.fisher_adjusted, row.verdict),
    )
