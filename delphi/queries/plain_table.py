"""A table as it leaves the platform: heads and plain values, nothing about how it looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table for a file: `name` begins the file's name, `sheet` names the sheet (at most 31 characters)."""

    name: str
    sheet: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]
