"""Did the people who rated twice move more one way than the other? Wilcoxon's signed-rank test.

Panellists are not a random sample, so every p-value here is a descriptive aid. All are two-sided.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from struct import unpack

from delphi.consensus.crosstab import CrossTab
from delphi.consensus.ranks import doubled_midranks
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result
from delphi.consensus.tails import two_sided_normal

MOST_FOR_EXACT_SIGNS = 50
"""People who moved, up to whom every assignment of signs is counted."""


@dataclass(frozen=True, kw_only=True)
class SignedRank(Result):
    """Wilcoxon's signed-rank test of one item between two rounds, by both ways with those who stayed.

    `wilcox` leaves out who stayed before ranking (as SPSS and R do), `pratt` after. `rank_biserial` runs
    from -1 (all moved down) to 1 (all moved up).
    """

    n_pairs: int
    n_zero: int
    n_up: int
    n_down: int
    median_difference: Fraction | None
    w_plus: Fraction | None
    w_minus: Fraction | None
    rank_biserial: Fraction | None
    w_plus_pratt: Fraction | None
    w_minus_pratt: Fraction | None
    p_wilcox_exact: float | None
    p_pratt_exact: float | None
    z_wilcox: float | None
    p_wilcox_asymptotic: float | None
    p_wilcox_asymptotic_cc: float | None
    z_pratt: float | None
    p_pratt_asymptotic: float | None


def wilcoxon_signed_rank(pairs: CrossTab) -> SignedRank:
    """Test whether the people who rated twice moved more one way than the other.

    Parameters
    ----------
    pairs : CrossTab
        One item in two rounds.

    Returns
    -------
    SignedRank
        Without a pair all but the counts are None (`no_pairs`). When nobody moved every p is 1 and the
        effect None (`no_change`). The exact p is conditional on the ties, for up to 50 people who moved,
        None above (`not_enumerable`).

    Notes
    -----
    The asymptotic p has the variance corrected for ties and no continuity correction; `_cc` has one of a
    half, R's default. `scipy.stats.wilcoxon(method="exact")` ignores ties and zeros: it gives other p.

    References
    ----------
    Pratt JW. Remarks on zeros and ties in the Wilcoxon signed rank procedures. J Am Stat Assoc
    1959;54:655-67. Tomczak M, Tomczak E. Trends Sport Sci 2014;1:19-25 (effect size).

    Examples
    --------
    >>> found = wilcoxon_signed_rank(CrossTab.of_pairs(1, 9, [(5, 7)]))
    >>> found.p_wilcox_exact, found.z_wilcox, round(found.p_wilcox_asymptotic, 4)
    (1.0, 1.0, 0.3173)
    """
    differences = pairs.differences()
    n_up = sum(count for step, count in differences.items() if step > 0)
    n_down = sum(count for step, count in differences.items() if step < 0)
    n_zero = differences.get(0, 0)
    dropped = _signed_ranks(differences, n_zero=0)
    ranked = _signed_ranks(differences, n_zero=n_zero)
    both = dropped.plus + dropped.minus
    n = n_zero + n_up + n_down
    figures = {
        "median_difference": _median_of(differences),
        "w_plus": Fraction(dropped.plus, 2) if n else None,
        "w_minus": Fraction(dropped.minus, 2) if n else None,
        "rank_biserial": Fraction(dropped.plus - dropped.minus, both) if both else None,
        "w_plus_pratt": Fraction(ranked.plus, 2) if n else None,
        "w_minus_pratt": Fraction(ranked.minus, 2) if n else None,
        "p_wilcox_exact": dropped.exact_p() if n else None,
        "p_pratt_exact": ranked.exact_p() if n else None,
        "z_wilcox": dropped.z(),
        "p_wilcox_asymptotic": dropped.p() if n else None,
        "p_wilcox_asymptotic_cc": dropped.p(correction=0.5) if n else None,
        "z_pratt": ranked.z(),
        "p_pratt_asymptotic": ranked.p() if n else None,
    }
    undefined = Reason.NO_PAIRS if n == 0 else Reason.NO_CHANGE if both == 0 else Reason.NOT_ENUMERABLE
    return SignedRank(
        n_pairs=n,
        n_zero=n_zero,
        n_up=n_up,
        n_down=n_down,
        **figures,  # type: ignore[arg-type]  # one dict holds figures of several kinds
        reasons={key: undefined for key, value in figures.items() if value is None},
    )


@dataclass(frozen=True, slots=True)
class _SignedRanks:
    """Doubled ranks of the steps by size: (doubled rank, people up, people down)."""

    steps: tuple[tuple[int, int, int], ...]

    @property
    def plus(self) -> int:
        return sum(rank * up for rank, up, _ in self.steps)

    @property
    def minus(self) -> int:
        return sum(rank * down for rank, _, down in self.steps)

    def _variance(self) -> Fraction:
        """Of W+, when each sign is as likely: the sum of squared ranks over four."""
        return Fraction(sum(rank * rank * (up + down) for rank, up, down in self.steps), 16)

    def _distance(self) -> Fraction:
        return Fraction(self.plus - self.minus, 4)

    def z(self) -> float | None:
        variance = self._variance()
        return float(self._distance()) / math.sqrt(variance) if variance else None

    def p(self, correction: float = 0.0) -> float:
        variance = self._variance()
        if not variance:
            return 1.0
        beyond = max(abs(float(self._distance())) - correction, 0.0)
        return two_sided_normal(beyond / math.sqrt(variance))

    def exact_p(self) -> float | None:
        n = sum(up + down for _, up, down in self.steps)
        return exact_signs(self.steps) if n <= MOST_FOR_EXACT_SIGNS else None


def exact_signs(steps: Sequence[tuple[int, int, int]]) -> float:
    """Over all ways to give each step a sign, the part that is at least as uneven as this one.

    Steps are (doubled rank, people up, people down), for at most MOST_FOR_EXACT_SIGNS people. How many ways
    lead to each sum of ranks is kept in the digits of one whole number, so that a person is an addition.
    """
    spare = _spare(steps)
    ways, plus, total, n = 1, 0, 0, 0
    for rank, up, down in steps:
        for _ in range(up + down):
            ways += ways << (_DIGIT * (rank - spare))
        plus += (rank - spare) * up
        total += (rank - spare) * (up + down)
        n += up + down
    if 2 * plus == total:
        return 1.0
    digits = unpack(f"<{total + 1}Q", ways.to_bytes((total + 1) * _DIGIT // 8, "little"))
    return float(Fraction(2 * sum(digits[: min(plus, total - plus) + 1]), 2**n))


def _spare(steps: Sequence[tuple[int, int, int]]) -> int:
    """How much lower all ranks may be without changing the order of their sums.

    Where millions stayed, the ranks of the few who moved (by Pratt's way) are large and differ little. Sums
    of more ranks stay above sums of fewer as long as each is above all their differences together.
    """
    lowest = min((rank for rank, _, _ in steps), default=0)
    apart = sum((rank - lowest) * (up + down) for rank, up, down in steps)
    return max(0, lowest - apart - 1)


_DIGIT = 64
"""Bits for a number of ways: fifty people have 2^50 of them."""


def _signed_ranks(differences: dict[int, int], *, n_zero: int) -> _SignedRanks:
    sizes = sorted({abs(step) for step in differences if step})
    up = [differences.get(size, 0) for size in sizes]
    down = [differences.get(-size, 0) for size in sizes]
    ranks = doubled_midranks([n_zero, *(a + b for a, b in zip(up, down, strict=True))])[1:]
    return _SignedRanks(tuple(zip(ranks, up, down, strict=True)))


def _median_of(differences: dict[int, int]) -> Fraction | None:
    n = sum(differences.values())
    if n == 0:
        return None

    def at(position: int) -> int:
        for step, count in differences.items():
            position -= count
            if position <= 0:
                return step
        raise AssertionError("a median has a place")

    return Fraction(at((n + 1) // 2) + at(n // 2 + 1), 2)
