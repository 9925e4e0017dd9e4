"""The engine against R (base and stats) on random panels with ties and gaps in the scale."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess

import pytest

from delphi.consensus.attrition import fisher
from delphi.consensus.change_tests import mcnemar
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.concordance import kendall_w
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.intervals import clopper_pearson, wilson
from delphi.consensus.multiplicity import benjamini_hochberg, holm
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability
from delphi.consensus.summaries import summarise

N_PANELS = 30
R = """
options(warn = -1)
quietly <- function(value) if (length(value) == 0 || is.nan(value) || is.na(value)) "null" else
  formatC(value, digits = 17, format = "g")
say <- function(values) cat("[", paste(sapply(values, quietly), collapse = ","), "]\\n", sep = "")
"""


def histogram(ratings):
    return Histogram(1, tuple(ratings.count(value) for value in range(1, 10)))


def panel(dice):
    """Two groups, the first of which rates again, with few or many ties."""
    lowest = dice.choice([1, 4, 6])
    first = [dice.randint(lowest, 9) for _ in range(dice.randint(4, 40))]
    second = [dice.randint(1, 9) for _ in range(dice.randint(3, 40))]
    again = [min(9, max(1, value + dice.choice([-2, -1, 0, 0, 1, 2]))) for value in first]
    matrix = [[dice.randint(lowest, 9) for _ in range(6)] for _ in range(4)]
    p_values = [dice.random() for _ in range(7)]
    flows = [dice.randint(0, 12), dice.randint(1, 12), 3, 4]
    return first, second, again, matrix, p_values, flows


def ours(first, second, again, matrix, p_values, flows):
    pairs = CrossTab.of_pairs(1, 9, zip(first, again, strict=True))
    compared = mann_whitney(histogram(first), histogram(second))
    several = kruskal_wallis({"a": histogram(first), "b": histogram(second), "c": histogram(again)})
    moved, change = wilcoxon_signed_rank(pairs), mcnemar(*flows)
    association, order, concordance = stability(pairs), spearman(pairs), kendall_w(matrix)
    high = [sum(value >= 7 for value in ratings) for ratings in (first, second)]
    share = clopper_pearson(high[0], len(first)), wilson(high[0], len(first))
    summary = summarise(histogram(first))
    return [
        *(float(compared.u_a), compared.p_asymptotic_cc, compared.p_asymptotic, several.h, several.p),
        *(float(moved.w_plus), moved.p_wilcox_asymptotic, moved.p_wilcox_asymptotic_cc),
        *(float(change.chi2), change.p_chi2, float(change.chi2_cc), change.p_chi2_cc, change.p_exact),
        *(association.chaffin_talley_chi2, association.chaffin_talley_p, order.rho, order.p_t),
        *(concordance.chi2, concordance.p_chi2),
        fisher(high[0], len(first), high[1], len(second)),
        *(share[0].low, share[0].high, share[1].low, share[1].high),
        *(float(summary.mean), summary.sd, float(summary.q1), float(summary.q3)),
        *holm(p_values),
        *benjamini_hochberg(p_values),
    ]


def theirs(first, second, again, matrix, p_values, flows):
    def vector(values):
        return f"c({','.join(map(str, values))})"

    gain, loss, both, neither = flows
    flat = [value for row in matrix for value in row]
    return f"""
    a <- {vector(first)}; b <- {vector(second)}; y <- {vector(again)}; p <- {vector(p_values)}
    with_cc <- wilcox.test(a, b, exact = FALSE); without <- wilcox.test(a, b, exact = FALSE, correct = FALSE)
    kw <- kruskal.test(list(a, b, y))
    paired <- wilcox.test(y, a, paired = TRUE, exact = FALSE, correct = FALSE)
    paired_cc <- wilcox.test(y, a, paired = TRUE, exact = FALSE)
    flows <- matrix(c({both}, {loss}, {gain}, {neither}), 2)
    mc <- mcnemar.test(flows, correct = FALSE); mc_cc <- mcnemar.test(flows)
    ct <- chisq.test(table(a, y), correct = FALSE); rho <- cor.test(rank(a), rank(y))
    fr <- friedman.test(matrix({vector(flat)}, 4, byrow = TRUE))
    fe <- fisher.test(matrix(c(sum(a >= 7), sum(a < 7), sum(b >= 7), sum(b < 7)), 2))
    cp <- binom.test(sum(a >= 7), length(a))$conf.int
    wi <- prop.test(sum(a >= 7), length(a), correct = FALSE)$conf.int
    q <- quantile(a, c(.25, .75), names = FALSE)
    say(c(with_cc$statistic, with_cc$p.value, without$p.value, kw$statistic, kw$p.value,
      paired$statistic, paired$p.value, paired_cc$p.value, mc$statistic, mc$p.value, mc_cc$statistic,
      mc_cc$p.value, binom.test({gain}, {gain + loss})$p.value, ct$statistic, ct$p.value, rho$estimate,
      rho$p.value, fr$statistic, fr$p.value, fe$p.value, cp, wi, mean(a), sd(a), q,
      p.adjust(p, "holm"), p.adjust(p, "BH")))
    """


def test_the_engine_agrees_with_r():
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("not run: R is not installed (on Debian: sudo apt-get install r-base-core).")
    dice = random.Random(20260301)
    panels = [panel(dice) for _ in range(N_PANELS)]
    script = R + "".join(theirs(*one) for one in panels)
    said = subprocess.run([program, "-"], input=script, capture_output=True, text=True, check=True).stdout
    lines = said.strip().splitlines()
    assert len(lines) == N_PANELS
    n_compared = 0
    for one, line in zip(panels, lines, strict=True):
        for place, (got, expected) in enumerate(zip(ours(*one), json.loads(line), strict=True)):
            if expected is None:
                continue  # R has no answer where nobody moved; ours are in the examples
            n_compared += 1
            assert math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-12), (place, one)
    assert n_compared > N_PANELS * 35
