"""The parts of a rule as the fields of a form, and the fields that were sent as parts again.

Fields are named by their place: `o.0.c.1.number` is the number of the second condition of the first outcome,
`o.0.c.1.c.0.of` is about a condition within a group. Reading never fails: what is wrong is said elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from delphi.domain.rule import Outcome
from delphi.domain.setup.rule_apart import DEEPEST
from delphi.domain.setup.rule_parts import (
    ALL,
    ANY,
    MOST,
    NAMED,
    SOME,
    SOME_NAMED,
    KeptPart,
    OnePart,
    OutcomePart,
    Part,
    RuleParts,
    SeveralPart,
)
from delphi.domain.setup.rule_statistics import BANDS, COMPARISONS, RULE_SETTINGS, STATISTICS
from delphi.domain.setup.rule_together import LAST, STOP

YES = "yes"
"""What a ticked box sends."""
WRITTEN_OUTCOMES = (Outcome.AGREED, Outcome.AGREED_TO_LEAVE_OUT, Outcome.CLOSE, Outcome.NOT_AGREED)
AGREE = "agree"
"""The band that every scale has."""

Tree = dict[str, Any]


def fields_of(parts: RuleParts) -> dict[str, str]:
    """Every field with what stands in it; boxes that are not ticked are left out."""
    fields = {"text": parts.text, "source": parts.source, "kept": parts.kept}
    fields |= {one.key: parts.settings.get(one.key, "") for one in RULE_SETTINGS}
    for number, outcome in enumerate(parts.outcomes):
        fields |= _outcome_fields(outcome, f"o.{number}")
    fields |= {"stop_after": parts.stop_after, f"{STOP}.join": parts.stop.join}
    return fields | _parts_fields(parts.stop.parts, STOP) | _outcome_fields(parts.otherwise, LAST)


def read_parts(given: Mapping[str, str]) -> RuleParts:
    """The parts that a form sent."""
    tree = _tree(given)
    return RuleParts(
        text=_words(tree, "text"),
        source=_words(tree, "source"),
        settings={one.key: _words(tree, one.key) for one in RULE_SETTINGS if _words(tree, one.key)},
        outcomes=tuple(_outcome(one) for one in _rows(tree, "o")),
        otherwise=_outcome(_below(tree, LAST)),
        stop_after=_words(tree, "stop_after"),
        stop=SeveralPart(_join(_below(tree, STOP)), _parts(_below(tree, STOP), 1)),
        kept=_words(tree, "kept"),
    )


def _outcome_fields(outcome: OutcomePart, name: str) -> dict[str, str]:
    fields = {f"{name}.outcome": outcome.outcome, f"{name}.kept": outcome.kept}
    if outcome.kept:
        return fields
    fields |= {f"{name}.{key}": getattr(outcome, key) for key in ("label", "because", "join")}
    fields |= {f"{name}.round.{number}": YES for number in outcome.rounds}
    return fields | _parts_fields(outcome.parts, name)


def _parts_fields(parts: tuple[Part, ...], name: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for number, part in enumerate(parts):
        here = f"{name}.c.{number}"
        if isinstance(part, KeptPart):
            fields[f"{here}.kept"] = part.kept
        elif isinstance(part, OnePart):
            fields |= dict(_one_fields(part, here))
        else:
            fields[f"{here}.join"] = part.join
            fields |= _parts_fields(part.parts, here)
    return fields


def _one_fields(part: OnePart, name: str) -> Iterator[tuple[str, str]]:
    for key in ("statistic", "of", "criteria", "count", "how", "number", "second"):
        yield f"{name}.{key}", getattr(part, key)
    for code in part.named:
        yield f"{name}.criterion.{code}", YES
    for setting in STATISTICS[part.statistic].settings:
        chosen = part.settings.get(setting.key, ())
        if setting.is_several:
            yield from ((f"{name}.{setting.key}.{option}", YES) for option in chosen)
        else:
            yield f"{name}.{setting.key}", next(iter(chosen), "")


def _tree(given: Mapping[str, str]) -> Tree:
    """Fields by the pieces of their names; a name that is both a field and a branch is a branch."""
    tree: Tree = {}
    for name, value in given.items():
        *branches, leaf = name.split(".")
        here: Any = tree
        for branch in branches:
            below = here.setdefault(branch, {})
            if not isinstance(below, dict):
                below = here[branch] = {}
            here = below
        if not isinstance(here.get(leaf), dict):
            here[leaf] = value
    return tree


def _below(tree: Tree, name: str) -> Tree:
    below = tree.get(name)
    return below if isinstance(below, dict) else {}


def _rows(tree: Tree, name: str) -> list[Tree]:
    below = _below(tree, name)
    numbers = sorted(int(number) for number in below if re.fullmatch(r"[0-9]{1,3}", number))
    rows = (below[str(number)] for number in numbers[:MOST] if str(number) in below)
    return [row for row in rows if isinstance(row, dict)]


def _words(tree: Tree, name: str) -> str:
    value = tree.get(name)
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(value, str) else ""


def _chosen(tree: Tree, name: str, known: Mapping[str, object]) -> str:
    """A choice; the first there is when another was sent or none, as a browser shows it."""
    value = _words(tree, name)
    return value if value in known else next(iter(known))


def _outcome(tree: Tree) -> OutcomePart:
    return OutcomePart(
        outcome=_chosen(tree, "outcome", {one.value: one for one in WRITTEN_OUTCOMES}),
        label=_words(tree, "label"),
        because=_words(tree, "because"),
        rounds=tuple(
            sorted(int(number) for number in _below(tree, "round") if re.fullmatch(r"[1-9][0-9]?", number))
        ),
        join=_join(tree),
        parts=_parts(tree, 1),
        kept=_words(tree, "kept"),
    )


def _join(tree: Tree) -> str:
    return _words(tree, "join") if _words(tree, "join") in ("all", "any") else ""


def _parts(tree: Tree, level: int) -> tuple[Part, ...]:
    return tuple(_part(one, level) for one in _rows(tree, "c"))


def _part(tree: Tree, level: int) -> Part:
    if _words(tree, "kept"):
        return KeptPart(_words(tree, "kept"))
    if "join" in tree and level < DEEPEST:
        return SeveralPart(_join(tree) or "all", _parts(tree, level + 1))
    return _one(tree)


def _one(tree: Tree) -> OnePart:
    statistic = _chosen(tree, "statistic", STATISTICS)
    return OnePart(
        statistic=statistic,
        of=_words(tree, "of") or OnePart().of,
        criteria=_chosen(tree, "criteria", dict.fromkeys((ALL, ANY, NAMED, SOME, SOME_NAMED))),
        named=tuple(code for code in _below(tree, "criterion")),
        settings={
            setting.key: tuple(option for option, _ in setting.options if option in _below(tree, setting.key))
            if setting.is_several
            else (_words(tree, setting.key) or _first(setting.key, setting.options),)
            for setting in STATISTICS[statistic].settings
        },
        how=_chosen(tree, "how", COMPARISONS),
        count=_words(tree, "count"),
        number=_words(tree, "number"),
        second=_words(tree, "second"),
    )


def _first(key: str, options: tuple[tuple[str, str], ...]) -> str:
    return AGREE if key == BANDS else options[0][0]
