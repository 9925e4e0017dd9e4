"""The RAND/UCLA Appropriateness Method: median, disagreement, and the class that follows.

Two published tests of disagreement stand side by side: fixed counts by panel size (BIOMED), written
for panels of about nine, and the interpercentile range adjusted for symmetry (IPRAS) for any size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.counts import Histogram
from delphi.consensus.quantiles import median, quantile
from delphi.consensus.reasons import Reason
from delphi.domain.rule import HalfMedians, QuantileType, RandClass, RandMethod

P30, P70 = Fraction(3, 10), Fraction(7, 10)
IPRR = Fraction("2.35")
"""Interpercentile range needed for disagreement in a symmetric distribution (Fitch 2001)."""
CORRECTION_FOR_ASYMMETRY = Fraction("1.5")
LARGEST_BIOMED_PANEL = 16
"""The fixed counts are published up to 16 ratings; `size` uses IPRAS above."""


@dataclass(frozen=True, slots=True)
class Appropriateness:
    """One item by the RAND/UCLA method; a value that is None has its code in `reasons`.

    `ipr`, `ipr_central_point`, `asymmetry_index` and `ipras` are in scale points. `on_other_scale` flags
    that the constants were carried over from 1-9 by proportion, `threshold_extended` that the panel is
    outside the published 8 to 16: both are extensions and are printed as such.
    """

    n: int
    median: Fraction | None
    n_low: int | None
    n_mid: int | None
    n_high: int | None
    ram_threshold: int | None
    disagreement_biomed: bool | None
    agreement_biomed: bool | None
    disagreement_third: bool | None
    p30: Fraction | None
    p70: Fraction | None
    ipr: Fraction | None
    ipr_central_point: Fraction | None
    asymmetry_index: Fraction | None
    ipras: Fraction | None
    disagreement_index: Fraction | None
    disagreement_ipras: bool | None
    class_biomed: RandClass | None
    class_ipras: RandClass | None
    on_other_scale: bool
    threshold_extended: bool
    reasons: Mapping[str, Reason]

    def class_by(self, method: RandMethod) -> RandClass | None:
        """The class by the method that a rule names."""
        if method == "biomed" or (method == "size" and self.n <= LARGEST_BIOMED_PANEL):
            return self.class_biomed
        return self.class_ipras


def biomed_threshold(n: int) -> int:
    """How many ratings at both ends make disagreement in a panel of n by the BIOMED rule.

    Agreement is at most one fewer outside the region of the median.

    Raises
    ------
    ValueError
        If n is below 1.

    References
    ----------
    BMC Med Inform Decis Mak 2012;12:93, table 7 (n = 8 to 16); PMC5966219, table 4 (agreement for 17 to
    25). Other sizes follow the same formula, floor((n + 1) / 3), at least 1, and are an extension.

    Examples
    --------
    >>> [biomed_threshold(n) for n in (8, 10, 11, 13, 14, 16)]
    [3, 3, 4, 4, 5, 5]
    """
    if n < 1:
        raise ValueError(f"a panel of {n} has no threshold")
    return max(1, (n + 1) // 3)


def appropriateness(
    histogram: Histogram, *, quantile_type: QuantileType = 7, half_medians: HalfMedians = "higher"
) -> Appropriateness:
    """Classify one item as appropriate, uncertain or inappropriate.

    Parameters
    ----------
    histogram : Histogram
        Ratings, 1-9 in the method as published.
    quantile_type : {2, 6, 7}
        How the 30th and 70th percentiles are found.
    half_medians : {"higher", "middle"}
        Where a median of 6.5 belongs: with 7-9 as published, or with 4-6 as some studies file it. 3.5
        belongs to 4-6 either way.

    Returns
    -------
    Appropriateness
        Disagreement gives "uncertain"; otherwise the region of the median decides. Without ratings all
        are None (`no_data`). When the scale cannot be cut into three equal regions, everything that needs
        them is None (`scale_not_divisible`); the IPRAS figures remain.

    Notes
    -----
    Disagreement by IPRAS is IPR > IPRAS; equality is none. On a scale a..b the constant 2.35 becomes
    2.35 (b - a) / 8 and the centre (a + b) / 2, so that the disagreement index does not depend on the
    scale: our extension.

    References
    ----------
    Fitch K et al. The RAND/UCLA Appropriateness Method User's Manual. RAND MR-1269, 2001, chapter 8.

    Examples
    --------
    Fifteen ratings with P30 = 7 and P70 = 8 (BMJ Open 2012;2:e001431, table 1; its caption prints 2.5
    for the constant, but its result of 6.1 only follows from 2.35):

    >>> found = appropriateness(Histogram(1, (0, 0, 0, 0, 0, 1, 6, 6, 2)))
    >>> float(found.ipr), float(found.asymmetry_index), float(found.ipras), found.disagreement_ipras
    (1.0, 2.5, 6.1, False)
    """
    p30, p70 = (quantile(histogram, p, quantile_type) for p in (P30, P70))
    middle = median(histogram)
    if p30 is None or p70 is None or middle is None:
        return _nothing(histogram)
    step = Fraction(histogram.maximum - histogram.minimum, 8)
    centre = Fraction(histogram.minimum + histogram.maximum, 2)
    ipr, ipr_central_point = p70 - p30, (p70 + p30) / 2
    asymmetry_index = abs(centre - ipr_central_point)
    ipras = IPRR * step + CORRECTION_FOR_ASYMMETRY * asymmetry_index
    regions = _Regions.of(histogram)
    biomed = _by_counts(histogram, regions, regions.of_median(middle, half_medians)) if regions else None
    of_median = CLASS_OF_REGION[regions.of_median(middle, half_medians)] if regions else None
    return Appropriateness(
        n=histogram.n,
        median=middle,
        n_low=regions.counts[0] if regions else None,
        n_mid=regions.counts[1] if regions else None,
        n_high=regions.counts[2] if regions else None,
        ram_threshold=biomed_threshold(histogram.n),
        disagreement_biomed=biomed.disagreement if biomed else None,
        agreement_biomed=biomed.agreement if biomed else None,
        disagreement_third=biomed.disagreement_third if biomed else None,
        p30=p30,
        p70=p70,
        ipr=ipr,
        ipr_central_point=ipr_central_point,
        asymmetry_index=asymmetry_index,
        ipras=ipras,
        disagreement_index=ipr / ipras,
        disagreement_ipras=ipr > ipras,
        class_biomed=RandClass.UNCERTAIN if biomed and biomed.disagreement else of_median,
        class_ipras=RandClass.UNCERTAIN if regions and ipr > ipras else of_median,
        on_other_scale=(histogram.minimum, histogram.maximum) != (1, 9),
        threshold_extended=not 8 <= histogram.n <= LARGEST_BIOMED_PANEL,
        reasons={} if regions else dict.fromkeys(_NEED_REGIONS, Reason.SCALE_NOT_DIVISIBLE),
    )


CLASS_OF_REGION = (RandClass.INAPPROPRIATE, RandClass.UNCERTAIN, RandClass.APPROPRIATE)

_NEED_REGIONS = (
    *("n_low", "n_mid", "n_high", "disagreement_biomed", "agreement_biomed", "disagreement_third"),
    *("class_biomed", "class_ipras"),
)
_NEED_RATINGS = (
    *("median", "ram_threshold", "p30", "p70", "ipr", "ipr_central_point", "asymmetry_index", "ipras"),
    *("disagreement_index", "disagreement_ipras"),
)


@dataclass(frozen=True, slots=True)
class _Regions:
    """The scale cut into three equal parts, with the ratings in each."""

    low_top: int
    high_bottom: int
    counts: tuple[int, int, int]

    @classmethod
    def of(cls, histogram: Histogram) -> _Regions | None:
        """None when the scale cannot be cut into three equal parts."""
        third, left_over = divmod(len(histogram.counts), 3)
        if left_over:
            return None
        cut = histogram.counts
        counts = (sum(cut[:third]), sum(cut[third : 2 * third]), sum(cut[2 * third :]))
        return cls(histogram.minimum + third - 1, histogram.minimum + 2 * third, counts)

    def of_median(self, middle: Fraction, half_medians: HalfMedians) -> int:
        """0, 1 or 2 for the low, middle and high region."""
        if middle <= self.low_top:
            return 0
        if middle >= self.high_bottom:
            return 2
        joins_high = half_medians == "higher" and middle > self.high_bottom - 1
        return 2 if joins_high else 1


@dataclass(frozen=True, slots=True)
class _ByCounts:
    disagreement: bool
    agreement: bool
    disagreement_third: bool


def _by_counts(histogram: Histogram, regions: _Regions, region_of_median: int) -> _ByCounts:
    n, (low, _, high) = histogram.n, regions.counts
    threshold = biomed_threshold(n)
    return _ByCounts(
        disagreement=low >= threshold and high >= threshold,
        agreement=n - regions.counts[region_of_median] <= threshold - 1,
        disagreement_third=3 * low >= n and 3 * high >= n,
    )


def _nothing(histogram: Histogram) -> Appropriateness:
    regions = _Regions.of(histogram)
    reasons = dict.fromkeys(_NEED_RATINGS, Reason.NO_DATA)
    missing = Reason.NO_DATA if regions else Reason.SCALE_NOT_DIVISIBLE
    reasons |= {key: missing for key in _NEED_REGIONS if not (regions and key.startswith("n_"))}
    return Appropriateness(
        n=0,
        median=None,
        n_low=0 if regions else None,
        n_mid=0 if regions else None,
        n_high=0 if regions else None,
        ram_threshold=None,
        disagreement_biomed=None,
        agreement_biomed=None,
        disagreement_third=None,
        p30=None,
        p70=None,
        ipr=None,
        ipr_central_point=None,
        asymmetry_index=None,
        ipras=None,
        disagreement_index=None,
        disagreement_ipras=None,
        class_biomed=None,
        class_ipras=None,
        on_other_scale=(histogram.minimum, histogram.maximum) != (1, 9),
        threshold_extended=True,
        reasons=reasons,
    )
