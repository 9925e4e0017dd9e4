"""Published rules on medians, spread, the RAND/UCLA method and content validity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from delphi.consensus.library_parts import (
    AYRE,
    CV_BANDS,
    DIAMOND,
    GRACHT,
    POLIT,
    RAND,
    agreed,
    all_of,
    close,
    figure,
    left_out,
    rule,
    share,
)
from delphi.domain.rule import Rule


def rand_ucla(fixed_on: date) -> Rule:
    """RAND/UCLA class of everybody together; for scales in three equal parts."""
    return _rand(
        fixed_on, "size", "Disagreement is found by counts (BIOMED) up to 16 ratings, by IPRAS above."
    )


def rand_biomed(fixed_on: date) -> Rule:
    """RAND/UCLA class by counts; the counts are published for 8 to 16 ratings."""
    return _rand(fixed_on, "biomed", "Disagreement is found by counts by panel size (BIOMED).")


def rand_ipras(fixed_on: date) -> Rule:
    """RAND/UCLA class by the interpercentile range adjusted for symmetry; for panels of any size."""
    return _rand(
        fixed_on,
        "ipras",
        "Disagreement is an interpercentile range above the one adjusted for symmetry (IPRAS).",
    )


def rand_with_agreement(fixed_on: date) -> Rule:
    """RAND/UCLA class, and agreement by counts: few ratings outside the third of the median."""

    def found(rand_class: str) -> dict[str, Any]:
        return all_of(
            figure("rand_ucla_class", method="biomed", is_=rand_class),
            figure("rand_agreement", is_="present"),
        )

    return rule(
        fixed_on,
        "A section is agreed when it is appropriate on every criterion and the panel agrees by counts "
        "(BIOMED). It is agreed to leave it out when it is inappropriate on every criterion, with agreement.",
        [agreed(found("appropriate")), left_out(found("inappropriate"))],
        source=RAND,
    )


def _rand(fixed_on: date, method: str, last: str) -> Rule:
    def found(rand_class: str) -> dict[str, Any]:
        return figure("rand_ucla_class", method=method, is_=rand_class)

    return rule(
        fixed_on,
        "A section is agreed when it is appropriate on every criterion: a median in the highest third of the "
        "scale without disagreement. It is agreed to leave it out when it is inappropriate on every "
        f"criterion. {last}",
        [agreed(found("appropriate")), left_out(found("inappropriate"))],
        source=RAND,
    )


def iqr_on_five_points(fixed_on: date) -> Rule:
    """IQR of at most 1 on five points; the side is that of the median."""
    narrow = figure("iqr", at_most=1)
    return rule(
        fixed_on,
        "The panel agrees when, for every criterion, the interquartile range is at most 1. A section is then "
        "agreed if the median is at least 4, and agreed to leave out if it is at most 2.",
        [
            agreed(all_of(narrow, figure("median", at_least=4))),
            left_out(all_of(narrow, figure("median", at_most=2))),
        ],
        source=f"{GRACHT}; the side, by the median, is ours",
    )


def median_and_iqr(iqr: int) -> Callable[[date], Rule]:
    """Median of at least 7 and IQR of at most so much, on nine points."""

    def make(fixed_on: date) -> Rule:
        """The rule, fixed on a day."""
        narrow = figure("iqr", at_most=iqr)
        return rule(
            fixed_on,
            "A section is agreed when, for every criterion, the median is at least 7 and the interquartile "
            f"range at most {iqr}. It is agreed to leave it out when the median is at most 3 and the range "
            f"at most {iqr}.",
            [
                agreed(all_of(figure("median", at_least=7), narrow)),
                left_out(all_of(figure("median", at_most=3), narrow)),
            ],
            source=f"Rules on median and spread are reviewed in: {GRACHT}",
        )

    return make


def mean_and_sd(fixed_on: date) -> Rule:
    """Mean of at least 7 and standard deviation of at most 1.5, on nine points."""
    narrow = figure("sd", at_most="1.5")
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, the mean is at least 7 and the standard deviation "
        "(n - 1) at most 1.5. It is agreed to leave it out when the mean is at most 3 and the standard "
        "deviation at most 1.5.",
        [
            agreed(all_of(figure("mean", at_least=7), narrow)),
            left_out(all_of(figure("mean", at_most=3), narrow)),
        ],
        source=f"Rules on mean and standard deviation are reviewed in: {GRACHT}",
    )


def cv_and_median(fixed_on: date) -> Rule:
    """Median of at least 7 and coefficient of variation of at most .3, on nine points."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, the median is at least 7 and the coefficient of "
        "variation at most 0.3.",
        [agreed(all_of(figure("median", at_least=7), figure("cv", at_most="0.3")))],
        source=f"Rules on the coefficient of variation are reviewed in: {GRACHT}",
    )


def cv_bands(fixed_on: date) -> Rule:
    """Bands of the coefficient of variation: .5 and .8; the side is that of more than half."""
    side = share(more_than=50)
    return rule(
        fixed_on,
        "The coefficient of variation of every criterion decides: at most 0.5 is a good degree of consensus, "
        "up to 0.8 less than satisfactory (close), above that poor. A section is agreed or close only if "
        "more than half agree.",
        [
            agreed(all_of(figure("cv", at_most="0.5"), side)),
            close(all_of(figure("cv", at_most="0.8"), side)),
        ],
        source=CV_BANDS,
    )


def content_validity_index(fixed_on: date) -> Rule:
    """I-CVI of at least .78, for six raters or more."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, the content validity index (I-CVI) is at least 0.78: "
        "that part of all who gave a rating find it relevant. At least 6 people of each panel must have "
        "rated it.",
        [agreed(figure("i_cvi", band="agree", at_least="0.78"))],
        source=POLIT,
        min_ratings_per_panel=6,
    )


def content_validity_kappa(fixed_on: date) -> Rule:
    """Modified kappa: above .74 excellent, close from .60."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, the content validity index beyond chance (modified "
        "kappa) is above 0.74, which is excellent; it is close from 0.60 on, which is good.",
        [
            agreed(figure("kappa_modified", band="agree", more_than="0.74")),
            close(figure("kappa_modified", band="agree", at_least="0.60")),
        ],
        source=POLIT,
    )


def lawshe(fixed_on: date) -> Rule:
    """Lawshe's content validity ratio at or above its exact critical value."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, more people call it essential than chance would "
        "give: Lawshe's content validity ratio is at or above its exact critical value (one-sided .05).",
        [agreed(figure("lawshe_critical", band="agree", is_="reached"))],
        source=AYRE,
    )


def median_alone(fixed_on: date) -> Rule:
    """Median of at least 7 on nine points."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, the median is at least 7, and agreed to leave out "
        "when it is at most 3.",
        [agreed(figure("median", at_least=7)), left_out(figure("median", at_most=3))],
        source=f"Definitions in use are reviewed in: {DIAMOND}",
    )
