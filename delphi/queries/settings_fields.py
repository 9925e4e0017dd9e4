"""The fields of a page of the settings as they are shown: with what stands in them, or as fixed words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from delphi.domain.calendar import in_words
from delphi.domain.setup.fields import (
    Block,
    Field,
    Kind,
    Rows,
    Setup,
    Title,
    option_names,
    options_of,
    value_at,
)
from delphi.domain.setup.reading import day_parts


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field with what stands in it; `theirs` is what somebody else saved in the meantime."""

    name: str
    label: str
    kind: str
    hint: str
    lines: int
    value: str
    day: Mapping[str, str]
    options: tuple[tuple[str, str], ...]
    ticks: tuple[tuple[str, str, bool], ...]
    theirs: str | None
    is_needed: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a list: `identity` is (name, value) of the hidden field by which it is known again."""

    prefix: str
    heading: str
    identity: tuple[str, str] | None
    fields: tuple[ShownField, ...]
    is_new: bool
    place: int
    is_gone: bool


@dataclass(frozen=True, slots=True)
class ShownRows:
    """A list with its rows; the last ones are empty, to add to it."""

    key: str
    heading: str
    hint: str
    one_more: str
    rows: tuple[ShownRow, ...]
    is_ordered: bool
    is_fixed: bool
    is_adding: bool
    """Whether somebody has begun to fill in one of the empty rows."""


@dataclass(frozen=True, slots=True)
class FixedLine:
    """What stands there and can no longer be changed here, in words.

    Each entry is (what, words) pairs; an entry of one pair needs no "what" beside the label.
    """

    label: str
    entries: tuple[tuple[tuple[str, str], ...], ...]


class Shown:
    """The blocks of a theme with what stands in them: as it is saved, or as a form brought it back."""

    def __init__(
        self, setup: Setup, values: Mapping[str, str], theirs: Mapping[str, str] | None, came_back: bool
    ) -> None:
        self._setup, self._values, self._theirs, self._came_back = setup, values, theirs, came_back

    def block(self, block: Block) -> ShownField | ShownRows | Title:
        """A block as it is shown."""
        if isinstance(block, Field):
            return self._field(block, block.key)
        return self._rows(block) if isinstance(block, Rows) else block

    def _rows(self, rows: Rows) -> ShownRows:
        numbers = [
            int(match.group(1))
            for name in (*self._values, *(self._theirs or ()))
            if (match := re.match(rf"{re.escape(rows.key)}\.(\d+)\.", name))
        ]
        n_saved = len(value_at(self._setup, rows.key) or ())
        n_rows = max(numbers, default=-1) + 1
        n_shown = n_rows if self._came_back or rows.is_fixed else n_rows + rows.spare
        shown = tuple(self._row(rows, number, number >= n_saved) for number in range(n_shown))
        return ShownRows(
            key=rows.key,
            heading=rows.heading,
            hint=rows.hint,
            one_more=f"{'an' if rows.one[0] in 'AEIOU' else 'a'} {rows.one[0].lower()}{rows.one[1:]}",
            rows=shown,
            is_ordered=rows.is_ordered,
            is_fixed=rows.is_fixed,
            is_adding=any(
                one.value.strip() or any(one.day.values()) or one.theirs is not None
                for row in shown
                if row.is_new
                for one in row.fields
                if one.kind != Kind.CHOICE
            ),
        )

    def _row(self, rows: Rows, number: int, is_new: bool) -> ShownRow:
        prefix = f"{rows.key}.{number}"
        identity = self._values.get(f"{prefix}.{rows.identity}", "") if rows.identity else ""
        heading = f"{rows.one} {identity if rows.identity == 'value' else number + 1}"
        place = self._values.get(f"{prefix}.place", "")
        return ShownRow(
            prefix=prefix,
            heading=f"New {rows.one[0].lower()}{rows.one[1:]}" if is_new else heading,
            identity=(f"{prefix}.{rows.identity}", identity) if rows.identity else None,
            fields=tuple(self._field(one, f"{prefix}.{one.key}", is_new) for one in rows.fields),
            is_new=is_new,
            place=int(place) if place.isdigit() else number + 1,
            is_gone=bool(self._values.get(f"{prefix}.gone")),
        )

    def _field(self, field: Field, name: str, is_new: bool = False) -> ShownField:
        value = self._values.get(name, "")
        parts = {part: self._values.get(f"{name}-{part}", "") for part in ("day", "month", "year")}
        options = options_of(field, self._setup)
        if (
            field.kind is Kind.CHOICE
            and not any(option == "" for option, _ in options)
            and not value
            and is_new
        ):
            options = (("", "Choose"), *options) if field.options_from else options
        return ShownField(
            name=name,
            label=field.label,
            kind=field.kind.value,
            hint=field.hint,
            lines=max(field.lines, min(value.count("\n") + len(value) // 80 + 1, 24)),
            value=_days_in_lines(value) if field.kind is Kind.DAYS else value,
            day=parts if any(parts.values()) else day_parts(value),
            options=options,
            ticks=tuple(
                (tick, words, bool(self._values.get(tick)))
                for (tick, _), (_, words) in zip(option_names(field, name), field.options, strict=True)
            )
            if field.kind is Kind.SEVERAL
            else (),
            theirs=self._their_words(field, name, value),
            is_needed=field.is_needed,
        )

    def _their_words(self, field: Field, name: str, value: str) -> str | None:
        """What was saved by somebody else in this field, where it differs from what was sent."""
        if self._theirs is None or field.kind is Kind.SEVERAL:
            return None
        saved = self._theirs.get(name, "")
        if field.kind is Kind.DAY:
            parts = day_parts(saved)
            is_same = all(self._values.get(f"{name}-{part}", "") == words for part, words in parts.items())
        else:
            is_same = saved.strip() == value.replace("\r\n", "\n").strip()
        return None if is_same else _in_words(field, saved, options_of(field, self._setup)) or "Nothing"


def _days_in_lines(days: str) -> str:
    """Days as people write them, one a line; what cannot be read stays as it was typed."""
    lines = (line for line in days.split("\n") if line.strip())
    return "\n".join(" ".join(filter(None, day_parts(line).values())) or line for line in lines)


def fixed_lines(block: Block, setup: Setup) -> list[FixedLine]:
    """What stands in a block, as words."""
    if isinstance(block, Field):
        words = _field_words(block, block.key, setup, setup)
        return [FixedLine(block.label, (((block.label, words),),))] if words else []
    if not isinstance(block, Rows):
        return []
    entries = []
    for row in value_at(setup, block.key) or ():
        pairs = ((one.label, _field_words(one, one.key, row, setup)) for one in block.fields)
        entries.append(tuple((label, words) for label, words in pairs if words))
    return [FixedLine(block.heading, tuple(entries))] if entries else []


def _field_words(field: Field, key: str, part: Mapping[str, object], setup: Setup) -> str:
    value = value_at(part, key)
    if value is None:
        return ""
    if field.kind is Kind.SEVERAL:
        options = dict(field.options)
        return ", ".join(options[str(one)] for one in value)
    if field.kind is Kind.TICK:
        return "Yes" if value else "No"
    if field.kind is Kind.DAYS:
        return ", ".join(in_words(day) for day in value)
    return _in_words(field, str(value), options_of(field, setup))


def _in_words(field: Field, value: str, options: tuple[tuple[str, str], ...] = ()) -> str:
    if field.kind is Kind.CHOICE:
        return dict(options).get(value, value)
    if field.kind is Kind.DAY and value:
        return in_words(date.fromisoformat(value))
    return value
