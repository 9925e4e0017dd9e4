"""How far one item's ratings agree or fall into camps, by measures made for ordered categories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

from delphi.consensus.counts import Histogram
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
    n, points = histogram.n, len(histogram.counts)
    if n == 0:
        return OrdinalConsensus.undefined(Reason.NO_DATA, n=0)
    shares = [count / n for count in histogram.counts]
    cumulative = list(accumulate(histogram.counts))
    dispersion = sum(min(below, n - below) for below in cumulative) / n / ((points - 1) / 2)
    agreement = _agreement(histogram.counts) if points > 2 else None
    return OrdinalConsensus(
        n=n,
        agreement_a=agreement,
        polarization=None if agreement is None else (1 - agreement) / 2,
        leik_dispersion=dispersion,
        leik_consensus=1 - dispersion,
        tastle_wierman=_tastle_wierman(histogram),
        shannon_entropy_bits=-sum(p * math.log2(p) for p in shares if p) + 0.0,
        blair_lacy_l=math.sqrt(sum((below / n - 0.5) ** 2 for below in cumulative[:-1]) / ((points - 1) / 4)),
        berry_mielke_iov=_berry_mielke(histogram.counts),
        esteban_ray_1=_esteban_ray(shares, 1.0),
        esteban_ray_1_3=_esteban_ray(shares, 1.3),
        reasons={} if points > 2 else dict.fromkeys(("agreement_a", "polarization"), Reason.TOO_FEW),
    )


def _agreement(counts: tuple[int, ...]) -> float:
    """Van der Eijk's A: the histogram is peeled into layers of equal height, each scored by its pattern."""
    n, left, total = sum(counts), list(counts), 0.0
    while any(left):
        chosen = [count > 0 for count in left]
        height = min(count for count in left if count)
        total += height * sum(chosen) / n * _layer_agreement(chosen)
        left = [count - height if count else 0 for count in left]
    return total


def _layer_agreement(chosen: list[bool]) -> float:
    """A of one layer: unimodality of its pattern, less for every further category in it."""
    points, size = len(chosen), sum(chosen)
    if size == points:
        return 0.0
    if size == 1:
        return 1.0
    unimodal = bimodal = before = 0
    for is_chosen in chosen:
        if is_chosen:
            before += 1
        else:
            # Triples with this gap at an end (two chosen points on one side), and with it in the middle.
            after = size - before
            unimodal += before * (before - 1) // 2 + after * (after - 1) // 2
            bimodal += before * after
    unimodality = ((points - 2) * unimodal - (points - 1) * bimodal) / ((points - 2) * (unimodal + bimodal))
    return unimodality * (1 - (size - 1) / (points - 1))


def _tastle_wierman(histogram: Histogram) -> float:
    n, width = histogram.n, len(histogram.counts) - 1
    mean = sum(v * c for v, c in zip(histogram.values, histogram.counts, strict=True)) / n
    return 1 + sum(
        count / n * math.log2(1 - abs(value - mean) / width)
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
