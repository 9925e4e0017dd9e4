"""What can be written down about a study in the browser: single fields, and rows of the same few fields.

A field's key is its place in the set-up ("information.contact.email"). In a form the rows of a list are
counted: "consent.statements.0.text".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from delphi.domain.canonical import canonical_json, checksum

Setup = dict[str, Any]
"""The parts of a study file as plain data, arranged for forms (see `arranged`)."""


class Kind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    DAYS = "days"
    CHOICE = "choice"
    TICK = "tick"
    SEVERAL = "several"


WRITTEN = (Kind.LINE, Kind.TEXT, Kind.NUMBER, Kind.DAY, Kind.DAYS)
"""Kinds in which nothing stands until somebody writes; choices always have a value."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. `is_open` fields may still change once the study has started."""

    key: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    is_needed: bool = True
    options: tuple[tuple[str, str], ...] = ()
    options_from: str = ""
    """Instead of `options`: a list of the set-up whose rows have an id and a label."""
    lines: int = 4
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A list whose rows have the same fields.

    `identity` is the key by which a row is known again, `named_after` the field from whose words a new row
    gets its id; lists without either are known by their order only.
    """

    key: str
    heading: str
    one: str
    fields: tuple[Field, ...]
    hint: str = ""
    identity: str = ""
    named_after: str = ""
    is_ordered: bool = True
    is_fixed: bool = False
    """Whether rows can be neither added nor taken out."""
    is_open: bool = False
    spare: int = 1


@dataclass(frozen=True, slots=True)
class Title:
    """A heading between fields."""

    words: str
    hint: str = ""


Block = Field | Rows | Title


@dataclass(frozen=True, slots=True)
class Theme:
    """One page of the settings. `is_sealed` themes hold what the seal covers."""

    key: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    is_sealed: bool = False
    link: str = ""
    """Where a panellist or the team meets what stands here, in words."""

    @property
    def is_open(self) -> bool:
        """Whether anything here may still change once the study has started."""
        return any(block.is_open for block in self.blocks if not isinstance(block, Title))


def shown_values(theme: Theme, setup: Setup) -> dict[str, str]:
    """What stands in each field of a theme, by its name in the form; days as 2024-03-18."""
    found: dict[str, str] = {}
    for block in theme.blocks:
        if isinstance(block, Field):
            found |= _values(block, block.key, value_at(setup, block.key))
        elif isinstance(block, Rows):
            for number, row in enumerate(value_at(setup, block.key) or ()):
                prefix = f"{block.key}.{number}"
                if block.identity:
                    found[f"{prefix}.{block.identity}"] = str(row[block.identity])
                for field in block.fields:
                    found |= _values(field, f"{prefix}.{field.key}", value_at(row, field.key))
    return found


def fingerprint(theme: Theme, setup: Setup) -> str:
    """What a form remembers of the theme it was made from; it differs as soon as anything there does."""
    return checksum(canonical_json(shown_values(theme, setup)))


def value_at(part: Mapping[str, Any], key: str) -> Any:
    """The value at a place; None when nothing stands there."""
    here: Any = part
    for step in key.split("."):
        if not isinstance(here, Mapping) or step not in here:
            return None
        here = here[step]
    return here


def put_at(part: dict[str, Any], key: str, value: Any) -> None:
    """Put a value at a place, or take it away with None; parts in which nothing is left go too."""
    first, _, rest = key.partition(".")
    if rest:
        inner = dict(part.get(first) or {})
        put_at(inner, rest, value)
        value = inner or None
    if value is None:
        part.pop(first, None)
    else:
        part[first] = value


def option_names(field: Field, name: str) -> Iterator[tuple[str, str]]:
    """The names of the ticks of a field with several, each with its option."""
    for option, _ in field.options:
        yield f"{name}.{option}", option


def options_of(field: Field, setup: Setup) -> tuple[tuple[str, str], ...]:
    """What can be chosen in a field: value and words."""
    if not field.options_from:
        return field.options
    rows: Sequence[Mapping[str, Any]] = value_at(setup, field.options_from) or ()
    return (*field.options, *((str(row["id"]), str(row["label"])) for row in rows))


def _values(field: Field, name: str, value: Any) -> dict[str, str]:
    if field.kind is Kind.SEVERAL:
        chosen = {str(one) for one in value or ()}
        return {tick: "yes" if option in chosen else "" for tick, option in option_names(field, name)}
    if field.kind is Kind.TICK:
        return {name: "yes" if value else ""}
    if field.kind is Kind.DAYS:
        return {name: "\n".join(str(day) for day in value or ())}
    return {name: "" if value is None else str(value)}
