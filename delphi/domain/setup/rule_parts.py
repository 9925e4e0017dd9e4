"""A consensus rule as the parts of a form: what was typed or chosen, right or not, so that nothing is lost.

Parts are strings as they stand in the fields. `rule_apart` makes them from a rule, `rule_fields` from a form
that was sent, `rule_together` makes a rule of them, `rule_moves` adds, moves and removes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.rule import Rule, to_dict

ALL, ANY, NAMED, SOME, SOME_NAMED = "all", "any", "named", "some", "some_named"
"""For which criteria a condition holds: each, any, those that are ticked, so many of all or of the ticked."""
MOST = 60
"""Outcomes of a form, and conditions of one outcome, that are read; a rule nobody can take in is longer."""


@dataclass(frozen=True, slots=True)
class OnePart:
    """One condition: a figure, of whom, on which criteria, and what it has to be.

    `count` of them for "at least so many"; `settings` hold what the statistic asks for besides; `second` ends
    a range.
    """

    statistic: str = "share"
    of: str = "pooled"
    criteria: str = "all"
    named: tuple[str, ...] = ()
    count: str = ""
    settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    how: str = "at_least"
    number: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A condition that the form cannot say, as the JSON text of what the rule holds."""

    kept: str


@dataclass(frozen=True, slots=True)
class SeveralPart:
    """Conditions that must hold together: all of them, or any one; no `join` for a single one."""

    join: str
    parts: tuple[Part, ...]


Part = OnePart | KeptPart | SeveralPart


@dataclass(frozen=True, slots=True)
class OutcomePart:
    """One outcome of the list with its conditions; `join` is empty for a single one.

    `kept` holds the whole entry as JSON text when the form cannot say it. The last of the list, what is left
    over, has no conditions.
    """

    outcome: str
    label: str = ""
    because: str = ""
    rounds: tuple[int, ...] = ()
    join: str = ""
    parts: tuple[Part, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class RuleParts:
    """All of a rule but the day on which it is fixed; an empty `text` is written from the parts.

    Nothing more is rated after round `stop_after`, or when the conditions of `stop` hold. `kept` is JSON text
    of whatever else the rule has.
    """

    text: str
    source: str
    settings: Mapping[str, str]
    outcomes: tuple[OutcomePart, ...]
    otherwise: OutcomePart
    stop_after: str = ""
    stop: SeveralPart = SeveralPart("", ())
    kept: str = ""


def rule_seen(rule: Rule) -> str:
    """What a page remembers of the rule it showed: all but the day, which follows from the last change."""
    return checksum(canonical_json(without_day(rule)))


def without_day(rule: Rule) -> dict[str, Any]:
    """The rule as in a study file, but for the day on which it is fixed."""
    return {key: value for key, value in to_dict(rule).items() if key != "fixed_on"}
