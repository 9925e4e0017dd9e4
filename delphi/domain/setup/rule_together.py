"""From the parts of a form to a consensus rule as a study file writes it, with each problem beside its field.

What it cannot read (an empty number, a missing choice) is said here; whether the rule makes sense for the
study is asked in `rule_check`, and `RuleAsked.beside_fields` finds the field for each of its objections.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from delphi.domain.errors import Problem
from delphi.domain.rule_numbers import read_number, write_number
from delphi.domain.setup.rule_parts import (
    ALL,
    ANY,
    NAMED,
    SOME_NAMED,
    KeptPart,
    OnePart,
    OutcomePart,
    Part,
    RuleParts,
    SeveralPart,
)
from delphi.domain.setup.rule_statistics import RULE_SETTINGS, STATISTICS, RuleSetting
from delphi.domain.wording import with_capital

PLACE = "consensus_rule"
"""Where the rule stands in a study file; objections name places below it."""
LAST = "otherwise"
"""The name of the last outcome's fields."""
STOP = "stop"
"""The name of the fields about stopping."""

NO_NUMBER = "Write the number that the figure is compared with."
NO_CRITERION = "Tick at least one criterion, or choose every criterion."
NO_CONDITION = "This outcome has no condition. Add one, or remove the outcome."
EMPTY_GROUP = "No condition stands here. Add one, or remove this."


@dataclass(slots=True)
class RuleAsked:
    """The rule that a form asks for; `places` gives the field for a place of the study file."""

    plain: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def beside_fields(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Objections to the rule with the names of their fields; none for what is about something else."""
        return tuple(Problem(self._field_of(one.where), with_capital(one.sentence)) for one in problems)

    def _field_of(self, where: str) -> str:
        place = re.sub(r"\[(\d+)\]", r".\1", where)
        while place:
            if place in self.places:
                return self.places[place]
            place = place.rpartition(".")[0]
        return ""


def put_together(parts: RuleParts) -> RuleAsked:
    """The rule that the parts say; without `text` when none was written."""
    asked = RuleAsked()
    plain: dict[str, Any] = _thawed(parts.kept)
    if parts.text:
        plain["text"] = parts.text
    if parts.source:
        plain["source"] = parts.source
    asked.places |= {f"{PLACE}.text": "text", f"{PLACE}.source": "source"}
    for setting in RULE_SETTINGS:
        asked.places[f"{PLACE}.{setting.key}"] = setting.key
        _put_setting(plain, setting, parts.settings.get(setting.key, ""), asked)
    if stop := _stop(parts, asked):
        plain["stop"] = stop
    outcomes = [
        _clause(outcome, f"o.{number}", f"{PLACE}.outcomes.{number}", asked)
        for number, outcome in enumerate(parts.outcomes)
    ]
    asked.places[f"{PLACE}.outcomes.{len(outcomes)}"] = LAST
    asked.places[f"{PLACE}.outcomes"] = "outcomes"
    plain["outcomes"] = [*outcomes, {"otherwise": parts.otherwise.outcome, **_names(parts.otherwise)}]
    asked.plain = plain
    return asked


def said_where(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems as they read away from their fields: each says which outcome and condition it is about."""
    return tuple(Problem(one.where, f"{_part_of(one.where)}{one.sentence}") for one in problems)


def _part_of(name: str) -> str:
    """The part that a field belongs to, in words: `o.0.c.2.c.1.number` is of outcome 1, condition 3.2."""
    found = re.match(r"(?:o\.(\d+)|(stop|otherwise))((?:\.c\.\d+)*)", name)
    if not found:
        return ""
    part = (
        f"Outcome {int(found[1]) + 1}"
        if found[1]
        else {"stop": "Stopping", "otherwise": "Every other case"}[found[2]]
    )
    numbers = ".".join(str(int(number) + 1) for number in re.findall(r"\d+", found[3]))
    return f"{part}, condition {numbers}: " if numbers else f"{part}: "


def clause_of(outcome: OutcomePart) -> dict[str, Any]:
    """One outcome as a study file writes it, with whatever is wrong with it."""
    return _clause(outcome, "o", "o", RuleAsked())


def condition_of(part: Part) -> dict[str, Any]:
    """One condition as a study file writes it, with whatever is wrong with it."""
    return _condition(part, "c", "c", RuleAsked())


def _put_setting(plain: dict[str, Any], setting: RuleSetting, given: str, asked: RuleAsked) -> None:
    if setting.is_number and (given or setting.is_needed):
        plain[setting.key] = _whole(given, setting.key, asked)
    elif given:
        plain[setting.key] = given


def _clause(outcome: OutcomePart, name: str, place: str, asked: RuleAsked) -> dict[str, Any]:
    asked.places[place] = name
    if outcome.kept:
        return _thawed(outcome.kept)
    for key in ("label", "because", "rounds"):
        asked.places[f"{place}.{key}"] = f"{name}.{key}"
    plain: dict[str, Any] = {"outcome": outcome.outcome, **_names(outcome)}
    if outcome.rounds:
        plain["rounds"] = list(outcome.rounds)
    if outcome.parts:
        plain["when"] = _when(outcome, name, f"{place}.when", asked)
    else:
        asked.problems.append(Problem(name, NO_CONDITION))
    return plain


def _stop(parts: RuleParts, asked: RuleAsked) -> dict[str, Any]:
    place = f"{PLACE}.{STOP}"
    asked.places |= {place: STOP, f"{place}.after_round": "stop_after"}
    plain: dict[str, Any] = {}
    if parts.stop_after:
        plain["after_round"] = _whole(parts.stop_after, "stop_after", asked)
    if parts.stop.parts:
        plain["stable"] = _when(parts.stop, STOP, f"{place}.stable", asked)
    return plain


def _when(holder: OutcomePart | SeveralPart, name: str, place: str, asked: RuleAsked) -> dict[str, Any]:
    if len(holder.parts) == 1 and not holder.join:
        return _condition(holder.parts[0], f"{name}.c.0", place, asked)
    join = holder.join or "all"
    return {join: _conditions(holder.parts, name, f"{place}.{join}", asked)}


def _whole(given: str, name: str, asked: RuleAsked) -> int | None:
    if re.fullmatch(r"[0-9]{1,6}", given):
        return int(given)
    said = f"“{given[:40]}” is not a whole number." if given else "Write a whole number, 1 or more."
    asked.problems.append(Problem(name, said))
    return None


def _names(outcome: OutcomePart) -> dict[str, str]:
    named = {"because": outcome.because, "label": outcome.label}
    return {key: words for key, words in named.items() if words}


def _conditions(parts: tuple[Part, ...], name: str, place: str, asked: RuleAsked) -> list[dict[str, Any]]:
    return [
        _condition(part, f"{name}.c.{number}", f"{place}.{number}", asked)
        for number, part in enumerate(parts)
    ]


def _condition(part: Part, name: str, place: str, asked: RuleAsked) -> dict[str, Any]:
    asked.places[place] = name
    if isinstance(part, KeptPart):
        return _thawed(part.kept)
    if isinstance(part, OnePart):
        return _one(part, name, place, asked)
    if not part.parts:
        asked.problems.append(Problem(name, EMPTY_GROUP))
    return {part.join: _conditions(part.parts, name, f"{place}.{part.join}", asked)}


def _one(part: OnePart, name: str, place: str, asked: RuleAsked) -> dict[str, Any]:
    statistic = STATISTICS[part.statistic]
    plain: dict[str, Any] = {"statistic": part.statistic}
    for key in ("statistic", "of", "criteria"):
        asked.places[f"{place}.{key}"] = f"{name}.{key}"
    for setting in statistic.settings:
        chosen = part.settings.get(setting.key, ())
        asked.places[f"{place}.{setting.key}"] = f"{name}.{setting.key}"
        if not chosen:
            problem = Problem(f"{name}.{setting.key}", "Choose at least one of these.")
            asked.problems.append(problem)
        plain[setting.key] = list(chosen) if setting.is_several else next(iter(chosen), "")
    plain["of"] = part.of
    if statistic.compares:
        plain |= _thresholds(part, name, place, asked)
    if statistic.is_of_criteria:
        plain["criteria"] = _criteria(part, name, place, asked)
    return plain


def _criteria(part: OnePart, name: str, place: str, asked: RuleAsked) -> Any:
    if part.criteria in (NAMED, SOME_NAMED) and not part.named:
        asked.problems.append(Problem(f"{name}.criteria", NO_CRITERION))
    if part.criteria in (ALL, ANY):
        return part.criteria
    if part.criteria == NAMED:
        return list(part.named)
    asked.places[f"{place}.criteria.at_least"] = f"{name}.count"
    plain: dict[str, Any] = {"at_least": _whole(part.count, f"{name}.count", asked)}
    return plain | ({"of": list(part.named)} if part.criteria == SOME_NAMED else {})


def _thresholds(part: OnePart, name: str, place: str, asked: RuleAsked) -> dict[str, Any]:
    fields = (("number", part.number), ("second", part.second))
    plain = {}
    for how, (field_, written) in zip(part.how.split("+"), fields, strict=False):
        asked.places[f"{place}.{how}"] = f"{name}.{field_}"
        number = _number(written)
        if isinstance(number, Problem):
            asked.problems.append(Problem(f"{name}.{field_}", number.sentence))
        else:
            plain[how] = number
    return plain


def _number(written: str) -> int | str | Problem:
    """A number as a rule writes it; people also write a per cent sign and a decimal comma."""
    plain = written.replace("%", "").replace(",", ".").replace("−", "-").strip()
    if not plain:
        return Problem("", NO_NUMBER)
    try:
        return write_number(read_number(plain))
    except ValueError:
        return Problem("", f"“{written[:40]}” is not a number we can use. Write it as 80, 79.6 or 200/3.")


def _thawed(kept: str) -> dict[str, Any]:
    """What a form carried unseen; what is not of our writing says nothing, and is refused later."""
    try:
        plain = json.loads(kept) if kept else {}
    except (ValueError, RecursionError):
        return {}
    return plain if isinstance(plain, dict) else {}
