"""Why a statistic has no value: undefined is None with one of these codes, never NaN, 0 or an error."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Code beside a statistic that is None; the same spelling in code, files and the codebook."""

    NO_DATA = "no_data"
    ONE_RATER = "one_rater"
    NO_VARIATION = "no_variation"
    SCALE_NOT_DIVISIBLE = "scale_not_divisible"
    NOT_ASKED = "not_asked"
    BAND_NOT_DECLARED = "band_not_declared"
