"""A consensus rule taken apart for a form; what the form could not give back unchanged is kept as it is."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from delphi.domain.canonical import canonical_json
from delphi.domain.rule import Clause, Condition, Rule
from delphi.domain.setup.rule_parts import (
    NAMED,
    SOME,
    SOME_NAMED,
    KeptPart,
    OnePart,
    OutcomePart,
    Part,
    RuleParts,
    SeveralPart,
    without_day,
)
from delphi.domain.setup.rule_statistics import COMPARISONS, RULE_SETTINGS, STATISTICS
from delphi.domain.setup.rule_together import clause_of, condition_of

DEEPEST = 2
"""Levels of conditions that a form shows: those of an outcome, and those of a group among them."""
_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
_KNOWN = {"text", "source", "outcomes", "stop", *(one.key for one in RULE_SETTINGS)}
_COMPARATORS = ("at_least", "more_than", "at_most", "below")


def take_apart(rule: Rule) -> RuleParts:
    """The parts of a rule; put together again they are the same rule, but for the day."""
    plain = without_day(rule)
    *clauses, last = plain["outcomes"]
    stop = plain.get("stop", {})
    rest = {key: value for key, value in plain.items() if key not in _KNOWN}
    return RuleParts(
        text=plain["text"],
        source=plain.get("source", ""),
        settings={one.key: str(plain[one.key]) for one in RULE_SETTINGS if one.key in plain},
        outcomes=tuple(_outcome(clause) for clause in clauses),
        otherwise=OutcomePart(last["otherwise"], last.get("label", ""), last.get("because", "")),
        stop_after=str(stop.get("after_round", "")),
        stop=_when(stop["stable"]) if "stable" in stop else SeveralPart("", ()),
        kept=_frozen(rest) if rest else "",
    )


def _outcome(plain: dict[str, Any]) -> OutcomePart:
    when = _when(plain["when"])
    part = OutcomePart(
        outcome=plain["outcome"],
        label=plain.get("label", "").strip(),
        because=plain.get("because", ""),
        rounds=tuple(sorted(set(plain.get("rounds", ())))),
        join=when.join,
        parts=when.parts,
    )
    if Clause.model_validate(clause_of(part)) == Clause.model_validate(plain):
        return part
    return OutcomePart(plain["outcome"], kept=_frozen(plain))


def _when(plain: dict[str, Any]) -> SeveralPart:
    join, parts = _joined(plain)
    return SeveralPart(join, tuple(_part(condition, 1) for condition in parts))


def _joined(plain: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    for join in ("all", "any"):
        if join in plain:
            return join, plain[join]
    return "", [plain]


def _part(plain: dict[str, Any], level: int) -> Part:
    join, parts = _joined(plain)
    if join and level < DEEPEST:
        return SeveralPart(join, tuple(_part(one, level + 1) for one in parts))
    if not join and plain["statistic"] in STATISTICS:
        part = _one(plain)
        if _is_same(condition_of(part), plain):
            return part
    return KeptPart(_frozen(plain))


def _one(plain: dict[str, Any]) -> OnePart:
    statistic = STATISTICS[plain["statistic"]]
    settings = {}
    for setting in statistic.settings:
        given = plain.get(setting.key, ())
        settings[setting.key] = (given,) if isinstance(given, str) else tuple(given)
    criteria, named, count = _criteria(plain.get("criteria", "all"))
    hows = [how for how in _COMPARATORS if how in plain]
    numbers = [str(plain[how]) for how in hows]
    how = "+".join(hows)
    return OnePart(
        statistic=plain["statistic"],
        of=plain["of"],
        criteria=criteria,
        named=named,
        count=count,
        settings=settings,
        how=how if how in COMPARISONS else OnePart().how,
        number=numbers[0] if numbers else "",
        second=numbers[1] if len(numbers) > 1 else "",
    )


def _criteria(given: Any) -> tuple[str, tuple[str, ...], str]:
    """Which criteria, those that are named, and how many of them at least."""
    if isinstance(given, str):
        return given, (), ""
    if isinstance(given, dict):
        named = tuple(given.get("of", ()))
        return (SOME_NAMED if named else SOME), named, str(given["at_least"])
    return NAMED, tuple(given), ""


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(_CONDITION.validate_python(one) == _CONDITION.validate_python(other))


def _frozen(plain: dict[str, Any]) -> str:
    return canonical_json(plain)
