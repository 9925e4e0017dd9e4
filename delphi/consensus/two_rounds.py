"""Everything that is said of one item which the same people rated in two rounds, and whether it is stable.

One room, so that pages, files and reports show the same figures. Panellists are not a random sample: the
tests describe and decide nothing; only the verdict follows a stop rule.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from delphi.consensus.change_tests import Homogeneity, marginal_homogeneity
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.kappa import RoundKappa, weighted_kappa_rounds
from delphi.consensus.multiplicity import holm
from delphi.consensus.signed_rank import SignedRank, wilcoxon_signed_rank
from delphi.consensus.stability import NET_CHANGE_LIMIT, Stability, stability

FEWEST_PAIRS = 10
"""People who rated both times, below whom nothing is called stable."""

CV_CHANGE_LIMIT = 0.2
"""Change of the coefficient of variation below which an item counts as stable."""


class Steadiness(StrEnum):
    """Whether an item may count as stable."""

    STABLE = "stable"
    MOVED = "moved"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class TwoRounds:
    """One item in two rounds: how far people moved, how alike their answers are, and both tests."""

    pairs: CrossTab
    movement: Stability
    kappa: RoundKappa
    signed_rank: SignedRank
    homogeneity: Homogeneity

    @property
    def n_pairs(self) -> int:
        """People who rated it both times."""
        return self.pairs.n_pairs

    @property
    def n_up(self) -> int:
        """People who answered higher the second time."""
        return self.signed_rank.n_up

    @property
    def n_down(self) -> int:
        """People who answered lower the second time."""
        return self.signed_rank.n_down

    @property
    def n_changed(self) -> int:
        """People who gave another answer."""
        return self.n_up + self.n_down

    @property
    def n_towards(self) -> int:
        """People who came closer to the median of the earlier round."""
        return self._people(self.movement.pct_towards_median)

    @property
    def n_away(self) -> int:
        """People who went further from the median of the earlier round."""
        return self._people(self.movement.pct_away_from_median)

    @property
    def p_wilcoxon(self) -> float | None:
        """Wilcoxon's p without those who stayed: exact for up to 50 people who moved, else asymptotic."""
        found = self.signed_rank
        return found.p_wilcox_asymptotic if found.p_wilcox_exact is None else found.p_wilcox_exact

    @property
    def cv_counts(self) -> bool:
        """Whether the coefficient of variation means something: only on a scale from 1 up."""
        return self.pairs.minimum >= 1 and self.movement.cv_change is not None

    @property
    def steadiness(self) -> Steadiness:
        """Stable by the default stop rule of the definitions; never with fewer than ten pairs."""
        net = self.movement.net_change_pct
        if self.n_pairs < FEWEST_PAIRS or net is None:
            return Steadiness.TOO_FEW
        is_still = net < NET_CHANGE_LIMIT
        if self.cv_counts and self.movement.cv_change is not None:
            is_still = is_still and self.movement.cv_change < CV_CHANGE_LIMIT
        return Steadiness.STABLE if is_still else Steadiness.MOVED

    def _people(self, percent: Fraction | None) -> int:
        """A number of people from its exact per cent of the pairs."""
        return 0 if percent is None else int(percent * self.n_pairs / 100)


def two_rounds(
    pairs: CrossTab,
    *,
    round1: Histogram | None = None,
    round2: Histogram | None = None,
    agree_band: Collection[int] = (),
) -> TwoRounds:
    """Describe and test one item in two rounds.

    Parameters
    ----------
    pairs : CrossTab
        The people who rated it in both rounds, of drafts that may be compared: the caller's promise.
    round1, round2 : Histogram, optional
        Everybody who rated in each round; without them the pairs are everybody.
    agree_band : collection of int
        Points of the agree band.

    Returns
    -------
    TwoRounds
        With `steadiness` by the default of the definitions: net change under 15% of the pairs and, on a
        scale from 1 up, a change of the coefficient of variation under .2; too few below ten pairs.

    References
    ----------
    Scheibe M, Skutsch M, Schofer J. Experiments in Delphi methodology. In: Linstone, Turoff, editors. The
    Delphi Method. 1975.

    Examples
    --------
    >>> found = two_rounds(CrossTab.of_pairs(1, 5, [(4, 4)] * 9 + [(2, 4)]), agree_band=(4, 5))
    >>> found.n_pairs, found.n_changed, found.n_towards, found.steadiness.value
    (10, 1, 1, 'stable')
    """
    return TwoRounds(
        pairs=pairs,
        movement=stability(pairs, round1=round1, round2=round2, agree_band=agree_band),
        kappa=weighted_kappa_rounds(pairs),
        signed_rank=wilcoxon_signed_rank(pairs),
        homogeneity=marginal_homogeneity(pairs),
    )


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The p-values of one item after Holm, over all items of the same table."""

    wilcoxon: float | None
    stuart_maxwell: float | None


def adjusted(items: Sequence[TwoRounds]) -> list[Adjusted]:
    """Both tests of each item adjusted by Holm over the items given, in the same order."""
    signed = holm([one.p_wilcoxon for one in items])
    margins = holm([one.homogeneity.stuart_maxwell_p for one in items])
    return [Adjusted(a, b) for a, b in zip(signed, margins, strict=True)]
