"""How far one item's ratings agree or fall into camps, by measures made for ordered categories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

from delphi.consensus.counts import Histogram
from delphi.consensus.exact import exact_agreement_a, exact_leik_consensus
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result


@dataclass(frozen=True, kw_only=True)
class OrdinalConsensus(Result):
    """Agreement and polarisation of one item.

    `agreement_a` runs from -1 (two camps at the ends) over 0 (evenly spread) to 1 (one answer);
    `polarization` is (1 - A) / 2. `leik_consensus`, `tastle_wierman` and `blair_lacy_l` are 1 for one
    answer, `leik_dispersion`, `berry_mielke_iov` and the normalised `esteban_ray_*` are 1 for two equal
    camps at the ends. Entropy is in bits, from 0.
    """

    n: int
    agreement_a: float | None
    polarization: float | None
    leik_dispersion: float | None
    leik_consensus: float | None
    tastle_wierman: float | None
    shannon_entropy_bits: float | None
    blair_lacy_l: float | None
    berry_mielke_iov: float | None
    esteban_ray_1: float | None
    esteban_ray_1_3: float | None


def ordinal_consensus(histogram: Histogram) -> OrdinalConsensus:
    """Every measure of ordinal consensus of one item.

    Parameters
    ----------
    histogram : Histogram
        Ratings on the full declared scale: points nobody chose count.

    Returns
    -------
    OrdinalConsensus
        All None without ratings (`no_data`). `agreement_a` and `polarization` are None on a scale of two
        points (`too_few`): report Leik's measures there. One rating is "perfect consensus" to every
        measure, so do not show them below five ratings.

    References
    ----------
    van der Eijk C. Measuring agreement in ordered rating scales. Qual Quant 2001;35:325-41.
    Leik RK. A measure of ordinal consensus. Pac Sociol Rev 1966;9:85-90.
    Tastle WJ, Wierman MJ. Consensus and dissention. Int J Approx Reason 2007;45:531-45.
    Blair J, Lacy MG. Statistics of ordinal variation. Sociol Methods Res 2000;28:251-80.
    Berry KJ, Mielke PW. Assessment of variation in ordinal data. Percept Mot Skills 1992;74:63-6.
    Esteban J, Ray D. On the measurement of polarization. Econometrica 1994;62:819-51.

    Examples
    --------
    The worked example of the R package agrmt (manual, 1.42.12):

    >>> round(ordinal_consensus(Histogram(1, (30, 40, 210, 130, 530, 50, 10))).agreement_a, 4)
    0.6113
    """
    n, points, leik = histogram.n, len(histogram.counts), exact_leik_consensus(histogram)
    if leik is None:
        return OrdinalConsensus.undefined(Reason.NO_DATA, n=0)
    shares = [count / n for count in histogram.counts]
    cumulative = list(accumulate(histogram.counts))
    agreement = exact_agreement_a(histogram)
    return OrdinalConsensus(
        n=n,
        agreement_a=None if agreement is None else float(agreement),
        polarization=None if agreement is None else float((1 - agreement) / 2),
        leik_dispersion=float(1 - leik),
        leik_consensus=float(leik),
        tastle_wierman=_tastle_wierman(histogram),
        shannon_entropy_bits=-sum(p * math.log2(p) for p in shares if p) + 0.0,
        blair_lacy_l=math.sqrt(sum((below / n - 0.5) ** 2 for below in cumulative[:-1]) / ((points - 1) / 4)),
        berry_mielke_iov=_berry_mielke(histogram.counts),
        esteban_ray_1=_esteban_ray(shares, 1.0),
        esteban_ray_1_3=_esteban_ray(shares, 1.3),
        reasons={} if points > 2 else dict.fromkeys(("agreement_a", "polarization"), Reason.TOO_FEW),
    )


def _tastle_wierman(histogram: Histogram) -> float:
    n, total = histogram.n, sum(v * c for v, c in zip(histogram.values, histogram.counts, strict=True))
    # Whole numbers up to the one division: one person at the far end is never rounded to log 0.
    whole = n * (len(histogram.counts) - 1)
    return 1 + sum(
        count / n * math.log2((whole - abs(value * n - total)) / whole)
        for value, count in zip(histogram.values, histogram.counts, strict=True)
        if count
    )


def _berry_mielke(counts: tuple[int, ...]) -> float:
    """Distances between all pairs of people, over the most that n people can have between them."""
    n, points = sum(counts), len(counts)
    distance = sum(counts[i] * counts[j] * (j - i) for i in range(points) for j in range(i + 1, points))
    most = (n * n - n % 2) * (points - 1)
    return 4 * distance / most if most else 0.0


def _esteban_ray(shares: list[float], alpha: float) -> float:
    total = sum(
        p ** (1 + alpha) * q * abs(i - j) for i, p in enumerate(shares) for j, q in enumerate(shares) if p
    )
    return float(2 ** (1 + alpha) / (len(shares) - 1) * total)
