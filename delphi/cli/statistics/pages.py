"""docs/statistics/: a page for each statistic, written from its docstring and from its result's."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from delphi.consensus import multiplicity
from delphi.consensus.appropriateness import Appropriateness, appropriateness
from delphi.consensus.attrition import Attrition, attrition
from delphi.consensus.bands import comet_70_15
from delphi.consensus.bootstrap import Bootstrap, bootstrap
from delphi.consensus.chance_corrected import ChanceCorrected, chance_corrected
from delphi.consensus.change_tests import Homogeneity, McNemar, marginal_homogeneity, mcnemar
from delphi.consensus.compare_groups import SeveralGroups, TwoGroups, kruskal_wallis, mann_whitney
from delphi.consensus.concordance import Concordance, kendall_w
from delphi.consensus.content_validity import ItemValidity, LawsheRatio, item_validity, lawshe_ratio
from delphi.consensus.intervals import clopper_pearson, wilson
from delphi.consensus.kappa import RoundKappa, weighted_kappa_rounds
from delphi.consensus.ordinal_consensus import OrdinalConsensus, ordinal_consensus
from delphi.consensus.quantiles import quantile
from delphi.consensus.rank_correlation import RankCorrelation, spearman
from delphi.consensus.reasons import Reason
from delphi.consensus.sensitivity import RuleSensitivity, rule_sensitivity
from delphi.consensus.signed_rank import SignedRank, wilcoxon_signed_rank
from delphi.consensus.stability import Stability, stability
from delphi.consensus.summaries import Summary, summarise

Statistic = tuple[str, Callable[..., Any], type | None]

STATISTICS: Mapping[str, Statistic] = {
    "descriptives": ("Descriptives", summarise, Summary),
    "quantiles": ("Quantiles", quantile, None),
    "comet": ("COMET 70/15", comet_70_15, None),
    "wilson": ("Wilson interval", wilson, None),
    "clopper-pearson": ("Clopper-Pearson interval", clopper_pearson, None),
    "bootstrap": ("Bootstrap intervals", bootstrap, Bootstrap),
    "rand-ucla": ("RAND/UCLA appropriateness", appropriateness, Appropriateness),
    "ordinal-consensus": ("Ordinal consensus and polarisation", ordinal_consensus, OrdinalConsensus),
    "stability": ("Stability between rounds", stability, Stability),
    "signed-rank": ("Wilcoxon's signed-rank test", wilcoxon_signed_rank, SignedRank),
    "mcnemar": ("McNemar's test", mcnemar, McNemar),
    "homogeneity": ("Bowker's and Stuart-Maxwell's tests", marginal_homogeneity, Homogeneity),
    "kappa": ("Weighted kappa between rounds", weighted_kappa_rounds, RoundKappa),
    "spearman": ("Spearman's correlation", spearman, RankCorrelation),
    "mann-whitney": ("Mann-Whitney test", mann_whitney, TwoGroups),
    "kruskal-wallis": ("Kruskal-Wallis test", kruskal_wallis, SeveralGroups),
    "attrition": ("Attrition", attrition, Attrition),
    "holm": ("Holm's adjustment", multiplicity.holm, None),
    "benjamini-hochberg": ("Benjamini and Hochberg's adjustment", multiplicity.benjamini_hochberg, None),
    "kendall-w": ("Kendall's W", kendall_w, Concordance),
    "chance-corrected": ("Alpha, AC1, AC2 and kappa over items", chance_corrected, ChanceCorrected),
    "content-validity": ("Content validity index", item_validity, ItemValidity),
    "lawshe": ("Lawshe's content validity ratio", lawshe_ratio, LawsheRatio),
    "rule-sensitivity": ("Under other published rules", rule_sensitivity, RuleSensitivity),
}
"""Every page by its file's name, in the order of the index."""

_PARTS = {
    "Parameters": "What it is given",
    "Returns": "What it gives, and when it has no value",
    "Raises": "What it refuses",
    "Notes": "How it is computed, and what to mind",
    "References": "Sources",
    "Examples": "Example",
}
_HEADING = re.compile(r"^(\w+)\n-{3,}\n", re.MULTILINE)


def statistics_pages(written_by: Callable[[str, str, str], str]) -> dict[str, str]:
    """The pages by their path below docs/.

    Parameters
    ----------
    written_by : callable
        Makes a page of a title, the module it is written from, and its content.
    """
    pages = {"statistics/README.md": written_by("Statistics", "delphi/consensus/", _index())}
    for name, (title, function, result) in STATISTICS.items():
        module = f"{function.__module__.replace('.', '/')}.py"
        pages[f"statistics/{name}.md"] = written_by(title, module, _page(function, result))
    return pages


def _index() -> str:
    lines = [
        f"| [{title}]({name}.md) | {_first_line(function)} |"
        for name, (title, function, _) in STATISTICS.items()
    ]
    reasons = [f"`{reason}`" for reason in Reason]
    return "\n".join(
        [
            "Every figure is computed from counts where it can be, on the full declared scale. A figure that",
            "is not defined is empty with a code that says why, never a number that stands for nothing. All",
            "p-values are two-sided and descriptive: a panel is not a random sample.",
            "",
            "| statistic | in one line |",
            "| --- | --- |",
            *lines,
            "",
            f"Codes: {', '.join(reasons)}.",
            "",
            "`delphi statistics --help` computes all of these for ratings in a file.",
        ]
    )


def _page(function: Callable[..., Any], result: type | None) -> str:
    lead, parts = _sections(inspect.getdoc(function) or "")
    text = [lead.strip()]
    for heading, words in _PARTS.items():
        if heading in parts:
            text += [f"## {words}", _body(heading, parts[heading])]
        if heading == "Returns" and result is not None and is_dataclass(result):
            keys = ", ".join(f"`{one.name}`" for one in fields(result) if one.name != "reasons")
            described = inspect.getdoc(result) or ""
            text += ["## Its figures", described, f"Keys: {keys}."]
    text.append(f"In code: `{function.__module__}.{function.__name__}`.")
    return "\n\n".join(text)


def _sections(doc: str) -> tuple[str, dict[str, str]]:
    """A NumPy-style docstring: what stands before the first heading, and the text of each."""
    lead, *rest = _HEADING.split(doc)
    return lead, dict(zip(rest[::2], (text.strip() for text in rest[1::2]), strict=True))


def _body(heading: str, text: str) -> str:
    if heading == "Examples":
        lines = [
            f"    {line}" if line.startswith((">>>", "...")) or not _is_prose(text, i) else line
            for i, line in enumerate(text.splitlines())
        ]
        return "\n".join(lines)
    if heading in ("Parameters", "Returns", "Raises"):
        return re.sub(r"^(\S.*)\n((?: {4}.*\n?)+)", _definition, text, flags=re.MULTILINE).strip()
    return text


def _definition(match: re.Match[str]) -> str:
    words = " ".join(line.strip() for line in match[2].splitlines())
    return f"- `{match[1]}`: {words}\n"


def _is_prose(text: str, line: int) -> bool:
    """Whether a line of an example is a sentence between codes, and not what a code printed."""
    lines = text.splitlines()
    before = [one for one in lines[:line] if one.strip()]
    return not lines[line].strip() or not before or not lines[line - 1].strip()


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]
