"""Why a statistic has no value: undefined is None with one of these codes, never NaN, 0 or an error."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Code beside a statistic that is None; the same spelling in code, files and the codebook."""

    NO_DATA = "no_data"
    """Nobody gave a rating."""
    ONE_RATER = "one_rater"
    ONE_ITEM = "one_item"
    TOO_FEW = "too_few"
    """Fewer ratings, pairs, groups or scale points than the statistic needs."""
    NO_VARIATION = "no_variation"
    """Everybody gave the same answer, so that the statistic would divide by zero."""
    NO_PAIRS = "no_pairs"
    """Nobody rated both times, or nothing was rated twice."""
    NO_CHANGE = "no_change"
    """Everybody stayed where they were, so that there is no change to describe."""
    SCALE_NOT_DIVISIBLE = "scale_not_divisible"
    """The scale cannot be cut into three equal regions."""
    RULE_NOT_FOR_SCALE = "rule_not_for_scale"
    """The published rule was written for another scale."""
    NOT_ENUMERABLE = "not_enumerable"
    """There are too many arrangements to count every one, so that there is no exact p-value."""
    NOT_ASKED = "not_asked"
    FIRST_ROUND = "first_round"
    """There is no round before, so that nothing can have moved and nobody can be lost."""
    NOT_COMPARABLE = "not_comparable"
    """The text was changed in substance since the round before."""
    NOT_GIVEN = "not_given"
    """The figure needs more than the counts of this section, and that was not passed."""
    BAND_NOT_DECLARED = "band_not_declared"
