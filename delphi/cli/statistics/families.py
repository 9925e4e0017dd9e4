"""The families of statistics that `delphi statistics` answers: from one case to its results and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from delphi.cli.statistics.reading import Case, Unreadable, show
from delphi.consensus import multiplicity
from delphi.consensus.appropriateness import appropriateness, biomed_threshold
from delphi.consensus.attrition import attrition
from delphi.consensus.bands import Share, comet_70_15, share_in
from delphi.consensus.bootstrap import bootstrap
from delphi.consensus.chance_corrected import chance_corrected
from delphi.consensus.change_tests import marginal_homogeneity, mcnemar, mcnemar_of
from delphi.consensus.compare_groups import kruskal_wallis, mann_whitney
from delphi.consensus.concordance import complete_items, complete_raters, kendall_w
from delphi.consensus.content_validity import (
    LAWSHE_ALPHA,
    content_validity,
    item_validity,
    lawshe_critical,
    lawshe_ratio,
)
from delphi.consensus.counts import Histogram
from delphi.consensus.intervals import clopper_pearson, wilson
from delphi.consensus.kappa import weighted_kappa_rounds
from delphi.consensus.ordinal_consensus import ordinal_consensus
from delphi.consensus.quantiles import quantile
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.reasons import Reason
from delphi.consensus.result import Result, plain
from delphi.consensus.sensitivity import rule_sensitivity
from delphi.consensus.signed_rank import wilcoxon_signed_rank
from delphi.consensus.stability import stability
from delphi.consensus.summaries import summarise

Answer = tuple[dict[str, Any], dict[str, str]]
"""Results by key, and the code of each that is undefined."""


def answer(case: Any) -> dict[str, Any]:
    """Answer one case: its family with `results` and `reasons`, or with the `error` that stopped us.

    Parameters
    ----------
    case : object
        `{"family": "ram", "input": {...}}`, as JSON gave it.

    Returns
    -------
    dict
        `{"family", "results", "reasons"}` or `{"family", "error"}`; the error is one sentence that names the
        place and the value.
    """
    family = case.get("family") if isinstance(case, dict) else None
    try:
        if not isinstance(case, dict):
            raise Unreadable(f"A case is {show(case)}, but it must be an object with “family” and “input”.")
        for key in case:
            if key not in ("family", "input", "id"):
                raise Unreadable(f"“{key}” is not a part of a case; it has “family” and “input”.")
        if not isinstance(family, str) or family not in FAMILIES:
            raise Unreadable(
                f"“family” is {show(family)}, which we do not know. We know: {', '.join(FAMILIES)}."
            )
        given = Case(case.get("input", {}))
        several = given.apart()
        results, reasons = _several(family, several) if several else _one(family, given)
    except Unreadable as problem:
        return {"family": family, "error": str(problem)}
    return {"family": family, "results": results, "reasons": reasons}


def _one(family: str, case: Case) -> Answer:
    results, reasons = FAMILIES[family](case)
    # The contract has intervals as two numbers, and so as two nulls where there is none.
    return results | {k: [None, None] for k in INTERVALS & results.keys() if results[k] is None}, reasons


def _several(family: str, cases: Sequence[Case]) -> Answer:
    """Lists of results for lists of plain numbers, in their order; of the reasons for a key the first."""
    results: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for place, case in enumerate(cases, start=1):
        try:
            found, why = _one(family, case)
        except Unreadable as problem:
            raise Unreadable(f"in place {place} of the lists, {problem}") from None
        for key, value in found.items():
            results.setdefault(key, []).append(value)
        reasons = why | reasons
    return results, reasons


def _of(result: Result) -> Answer:
    return result.as_dict(), {key: str(reason) for key, reason in result.reasons.items()}


def _with(answer: Answer, other: Answer) -> Answer:
    return answer[0] | other[0], answer[1] | other[1]


def _agreement_bands(case: Case) -> Answer:
    histogram, (agree, disagree) = case.histogram(), case.declared_bands()
    shares = {"agree": share_in(histogram, agree), "disagree": share_in(histogram, disagree)}
    shares["neutral"] = Share(histogram.n - shares["agree"].k - shares["disagree"].k, histogram.n)
    results: dict[str, Any] = {"n": histogram.n, "n_missing": histogram.n_skipped}
    results |= {f"n_{name}": share.k for name, share in shares.items()}
    results |= {f"pct_{name}": plain(share.percent) for name, share in shares.items()}
    chosen = shares["agree"]
    results |= {
        "wilson95": plain(wilson(chosen.k, chosen.n)),
        "clopper_pearson95": plain(clopper_pearson(chosen.k, chosen.n)),
        "comet_70_15": comet_70_15(chosen, shares["disagree"]),
    }
    return results, _undefined(results, Reason.NO_DATA)


def _attrition(case: Case) -> Answer:
    agree = case.agree_band()
    if case.has("groups") or case.has("group_counts"):
        groups = case.groups()
        if set(groups) != {"completers", "dropouts"}:
            raise Unreadable(f"The groups are {', '.join(groups)}, but they must be completers and dropouts.")
        return _of(attrition(groups["completers"], groups["dropouts"], agree))
    low, high = case.scale()
    counts = {stayed: [0] * (high - low + 1) for stayed in (True, False)}
    for before, after in case.rounds():
        if before is not None:
            counts[after is not None][before - low] += 1
    return _of(attrition(Histogram(low, tuple(counts[True])), Histogram(low, tuple(counts[False])), agree))


def _bootstrap(case: Case) -> Answer:
    return _of(bootstrap(case.histogram(), case.agree_band(), case.part("conf_level", 0.95)))


def _chance_corrected(case: Case) -> Answer:
    results, reasons = _of(chance_corrected(case.items()))
    if case.has("ratings_matrix"):
        results["n_raters"] = len(case.matrix())
    else:
        results["n_raters"] = max((item.n for item in case.items()), default=0)
    return results, reasons


def _content_validity(case: Case) -> Answer:
    if case.has("ratings_matrix") or case.has("count_table"):
        low, high = case.scale()
        cut = case.whole("relevant_from", at_least=low)
        if cut > high:
            raise Unreadable(f"“relevant_from” is {cut}, which is not on the scale {low} to {high}.")
        found = content_validity([share_in(item, range(cut, high + 1)) for item in case.items()])
        keys = ("n_experts", "n_relevant", "i_cvi", "p_chance", "kappa_modified")
        results = {key: [plain(getattr(one, key)) for one in found.items] for key in keys}
        results |= {"s_cvi_ave": plain(found.s_cvi_ave), "s_cvi_ua": plain(found.s_cvi_ua)}
        empty = {key: str(Reason.NO_DATA) for key in keys if None in results[key]}
        return results, empty | {key: str(reason) for key, reason in found.reasons.items()}
    if case.has("n_experts"):
        return _of(item_validity(_share(case, "n_relevant", "n_experts")))
    if case.has("n_essential"):
        return _of(lawshe_ratio(_share(case, "n_essential", "n"), case.part("alpha", LAWSHE_ALPHA)))
    alpha = case.part("alpha", LAWSHE_ALPHA)
    critical = [(n, lawshe_critical(n, alpha)) for n in case.wholes("panel_sizes", at_least=1)]
    results = {
        "n_critical": [k for _, k in critical],
        "cvr_critical": [None if k is None else (2 * k - n) / n for n, k in critical],
    }
    return results, {key: str(Reason.TOO_FEW) for key, values in results.items() if None in values}


def _descriptives(case: Case) -> Answer:
    histogram = case.histogram()
    results: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for kind in (7, 2, 6):
        summary = summarise(histogram, kind)
        if kind == 7:
            alone = ("n", "n_missing", "mean", "sd", "cv", "median", "modes", "min", "max")
            results |= {key: plain(getattr(summary, key)) for key in (*alone, "mad_median")}
            results["mean_abs_dev_median"] = plain(summary.mean_abs_dev_median)
            reasons |= {key: str(why) for key, why in summary.reasons.items() if key in results}
        results |= {f"{key}_type{kind}": plain(getattr(summary, key)) for key in ("q1", "q3", "iqr")}
        for tenths in (3, 7):
            results[f"p{tenths}0_type{kind}"] = plain(quantile(histogram, Fraction(tenths, 10), kind))
    return results, _undefined(results, Reason.NO_DATA) | reasons


def _group_differences(case: Case) -> Answer:
    groups = case.groups()
    several = _of(kruskal_wallis(groups))
    return _with(several, _of(mann_whitney(*groups.values()))) if len(groups) == 2 else several


def _kendall_w(case: Case) -> Answer:
    matrix = case.matrix()
    if all(None not in row for row in matrix):
        return _of(kendall_w(matrix))
    results: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    n_items = len(matrix[0])
    for name, kept in (
        ("complete_raters", complete_raters(matrix)),
        ("complete_items", complete_items(matrix)),
    ):
        found, why = _of(kendall_w(kept))
        results[name] = found | ({"n_items": n_items} if name == "complete_raters" else {})
        reasons |= {f"{name}.{key}": reason for key, reason in why.items()}
    return results, reasons


def _mcnemar_homogeneity(case: Case) -> Answer:
    if not case.has("crosstab") and not case.has("round1"):
        return _of(mcnemar(*(case.whole(key) for key in ("b_gain", "c_loss", "both", "neither"))))
    pairs = case.pairs()
    found = _of(marginal_homogeneity(pairs))
    return _with(found, _of(mcnemar_of(pairs, case.agree_band()))) if case.has("agree_band") else found


def _multiplicity(case: Case) -> Answer:
    given = case.p_values()
    results = {
        "holm": multiplicity.holm(given),
        "bh": multiplicity.benjamini_hochberg(given),
        "bonferroni": multiplicity.bonferroni(given),
    }
    return results, dict.fromkeys(results, str(Reason.NO_DATA)) if None in given else {}


def _ordinal_consensus(case: Case) -> Answer:
    return _of(ordinal_consensus(case.histogram()))


def _proportion_ci(case: Case) -> Answer:
    share, level = _share(case, "k", "n"), case.part("conf_level", 0.95)
    results = {
        "wilson": plain(wilson(share.k, share.n, level)),
        "clopper_pearson": plain(clopper_pearson(share.k, share.n, level)),
    }
    return results, _undefined(results, Reason.NO_DATA)


def _ram(case: Case) -> Answer:
    if case.has("panel_sizes"):
        thresholds = [biomed_threshold(n) for n in case.wholes("panel_sizes", at_least=1)]
        return {
            "disagreement_at_least": thresholds,
            "agreement_at_most_outside": [threshold - 1 for threshold in thresholds],
        }, {}
    found = appropriateness(case.histogram(), quantile_type=case.quantile_type())
    results = {key: plain(getattr(found, key)) for key in _RAM}
    return results, {key: str(reason) for key, reason in found.reasons.items()}


def _rule_sensitivity(case: Case) -> Answer:
    return _of(rule_sensitivity(case.histogram(), *case.bands()))


def _spearman(case: Case) -> Answer:
    return _of(spearman(case.pairs()))


def _stability(case: Case) -> Answer:
    agree = case.agree_band()
    pairs = case.pairs()
    if case.has("crosstab"):
        return _of(stability(pairs, agree_band=agree))
    low, high = case.scale()
    each = [[0] * (high - low + 1), [0] * (high - low + 1)]
    for answers in case.rounds():
        for counts, value in zip(each, answers, strict=True):
            if value is not None:
                counts[value - low] += 1
    first, second = (Histogram(low, tuple(counts)) for counts in each)
    return _of(stability(pairs, round1=first, round2=second, agree_band=agree))


def _weighted_kappa_rounds(case: Case) -> Answer:
    return _of(weighted_kappa_rounds(case.pairs()))


def _wilcoxon(case: Case) -> Answer:
    return _of(wilcoxon_signed_rank(case.pairs()))


INTERVALS = frozenset(
    {
        *("wilson95", "clopper_pearson95", "wilson", "clopper_pearson"),
        *("median_percentile95", "median_bca95", "pct_agree_percentile95", "pct_agree_bca95"),
        *(f"gwet_{weights}_ci95" for weights in ("unweighted", "linear", "quadratic", "ordinal")),
    }
)
"""Keys whose value is a lower and an upper end."""

_RAM = (
    *("n", "median", "n_low", "n_mid", "n_high", "ram_threshold", "disagreement_biomed", "agreement_biomed"),
    *("disagreement_third", "p30", "p70", "ipr", "ipr_central_point", "asymmetry_index", "ipras"),
    *("disagreement_index", "disagreement_ipras", "class_biomed", "class_ipras"),
)

FAMILIES: Mapping[str, Callable[[Case], Answer]] = {
    "agreement_bands": _agreement_bands,
    "attrition": _attrition,
    "bootstrap": _bootstrap,
    "chance_corrected": _chance_corrected,
    "content_validity": _content_validity,
    "descriptives": _descriptives,
    "group_differences": _group_differences,
    "kendall_w": _kendall_w,
    "mcnemar_homogeneity": _mcnemar_homogeneity,
    "multiplicity": _multiplicity,
    "ordinal_consensus": _ordinal_consensus,
    "proportion_ci": _proportion_ci,
    "ram": _ram,
    "rule_sensitivity": _rule_sensitivity,
    "spearman": _spearman,
    "stability": _stability,
    "weighted_kappa_rounds": _weighted_kappa_rounds,
    "wilcoxon_signed_rank": _wilcoxon,
}
"""Every family, in the order of the alphabet."""


def _share(case: Case, chosen: str, everyone: str) -> Share:
    k, n = case.whole(chosen), case.whole(everyone)
    if k > n:
        raise Unreadable(f"“{chosen}” is {k} and “{everyone}” is {n}, but nobody can be counted twice.")
    return Share(k, n)


def _undefined(results: Mapping[str, Any], reason: Reason) -> dict[str, str]:
    return {key: str(reason) for key, value in results.items() if value is None}
