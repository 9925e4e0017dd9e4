"""Movement between two rounds for many items at once, from tables of pairs.

See `stability`, `signed_rank`, `rank_correlation` and `change_tests` for what each figure means. A table of
pairs is (items, points, points): how many people went from each point to each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from delphi.consensus.quantiles import HALF
from delphi.consensus.signed_rank import MOST_FOR_EXACT_SIGNS, exact_signs
from delphi.consensus.stability import NET_CHANGE_LIMIT
from delphi.consensus.tables.columns import Column, Exact, Named, Real, Whole, divided
from delphi.consensus.tables.counting import CountTable
from delphi.consensus.tables.describing import quantile
from delphi.consensus.tables.ranking import doubled_midranks, two_sided_normal


def stability(pairs: Whole, before: CountTable, agree: Sequence[int] = ()) -> dict[str, Column]:
    """Who moved and how far; `before` holds all ratings of the earlier round, also of those who left."""
    n = pairs.sum(axis=(1, 2))
    points = pairs.shape[1]
    place = np.arange(points)
    step = place[None, :] - place[:, None]
    earlier, later = pairs.sum(axis=2), pairs.sum(axis=1)
    middle = quantile(before, HALF, 2).top
    away = np.abs(2 * (before.minimum + place)[None, :] - middle[:, None])
    nearer = away[:, None, :] - away[:, :, None]
    net = np.abs(earlier - later).sum(axis=1)
    moves = {
        "pct_changed": step != 0,
        "pct_up": step > 0,
        "pct_down": step < 0,
        "pct_changed_more_than_one": np.abs(step) > 1,
    }
    columns: dict[str, Column] = {"n_pairs": n}
    columns |= {key: Exact(100 * (pairs * moved).sum(axis=(1, 2)), n) for key, moved in moves.items()}
    columns |= {
        "pct_towards_median": Exact(100 * (pairs * (nearer < 0)).sum(axis=(1, 2)), n),
        "pct_away_from_median": Exact(100 * (pairs * (nearer > 0)).sum(axis=(1, 2)), n),
        "mean_abs_change": Exact((pairs * np.abs(step)).sum(axis=(1, 2)), n),
        "net_change_pct": Exact(100 * net, 2 * n),
        "net_change_below_15": Named(
            np.where(n > 0, (100 * net < 2 * NET_CHANGE_LIMIT * n).astype(np.int64), -1), (False, True)
        ),
    }
    if agree:
        inside = np.isin(before.minimum + place, agree)
        flipped = inside[None, :] != inside[:, None]
        columns["pct_band_status_changed"] = Exact(100 * (pairs * flipped).sum(axis=(1, 2)), n)
    return columns | association(pairs)


def association(pairs: Whole) -> dict[str, Column]:
    """Chaffin and Talley's chi-squared of each table without its empty rows and columns."""
    from scipy.special import chdtrc

    n = pairs.sum(axis=(1, 2))
    earlier, later = pairs.sum(axis=2), pairs.sum(axis=1)
    rows, columns = (earlier > 0).sum(axis=1), (later > 0).sum(axis=1)
    is_table = (rows > 1) & (columns > 1)
    margins = earlier[:, :, None].astype(float) * later[:, None, :]
    apart = pairs * n[:, None, None] - margins
    chi2 = np.divide(apart * apart, margins, out=np.zeros_like(margins), where=margins > 0).sum(axis=(1, 2))
    chi2 = np.where(is_table, divided(chi2, n), np.nan)
    df = (rows - 1) * (columns - 1)
    fewest = [np.where(one > 0, one, n[:, None]).min(axis=1) for one in (earlier, later)]
    commonest = later.max(axis=1)
    return {
        "chaffin_talley_chi2": chi2,
        "chaffin_talley_df": Exact(df, is_table.astype(np.int64)),
        "chaffin_talley_p": np.where(is_table, chdtrc(np.maximum(df, 1), np.nan_to_num(chi2)), np.nan),
        "cramers_v": np.sqrt(divided(chi2, n * (np.minimum(rows, columns) - 1))),
        "min_expected": np.where(is_table, divided(fewest[0].astype(float) * fewest[1], n), np.nan),
        "lambda_round2_given_round1": Exact(pairs.max(axis=2).sum(axis=1) - commonest, n - commonest),
    }


def wilcoxon_signed_rank(pairs: Whole, *, exact: bool = True) -> dict[str, Column]:
    """`signed_rank.wilcoxon_signed_rank` of each table, by both ways with those who stayed.

    The exact p has to count one item after the other; `exact` False leaves it out.
    """
    points = pairs.shape[1]
    steps = np.stack([pairs.trace(offset, 1, 2) for offset in range(1 - points, points)], axis=1)
    stayed, up, down = steps[:, points - 1], steps[:, points:], steps[:, points - 2 :: -1]
    n = steps.sum(axis=1)
    columns: dict[str, Column] = {
        "n_pairs": n,
        "n_zero": stayed,
        "n_up": up.sum(axis=1),
        "n_down": down.sum(axis=1),
        "median_difference": quantile(CountTable(1 - points, steps), HALF, 2),
    }
    for way, zeros in (("", np.zeros_like(stayed)), ("_pratt", stayed)):
        ranks = doubled_midranks(np.column_stack([zeros, up + down]))[:, 1:]
        plus, minus = (ranks * up).sum(axis=1), (ranks * down).sum(axis=1)
        columns |= {f"w_plus{way}": Exact(plus, 2 * (n > 0)), f"w_minus{way}": Exact(minus, 2 * (n > 0))}
        # Of W+ this is sixteen times the variance, and plus - minus four times the distance from its mean.
        spread = (ranks.astype(float) ** 2 * (up + down)).sum(axis=1)
        name = "pratt" if way else "wilcox"
        columns[f"z_{name}"] = divided(plus - minus, np.sqrt(spread))
        columns[f"p_{name}_asymptotic"] = _p(np.abs(plus - minus).astype(float), spread, n)
        if not way:
            columns["rank_biserial"] = Exact(plus - minus, plus + minus)
            columns["p_wilcox_asymptotic_cc"] = _p(np.abs(plus - minus) - 2.0, spread, n)
        if exact:
            columns[f"p_{name}_exact"] = _exact(ranks, up, down, n)
    return columns


def _p(beyond: Real, spread: Real, n: Whole) -> Real:
    z = divided(np.maximum(beyond, 0), np.sqrt(spread))
    return np.where(n > 0, np.where(spread > 0, two_sided_normal(z), 1.0), np.nan)


def _exact(ranks: Whole, up: Whole, down: Whole, n: Whole) -> Real:
    """The exact p where few enough moved: counted one item at a time, as it has to be."""
    found = np.full(len(n), np.nan)
    moved = (up + down).sum(axis=1)
    for item in np.flatnonzero((n > 0) & (moved <= MOST_FOR_EXACT_SIGNS)):
        steps = zip(*(one[item].tolist() for one in (ranks, up, down)), strict=True)
        found[item] = exact_signs([step for step in steps if step[1] + step[2]])
    return found


def spearman(pairs: Whole) -> dict[str, Column]:
    """`rank_correlation.spearman` of each table."""
    from scipy.special import stdtr

    n = pairs.sum(axis=(1, 2))
    x, y = (
        (doubled_midranks(counts) - n[:, None] - 1).astype(float)
        for counts in (pairs.sum(axis=2), pairs.sum(axis=1))
    )
    products = np.einsum("kij,ki,kj->k", pairs, x, y)
    spread = (pairs.sum(axis=2) * x * x).sum(axis=1) * (pairs.sum(axis=1) * y * y).sum(axis=1)
    rho = np.clip(divided(products, np.sqrt(spread)), -1, 1)
    t = np.abs(rho) * np.sqrt(divided(np.maximum(n - 2, 0), 1 - rho * rho))
    p = np.where(np.abs(rho) == 1, 0.0, 2 * stdtr(np.maximum(n - 2, 1), -np.nan_to_num(t)))
    return {"n_pairs": n, "rho": rho, "p_t": np.where((n > 2) & ~np.isnan(rho), p, np.nan)}


def mcnemar(pairs: Whole, minimum: int, agree: Sequence[int]) -> dict[str, Column]:
    """`change_tests.mcnemar_of` of each table: who moved into the band, and who out of it."""
    from scipy.special import bdtr, chdtrc

    inside = np.isin(minimum + np.arange(pairs.shape[1]), agree)
    gain = pairs[:, ~inside][:, :, inside].sum(axis=(1, 2))
    loss = pairs[:, inside][:, :, ~inside].sum(axis=(1, 2))
    n, moved = pairs.sum(axis=(1, 2)), gain + loss
    fewer = np.minimum(gain, loss)
    at_most = bdtr(fewer.astype(float), moved, 0.5)
    below = np.where(fewer > 0, bdtr(np.maximum(fewer - 1, 0).astype(float), moved, 0.5), 0.0)
    mid = np.where(2 * fewer == moved, 1.0, below + at_most)
    chi2, corrected = (gain - loss) ** 2, np.maximum(np.abs(gain - loss) - 1, 0) ** 2
    columns: dict[str, Column] = {
        "n_pairs": n,
        "b_gain": gain,
        "c_loss": loss,
        "net_change_pct_points": Exact(100 * (gain - loss), n),
        "p_exact": np.minimum(1.0, 2 * at_most),
        "p_midp": mid,
    }
    for key, top in (("chi2", chi2), ("chi2_cc", corrected)):
        columns[key] = Exact(top, moved)
        columns[f"p_{key}"] = np.where(moved > 0, chdtrc(1, np.nan_to_num(divided(top, moved))), np.nan)
    return columns
