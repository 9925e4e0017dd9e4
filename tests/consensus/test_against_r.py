"""The engine against R (base and stats) on random panels with ties, gaps and people who did not come back."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from fractions import Fraction

import pytest

from delphi.consensus.attrition import fisher
from delphi.consensus.bands import Share
from delphi.consensus.change_tests import mcnemar
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.concordance import kendall_w
from delphi.consensus.content_validity import item_validity, lawshe_ratio
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.intervals import clopper_pearson, wilson
from delphi.consensus.multiplicity import benjamini_hochberg, bonferroni, holm
from delphi.consensus.quantiles import quantile
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability
from delphi.consensus.summaries import summarise

N_PANELS = 30
PARTS = (Fraction(1, 4), Fraction(3, 10), Fraction(7, 10), Fraction(3, 4))
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
    if len(first) > 8:
        again = [None if dice.random() < 0.15 else value for value in again]
    matrix = [[dice.randint(lowest, 9) for _ in range(6)] for _ in range(4)]
    p_values = [dice.random() for _ in range(7)]
    flows = [dice.randint(0, 12), dice.randint(1, 12), 3, 4]
    return first, second, again, matrix, p_values, flows


def ours(first, second, again, matrix, p_values, flows):
    both = [(a, b) for a, b in zip(first, again, strict=True) if b is not None]
    pairs = CrossTab.of_pairs(1, 9, both)
    compared = mann_whitney(histogram(first), histogram(second))
    several = kruskal_wallis({"a": histogram(first), "b": histogram(second), "c": pairs.later})
    moved, change = wilcoxon_signed_rank(pairs), mcnemar(*flows)
    association, order, concordance = stability(pairs), spearman(pairs), kendall_w(matrix)
    high = [sum(value >= 7 for value in ratings) for ratings in (first, second)]
    share = clopper_pearson(high[0], len(first)), wilson(high[0], len(first))
    summary, of_high = summarise(histogram(first)), (high[0], len(first))
    return [
        *(float(compared.u_a), compared.p_asymptotic_cc, compared.p_asymptotic, several.h, several.p),
        *(float(moved.w_plus), moved.p_wilcox_asymptotic, moved.p_wilcox_asymptotic_cc),
        *(float(change.chi2), change.p_chi2, float(change.chi2_cc), change.p_chi2_cc, change.p_exact),
        *(association.chaffin_talley_chi2, association.chaffin_talley_p, order.rho, order.p_t),
        *(concordance.chi2, concordance.p_chi2),
        fisher(high[0], len(first), high[1], len(second)),
        *(share[0].low, share[0].high, share[1].low, share[1].high),
        *(float(summary.mean), summary.sd, float(summary.q1), float(summary.q3)),
        *(float(quantile(histogram(first), p, kind)) for kind in (2, 6) for p in PARTS),
        *(float(summary.median), float(summary.mad_median), float(summary.mean_abs_dev_median)),
        *(association.min_expected, association.cramers_v, concordance.w),
        *(lawshe_ratio(Share(high[0], len(first))).p_one_sided, item_validity(Share(*of_high)).p_chance),
        *(clopper_pearson(*of_high, 0.9).low, wilson(*of_high, 0.9).high),
        *holm(p_values),
        *benjamini_hochberg(p_values),
        *bonferroni(p_values),
    ]


def theirs(first, second, again, matrix, p_values, flows):
    def vector(values):
        return f"c({','.join('NA' if value is None else str(value) for value in values)})"

    gain, loss, both, neither = flows
    flat = [value for row in matrix for value in row]
    return f"""
    a <- {vector(first)}; b <- {vector(second)}; y <- {vector(again)}; p <- {vector(p_values)}
    x <- a[!is.na(y)]; y <- y[!is.na(y)]; k <- sum(a >= 7); n <- length(a)
    with_cc <- wilcox.test(a, b, exact = FALSE); without <- wilcox.test(a, b, exact = FALSE, correct = FALSE)
    kw <- kruskal.test(list(a, b, y))
    paired <- wilcox.test(y, x, paired = TRUE, exact = FALSE, correct = FALSE)
    paired_cc <- wilcox.test(y, x, paired = TRUE, exact = FALSE)
    flows <- matrix(c({both}, {loss}, {gain}, {neither}), 2)
    mc <- mcnemar.test(flows, correct = FALSE); mc_cc <- mcnemar.test(flows)
    ct <- chisq.test(table(x, y), correct = FALSE); rho <- cor.test(rank(x), rank(y))
    fr <- friedman.test(matrix({vector(flat)}, 4, byrow = TRUE))
    fe <- fisher.test(matrix(c(sum(a >= 7), sum(a < 7), sum(b >= 7), sum(b < 7)), 2))
    cp <- binom.test(sum(a >= 7), length(a))$conf.int
    wi <- prop.test(sum(a >= 7), length(a), correct = FALSE)$conf.int
    q <- quantile(a, c(.25, .75), names = FALSE); parts <- c(.25, .3, .7, .75)
    v <- sqrt(ct$statistic / (length(x) * (min(dim(ct$observed)) - 1)))
    say(c(with_cc$statistic, with_cc$p.value, without$p.value, kw$statistic, kw$p.value,
      paired$statistic, paired$p.value, paired_cc$p.value, mc$statistic, mc$p.value, mc_cc$statistic,
      mc_cc$p.value, binom.test({gain}, {gain + loss})$p.value, ct$statistic, ct$p.value, rho$estimate,
      rho$p.value, fr$statistic, fr$p.value, fe$p.value, cp, wi, mean(a), sd(a), q,
      quantile(a, parts, type = 2, names = FALSE), quantile(a, parts, type = 6, names = FALSE),
      median(a), mad(a, constant = 1), mean(abs(a - median(a))), min(ct$expected), v,
      fr$statistic / (4 * 5), binom.test(k, n, alternative = "greater")$p.value, dbinom(k, n, .5),
      binom.test(k, n, conf.level = .9)$conf.int[1],
      prop.test(k, n, correct = FALSE, conf.level = .9)$conf.int[2],
      p.adjust(p, "holm"), p.adjust(p, "BH"), p.adjust(p, "bonferroni")))
    """


@pytest.fixture
def r():
    """Runs a script and gives its lines."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("not run: R is not installed (on Debian: sudo apt-get install r-base-core).")

    def run(script):
        answer = subprocess.run([program, "-"], input=R + script, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in answer.stdout.strip().splitlines()]

    return run


def test_exact_p_values_are_those_of_r_where_nothing_is_tied(r):
    """R counts exactly only without ties and zeros; those are held by brute force elsewhere."""
    dice, script, ours_found = random.Random(4), "", []
    for _ in range(12):
        values = dice.sample(range(101), 24)
        a, b = values[:11], values[11:]
        steps = [step * dice.choice([-1, 1]) for step in dice.sample(range(1, 45), 14)]
        before = [50] * len(steps)
        after = [50 + step for step in steps]
        one, other = (Histogram(0, tuple(part.count(v) for v in range(101))) for part in (a, b))
        moved = wilcoxon_signed_rank(CrossTab.of_pairs(0, 101, zip(before, after, strict=True)))
        ours_found.append([mann_whitney(one, other).p_exact_conditional, moved.p_wilcox_exact])
        vectors = [f"c({','.join(map(str, part))})" for part in (a, b, after, before)]
        script += (
            f"say(c(wilcox.test({vectors[0]}, {vectors[1]}, exact = TRUE)$p.value, "
            f"wilcox.test({vectors[2]}, {vectors[3]}, paired = TRUE, exact = TRUE)$p.value))\n"
        )
    for got, expected in zip(ours_found, r(script), strict=True):
        assert got == pytest.approx(expected, rel=1e-9)


def test_the_engine_agrees_with_r(r):
    dice = random.Random(20260301)
    panels = [panel(dice) for _ in range(N_PANELS)]
    lines = r("".join(theirs(*one) for one in panels))
    assert len(lines) == N_PANELS
    n_compared = 0
    for one, line in zip(panels, lines, strict=True):
        for place, (got, expected) in enumerate(zip(ours(*one), line, strict=True)):
            if expected is None:
                continue  # R has no answer where nobody moved; ours are in the examples
            n_compared += 1
            assert math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-12), (place, one)
    assert n_compared > N_PANELS * 60
