"""The sealed rule with one of its settings changed: thresholds, quartiles, what "can't say" counts as."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from delphi.consensus.other_rules import Kind, OtherWay
from delphi.domain.rule import (
    AllOf,
    AnyOf,
    BaseTest,
    Clause,
    Condition,
    IqrTest,
    Outcome,
    QuantileType,
    RandUclaTest,
    Rule,
    ShareTest,
    each_test,
)

THRESHOLDS = (70, 75, 80)
"""Per cent that published rules ask for (requirement T11)."""

QUANTILE_TYPES: dict[QuantileType, str] = {2: "SAS, Stata", 6: "SPSS, Minitab", 7: "R, Excel"}
"""Who finds quartiles so."""

SETTLING = frozenset({Outcome.AGREED, Outcome.AGREED_TO_LEAVE_OUT})


def setting_ways(sealed: Rule) -> Iterator[OtherWay]:
    """The sealed rule with other thresholds, quartiles, medians or denominator, and with equal groups.

    A setting that the rule does not look at changes nothing and is not asked: `unfit` says so.
    """
    yield from (_with_share(sealed, percent) for percent in THRESHOLDS)
    yield OtherWay(
        "equal-groups",
        "Each stakeholder group counts alike",
        Kind.SETTING,
        sealed,
        weighs_groups=True,
        note="As if every group had as many people.",
    )
    yield _with_denominator(sealed)
    yield from _with_quartiles(sealed)


def _with_share(sealed: Rule, percent: int) -> OtherWay:
    """Every share that "agreed" or "agreed to leave out" asks for, set to a threshold."""
    rule = sealed.model_copy(
        update={
            "outcomes": tuple(
                entry.model_copy(update={"when": _set_shares(entry.when, percent)})
                if isinstance(entry, Clause) and entry.outcome in SETTLING
                else entry
                for entry in sealed.outcomes
            )
        }
    )
    asks = any(
        _asks_for_share(test)
        for clause in sealed.clauses
        if clause.outcome in SETTLING
        for test in each_test(clause.when)
    )
    return OtherWay(
        f"sealed-share-{percent}",
        f"{percent}% wherever the rule asks for a share",
        Kind.SETTING,
        rule if asks else None,
        note="This is what the sealed rule asks for." if rule == sealed else "",
        unfit="" if asks else "The sealed rule asks for no share.",
    )


def _asks_for_share(test: BaseTest) -> bool:
    return isinstance(test, ShareTest) and (test.at_least is not None or test.more_than is not None)


def _set_shares(condition: Condition, percent: int) -> Condition:
    if isinstance(condition, AllOf):
        parts = tuple(_set_shares(part, percent) for part in condition.all)
        return condition.model_copy(update={"all": parts})
    if isinstance(condition, AnyOf):
        parts = tuple(_set_shares(part, percent) for part in condition.any)
        return condition.model_copy(update={"any": parts})
    if not _asks_for_share(condition):
        return condition
    return condition.model_copy(update={"at_least": Fraction(percent), "more_than": None})


def _with_denominator(sealed: Rule) -> OtherWay:
    of_answers = sealed.denominator == "valid"
    shares = any(_is_share(test) for clause in sealed.clauses for test in each_test(clause.when))
    return OtherWay(
        "respondents" if of_answers else "valid",
        "Shares of everybody who answered" if of_answers else "Shares of those who gave a rating",
        Kind.SETTING,
        sealed.model_copy(update={"denominator": "respondents" if of_answers else "valid"})
        if shares
        else None,
        note="“Can't say” counts as not agreeing." if of_answers else "“Can't say” is not counted.",
        unfit="" if shares else "The sealed rule looks at no share.",
    )


def _is_share(test: BaseTest) -> bool:
    return isinstance(test, ShareTest)


def _with_quartiles(sealed: Rule) -> Iterator[OtherWay]:
    tests = [test for clause in sealed.clauses for test in each_test(clause.when)]
    asks = any(isinstance(test, IqrTest | RandUclaTest) for test in tests)
    for kind, who in QUANTILE_TYPES.items():
        if kind != sealed.quantile_type:
            yield OtherWay(
                f"quantile-{kind}",
                f"Quartiles of type {kind} ({who})",
                Kind.SETTING,
                sealed.model_copy(update={"quantile_type": kind}) if asks else None,
                unfit="" if asks else "The sealed rule looks at no quartile.",
            )
    if any(isinstance(test, RandUclaTest) for test in tests):
        other = "middle" if sealed.half_medians == "higher" else "higher"
        yield OtherWay(
            f"half-medians-{other}",
            f"Medians between two thirds count as {'middle' if other == 'middle' else 'high'}",
            Kind.SETTING,
            sealed.model_copy(update={"half_medians": other}),
        )
